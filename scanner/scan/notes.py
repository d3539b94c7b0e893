"""Rows that say something: why an emergency was opened, what happened, whose shift it is; and the
count of people inside, as somebody at the door counted it.

Each is a row of its own that names the row it is about, and a row never changes.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple, assert_never

from keys.bodies import NOTE_MAX, TEXT_MAX, PassageBody
from keys.claims import Kind
from keys.passages import Direction, Reason, Verdict
from scanner.capture.handtext import mended
from scanner.decide.actions import BeginShift, EndShift, GiveCause, NoteIncident, SetInside
from scanner.decide.by_hand import note, on_duty
from scanner.decide.flood import Flood
from scanner.decide.judge import judge
from scanner.decide.judgement import Judgement
from scanner.errors import ActionRefused, StationFault
from scanner.scan.around import Surroundings
from scanner.scan.ledger import Ledger

_EVENTS_MOST: Final = 256
Saying = GiveCause | NoteIncident | BeginShift | EndShift | SetInside


class Earlier(NamedTuple):
    """The row that an action is about, from memory or from the log. ago_s: seconds since."""

    verdict: Verdict
    reason: str
    direction: Direction
    tag: bytes | None
    ago_s: float


class Notes:
    """Writes notes. Lives in the thread of its station."""

    def __init__(self, ledger: Ledger, around: Surroundings) -> None:
        self._ledger = ledger
        self._around = around
        self._events: deque[str] = deque(maxlen=_EVENTS_MOST)
        self._flood = Flood()

    def takes(self, judgement: Judgement, mono_s: float) -> bool:
        """Return whether a row of `judgement` is to be written: of codes that no key stands behind
        only so many are, and one row counts the rest.
        """
        return self._flood.takes(judgement, mono_s)

    def keep_up(self, *, at_end: bool = False) -> None:
        """Write down what gate and log have to tell (`forced`, `fire`), and how many codes
        were left out; what the log does not take now waits for the next time. Never raises.
        """
        while (event := self._around.entrance.news()) is not None:
            self._events.append(f"gate: {event}")
        while (event := self._around.log_news()) is not None:
            self._events.append(event)
        mono_s = self._around.mono_s()
        left_out = self._flood.left_out() if at_end else self._flood.due(mono_s)
        try:
            while self._events:
                self._say(self._events[0])
                self._events.popleft()
            if left_out:
                self._say(f"left out: {left_out} codes that are no pass")
                self._flood.told(left_out)
        except StationFault:
            return

    def _say(self, text: str) -> None:
        self.write(Reason.INCIDENT, None, about=None, text=text)

    def take(self, action: Saying) -> None:
        """Write `action` down. ActionRefused, StationFault: nothing has happened then."""
        match action:
            case GiveCause():
                self._give_cause(action)
            case NoteIncident():
                self._note(action)
            case BeginShift():
                self._begin_shift(action)
            case EndShift():
                self._end_shift()
            case SetInside():
                self._ledger.log.store(lambda log: log.set_inside(action.count))
            case _:
                assert_never(action)

    def _give_cause(self, action: GiveCause) -> None:
        earlier = self.earlier(action.passage_id)
        if earlier.reason != Reason.EMERGENCY:
            raise ActionRefused(code="not_an_emergency")
        if self._ledger.owed(action.passage_id) is None:
            about, cause = action.passage_id, action.cause.value
            self.write(Reason.CAUSE_GIVEN, earlier, about=about, cause=cause)
            return
        # The opening itself is not stored yet: its cause waits with it.
        self._ledger.owe(
            note(Reason.CAUSE_GIVEN, earlier.verdict),
            seen_at=self._around.utc_now(),
            direction=earlier.direction,
            added=PassageBody(about=action.passage_id, cause=action.cause.value),
        )

    def _note(self, action: NoteIncident) -> None:
        text = fitting(action.text, NOTE_MAX)
        if not text:
            raise ActionRefused(code="name_missing")
        earlier = None if action.about is None else self.earlier(action.about)
        self.write(Reason.INCIDENT, earlier, about=action.about, text=text)

    def _begin_shift(self, action: BeginShift) -> None:
        around = self._around
        way = around.prepared().way(around.direction())
        base = judge(mended(action.text), around.beliefs(), way.rules, around.moment())
        if base is None or base.kind != Kind.STAFF:
            raise ActionRefused(code="not_a_staff_pass")
        identity = on_duty(base)
        if identity is None:
            raise ActionRefused(base.reason.value, code="shift_refused")
        before = around.shift.operator
        around.shift.begin(str(identity)[:TEXT_MAX])
        try:
            self.write(Reason.SHIFT_BEGUN, None, about=None)
        except StationFault:
            around.shift.begin(before)
            raise

    def _end_shift(self) -> None:
        if self._around.shift.operator:
            self.write(Reason.SHIFT_ENDED, None, about=None)
            self._around.shift.end()

    def write(
        self,
        reason: Reason,
        earlier: Earlier | None,
        *,
        about: bytes | None,
        tag: bytes | None = None,
        text: str = "",
        cause: str = "",
    ) -> None:
        """Write a row about `earlier`, whose id is `about`; StationFault."""
        direction = self._around.direction() if earlier is None else earlier.direction
        self._ledger.write(
            note(reason, None if earlier is None else earlier.verdict),
            seen_at=self._around.utc_now(),
            direction=direction,
            tag=tag,
            added=PassageBody(about=about, note=text, cause=cause),
        )

    def earlier(self, passage_id: bytes) -> Earlier:
        """Return the row of that id; ActionRefused `unknown_passage` if there is none."""
        held = self._ledger.standing(passage_id)
        if held is not None:
            judgement, ago_s = held.judgement, self._around.mono_s() - held.mono_s
            return Earlier(
                judgement.verdict, judgement.reason.value, held.direction, held.tag, ago_s
            )
        row = self._ledger.log.ask(lambda log: log.row_of(passage_id))
        passage = self._ledger.owed(passage_id) if row is None else row.passage
        if passage is None:
            raise ActionRefused(code="unknown_passage")
        ago_s = self._around.utc_now().timestamp() - passage.seen_at_ms / 1000
        return Earlier(passage.verdict, passage.reason, passage.direction, passage.tag, ago_s)


def fitting(text: str, most: int) -> str:
    """Return `text` without spaces around it; ActionRefused `text_too_long`. Half a sign, as a
    broken input method leaves it, becomes `?`: no row could hold it.
    """
    text = text.strip().encode("utf-8", "replace").decode()
    if len(text) > most:
        raise ActionRefused(f"at most {most} characters", code="text_too_long")
    return text
