"""The checkpoint's own rules, as data: what a status means here, how old a list may be, where and
when passes hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keys.claims import Site, Status
from keys.passages import Reason, Verdict

HOUR_S = 3600
DAY_S = 24 * HOUR_S


def _by_status() -> Mapping[int, Verdict]:
    return {
        Status.GREEN: Verdict.ADMIT,
        Status.YELLOW: Verdict.HAND_CHECK,
        Status.RED: Verdict.REFUSE,
        Status.WITHDRAWN: Verdict.REFUSE,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of one checkpoint. zone 0: no zone is asked. Ages in seconds, each limit counting
    from the one before.

    A list younger than late_after_s is fresh; then ADMIT carries a note, then becomes a hand check,
    then nothing is admitted on it any more.
    """

    zone: int = 0
    by_status: Mapping[int, Verdict] = field(default_factory=_by_status)
    late_after_s: int = 6 * HOUR_S
    stale_after_s: int = 3 * DAY_S
    closed_after_s: int = 14 * DAY_S


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
    if site.zone and site.zone != rules.zone:
        return Reason.OUTSIDE_ZONE
    start, end = site.day_from, site.day_to
    if start == end:
        return None
    inside = start <= local_hour < end if start < end else local_hour >= start or local_hour < end
    return None if inside else Reason.OUTSIDE_HOURS
