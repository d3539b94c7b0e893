"""The limits of a policy: every range that its fields must keep, in one place for who writes one
and who reads one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from keys.claims import LIST_ENTRIES, LISTS_MAX, Kind
from keys.passages import PassIdentity, Verdict
from keys.policies import (
    DAY_S,
    CompanionRule,
    Condition,
    ListAges,
    Passback,
    PassbackRule,
    Policy,
    StatusVerdicts,
    TemperatureRule,
)
from keys.shapes import is_count, is_issuer_name, is_name, need

LOGIC_MAX_CHARACTERS: Final = 4096
CONDITIONS_MAX: Final = 16
COMPANIONS_MAX: Final = 8
LISTED_MAX: Final = 10_000
PLACES_MAX: Final = 256
PEOPLE_MAX: Final = 1_000_000
PARTY_MAX: Final = 16
AGE_MAX_S: Final = 366 * DAY_S
_NAME: Final = re.compile("[a-z0-9-]{1,48}", re.ASCII)
# Of a person that a thermometer at a gate can see, in tenths of a degree Celsius.
_LIMITS_TENTHS: Final = (360, 420)
# What a rule may make of a pass that is good otherwise: it never admits, never blames a machine.
_OBJECTIONS: Final = {Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK, Verdict.REFUSE}
_UNSURE: Final = {Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE}
_HELD_BACK: Final = {Verdict.HAND_CHECK, Verdict.REFUSE}
_STATUS_VERDICTS: Final = _OBJECTIONS | {Verdict.ADMIT}


def check_policy(policy: Policy) -> None:
    """Return if every field is in its range, else MalformedBytes."""
    need(is_count(policy.version) and policy.version > 0, "version")
    need(_is_policy_name(policy.name), "name")
    need(all(map(is_name, policy.checkpoints)), "checkpoint")
    _need_ascending(policy.checkpoints, PLACES_MAX, "checkpoints")
    for statuses in (policy.entry, policy.exit):
        if statuses is not None:
            _check_statuses(statuses)
    _check_ages(policy.ages)
    clocks = policy.clocks
    need({clocks.not_confirmed, clocks.rolled_back} <= _UNSURE, "clocks")
    need(policy.refusal in _HELD_BACK, "refusal")
    _check_where(policy)
    _check_people(policy)
    _check_lists(policy)
    need(len(policy.companions) <= COMPANIONS_MAX, "companions")
    for companion in policy.companions:
        _check_companion(companion)
    for condition in policy.conditions:
        _check_condition(condition)
    _need_ascending([c.name for c in policy.conditions], CONDITIONS_MAX, "conditions")


def _is_policy_name(value: object) -> bool:
    return type(value) is str and _NAME.fullmatch(value) is not None


def _in(value: object, first: int, last: int) -> bool:
    return type(value) is int and first <= value <= last


def _need_ascending(items: Sequence[Any], most: int, what: str) -> None:
    # Each once and in order: a policy has one form.
    need(len(items) <= most and all(a < b for a, b in pairwise(items)), what)


def _check_statuses(statuses: StatusVerdicts) -> None:
    need({statuses.green, statuses.yellow, statuses.red} <= _STATUS_VERDICTS, "status")
    need(statuses.withdrawn in _HELD_BACK, "a withdrawn pass admits nobody")


def _check_ages(ages: ListAges) -> None:
    limits = (ages.late_s, ages.stale_s, ages.closed_s)
    need(all(_in(limit, 0, AGE_MAX_S) for limit in limits), "list age")
    need(ages.late_s <= ages.stale_s <= ages.closed_s, "order of list ages")


def _check_where(policy: Policy) -> None:
    need(all(_in(zone, 1, 0xFFFF) for zone in policy.zones), "zone")
    _need_ascending(policy.zones, PLACES_MAX, "zones")
    if policy.hours is not None:
        start, end = policy.hours.start, policy.hours.end
        need(_in(start, 0, 23) and _in(end, 0, 24) and start != end, "hours")


def _check_people(policy: Policy) -> None:
    if policy.party is not None:
        need(_in(policy.party.most, 1, PARTY_MAX), "party")
        need(policy.party.verdict in _OBJECTIONS, "party")
    if policy.temperature is not None:
        _check_temperature(policy.temperature)
    if policy.capacity is not None:
        limits = [x for x in (policy.capacity.soft, policy.capacity.hard) if x is not None]
        need(all(_in(limit, 1, PEOPLE_MAX) for limit in limits), "capacity")
        need(bool(limits) and limits[0] <= limits[-1], "capacity")
    if policy.passback is not None:
        _check_passback(policy.passback)
    if policy.quota is not None:
        need(_in(policy.quota.a_day, 1, PEOPLE_MAX), "quota")
        need(policy.quota.verdict in _OBJECTIONS, "quota")


def _is_flag(value: object) -> bool:
    return type(value) is bool


def _check_temperature(rule: TemperatureRule) -> None:
    need(_in(rule.limit_tenths, *_LIMITS_TENTHS) and _in(rule.remeasures, 0, 9), "temperature")
    need(_is_flag(rule.required) and rule.verdict in _OBJECTIONS, "temperature")


def _check_passback(rule: PassbackRule) -> None:
    need(_in(rule.window_s, 0, AGE_MAX_S), "passback")
    need(rule.mode is not Passback.TIMED or rule.window_s > 0, "passback without a window")


def _check_lists(policy: Policy) -> None:
    for passes in (policy.denied, policy.only):
        need(all(map(_is_pass, passes)), "pass")
        _need_ascending(passes, LISTED_MAX, "passes")
    _check_kinds(policy.kinds)


def _is_pass(identity: PassIdentity) -> bool:
    place = _in(identity.list_number, 0, LISTS_MAX - 1) and _in(identity.index, 0, LIST_ENTRIES - 1)
    return is_issuer_name(identity.issuer) and place


def _check_kinds(kinds: tuple[int, ...]) -> None:
    need(all(type(kind) in {int, Kind} and 0 <= kind < len(Kind) for kind in kinds), "kind")
    _need_ascending(kinds, len(Kind), "kinds")


def _check_companion(rule: CompanionRule) -> None:
    need(bool(rule.kinds) and bool(rule.with_kinds), "companions")
    _check_kinds(rule.kinds)
    _check_kinds(rule.with_kinds)
    need(_in(rule.within_s, 1, DAY_S) and rule.verdict in _OBJECTIONS, "companions")


def _check_condition(condition: Condition) -> None:
    need(_is_policy_name(condition.name) and condition.verdict in _OBJECTIONS, "condition")
    need(type(condition.logic) is str and len(condition.logic) <= LOGIC_MAX_CHARACTERS, "logic")
