"""Each question of a policy: when it objects, how, and what it does when the station cannot say."""

from __future__ import annotations

import pytest

from keys.claims import Kind, Site
from keys.passages import ClockGrade, Direction, PassIdentity, Reason, Verdict
from keys.policies import (
    Capacity,
    CompanionRule,
    Hours,
    PartyLimit,
    Passback,
    PassbackRule,
    Quota,
    TemperatureRule,
)
from scanner.decide.judgement import TraceStep
from scanner.decide.scene import Facts, Observation
from tests.scanner.decide.makers import HOUR_S, NOW, moment
from tests.scanner.decide.policymakers import (
    ENTRY,
    EXIT,
    WHO,
    answer,
    base,
    claims,
    policy,
    settled,
)

ADMITTED = (Verdict.ADMIT, Reason.GREEN)
UNKNOWN = (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)
OTHER = PassIdentity("hangzhou", 0, 6)


@pytest.mark.parametrize(("hour", "is_open"), [(7, False), (8, True), (21, True), (22, False)])
def test_a_place_is_open_from_its_first_hour_to_before_its_last(hour: int, is_open: bool) -> None:
    asked = policy(hours=Hours(start=8, end=22))
    closed = (Verdict.REFUSE, Reason.PLACE_CLOSED)

    assert answer(asked, at=moment(local_hour=hour)) == (ADMITTED if is_open else closed)


def test_hours_run_over_midnight() -> None:
    asked = policy(hours=Hours(start=22, end=6))
    open_at = [h for h in range(24) if answer(asked, at=moment(local_hour=h)) == ADMITTED]
    assert open_at == [0, 1, 2, 3, 4, 5, 22, 23]


@pytest.mark.parametrize("grade", [ClockGrade.NOT_CONFIRMED, ClockGrade.ROLLED_BACK])
@pytest.mark.parametrize("hour", [3, 12])
def test_an_unsure_clock_neither_opens_nor_closes_a_place(grade: ClockGrade, hour: int) -> None:
    said = answer(policy(hours=Hours(start=8, end=22)), at=moment(grade=grade, local_hour=hour))
    assert said[0] is Verdict.HAND_CHECK
    assert said[1] in {Reason.CLOCK_NOT_CONFIRMED, Reason.CLOCK_ROLLED_BACK}


def test_a_listed_pass_is_denied_and_every_other_is_not() -> None:
    assert answer(policy(denied=(WHO,))) == (Verdict.REFUSE, Reason.DENIED_HERE)
    assert answer(policy(denied=(OTHER,))) == ADMITTED


def test_where_only_some_enter_every_other_is_refused() -> None:
    assert answer(policy(only=(OTHER,))) == (Verdict.REFUSE, Reason.NOT_ON_LIST)
    assert answer(policy(only=(WHO, OTHER))) == ADMITTED


def test_being_listed_admits_nobody_that_is_refused_otherwise() -> None:
    red = base(Verdict.REFUSE, Reason.RED)
    assert answer(policy(only=(WHO,)), red) == (Verdict.REFUSE, Reason.RED)


def test_only_the_kinds_that_are_named_enter() -> None:
    assert answer(policy(kinds=(Kind.PHONE,))) == ADMITTED
    assert answer(policy(kinds=(Kind.STAFF,))) == (Verdict.REFUSE, Reason.KIND_NOT_HERE)
    assert answer(policy(kinds=(Kind.PHONE,)), base(kind=None)) == UNKNOWN


def site(party: int) -> Site:
    return Site(NOW - HOUR_S, 0, 0, 0, party)


@pytest.mark.parametrize(
    ("party", "most", "people", "fits"),
    [(1, 4, 1, True), (1, 4, 2, False), (6, 4, 4, True), (6, 4, 5, False), (3, 16, 4, False)],
)
def test_no_more_enter_than_pass_and_place_allow(
    party: int, most: int, people: int, fits: bool
) -> None:
    asked = policy(party=PartyLimit(most=most))
    judged = base(said=claims(site=site(party)))
    too_many = (Verdict.HAND_CHECK, Reason.PARTY_TOO_LARGE)

    assert answer(asked, judged, seen=Observation(party=people)) == (ADMITTED if fits else too_many)


