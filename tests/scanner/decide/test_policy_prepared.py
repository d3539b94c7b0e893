"""What a policy makes of a judgement: order, severity, trace, conditions, releases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from keys.claims import Status
from keys.passages import ClockGrade, Direction, Reason, Verdict
from keys.policies import (
    Capacity,
    Clocks,
    Condition,
    Hours,
    ListAges,
    Passback,
    PassbackRule,
    Policy,
    Quota,
    StatusVerdicts,
    TemperatureRule,
)
from scanner.decide.actions import EmergencyCause
from scanner.decide.judgement import TraceStep
from scanner.decide.override import CAUSE_DUE_S, Override, Release, released
from scanner.decide.policy import Rules
from scanner.decide.policy_prepared import (
    PLAIN_POLICY,
    days_to_remember,
    prepare,
    settle,
    unreadable,
)
from scanner.decide.scene import Observation
from tests.scanner.decide.makers import HOUR_S, NOW, code, digits, judged, moment, site
from tests.scanner.decide.policymakers import ENTRY, EXIT, FULL_PLACE, answer, base, policy, settled

NOTED = (Verdict.ADMIT_WITH_NOTE, Reason.PLACE_NEARLY_FULL)


def test_the_plain_policy_is_the_station_without_one() -> None:
    prepared = prepare(PLAIN_POLICY)

    assert prepared.entry.rules == prepared.exit.rules == Rules()
    assert prepared.entry.plain
    assert not prepared.entry.needs_facts
    untouched = base()
    assert settle(untouched, prepared.way(ENTRY), moment(), ENTRY) is untouched


def test_a_policy_becomes_the_rules_of_both_directions() -> None:
    asked = policy(
        entry=StatusVerdicts(yellow=Verdict.ADMIT_WITH_NOTE),
        exit=StatusVerdicts(red=Verdict.HAND_CHECK, withdrawn=Verdict.HAND_CHECK),
        ages=ListAges(late_s=1, stale_s=2, closed_s=3),
        clocks=Clocks(rolled_back=Verdict.HAND_CHECK),
        zones=(8, 9),
    )
    prepared = prepare(asked, zone=7)
    entry, out = prepared.way(ENTRY).rules, prepared.way(EXIT).rules

    assert (entry.zone, sorted(entry.other_zones)) == (7, [8, 9])
    assert (entry.late_after_s, entry.stale_after_s, entry.closed_after_s) == (1, 2, 3)
    assert entry.by_status[Status.YELLOW] is Verdict.ADMIT_WITH_NOTE
    assert out.by_status[Status.RED] is out.by_status[Status.WITHDRAWN] is Verdict.HAND_CHECK
    assert entry.by_clock[ClockGrade.ROLLED_BACK] is Verdict.HAND_CHECK
    assert prepare(replace(asked, exit=None)).exit.rules == prepare(asked).entry.rules


def test_passes_of_the_policys_zones_hold_here_too() -> None:
    here = digits(site=site(zone=9))
    assert judged(here, rules=prepare(policy(zones=(9,)), 7).entry.rules).verdict is Verdict.ADMIT
    assert judged(here, rules=prepare(policy(), 7).entry.rules).reason is Reason.OUTSIDE_ZONE


@pytest.mark.parametrize(
    ("changes", "entry", "out"),
    [
        ({}, False, False),
        ({"denied": (base().identity,)}, False, False),
        ({"capacity": Capacity(hard=1)}, True, False),
        ({"quota": Quota(a_day=1)}, True, False),
        ({"passback": PassbackRule(mode=Passback.SOFT)}, True, True),
        ({"conditions": (Condition(name="a", logic="true"),)}, True, False),
    ],
)
def test_the_log_is_asked_only_where_a_rule_needs_it(
    changes: dict[str, Any], entry: bool, out: bool
) -> None:
    prepared = prepare(policy(**changes))
    assert (prepared.entry.needs_facts, prepared.exit.needs_facts) == (entry, out)


def test_the_severest_objection_wins_and_of_equals_the_first() -> None:
    noted = policy(capacity=Capacity(soft=5), passback=PassbackRule(mode=Passback.SOFT))
    again = replace(FULL_PLACE, entry_ago_s=1)
    assert answer(noted, facts=again) == NOTED
    refused = replace(noted, quota=Quota(a_day=1))
    used = replace(again, entries_today=1)
    assert answer(refused, facts=used) == (Verdict.REFUSE, Reason.QUOTA_USED)
    trace = settled(refused, facts=used).trace
    assert trace[1:] == (
        TraceStep("capacity", 10),
        TraceStep("quota", 1),
        TraceStep("passback", 1),
        TraceStep("verdict", "quota_used"),
    )


def test_a_note_that_stands_already_keeps_its_reason() -> None:
    late = base(Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE)
    asked = policy(capacity=Capacity(soft=5))
    assert answer(asked, late, facts=FULL_PLACE) == (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE)


def test_a_hand_check_can_still_become_a_refusal() -> None:
    yellow = base(Verdict.HAND_CHECK, Reason.YELLOW)
    asked = policy(capacity=Capacity(hard=5))
    assert answer(asked, yellow, facts=FULL_PLACE) == (Verdict.REFUSE, Reason.PLACE_FULL)


@pytest.mark.parametrize("verdict", [Verdict.REFUSE, Verdict.CANNOT_JUDGE])
def test_what_is_final_is_not_asked_again(verdict: Verdict) -> None:
    final = base(verdict, Reason.EXPIRED)
    asked = policy(hours=Hours(start=1, end=2), capacity=Capacity(hard=1))
    assert settled(asked, final) == final


def test_a_judgement_without_a_pass_is_never_admitted_by_rules() -> None:
    nobody = base(claims=None)
    asked = policy(hours=Hours(start=0, end=24))
    assert answer(asked, nobody) == (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)


def test_where_nobody_is_turned_away_a_refusal_goes_to_a_person() -> None:
    kind = policy(refusal=Verdict.HAND_CHECK, hours=Hours(start=1, end=2))
    forged = base(Verdict.REFUSE, Reason.BAD_SIGNATURE, identity=None, claims=None, status=None)

    assert answer(kind, forged) == (Verdict.HAND_CHECK, Reason.BAD_SIGNATURE)
    assert answer(kind) == (Verdict.HAND_CHECK, Reason.PLACE_CLOSED)
    assert settled(kind).trace[-2:] == (
        TraceStep("refusal", "hand_check"),
        TraceStep("verdict", "place_closed"),
    )
    unable = base(Verdict.CANNOT_JUDGE, Reason.LIST_MISSING)
    assert answer(kind, unable) == (Verdict.CANNOT_JUDGE, Reason.LIST_MISSING)


def test_a_temperature_that_comes_later_settles_the_same_judgement_anew() -> None:
    asked = policy(temperature=TemperatureRule())
    first = base()
    assert answer(asked, first)[1] is Reason.TEMPERATURE_MISSING
    assert answer(asked, first, seen=Observation(temperatures=(366,)))[0] is Verdict.ADMIT


@pytest.mark.parametrize("grade", [ClockGrade.NOT_CONFIRMED, ClockGrade.ROLLED_BACK])
class TestALenientClock:
    """A policy that admits with a note while the time is not sure."""

    rules = prepare(
        policy(
            clocks=Clocks(
                not_confirmed=Verdict.ADMIT_WITH_NOTE, rolled_back=Verdict.ADMIT_WITH_NOTE
            )
        ),
        zone=7,
    ).entry.rules

    def test_says_so(self, grade: ClockGrade) -> None:
        said = judged(digits(), rules=self.rules, at=moment(grade=grade))
        assert said.verdict is Verdict.ADMIT_WITH_NOTE
        assert said.reason.value == f"clock_{grade.value}"

    def test_admits_no_pass_outside_its_life(self, grade: ClockGrade) -> None:
        ended = code(iat=NOW - 5 * HOUR_S, exp=NOW - HOUR_S).full
        said = judged(ended, rules=self.rules, at=moment(grade=grade, bound_s=NOW - 9 * HOUR_S))
        assert said.verdict is Verdict.HAND_CHECK

    def test_admits_no_pass_outside_its_hours(self, grade: ClockGrade) -> None:
        night = digits(site=site(day_from=1, day_to=2))
        assert judged(night, rules=self.rules, at=moment(grade=grade)).verdict is Verdict.HAND_CHECK

    def test_admits_no_rotating_code(self, grade: ClockGrade) -> None:
        said = judged(rotating(), rules=self.rules, at=moment(grade=grade))
        assert said.verdict is Verdict.HAND_CHECK
        assert judged(rotating(), rules=self.rules).verdict is Verdict.ADMIT

    def test_admits_on_no_old_list(self, grade: ClockGrade) -> None:
        at = moment(grade=grade, now_s=NOW + 23 * HOUR_S)
        long = digits(exp=NOW + 400 * 24 * HOUR_S)
        said = judged(long, rules=replace(self.rules, stale_after_s=22 * HOUR_S), at=at)
        assert said[:2] == (Verdict.HAND_CHECK, Reason.LIST_STALE)
        noted = judged(long, rules=self.rules, at=at)
        assert noted.verdict is Verdict.ADMIT_WITH_NOTE
        assert noted.reason.value == f"clock_{grade.value}"


def rotating() -> str:
    from keys.dense import write_digits
    from keys.rotating import tail_for
    from tests.keys.makers import X0, rotating_claims

    said = rotating_claims(iat=NOW - HOUR_S, exp=NOW + 24 * HOUR_S, list_number=0, entry=5)
    carrier = code(**said._asdict()).carrier
    assert carrier is not None
    return write_digits(carrier, tail_for(said, X0, HOUR_S // 15))


@pytest.mark.parametrize(
    ("release", "reason"),
    [(Release.EMERGENCY, Reason.EMERGENCY), (Release.FIRE, Reason.FIRE_RELEASE)],
)
def test_a_release_opens_whatever_was_judged_and_keeps_it_in_the_trace(
    release: Release, reason: Reason
) -> None:
    way = prepare(policy(hours=Hours(start=1, end=2))).way(ENTRY)
    for verdict in Verdict:
        was = base(verdict, Reason.RED)
        said = settle(was, way, moment(), ENTRY, release=release)
        assert said[:2] == (Verdict.ADMIT, reason)
        assert said.identity == was.identity
        assert said.trace[: len(was.trace)] == was.trace
        assert TraceStep("instead_of", verdict.value) in said.trace


@pytest.mark.parametrize("release", list(Release))
def test_a_release_opens_where_nothing_can_be_judged(release: Release) -> None:
    said = released(None, release)
    assert said.verdict is Verdict.ADMIT
    assert said.identity is None
    assert said.trace[0] == TraceStep("release", release.value)


def test_an_override_asks_for_its_cause_afterwards() -> None:
    pressed = Override(passage_id=bytes(16), release=Release.EMERGENCY, opened_at_s=NOW)

    assert not pressed.overdue(NOW + CAUSE_DUE_S - 1)
    assert pressed.overdue(NOW + CAUSE_DUE_S)
    said = replace(pressed, cause=EmergencyCause.CHILDBIRTH, operator="gate-3")
    assert not said.overdue(NOW + CAUSE_DUE_S)


@pytest.mark.parametrize("way", [ENTRY, EXIT])
def test_a_policy_that_cannot_be_read_holds_whoever_would_be_admitted(way: Direction) -> None:
    prepared = unreadable("malformed_policy", 7)
    held = settle(base(), prepared.way(way), moment(), way)
    assert (held.verdict, held.reason) == (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED)
    assert ("policy", "malformed_policy") in held.trace
    red = settle(base(Verdict.REFUSE, Reason.RED), prepared.way(way), moment(), way)
    assert red.verdict is Verdict.REFUSE
    assert prepared.way(way).rules.zone == 7


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        (policy(), 1),
        (policy(passback=PassbackRule(mode=Passback.TIMED, window_s=60)), 1),
        (policy(passback=PassbackRule(mode=Passback.SOFT, window_s=86_401)), 2),
        (policy(passback=PassbackRule(mode=Passback.HARD)), 31),
        (policy(passback=PassbackRule(mode=Passback.HARD, window_s=90 * 86_400)), 31),
        (policy(conditions=(Condition(name="n", logic='{"var":"external.entryAgo"}'),)), 31),
        (policy(conditions=(Condition(name="n", logic='{"var":"external.party"}'),)), 1),
    ],
)
def test_tags_are_remembered_as_long_as_a_rule_looks_back(asked: Policy, days: int) -> None:
    assert days_to_remember(asked) == days
