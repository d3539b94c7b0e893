"""The rules that the fixed order of judgement asks for: what a status means here, how old a list
may be, what an unsure clock allows, where and when passes hold.

They are made from a checkpoint's policy (`scanner.decide.policy_prepared`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.claims import Site, Status
from keys.passages import ClockGrade, Reason, Verdict

HOUR_S = 3600
DAY_S = 24 * HOUR_S


def _by_status() -> Mapping[int, Verdict]:
    return {
        Status.GREEN: Verdict.ADMIT,
        Status.YELLOW: Verdict.HAND_CHECK,
        Status.RED: Verdict.REFUSE,
        Status.WITHDRAWN: Verdict.REFUSE,
    }


REASON_OF_CLOCK: Mapping[ClockGrade, Reason] = {
    ClockGrade.NOT_CONFIRMED: Reason.CLOCK_NOT_CONFIRMED,
    ClockGrade.ROLLED_BACK: Reason.CLOCK_ROLLED_BACK,
}


def _by_clock() -> Mapping[ClockGrade, Verdict]:
    return {
        ClockGrade.NOT_CONFIRMED: Verdict.HAND_CHECK,
        ClockGrade.ROLLED_BACK: Verdict.CANNOT_JUDGE,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one checkpoint. zone 0: no zone is asked; other_zones: passes of these hold here
    too. by_clock: what an ADMIT becomes while the time is unsure. Ages in seconds since the list
    was made.

    A list younger than late_after_s is fresh; then ADMIT carries a note, then becomes a hand check,
    then nothing is admitted on it any more.
    """

    zone: int = 0
    by_status: Mapping[int, Verdict] = field(default_factory=_by_status)
    late_after_s: int = 6 * HOUR_S
    stale_after_s: int = 3 * DAY_S
    closed_after_s: int = 14 * DAY_S
    other_zones: frozenset[int] = frozenset()
    by_clock: Mapping[ClockGrade, Verdict] = field(default_factory=_by_clock)


REASON_OF_STATUS: Mapping[int, Reason] = {
    Status.GREEN: Reason.GREEN,
    Status.YELLOW: Reason.YELLOW,
    Status.RED: Reason.RED,
    Status.WITHDRAWN: Reason.WITHDRAWN,
}


def list_age_verdict(rules: Rules, age_s: int) -> tuple[Verdict, Reason] | None:
    """Return what becomes of an ADMIT that rests on a list of this age, None while the list is
    fresh.
    """
    if age_s < rules.late_after_s:
        return None
    if age_s < rules.stale_after_s:
        return Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE
    if age_s < rules.closed_after_s:
        return Verdict.HAND_CHECK, Reason.LIST_STALE
    return Verdict.CANNOT_JUDGE, Reason.LIST_CLOSED


def site_reason(rules: Rules, site: Site, local_hour: int) -> Reason | None:
    """Return why a site pass does not hold here and now, None if it does. local_hour: 0..23 of the
    gate's zone.
    """
    if site.zone and site.zone != rules.zone and site.zone not in rules.other_zones:
        return Reason.OUTSIDE_ZONE
    if site.day_from == site.day_to or in_hours(site.day_from, site.day_to, local_hour):
        return None
    return Reason.OUTSIDE_HOURS


def in_hours(start: int, end: int, hour: int) -> bool:
    """Return whether `hour` (0..23) is in start <= hour < end, over midnight where start > end."""
    return start <= hour < end if start < end else hour >= start or hour < end


def clock_verdict(rules: Rules, grade: ClockGrade) -> tuple[Verdict, Reason]:
    """Return what a pass is told that an unsure clock (not CONFIRMED) alone keeps from being
    judged: never an admission.
    """
    verdict = rules.by_clock[grade]
    # By the whole set: rules that some code builds wrongly must not turn an ended pass into ADMIT.
    held = Verdict.HAND_CHECK if verdict in {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE} else verdict
    return held, REASON_OF_CLOCK[grade]
