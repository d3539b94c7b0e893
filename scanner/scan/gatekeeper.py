"""The policy of the place around one judgement: what is asked of log, lanes and thermometer, what
comes of it, and what follows when somebody is counted.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from keys.bodies import TEMPERATURES_MAX, PassageBody
from keys.passages import Direction
from scanner.decide.companions import Companions
from scanner.decide.judge import Moment
from scanner.decide.judgement import Judgement
from scanner.decide.neighbours import with_neighbour
from scanner.decide.override import Release, released
from scanner.decide.policy import DAY_S
from scanner.decide.policy_prepared import Way, days_to_remember, settle
from scanner.decide.samecode import Person
from scanner.decide.scene import NO_FACTS, NOTHING_SEEN, Facts, Observation
from scanner.scan.around import Surroundings
from scanner.scan.ledger import LOOKED_AT, NOTHING_KNOWN, Ledger, Standing, View

# A reading counts for two seconds (scanner.gate.thermometer); the next person may be there by then.
READING_STAYS_S: Final = 2.0


class Gatekeeper:
    """Judges by the policy, and counts. Lives in the thread of its station."""

    def __init__(self, ledger: Ledger, around: Surroundings) -> None:
        self.companions = Companions()
        self._read: tuple[Person, float] | None = None
        self._ledger = ledger
        self._around = around

    def look(self, standing: Standing, tags: tuple[bytes, ...]) -> View:
        """Return what is known and seen of a person who has just come. StationFault if the log
        cannot answer what the policy asks: then nobody is admitted.
        """
        base, mono_s = standing.base, standing.mono_s
        if base.verdict not in LOOKED_AT:
            return NOTHING_KNOWN
        sighting = self._around.lanes.seen_elsewhere(tags, mono_s) if tags else None
        facts = self._facts(base, tags, mono_s) if standing.way.needs_facts else NO_FACTS
        return View(facts, self._observation(standing.who, mono_s), sighting)

    def _facts(self, base: Judgement, tags: tuple[bytes, ...], mono_s: float) -> Facts:
        inside = self._ledger.log.ask(lambda log: log.inside())
        identity = base.identity
        if identity is None:
            return Facts(inside=inside)
        ago_s = self.companions.ago_s(identity, mono_s)
        if not tags:
            # No key to look with: what the policy asks of this pass's past is a hand check.
            return Facts(inside=inside, admitted_ago_s=ago_s)
        now_s = self._around.utc_now().timestamp()
        midnight_s = self._around.midnight_s(now_s)
        found = self._ledger.log.ask(
            lambda log: log.tag_facts(
                tags, now_ms=round(now_s * 1000), midnight_ms=round(midnight_s * 1000)
            )
        )
        begun_s = self._around.log_begun_s()
        # What stood in a log that was lost is not known: "never" would let everybody in once more.
        strange = found.entry_ago_s < 0 and found.exit_ago_s < 0 and self._is_young(begun_s)
        counted_all = begun_s is None or begun_s < midnight_s
        return Facts(
            inside=inside,
            entry_ago_s=None if strange else found.entry_ago_s,
            exit_ago_s=None if strange else found.exit_ago_s,
            entries_today=found.entries_today if counted_all else None,
            admitted_ago_s=ago_s,
        )

    def _is_young(self, begun_s: float | None) -> bool:
        """Return whether the policy looks back further than the log."""
        if begun_s is None:
            return False
        days = days_to_remember(self._around.prepared().policy)
        return self._around.moment().now_s - begun_s < days * DAY_S

    def _observation(self, who: Person, mono_s: float) -> Observation:
        if self._around.prepared().policy.temperature is None:
            return NOTHING_SEEN
        tenths = self.reading_of(who, mono_s)
        return NOTHING_SEEN if tenths is None else Observation(temperatures=(tenths,))

    def reading_of(self, who: Person, mono_s: float) -> int | None:
        """Return what the thermometer says of `who`, in tenths of a degree; None without, and while
        it may still speak of the person before. Asked with every frame in which `who` stands there.
        """
        tenths = self._around.entrance.measured()
        if tenths is None:
            return None
        if self._read is not None:
            whose, at_s = self._read
            if whose != who and mono_s - at_s <= READING_STAYS_S:
                return None
        self._read = who, mono_s
        return tenths

    def answer(
        self, base: Judgement, way: Way, moment: Moment, direction: Direction, view: View
    ) -> Judgement:
        """Return what the person is told: policy, then the neighbour lanes' word, then fire, which
        lets everybody through.
        """
        judgement = settle(
            base, way, moment, direction, facts=view.facts, observation=view.observation
        )
        seen = view.sighting
        if seen is not None:
            judgement = with_neighbour(
                judgement, lane=seen.lane, age_s=seen.age_s, theirs=seen.direction, ours=direction
            )
        return released(judgement, Release.FIRE) if self._around.entrance.fire() else judgement

    def count(
        self,
        standing: Standing,
        *,
        seen_at: datetime,
        added: PassageBody | None = None,
        instead_of: Standing | None = None,
    ) -> Standing:
        """Write somebody down and let through whom the answer admits; return the memory of it.
        StationFault: nothing has happened then.

        added: what the row says beside the pass. instead_of: the same person's earlier row; who was
        let through then is not counted twice.
        """
        earlier = None if instead_of is None else instead_of.passage_id
        # Who was let through, then held for a look, and is let through by hand went through once.
        counted = b"" if instead_of is None else instead_of.counted_row
        row = self._ledger.write(
            standing.judgement,
            seen_at=seen_at,
            direction=standing.direction,
            tag=standing.tag,
            added=_body_of(standing, added or PassageBody(about=earlier or None)),
            in_place_of=counted or None,
        )
        own = row.passage.passage_id
        counts_now = own if standing.admitted else counted
        written = replace(standing, passage_id=own, counted_row=counts_now)
        self._ledger.remember(written, instead_of=earlier)
        judgement = written.judgement
        through = _newly_through(written, instead_of)
        if written.admitted and judgement.identity is not None and judgement.kind is not None:
            self.companions.admitted(judgement.identity, judgement.kind, written.mono_s)
        if judgement.claims is not None and written.tag and judgement.verdict in LOOKED_AT:
            self._around.lanes.tell(row)
        self._around.entrance.show(judgement.verdict, through)
        return written


def _body_of(standing: Standing, added: PassageBody) -> PassageBody:
    seen = standing.view.observation
    measured = seen.temperatures[-TEMPERATURES_MAX:]
    return replace(added, temperatures=measured, party=seen.party)


def _newly_through(written: Standing, instead_of: Standing | None) -> int:
    """Return how many people the gate opens for, beyond those who went through before."""
    if not written.admitted:
        return 0
    went = instead_of is not None and instead_of.admitted
    before = instead_of.view.observation.party if instead_of is not None and went else 0
    return max(0, written.view.observation.party - before)
