"""Policies to start from, one for each kind of place; docs/policies.md shows them side by side.

An office copies one, gives it a name and its checkpoints, changes what differs and signs it. The
reasons stand here, because a preset is read by people who have to answer for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from keys.claims import Kind
from keys.passages import Verdict
from keys.policies import (
    DAY_S,
    HOUR_S,
    Capacity,
    Clocks,
    CompanionRule,
    Condition,
    Hours,
    ListAges,
    PartyLimit,
    Passback,
    PassbackRule,
    PlaceType,
    Policy,
    Quota,
    StatusVerdicts,
    TemperatureRule,
)
from keys.policyfile import write_logic

_NOTE: Final = Verdict.ADMIT_WITH_NOTE
_HAND: Final = Verdict.HAND_CHECK

# Leaving is nobody's to refuse: a shop's exit only counts.
_FREE_EXIT: Final = StatusVerdicts(green=Verdict.ADMIT, withdrawn=_HAND, yellow=_NOTE, red=_NOTE)
# Where help is given, no machine turns anybody away.
_HELPING: Final = StatusVerdicts(green=Verdict.ADMIT, withdrawn=_HAND, yellow=_HAND, red=_HAND)
# Whoever should stay at home is spoken to on the way out, never held by a machine.
_ASKED_EXIT: Final = StatusVerdicts(green=Verdict.ADMIT, withdrawn=_HAND, yellow=_HAND, red=_HAND)
_CHILD_WITH_ADULT: Final = CompanionRule(
    kinds=(Kind.DEPENDANT,),
    with_kinds=(Kind.PHONE, Kind.PAPER, Kind.EMPLOYEE, Kind.VISITOR, Kind.STAFF),
    within_s=120,
)
_VISITORS_BY_DAY: Final = Condition(
    name="visitors-by-day",
    logic=write_logic(
        {
            "if": [
                {"===": [{"var": "payload.kind"}, "visitor"]},
                {"<=": [8, {"var": "external.localHour"}, 17]},
                True,
            ]
        }
    ),
)


def _preset(place: PlaceType, **fields: Any) -> Policy:
    return Policy(version=1, name=place.value, place=place, **fields)


PRESETS: Final[Mapping[PlaceType, Policy]] = {
    # People come home here: the same pass twice is told, never refused; red goes to the window.
    PlaceType.ESTATE: _preset(
        PlaceType.ESTATE,
        exit=_ASKED_EXIT,
        temperature=TemperatureRule(required=False, verdict=_HAND),
        passback=PassbackRule(mode=Passback.SOFT, window_s=DAY_S),
    ),
    # A light look and a count of heads.
    PlaceType.SHOP: _preset(
        PlaceType.SHOP,
        exit=_FREE_EXIT,
        ages=ListAges(late_s=12 * HOUR_S, stale_s=3 * DAY_S, closed_s=14 * DAY_S),
        capacity=Capacity(soft=80, hard=100),
    ),
    # Crowds: what is not sure goes aside, the stream goes on; a code handed back is caught.
    PlaceType.STATION: _preset(
        PlaceType.STATION,
        exit=_FREE_EXIT,
        temperature=TemperatureRule(limit_tenths=373, remeasures=1, required=False, verdict=_HAND),
        passback=PassbackRule(mode=Passback.TIMED, window_s=180),
        companions=(_CHILD_WITH_ADULT,),
    ),
    # A closed staff: employees and announced visitors, everybody measured, in and out in turn.
    PlaceType.FACTORY: _preset(
        PlaceType.FACTORY,
        exit=_FREE_EXIT,
        temperature=TemperatureRule(limit_tenths=373, remeasures=2),
        passback=PassbackRule(mode=Passback.HARD, window_s=20 * HOUR_S),
        kinds=(Kind.EMPLOYEE, Kind.VISITOR, Kind.STAFF),
        conditions=(_VISITORS_BY_DAY,),
    ),
    # Nobody is refused by a machine: every doubt is a nurse's to settle, whatever the list's age.
    PlaceType.HOSPITAL: _preset(
        PlaceType.HOSPITAL,
        entry=_HELPING,
        exit=_FREE_EXIT,
        ages=ListAges(late_s=6 * HOUR_S, stale_s=2 * DAY_S, closed_s=366 * DAY_S),
        clocks=Clocks(rolled_back=_HAND),
        temperature=TemperatureRule(limit_tenths=373, remeasures=1, required=False, verdict=_HAND),
        refusal=_HAND,
    ),
    # Trucks and families: one pass a vehicle's party, a list that is fresh.
    PlaceType.ROAD: _preset(
        PlaceType.ROAD,
        ages=ListAges(late_s=2 * HOUR_S, stale_s=DAY_S, closed_s=7 * DAY_S),
        party=PartyLimit(most=16),
        temperature=TemperatureRule(limit_tenths=373, remeasures=2, verdict=_HAND),
    ),
    # Tickets in all but name: once in a day, no more than the hall holds, children with somebody.
    PlaceType.EVENT: _preset(
        PlaceType.EVENT,
        exit=_FREE_EXIT,
        hours=Hours(start=8, end=23),
        party=PartyLimit(most=4),
        capacity=Capacity(soft=900, hard=1000),
        passback=PassbackRule(mode=Passback.HARD, window_s=DAY_S),
        quota=Quota(a_day=3, verdict=_HAND),
        companions=(_CHILD_WITH_ADULT,),
    ),
    # Who flees is let in and looked after; the count is what matters, and it only warns.
    PlaceType.SHELTER: _preset(
        PlaceType.SHELTER,
        entry=StatusVerdicts(green=Verdict.ADMIT, withdrawn=_HAND, yellow=_NOTE, red=_HAND),
        exit=_FREE_EXIT,
        ages=ListAges(late_s=DAY_S, stale_s=14 * DAY_S, closed_s=366 * DAY_S),
        clocks=Clocks(not_confirmed=_NOTE, rolled_back=_HAND),
        party=PartyLimit(most=16, verdict=_NOTE),
        capacity=Capacity(soft=200),
        refusal=_HAND,
    ),
}
