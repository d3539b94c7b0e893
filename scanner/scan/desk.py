"""What a guard does besides scanning. Every action is a row of its own that names the row it is
about; a row never changes.

What can go wrong: what was asked for cannot be (ActionRefused) or cannot be stored (StationFault):
then nothing has happened, and the guard is told. An emergency opening alone never fails: the gate
opens first, and its row is owed to the log.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from keys.bodies import NOTE_MAX, TEXT_MAX, PassageBody
from keys.passages import NOTE_REASONS, Reason, Verdict
from scanner.decide.action_names import UNDO_WITHIN_S
from scanner.decide.actions import (
    Action,
    CountParty,
    Decide,
    LookUp,
    Measured,
    OpenForEmergency,
    Register,
    TakeBack,
)
from scanner.decide.by_hand import decided, registered
from scanner.decide.judgement import Judgement
from scanner.decide.lookup import looked_up, pass_number
from scanner.decide.override import Release, released
from scanner.decide.samecode import Person, Presence
from scanner.decide.scene import Observation
from scanner.errors import ActionRefused
from scanner.scan.around import Surroundings
from scanner.scan.gatekeeper import Gatekeeper
from scanner.scan.ledger import Ledger, Standing
from scanner.scan.notes import Notes, fitting
from scanner.scan.results import ScanResult

# A stretcher and those who run with it; pressed again, it begins anew.
HELD_OPEN_S: Final = 60.0
# Whoever was judged longer ago does not stand before the thermometer any more.
MEASURED_WITHIN_S: Final = 120.0
# Whose code was seen longer ago has perhaps gone, and the thermometer reads the next one.
WAITS_S: Final = 3.0
# An emergency of who was refused a moment ago keeps what was judged in its trace.
_SAME_PERSON_S: Final = 30.0
# The thumb presses at the last second, and the press is done between two frames.
_SLACK_S: Final = 2.0
_ID_TAIL_MAX: Final = 4
PARTY_MAX: Final = 16  # formats.md 1.1


class Desk:
    """Does a guard's actions. Lives in the thread of its station."""

    def __init__(
        self,
        ledger: Ledger,
        notes: Notes,
        keeper: Gatekeeper,
        presence: Presence,
        around: Surroundings,
    ) -> None:
        self._ledger = ledger
        self._notes = notes
        self._keeper = keeper
        self._presence = presence
        self._around = around
        self._held_until_s: float | None = None
        self._held_for = b""
        if around.entrance.is_held():
            # By the station before this one, which broke: nobody else would let go of it.
            self._held_until_s = around.mono_s() + HELD_OPEN_S
        self._was_free = False

    def tick(self) -> None:
        """Let go of the gate when an emergency has been held open for long enough."""
        if self._held_until_s is not None and self._around.mono_s() >= self._held_until_s:
            self._held_until_s = None
            self._around.entrance.hold_open(False)

    def act(self, action: Action) -> ScanResult | None:
        """Do `action` and return a new answer if there is one. ActionRefused, StationFault."""
        match action:
            case OpenForEmergency():
                return self._open()
            case Measured():
                return self._measure(action)
            case CountParty():
                return self._count_party(action)
            case Decide():
                return self._decide(action)
            case Register():
                return self._register(action)
            case LookUp():
                return self._look_up(action)
            case TakeBack():
                self._take_back(action)
            case _:
                self._notes.take(action)
        return None

    # --- opening, and taking back

    def _open(self) -> ScanResult:
        now_s = self._around.mono_s()
        self._around.entrance.hold_open(True)
        self._held_until_s = now_s + HELD_OPEN_S
        last = self._ledger.last()
        near = last is not None and now_s - last.mono_s <= _SAME_PERSON_S and not last.admitted
        judgement = released(last.judgement if near and last else None, Release.EMERGENCY)
        seen_at, direction = self._around.utc_now(), self._around.direction()
        passage_id = self._ledger.owe(judgement, seen_at=seen_at, direction=direction)
        self._held_for = passage_id
        # Nobody knows that it is the person judged last who goes through: no tag, no passback.
        standing = self._standing(f"emergency {passage_id.hex()}", judgement, None)
        self._ledger.remember(replace(standing, passage_id=passage_id, by_hand=True))
        return ScanResult(
            judgement=judgement, seen=None, seen_at=seen_at, counted=True, passage_id=passage_id
        )

    def _take_back(self, action: TakeBack) -> None:
        passage_id = action.passage_id
        earlier = self._notes.earlier(passage_id)
        if earlier.ago_s > UNDO_WITHIN_S + _SLACK_S:
            raise ActionRefused(code="too_late")
        if self._ledger.is_settled(passage_id):
            raise ActionRefused(code="already_decided")
        self._notes.write(Reason.TAKEN_BACK, earlier, about=passage_id, tag=earlier.tag)
        self._ledger.settle_for_good(passage_id)
        standing = self._ledger.standing(passage_id)
        if standing is None:
            return
        self._ledger.change(replace(standing, taken_back=True))
        self._presence.undo(standing.who, standing.text)
        if standing.judgement.identity is not None:
            self._keeper.companions.taken_back(standing.judgement.identity)
        if passage_id == self._held_for:
            self._held_until_s = self._around.mono_s()

    # --- the person who stands there

    def _measure(self, action: Measured) -> ScanResult:
        last = self._who_stands_there()
        seen = last.view.observation
        tenths = (*seen.temperatures, action.tenths)
        return self._seen_anew(last, replace(seen, temperatures=tenths))

    def _count_party(self, action: CountParty) -> ScanResult:
        last = self._who_stands_there()
        if not 1 <= action.people <= PARTY_MAX:
            raise ActionRefused(code="party_too_large")
        claims = last.base.claims
        own = claims.site.party if claims is not None and claims.site is not None else 1
        # Where the place has a rule for parties that rule answers; else a pass is for whom it says.
        if action.people > own and self._around.prepared().policy.party is None:
            raise ActionRefused(code="party_too_large")
        return self._seen_anew(last, replace(last.view.observation, party=action.people))

    def _who_stands_there(self) -> Standing:
        """Return who was judged last and may be looked at anew; ActionRefused."""
        last = self._ledger.last()
        if (
            last is None
            or last.base.claims is None
            or last.taken_back
            or self._around.mono_s() - last.mono_s > MEASURED_WITHIN_S
        ):
            raise ActionRefused(code="nobody_there")
        if last.by_hand:
            raise ActionRefused(code="already_decided")
        return last

    def _seen_anew(self, last: Standing, observation: Observation) -> ScanResult:
        """Settle again with what was seen now; who had been admitted is taken back first, so that
        nobody is counted twice.
        """
        view = last.view._replace(observation=observation)
        judgement = self._keeper.answer(last.base, last.way, last.moment, last.direction, view)
        if last.admitted:
            earlier = self._notes.earlier(last.passage_id)
            self._notes.write(Reason.TAKEN_BACK, earlier, about=last.passage_id, tag=last.tag)
        standing = replace(last, judgement=judgement, view=view)
        return self._counted(standing, PassageBody(about=last.passage_id), last)

    def measure_who_waits(self) -> ScanResult | None:
        """Return a new answer if somebody waits for the thermometer and it has read a person now,
        None otherwise. StationFault.

        The first reading counts as it comes; after one that was too high, only one that follows a
        pause without any: the same fever, read on and on, is not measured again.
        """
        if self._around.entrance.measured() is None:
            self._was_free = True
            return None
        last, now_s = self._ledger.last(), self._around.mono_s()
        if last is None or last.by_hand or last.taken_back:
            return None
        seen_ago_s = self._presence.seen_ago_s(last.who, now_s)
        if seen_ago_s is None or seen_ago_s > WAITS_S:
            return None
        tenths = self._keeper.reading_of(last.who, now_s)
        waits = last.judgement.reason is Reason.TEMPERATURE_MISSING or (
            last.judgement.reason is Reason.TEMPERATURE_AGAIN and self._was_free
        )
        if not waits or tenths is None:
            return None
        if now_s - last.mono_s > MEASURED_WITHIN_S:
            return None  # held up for minutes: to be shown anew, and judged anew
        self._was_free = False
        return self._measure(Measured(tenths=tenths))

    def _decide(self, action: Decide) -> ScanResult:
        passage_id = action.passage_id
        earlier = self._notes.earlier(passage_id)
        # A note repeats a verdict, and asks for nobody's check.
        if earlier.verdict is not Verdict.HAND_CHECK or earlier.reason in NOTE_REASONS:
            raise ActionRefused(code="not_a_hand_check")
        if self._ledger.is_settled(passage_id):
            raise ActionRefused(code="already_decided")
        asked = self._ledger.standing(passage_id)
        held = None if asked is None else asked.judgement
        judgement = decided(held, admitted=action.admitted, papers_seen=action.papers_seen)
        standing = asked or self._standing(f"decided {passage_id.hex()}", judgement, earlier.tag)
        standing = replace(standing, judgement=judgement, direction=earlier.direction, by_hand=True)
        added = PassageBody(about=passage_id, papers_seen=action.papers_seen)
        result = self._counted(standing, added, asked)
        self._ledger.settle_for_good(passage_id)
        return result

    def _register(self, action: Register) -> ScanResult:
        name, tail = action.name.strip(), action.id_tail.strip()
        if not name:
            raise ActionRefused(code="name_missing")
        note_text = fitting(action.note, NOTE_MAX)
        judgement = registered(
            fitting(name, TEXT_MAX), fitting(tail, _ID_TAIL_MAX), admitted=action.admitted
        )
        who = f"registered {self._around.mono_s()}"
        standing = replace(self._standing(who, judgement, None), by_hand=True)
        return self._counted(standing, PassageBody(note=note_text), None)

    def _look_up(self, action: LookUp) -> ScanResult:
        named = pass_number(action.number, self._around.issuer)
        if named is None:
            raise ActionRefused(code="unknown_number")
        moment, direction = self._around.moment(), self._around.direction()
        rules = self._around.prepared().way(direction).rules
        judgement = looked_up(named, self._around.beliefs(), rules, moment.now_s)
        tags = self._around.tags(named, moment)
        standing = self._standing(named, judgement, tags[0] if tags else None)
        return self._counted(standing, PassageBody(), None)

    # --- what they share

    def _counted(
        self, standing: Standing, added: PassageBody, instead_of: Standing | None
    ) -> ScanResult:
        seen_at = self._around.utc_now()
        written = self._keeper.count(standing, seen_at=seen_at, added=added, instead_of=instead_of)
        return ScanResult(
            judgement=written.judgement,
            seen=None,
            seen_at=seen_at,
            counted=True,
            passage_id=written.passage_id,
            about=added.about,
        )

    def _standing(self, who: Person, judgement: Judgement, tag: bytes | None) -> Standing:
        direction = self._around.direction()
        return Standing(
            who=who,
            text="",
            base=judgement,
            judgement=judgement,
            moment=self._around.moment(),
            way=self._around.prepared().way(direction),
            direction=direction,
            mono_s=self._around.mono_s(),
            tag=tag,
        )
