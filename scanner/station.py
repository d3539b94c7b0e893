"""One scan from frame to stored verdict: the straight line that the whole program is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from keys.passages import ClockGrade, Direction
from scanner.capture.camera import Camera, Frame, SourceState
from scanner.capture.codes import SeenCode
from scanner.capture.handtext import mended
from scanner.capture.source import Grey
from scanner.decide.judge import Beliefs, Moment, judge
from scanner.decide.judgement import Judgement
from scanner.decide.passage import passage_for
from scanner.decide.policy import Rules
from scanner.decide.samecode import Presence
from scanner.errors import StationFault
from scanner.record.passages import PassageLog

QUIET_HINT: Final = "not_a_pass"
_CAMERA_WELL: Final = frozenset({SourceState.LIVE, SourceState.OPENING, SourceState.ENDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """One code of one frame, judged. `counted` is False for the same pass seen again: shown, never
    logged twice.

    passage_id: 16 bytes of the stored row, None where nothing was stored (look only, seen again).
    seen_at: aware UTC.
    """

    judgement: Judgement
    seen: SeenCode | None
    seen_at: datetime
    counted: bool
    passage_id: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStep:
    """What one frame gave, and the hand scanner since the one before. `hint`: the code of a quiet
    hint (`not_a_pass`), None otherwise. seen: every code found. frame: None if only the hand
    scanner had something while no frame came.
    """

    frame: Frame | None
    seen: tuple[SeenCode, ...]
    results: tuple[ScanResult, ...]
    hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The strip below every verdict: what the station knows of itself.

    online: the last exchange with the issuer worked. offline_reason: code of the last failure
    (`no_route`, `captive_portal`, `issuer_error`, `never_synced`), None when online. list_age_s:
    None before the first list. waiting_rows, set_aside_rows: passages not yet delivered, rows the
    issuer could not take.
    """

    online: bool
    offline_reason: str | None
    list_age_s: int | None
    waiting_rows: int
    set_aside_rows: int
    clock: ClockGrade


class ScanLoop(Protocol):
    """What the window's worker drives, in the worker's own thread."""

    def step(self, timeout_s: float) -> ScanStep | None:
        """Return what the next frame gave, None if no frame came in time."""

    def ended(self) -> bool:
        """Return whether the source has given its last frame (files and folders only)."""

    def freshness(self) -> Freshness:
        """Return the state of the strip, as of now."""

    def camera_fault(self) -> str | None:
        """Return the code of what is wrong with the camera (`frozen`, `black`, `unplugged`,
        `busy`), None if well.
        """

    def close(self) -> None:
        """Release camera and files."""


class Reader(Protocol):
    """Whatever finds the codes in a frame."""

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes of the next frame of a stream, top left first."""


class HandReader(Protocol):
    """A hand scanner that is read directly, in whatever way it is plugged in."""

    def next_text(self, timeout_s: float) -> str | None:
        """Return the oldest text not taken, None after timeout_s."""

    def close(self) -> None:
        """Let go of the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the loop asks the world for, each a function so that nothing here holds a clock, a dice
    or a network.

    moment: trusted time to judge with. utc_now: aware wall time for the log; mono_s: the clock
    of the frames. passage_id: 16 random
    bytes. freshness: the strip, given the rows that wait and those set aside.
    """

    beliefs: Callable[[], Beliefs]
    moment: Callable[[], Moment]
    utc_now: Callable[[], datetime]
    mono_s: Callable[[], float]
    passage_id: Callable[[], bytes]
    freshness: Callable[[int, int], Freshness]
    stored: Callable[[], None]
    look_only: Callable[[], bool]


class Station:
    """A running station: implements ScanLoop. Lives in one thread with its own database
    connection.
    """

    def __init__(
        self,
        *,
        camera: Camera,
        reader: Reader,
        log: PassageLog,
        rules: Rules,
        direction: Direction,
        around: Surroundings,
        hand: HandReader | None = None,
    ) -> None:
        self._camera = camera
        self._hand = hand
        self._reader = reader
        self._log = log
        self._rules = rules
        self._direction = direction
        self._around = around
        self._presence = Presence()

    def step(self, timeout_s: float) -> ScanStep | None:
        """Return what the next frame gave, None if no frame came in time."""
        frame = self._camera.newest(timeout_s)
        results, hint = self._scan_by_hand()
        if frame is None:
            nothing = not results and hint is None
            return None if nothing else ScanStep(frame=None, seen=(), results=results, hint=hint)
        seen = tuple(self._reader.read(frame.grey))
        found, hint_seen = self._scan_seen(seen, frame)
        return ScanStep(frame=frame, seen=seen, results=results + found, hint=hint or hint_seen)

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
        verdict is shown as given.
        """
        if seen is None:
            text = mended(text)
        moment = self._around.moment()
        judgement = judge(text, self._around.beliefs(), self._rules, moment)
        if judgement is None:
            return None
        seen_at = self._around.utc_now()
        # By identity, never by text: a rotating code shows another text every 15 s.
        counted = False
        if not self._around.look_only():
            counted = self._presence.is_new_person(judgement.identity or text, text, mono_s)
        passage_id = self._write_down(judgement, text, seen_at, moment) if counted else None
        return ScanResult(
            judgement=judgement, seen=seen, seen_at=seen_at, counted=counted, passage_id=passage_id
        )

    def _write_down(
        self, judgement: Judgement, text: str, seen_at: datetime, moment: Moment
    ) -> bytes:
        passage = passage_for(
            judgement,
            passage_id=self._around.passage_id(),
            seen_at=seen_at,
            clock=moment.grade,
            direction=self._direction,
        )
        try:
            self._log.append(passage)
        except StationFault:
            # Not counted: the next look at the same code must try again to write it down.
            self._presence.forget(judgement.identity or text, text)
            raise
        self._around.stored()
        return passage.passage_id

    def ended(self) -> bool:
        """Return whether the source has given its last frame."""
        return self._camera.ended

    def freshness(self) -> Freshness:
        """Return the state of the strip, as of now."""
        return self._around.freshness(self._log.waiting_count(), self._log.set_aside_count())

    def camera_fault(self) -> str | None:
        """Return the code of what is wrong with the camera, None if it is well."""
        state = self._camera.health().state
        return None if state in _CAMERA_WELL else state.value

    def close(self) -> None:
        """Release camera, hand scanner and log."""
        self._camera.close()
        if self._hand is not None:
            self._hand.close()
        self._log.close()