def test_a_pass_without_a_site_is_for_one() -> None:
    asked = policy(party=PartyLimit(most=16, verdict=Verdict.REFUSE))
    assert answer(asked) == ADMITTED
    too_many = answer(asked, seen=Observation(party=2))
    assert too_many == (Verdict.REFUSE, Reason.PARTY_TOO_LARGE)


MISSING = (Verdict.HAND_CHECK, Reason.TEMPERATURE_MISSING)
AGAIN = (Verdict.HAND_CHECK, Reason.TEMPERATURE_AGAIN)
HIGH = (Verdict.REFUSE, Reason.TEMPERATURE_HIGH)


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        ((), MISSING),
        ((365,), ADMITTED),
        ((372,), ADMITTED),
        ((373,), AGAIN),
        ((373, 368), ADMITTED),
        ((380, 379), AGAIN),
        ((380, 379, 378), HIGH),
        ((380, 379, 368), ADMITTED),
        ((380, 368, 379), HIGH),
        ((380, 379, 378, 365), HIGH),
        ((0,), MISSING),
        ((339,), MISSING),
        ((340,), ADMITTED),
        ((430,), AGAIN),
        ((431,), MISSING),
        ((0, 0, 0, 365), ADMITTED),
        ((380, 0), AGAIN),
        ((380, 999, 379, 378), HIGH),
    ],
)
def test_a_high_temperature_is_measured_again_and_then_stands(
    readings: tuple[int, ...], said: tuple[Verdict, Reason]
) -> None:
    asked = policy(temperature=TemperatureRule(limit_tenths=373, remeasures=2))
    assert answer(asked, seen=Observation(temperatures=readings)) == said


def test_without_re_measures_the_first_reading_stands() -> None:
    rule = TemperatureRule(remeasures=0, verdict=Verdict.HAND_CHECK)
    said = answer(policy(temperature=rule), seen=Observation(temperatures=(380, 365)))
    assert said == (Verdict.HAND_CHECK, Reason.TEMPERATURE_HIGH)


def test_a_temperature_that_is_not_required_counts_once_it_is_taken() -> None:
    asked = policy(temperature=TemperatureRule(required=False, remeasures=0))
    assert answer(asked) == ADMITTED
    assert answer(asked, seen=Observation(temperatures=(380,))) == HIGH
    assert answer(asked, seen=Observation(temperatures=(0,))) == MISSING


@pytest.mark.parametrize(
    ("inside", "people", "said"),
    [
        (None, 1, UNKNOWN),
        (79, 1, ADMITTED),
        (80, 1, (Verdict.ADMIT_WITH_NOTE, Reason.PLACE_NEARLY_FULL)),
        (78, 3, (Verdict.ADMIT_WITH_NOTE, Reason.PLACE_NEARLY_FULL)),
        (99, 1, (Verdict.ADMIT_WITH_NOTE, Reason.PLACE_NEARLY_FULL)),
        (99, 2, (Verdict.REFUSE, Reason.PLACE_FULL)),
        (100, 1, (Verdict.REFUSE, Reason.PLACE_FULL)),
        (5000, 1, (Verdict.REFUSE, Reason.PLACE_FULL)),
    ],
)
def test_a_place_fills_up_with_a_warning_first(
    inside: int | None, people: int, said: tuple[Verdict, Reason]
) -> None:
    asked = policy(capacity=Capacity(soft=80, hard=100))
    seen = Observation(party=people)
    assert answer(asked, facts=Facts(inside=inside), seen=seen) == said


def test_one_limit_alone_is_enough() -> None:
    full = Facts(inside=10)
    assert answer(policy(capacity=Capacity(soft=10)), facts=full)[0] is Verdict.ADMIT_WITH_NOTE
    assert answer(policy(capacity=Capacity(hard=10)), facts=full)[0] is Verdict.REFUSE
    assert answer(policy(capacity=Capacity(hard=11)), facts=full) == ADMITTED


def test_a_pass_enters_so_often_a_day() -> None:
    asked = policy(quota=Quota(a_day=2))
    assert answer(asked, facts=Facts(entries_today=1)) == ADMITTED
    used = answer(asked, facts=Facts(entries_today=2))
    assert used == (Verdict.REFUSE, Reason.QUOTA_USED)
    assert answer(asked) == UNKNOWN


