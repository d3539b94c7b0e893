"""Writes down what happened at the gate, and remembers who stood there a moment ago.

A row is on disk when `write` returns. The one thing that may happen before its row is stored is an
emergency opening: it is owed to the log, and stored as soon as the log takes it.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from keys.bodies import PassageBody
from keys.passages import Direction, Passage, PassageRow, Verdict
from scanner.decide.judge import Moment
from scanner.decide.judgement import Judgement
from scanner.decide.neighbours import Sighting
from scanner.decide.passage import NOTHING_ADDED, passage_for
from scanner.decide.policy_prepared import Way
from scanner.decide.samecode import Person
from scanner.decide.scene import NO_FACTS, NOTHING_SEEN, Facts, Observation
from scanner.errors import StationFault
from scanner.scan.around import Surroundings
from scanner.scan.logkeeping import KeptLog

ADMITTING: Final = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})
# Every verified pass that was not refused (docs/lanes.md): a copy is a copy, whoever looked at it.
LOOKED_AT: Final = ADMITTING | {Verdict.HAND_CHECK}
REMEMBERED_MOST: Final = 256
SETTLED_MOST: Final = 4096
# Somebody who presses for hours on a dead disk is one emergency, and memory is not endless.
OWED_MOST: Final = 1000


class View(NamedTuple):
    """What was known and seen of a person when it came: asked once, so that its own row changes
    nothing of its answer.
    """

    facts: Facts = NO_FACTS
    observation: Observation = NOTHING_SEEN
    sighting: Sighting | None = None


NOTHING_KNOWN: Final = View()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody who was judged: all that is needed to settle again.

    who: the pass, or the text where none was verified; text: what was shown, empty where nothing
    was. base: what `judge` said, under `way`. tag: 16 bytes. mono_s: when it was judged.
    passage_id: of its row, empty before it is written. counted_row: of the row that counts for this
    person in the log, empty if none does; an earlier one where the answer since is no admission.
    by_hand: a guard has decided, and nothing that is seen later changes it.
    """

    who: Person
    text: str
    base: Judgement
    judgement: Judgement
    moment: Moment
    way: Way
    direction: Direction
    mono_s: float
    view: View = NOTHING_KNOWN
    tag: bytes | None = None
    passage_id: bytes = b""
    counted_row: bytes = b""
    by_hand: bool = False
    taken_back: bool = False

    @property
    def admitted(self) -> bool:
        """Whether this person was let through, and nobody took it back."""
        return self.judgement.verdict in ADMITTING and not self.taken_back

    def is_told_other(self, now: Standing) -> bool:
        """Return whether the same person, `now`, is told something else (a code that had run out
        was replaced by a fresh one): that is written down anew, so that no answer that opens goes
        unlogged.
        """
        if self.admitted and now.admitted:
            return False
        return self.judgement.verdict is not now.judgement.verdict

    @property
    def looked_at(self) -> bool:
        """Whether log, lanes and thermometer were asked of this person: of nobody whom the pass
        itself refuses, or whom nothing can be said of.
        """
        return self.base.verdict in LOOKED_AT


class Ledger:
    """The log of a running station and its memory of the last people. owed: rows of what happened
    already, shared by every ledger of this process.
    """

    def __init__(self, log: KeptLog, around: Surroundings, owed: deque[Passage]) -> None:
        self.log = log
        self._around = around
        self._owed = owed
        self._standing: OrderedDict[bytes, Standing] = OrderedDict()
        self._settled: OrderedDict[bytes, None] = OrderedDict()

    def write(
        self,
        judgement: Judgement,
        *,
        seen_at: datetime,
        direction: Direction,
        tag: bytes | None = None,
        added: PassageBody = NOTHING_ADDED,
        in_place_of: bytes | None = None,
    ) -> PassageRow:
        """Store a row and return it, body sealed; it is on disk then. StationFault. added: what its
        body says beside the pass; who is on duty is added here. in_place_of: the row that counts no
        longer. What is owed comes first, so that rows stand in the order of what happened.
        """
        self.pay()
        passage = self._passage(judgement, seen_at, direction, tag, added)
        row = self.log.store(lambda log: log.append(passage, in_place_of=in_place_of))
        self._around.stored()
        return row

    def owe(
        self,
        judgement: Judgement,
        *,
        seen_at: datetime,
        direction: Direction,
        added: PassageBody = NOTHING_ADDED,
    ) -> bytes:
        """Return the passage_id of a row that is stored as soon as the log takes it."""
        passage = self._passage(judgement, seen_at, direction, None, added)
        if len(self._owed) < OWED_MOST:
            self._owed.append(passage)
        return passage.passage_id

    def pay(self) -> None:
        """Store what is owed, as far as the log takes it; never raises."""
        while self._owed:
            passage = self._owed[0]
            try:
                self.log.store(lambda log, owed=passage: log.append(owed))  # type: ignore[misc]
            except StationFault:
                return
            self._owed.popleft()
            self._around.stored()

    @property
    def owed_rows(self) -> int:
        """How many rows are owed."""
        return len(self._owed)

    def owed(self, passage_id: bytes) -> Passage | None:
        """Return the owed row of that id, None if there is none."""
        return next((one for one in self._owed if one.passage_id == passage_id), None)

    def _passage(
        self,
        judgement: Judgement,
        seen_at: datetime,
        direction: Direction,
        tag: bytes | None,
        added: PassageBody,
    ) -> Passage:
        return passage_for(
            judgement,
            passage_id=self._around.passage_id(),
            salt=self._around.passage_id(),
            seen_at=seen_at,
            clock=self._around.moment().grade,
            direction=direction,
            tag=tag,
            added=replace(added, operator=self._around.shift.operator),
        )

    # --- who stood there a moment ago

    def remember(self, standing: Standing, *, instead_of: bytes | None = None) -> None:
        """Remember somebody, in the place of an earlier row of the same person if there is one."""
        if instead_of is not None:
            self._standing.pop(instead_of, None)
            self.settle_for_good(instead_of)
        self._standing[standing.passage_id] = standing
        while len(self._standing) > REMEMBERED_MOST:
            self._standing.popitem(last=False)

    def standing(self, passage_id: bytes) -> Standing | None:
        """Return who was written down under that id, None if it is too long ago."""
        return self._standing.get(passage_id)

    def of(self, who: Person) -> Standing | None:
        """Return the last row's memory of `who` by a code that was shown, None if there is none.

        What was said of a number without a code is no memory of who holds the code up.
        """
        found = (one for one in reversed(self._standing.values()) if one.who == who and one.text)
        return next(found, None)

    def last(self) -> Standing | None:
        """Return who was judged last, None if nobody was."""
        return next(reversed(self._standing.values()), None)

    def settle_for_good(self, passage_id: bytes) -> None:
        """Let the row of that id be decided, measured anew or taken back: once is enough."""
        self._settled[passage_id] = None
        while len(self._settled) > SETTLED_MOST:
            self._settled.popitem(last=False)

    def is_settled(self, passage_id: bytes) -> bool:
        """Return whether the row of that id was decided, measured anew or taken back."""
        return passage_id in self._settled

    def change(self, standing: Standing) -> None:
        """Put a changed memory in its place."""
        if standing.passage_id in self._standing:
            self._standing[standing.passage_id] = standing
