"""The questions of a policy, each made once into a function of the scene: what it saw, and what it
has to say against the pass.

A question objects or is silent; it never admits. What it needs to know and the station cannot say
is RULE_NOT_JUDGED, a hand check.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from keys.passages import ClockGrade, Direction, PassIdentity, Reason, Verdict
from keys.policies import (
    Capacity,
    CompanionRule,
    Hours,
    PartyLimit,
    Passback,
    PassbackRule,
    Policy,
    Quota,
    TemperatureRule,
)
from scanner.decide.policy import REASON_OF_CLOCK, in_hours
from scanner.decide.scene import Scene

# Outside of this a thermometer has not read a person: it counts as no reading.
PLAUSIBLE_TENTHS: Final = range(340, 431)


class Finding(NamedTuple):
    """What one rule saw (never a name or an ID tail), and its objection: None, or verdict and
    reason.
    """

    rule: str
    value: str | int
    objection: tuple[Verdict, Reason] | None = None


Check = Callable[[Scene], Finding]


def not_judged(rule: str, value: str = "unknown") -> Finding:
    """Return the objection of a rule that could not be applied."""
    return Finding(rule, value, (Verdict.HAND_CHECK, Reason.RULE_NOT_JUDGED))


def checks_of(policy: Policy, direction: Direction) -> tuple[Check, ...]:
    """Return the questions that `policy` asks in `direction`, in their fixed order."""
    passback = _asked(passback_check, policy.passback)
    if direction is Direction.EXIT:
        return tuple(passback)
    return (
        *_asked(hours_check, policy.hours),
        *_asked(denied_check, policy.denied),
        *_asked(only_check, policy.only),
        *_asked(kinds_check, policy.kinds),
        *_asked(party_check, policy.party),
        *_asked(temperature_check, policy.temperature),
        *_asked(capacity_check, policy.capacity),
        *_asked(quota_check, policy.quota),
        *[companion_check(rule) for rule in policy.companions],
        *passback,
    )


_T = TypeVar("_T")


def _asked(make: Callable[[_T], Check], rule: _T | None) -> list[Check]:
    return [make(rule)] if rule else []


def hours_check(hours: Hours) -> Check:
    """Ask whether the place is open."""

    def check(scene: Scene) -> Finding:
        hour, grade = scene.moment.local_hour, scene.moment.grade
        if grade is not ClockGrade.CONFIRMED:
            return Finding("hours", hour, (Verdict.HAND_CHECK, REASON_OF_CLOCK[grade]))
        if in_hours(hours.start, hours.end, hour):
            return Finding("hours", hour)
        return Finding("hours", hour, (Verdict.REFUSE, Reason.PLACE_CLOSED))

    return check


def denied_check(passes: tuple[PassIdentity, ...]) -> Check:
    """Ask whether the pass is on the list of those that do not enter here."""
    listed = frozenset(passes)

    def check(scene: Scene) -> Finding:
        if scene.judgement.identity in listed:
            return Finding("denied", "listed", (Verdict.REFUSE, Reason.DENIED_HERE))
        return Finding("denied", "not_listed")

    return check


def only_check(passes: tuple[PassIdentity, ...]) -> Check:
    """Ask whether the pass is on the list of those that alone enter here."""
    listed = frozenset(passes)

    def check(scene: Scene) -> Finding:
        if scene.judgement.identity in listed:
            return Finding("only", "listed")
        return Finding("only", "not_listed", (Verdict.REFUSE, Reason.NOT_ON_LIST))

    return check


def kinds_check(kinds: tuple[int, ...]) -> Check:
    """Ask whether this kind of pass enters here."""
    taken = frozenset(kinds)

    def check(scene: Scene) -> Finding:
        kind = scene.judgement.kind
        if kind is None:
            return not_judged("kinds")
        if kind in taken:
            return Finding("kinds", kind)
        return Finding("kinds", kind, (Verdict.REFUSE, Reason.KIND_NOT_HERE))

    return check


def party_check(rule: PartyLimit) -> Check:
    """Ask whether no more people stand there than the pass and the place allow."""

    def check(scene: Scene) -> Finding:
        claims, people = scene.judgement.claims, scene.observation.party
        allowed = claims.site.party if claims is not None and claims.site is not None else 1
        if people <= min(allowed, rule.most):
            return Finding("party", people)
        return Finding("party", people, (rule.verdict, Reason.PARTY_TOO_LARGE))

    return check


def temperature_check(rule: TemperatureRule) -> Check:
    """Ask for a temperature below the limit: the last plausible reading counts, up to the allowed
    number of them.
    """

    def check(scene: Scene) -> Finding:
        every = scene.observation.temperatures
        readings = [tenths for tenths in every if tenths in PLAUSIBLE_TENTHS]
        if not readings:
            if not every and not rule.required:
                return Finding("temperature", "none")
            missing = Verdict.HAND_CHECK, Reason.TEMPERATURE_MISSING
            return Finding("temperature", "none", missing)
        # Whoever measures until a low one comes finds a low one: later readings do not count.
        readings = readings[: 1 + rule.remeasures]
        last = readings[-1]
        if last < rule.limit_tenths:
            return Finding("temperature", last)
        if len(readings) <= rule.remeasures:
            objection = Verdict.HAND_CHECK, Reason.TEMPERATURE_AGAIN
        else:
            objection = rule.verdict, Reason.TEMPERATURE_HIGH
        return Finding("temperature", last, objection)

    return check


def capacity_check(rule: Capacity) -> Check:
    """Ask whether there is room inside for those who stand there."""

    def check(scene: Scene) -> Finding:
        inside = scene.facts.inside
        if inside is None:
            return not_judged("capacity")
        after = inside + scene.observation.party
        if rule.hard is not None and after > rule.hard:
            return Finding("capacity", inside, (Verdict.REFUSE, Reason.PLACE_FULL))
        if rule.soft is not None and after > rule.soft:
            objection = Verdict.ADMIT_WITH_NOTE, Reason.PLACE_NEARLY_FULL
            return Finding("capacity", inside, objection)
        return Finding("capacity", inside)

    return check


def quota_check(rule: Quota) -> Check:
    """Ask whether the pass has an entry left today."""

    def check(scene: Scene) -> Finding:
        entries = scene.facts.entries_today
        if entries is None:
            return not_judged("quota")
        if entries < rule.a_day:
            return Finding("quota", entries)
        return Finding("quota", entries, (rule.verdict, Reason.QUOTA_USED))

    return check


def companion_check(rule: CompanionRule) -> Check:
    """Ask whether somebody who may accompany this kind of pass was admitted just before."""
    kinds = frozenset(rule.kinds)

    def check(scene: Scene) -> Finding:
        kind = scene.judgement.kind
        if kind is not None and kind not in kinds:
            return Finding("companions", "not_needed")
        ago = [scene.facts.admitted_ago_s.get(with_kind, -1) for with_kind in rule.with_kinds]
        nearest = min((seconds for seconds in ago if seconds >= 0), default=-1)
        if 0 <= nearest <= rule.within_s:
            return Finding("companions", nearest)
        return Finding("companions", nearest, (rule.verdict, Reason.COMPANION_MISSING))

    return check


def passback_check(rule: PassbackRule) -> Check:
    """Ask whether this pass has just gone the same way (anti-passback)."""
    verdict = Verdict.ADMIT_WITH_NOTE if rule.mode is Passback.SOFT else Verdict.REFUSE
    timed = rule.mode is Passback.TIMED

    def check(scene: Scene) -> Finding:
        same, other = scene.facts.entry_ago_s, scene.facts.exit_ago_s
        if scene.direction is Direction.EXIT:
            same, other = other, same
        if same is None or other is None:
            return not_judged("passback")
        # Of the same second nobody knows which came first: then the objection stands.
        turned = not timed and 0 <= other < same
        forgotten = rule.window_s > 0 and same >= rule.window_s
        if same < 0 or turned or forgotten:
            return Finding("passback", same)
        return Finding("passback", same, (verdict, Reason.PASSED_ALREADY))

    return check
