"""Zones and hours of a site pass, and the limits of list ages."""

from __future__ import annotations

import pytest

from keys.claims import Site, Status
from keys.passages import ClockGrade, Reason, Verdict
from scanner.decide.policy import (
    REASON_OF_STATUS,
    Rules,
    clock_verdict,
    list_age_verdict,
    site_reason,
)

DAY = range(24)


def hours(day_from: int, day_to: int) -> list[int]:
    """Return the hours at which a pass for any zone holds."""
    where = Site(0, 0, day_from, day_to, 1)
    return [hour for hour in DAY if site_reason(Rules(), where, hour) is None]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ((0, 0), list(DAY)),
        ((0, 24), list(DAY)),
        ((8, 18), list(range(8, 18))),
        ((22, 6), [0, 1, 2, 3, 4, 5, 22, 23]),
        ((23, 0), [23]),
        ((0, 1), [0]),
        ((24, 6), [0, 1, 2, 3, 4, 5]),
    ],
)
def test_hours_count_from_the_first_to_before_the_last_also_over_midnight(
    day: tuple[int, int], expected: list[int]
) -> None:
    assert hours(*day) == expected


@pytest.mark.parametrize(
    ("zone", "here", "reason"),
    [
        (0, 0, None),
        (0, 7, None),
        (7, 7, None),
        (7, 8, Reason.OUTSIDE_ZONE),
        (7, 0, Reason.OUTSIDE_ZONE),
    ],
)
def test_a_pass_for_one_zone_holds_in_that_zone_and_one_for_all_everywhere(
    zone: int, here: int, reason: Reason | None
) -> None:
    assert site_reason(Rules(zone=here), Site(0, zone, 0, 0, 1), 12) is reason


def test_the_wrong_zone_is_told_before_the_wrong_hour() -> None:
    assert site_reason(Rules(zone=1), Site(0, 2, 8, 9, 1), 20) is Reason.OUTSIDE_ZONE


def test_the_default_rules_admit_green_alone() -> None:
    rules = Rules()

    assert {status for status, verdict in rules.by_status.items() if verdict is Verdict.ADMIT} == {
        Status.GREEN
    }
    assert set(rules.by_status) == set(REASON_OF_STATUS) == set(Status)
    assert 0 < rules.late_after_s < rules.stale_after_s < rules.closed_after_s


def test_a_fresh_list_changes_nothing() -> None:
    assert list_age_verdict(Rules(), 0) is None


def test_no_rules_let_an_unsure_clock_alone_admit() -> None:
    for admitting in (Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE):
        rules = Rules(by_clock=dict.fromkeys(ClockGrade, admitting))
        for grade in (ClockGrade.NOT_CONFIRMED, ClockGrade.ROLLED_BACK):
            assert clock_verdict(rules, grade)[0] is Verdict.HAND_CHECK