CHILD = base(said=claims(kind=Kind.DEPENDANT))
WITH_ADULT = CompanionRule(
    kinds=(Kind.DEPENDANT,), with_kinds=(Kind.PHONE, Kind.PAPER), within_s=60
)


@pytest.mark.parametrize(
    ("admitted", "accompanied"),
    [
        ({}, False),
        ({Kind.PHONE: 60}, True),
        ({Kind.PHONE: 61}, False),
        ({Kind.PHONE: 500, Kind.PAPER: 3}, True),
        ({Kind.PHONE: 0}, True),
        ({Kind.PHONE: -1}, False),
        ({Kind.DEPENDANT: 3}, False),
    ],
)
def test_a_child_enters_after_an_adult(admitted: dict[int, int], accompanied: bool) -> None:
    said = answer(policy(companions=(WITH_ADULT,)), CHILD, facts=Facts(admitted_ago_s=admitted))
    alone = (Verdict.HAND_CHECK, Reason.COMPANION_MISSING)
    assert said == (ADMITTED if accompanied else alone)


def test_who_needs_no_companion_is_not_asked_for_one() -> None:
    asked = policy(companions=(WITH_ADULT,))
    assert answer(asked) == ADMITTED
    # Of a kind that is not known nobody can say that it needs none.
    assert answer(asked, base(kind=None))[1] is Reason.COMPANION_MISSING


@pytest.mark.parametrize("direction", [ENTRY, EXIT])
@pytest.mark.parametrize(
    ("same", "other", "soft", "hard", "timed"),
    [
        (-1, -1, True, True, True),
        (-1, 5, True, True, True),
        (5, -1, False, False, False),
        (5, 50, False, False, False),
        (50, 5, True, True, False),
        (5, 5, False, False, False),
        (99, -1, False, False, False),
        (100, -1, True, True, True),
    ],
)
def test_the_same_way_twice_is_told_or_refused(
    direction: Direction, same: int, other: int, soft: bool, hard: bool, timed: bool
) -> None:
    entry, exit_ = (same, other) if direction is ENTRY else (other, same)
    facts = Facts(entry_ago_s=entry, exit_ago_s=exit_)
    noted = (Verdict.ADMIT_WITH_NOTE, Reason.PASSED_ALREADY)
    refused = (Verdict.REFUSE, Reason.PASSED_ALREADY)

    for mode, passes, objection in (
        (Passback.SOFT, soft, noted),
        (Passback.HARD, hard, refused),
        (Passback.TIMED, timed, refused),
    ):
        asked = policy(passback=PassbackRule(mode=mode, window_s=100))
        said = answer(asked, facts=facts, direction=direction)
        assert said == (ADMITTED if passes else objection), mode


def test_without_a_window_an_entry_is_never_forgotten() -> None:
    asked = policy(passback=PassbackRule(mode=Passback.HARD))
    year = Facts(entry_ago_s=366 * 24 * HOUR_S, exit_ago_s=-1)
    assert answer(asked, facts=year)[1] is Reason.PASSED_ALREADY


@pytest.mark.parametrize("facts", [Facts(), Facts(entry_ago_s=5), Facts(exit_ago_s=5)])
def test_a_log_that_does_not_answer_leaves_passback_to_a_person(facts: Facts) -> None:
    for mode in Passback:
        assert answer(policy(passback=PassbackRule(mode=mode, window_s=9)), facts=facts) == UNKNOWN


def test_on_the_way_out_only_passback_is_asked() -> None:
    asked = policy(
        hours=Hours(start=1, end=2),
        denied=(WHO,),
        only=(OTHER,),
        kinds=(Kind.STAFF,),
        party=PartyLimit(most=1),
        temperature=TemperatureRule(),
        capacity=Capacity(hard=1),
        quota=Quota(a_day=1),
        companions=(WITH_ADULT,),
    )
    assert settled(asked, direction=EXIT) == base()
    steps = settled(asked).trace
    assert [step.rule for step in steps] == [
        "status",
        "hours",
        "denied",
        "only",
        "kinds",
        "party",
        "temperature",
        "capacity",
        "quota",
        "companions",
        "verdict",
    ]
    assert TraceStep("denied", "listed") in steps
