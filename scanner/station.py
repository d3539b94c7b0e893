"""One scan from frame to stored verdict: the straight line that the whole program is about."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from keys.passages import Passage, Reason, Verdict
from scanner.capture.camera import Camera, Frame, SourceState
from scanner.capture.codes import SeenCode
from scanner.capture.handtext import mended
from scanner.decide.actions import Action
from scanner.decide.judge import judge
from scanner.decide.judgement import Judgement
from scanner.decide.outlook import Outlook, SetAsideRow
from scanner.decide.override import Release, released
from scanner.decide.samecode import Presence
from scanner.errors import StationFault
from scanner.scan.around import HandReader, Reader, Surroundings
from scanner.scan.desk import Desk
from scanner.scan.gatekeeper import Gatekeeper
from scanner.scan.ledger import Ledger, Standing
from scanner.scan.logkeeping import RETRY_S, KeptLog
from scanner.scan.notes import Notes
from scanner.scan.results import Freshness, ScanLoop, ScanResult, ScanStep
from scanner.scan.waiting import who_waits

__all__ = [
    "QUIET_HINT",
    "Freshness",
    "ScanLoop",
    "ScanResult",
    "ScanStep",
    "Station",
    "Surroundings",
]

QUIET_HINT: Final = "not_a_pass"
_CAMERA_WELL: Final = frozenset({SourceState.LIVE, SourceState.OPENING, SourceState.ENDED})
# A camera that is not there, not ours, or not named: starting anew finds it no sooner. One that is
# frozen, black or stalled may well wake with a new process.
_NO_RESTART_HELPS: Final = frozenset(
    {"unplugged", "busy", "no_rights", "camera_source_not_found", "camera_source_unreadable"}
)
_NOT_STORED: Final = Judgement(Verdict.CANNOT_JUDGE, Reason.STATION_FAULT)
_ASIDE_SHOWN: Final = 20


class Station:
    """A running station: implements ScanLoop. Lives in one thread with its own log.

    lasting: a scan that cannot be stored is answered with "cannot judge" and tried again, as a gate
    needs it; else StationFault ends the loop. owed: rows of openings that happened already, kept by
    who makes a new station after this one. eyes_fault: why there is no camera at all (its code).
    """

    def __init__(
        self,
        *,
        camera: Camera,
        reader: Reader,
        log: KeptLog,
        around: Surroundings,
        hand: HandReader | None = None,
        owed: deque[Passage] | None = None,
        lasting: bool = False,
        eyes_fault: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._camera = camera
        self._hand = hand
        self._reader = reader
        self._log = log
        self._around = around
        self._lasting = lasting
        self._eyes_fault = eyes_fault
        self._presence = Presence()
        self._ledger = Ledger(log, around, deque() if owed is None else owed)
        self._keeper = Gatekeeper(self._ledger, around)
        self._notes = Notes(self._ledger, around)
        self._desk = Desk(self._ledger, self._notes, self._keeper, self._presence, around)
        self._again_s = float("-inf")
        self._counts = 0, 0
        self._inside: int | None = None

    def step(self, timeout_s: float) -> ScanStep | None:
        """Return what the next frame gave, None if no frame came in time."""
        waited = self._between_frames()
        frame = self._camera.newest(timeout_s)
        if frame is not None or self._camera.ended or self.camera_fault() in _NO_RESTART_HELPS:
            self._around.alive()
        by_hand, hint = self._scan_by_hand()
        results = waited + by_hand
        if frame is None:
            nothing = not results and hint is None
            return None if nothing else ScanStep(frame=None, seen=(), results=results, hint=hint)
        seen = tuple(self._reader.read(frame.grey))
        found, hint_seen = self._scan_seen(seen, frame)
        advice = self._around.advise(frame.grey, frame.seen_mono_s, bool(seen or results))
        hint = hint or hint_seen or advice
        return ScanStep(frame=frame, seen=seen, results=results + found, hint=hint)

    def _between_frames(self) -> tuple[ScanResult, ...]:
        self._ledger.pay()
        self._desk.tick()
        self._notes.keep_up()
        self._around.idle()
        # Whoever waits for the thermometer is answered as soon as it has read them.
        with suppress(StationFault):
            waited = self._desk.measure_who_waits()
            return () if waited is None else (waited,)
        return ()

    def _scan_by_hand(self) -> tuple[tuple[ScanResult, ...], str | None]:
        results: list[ScanResult] = []
        hint = None
        while self._hand is not None and (text := self._hand.next_text(0.0)) is not None:
            result = self.scan(text, self._around.mono_s())
            if result is None:
                hint = QUIET_HINT
            else:
                results.append(result)
        return tuple(results), hint

    def _scan_seen(
        self, seen: tuple[SeenCode, ...], frame: Frame
    ) -> tuple[tuple[ScanResult, ...], str | None]:
        results: list[ScanResult] = []
        hint = None
        if frame.seen_mono_s < self._again_s:
            return (), None
        for code in seen:
            if not self._presence.is_new_text(code.text, frame.seen_mono_s):
                continue  # still in the picture: judged a moment ago
            result = self.scan(code.text, frame.seen_mono_s, code)
            if result is None:
                hint = QUIET_HINT
            else:
                results.append(result)
        return tuple(results), hint

    def scan(self, text: str, mono_s: float, seen: SeenCode | None = None) -> ScanResult | None:
        """Judge one text, from whatever reader, store its passage and return the result; None if it
        is no pass. seen: where it stood in a frame; None: typed or scanned by hand, and mended if a
        keyboard's layout bent its digits.

        The row is on disk when this returns. StationFault if it could not be stored: then no
        verdict is shown as given; a lasting station answers CANNOT_JUDGE instead.
        """
        try:
            return self._judged(mended(text) if seen is None else text, mono_s, seen)
        except StationFault:
            if not self._lasting:
                raise
            # The code is still held up: not every frame of it shall wait for the same disk.
            self._again_s = mono_s + RETRY_S
            # Fire beats this too: the gate stands open, and the screen must not send anybody away.
            burns = self._around.entrance.fire()
            return ScanResult(
                judgement=released(_NOT_STORED, Release.FIRE) if burns else _NOT_STORED,
                seen=seen,
                seen_at=self._around.utc_now(),
                counted=False,
                passage_id=None,
            )

    def _judged(self, text: str, mono_s: float, seen: SeenCode | None) -> ScanResult | None:
        around = self._around
        # Beliefs first: a pull replaces the policy before them, so new keys never meet old rules.
        beliefs, moment, direction = around.beliefs(), around.moment(), around.direction()
        way = around.prepared().way(direction)
        base = judge(text, beliefs, way.rules, moment)
        if base is None:
            return None
        tags = () if base.identity is None else around.tags(base.identity, moment)
        standing = Standing(
            # By identity, never by text: a rotating code shows another text every 15 s.
            who=base.identity or text,
            text=text,
            base=base,
            judgement=base,
            moment=moment,
            way=way,
            direction=direction,
            mono_s=mono_s,
            tag=tags[0] if tags else None,
        )
        return self._told(standing, tags, seen)

    def _told(
        self, standing: Standing, tags: tuple[bytes, ...], seen: SeenCode | None
    ) -> ScanResult:
        """Return what `standing` is told, written down if it is new or another answer. StationFault
        if it could not be.
        """
        who, text, mono_s = standing.who, standing.text, standing.mono_s
        looking = self._around.look_only()
        is_new = not looking and self._presence.is_new_person(who, text, mono_s)
        before = None if looking or is_new else self._ledger.of(who)
        try:
            standing = self._answered(standing, before, tags)
            changed = before is not None and before.is_told_other(standing)
            seen_at = self._around.utc_now()
            counted = (is_new or changed) and self._notes.takes(standing.judgement, mono_s)
            if counted:
                standing = self._keeper.count(standing, seen_at=seen_at, instead_of=before)
        except StationFault:
            if not looking:
                # Not counted: the next look at the same code must try again to write it down.
                self._presence.forget(who, text)
            raise
        return ScanResult(
            judgement=standing.judgement,
            seen=seen,
            seen_at=seen_at,
            counted=counted,
            passage_id=standing.passage_id if counted else None,
        )

    def _answered(
        self, standing: Standing, before: Standing | None, tags: tuple[bytes, ...]
    ) -> Standing:
        """Return `standing` with its answer. before: the same person, written down a moment ago."""
        base, way, moment = standing.base, standing.way, standing.moment
        if before is not None and before.by_hand and before.base.verdict is base.verdict:
            return replace(standing, judgement=before.judgement, by_hand=True)
        if before is not None and before.looked_at:
            # Its own row a moment ago must not be what now speaks against it. Whoever was refused
            # then was not looked at: a good code that follows a bad one is looked at now.
            view = before.view
        else:
            view = self._keeper.look(standing, tags)
        judgement = self._keeper.answer(base, way, moment, standing.direction, view)
        return replace(standing, judgement=judgement, view=view)

    def act(self, action: Action) -> ScanResult | None:
        """Do what a guard asks for besides scanning and return a new answer if there is one.

        ActionRefused if it cannot be, StationFault if it could not be stored: nothing has happened
        then. An emergency opening never fails.
        """
        return self._desk.act(action)

    def ended(self) -> bool:
        """Return whether the source has given its last frame."""
        return self._camera.ended

    def freshness(self) -> Freshness:
        """Return the state of the strip, as of now."""
        self._log.probe()
        try:
            self._counts, self._inside = self._log.ask(
                lambda log: ((log.waiting_count(), log.set_aside_count()), log.inside())
            )
        except StationFault:
            if not self._lasting:
                raise
        return replace(
            self._around.freshness(*self._counts),
            operator=self._around.shift.operator,
            inside=self._inside,
            fault=self._log.fault,
            owed_rows=self._ledger.owed_rows,
        )

    def outlook(self) -> Outlook | None:
        """Return what the station page shows, None where nobody can say."""
        if (told := self._around.outlook()) is None:
            return None
        try:
            aside = self._log.ask(lambda log: log.newest_set_aside(_ASIDE_SHOWN))
        except StationFault:
            return told  # the strip says what ails the log
        rows = (SetAsideRow(sequence=n, seen_at_ms=at, code=code) for n, at, code in aside)
        return replace(told, set_aside=tuple(rows))

    def undecided(self) -> tuple[ScanResult, ...] | None:
        """Return who waits for a hand check by the log, newest first; None: it cannot say now."""
        return who_waits(self._log, self._around.utc_now())

    def camera_fault(self) -> str | None:
        """Return the code of what is wrong with the camera, None if it is well."""
        fault = self._eyes_fault()
        if fault is not None:
            return fault
        state = self._camera.health().state
        return None if state in _CAMERA_WELL else state.value

    def close(self) -> None:
        """Release camera, hand scanner and log; what is owed to the log is stored first if it can
        be.
        """
        self._ledger.pay()
        self._notes.keep_up(at_end=True)
        self._camera.close()
        if self._hand is not None:
            self._hand.close()
        self._log.close()
