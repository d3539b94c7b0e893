"""A policy made ready once, and what it makes of a judgement: the last step of formats.md 7.

`judge` has looked at the pass; `settle` asks the checkpoint's questions of it, and may be asked
again when a temperature comes later. The severest objection wins, of equals the first; no question
makes a verdict milder. The one thing that does is a release (`scanner.decide.override`), and
`Policy.refusal`, which hands a refusal to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from keys.certlogic import Expression, compile_expression
from keys.certlogic_error import CertLogicError
from keys.claims import Status
from keys.errors import MalformedBytes
from keys.passages import ClockGrade, Direction, Reason, Verdict
from keys.policies import Condition, PlaceType, Policy, StatusVerdicts
from keys.policyfile import read_logic
from scanner.decide.judge import Moment
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.override import Release, released
from scanner.decide.policy import DAY_S, Rules
from scanner.decide.policy_checks import Check, Finding, checks_of, not_judged
from scanner.decide.policy_context import context_of
from scanner.decide.scene import NO_FACTS, NOTHING_SEEN, Facts, Observation, Scene

_SEVERITY: Final = {
    Verdict.ADMIT: 0,
    Verdict.ADMIT_WITH_NOTE: 1,
    Verdict.HAND_CHECK: 2,
    Verdict.REFUSE: 3,
}
# Rows are kept so long unless somebody says otherwise; a tag without its row finds nothing.
_RETENTION_DAYS: Final = 31
# What a station goes by that has no policy of its own.
PLAIN_POLICY: Final = Policy(version=1, name="plain", place=PlaceType.ESTATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedCondition:
    """A free rule, compiled; expression is None where it is no CertLogic: it then objects to
    everybody.
    """

    name: str
    verdict: Verdict
    expression: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A policy in one direction. rules: for `judge`. plain: `settle` changes nothing.

    needs_facts: the station has to ask its log before it settles.
    """

    rules: Rules
    checks: tuple[Check, ...]
    conditions: tuple[PreparedCondition, ...]
    refusal: Verdict
    plain: bool
    needs_facts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A policy in both directions."""

    policy: Policy
    entry: Way
    exit: Way

    def way(self, direction: Direction) -> Way:
        """Return what is asked of those who pass in `direction`."""
        return self.entry if direction is Direction.ENTRY else self.exit


def prepare(policy: Policy, zone: int = 0) -> Prepared:
    """Return `policy` ready for a checkpoint in `zone` (0: none). Never fails: a condition that is
    no CertLogic holds everybody for a hand check (`keys.policylogic.condition_faults` names it).
    """
    return Prepared(
        policy=policy,
        entry=_way(policy, zone, Direction.ENTRY, policy.entry),
        exit=_way(policy, zone, Direction.EXIT, policy.exit or policy.entry),
    )


def unreadable(code: str, zone: int = 0) -> Prepared:
    """Return what a gate goes by whose policy is there and cannot be read: the plain rules, and a
    hand check of everybody whom they admit. code: why it cannot be read.
    """
    plain = prepare(PLAIN_POLICY, zone)

    def objects(_scene: Scene) -> Finding:
        return not_judged("policy", code)

    def held(way: Way) -> Way:
        return replace(way, checks=(objects,), plain=False)

    return Prepared(policy=plain.policy, entry=held(plain.entry), exit=held(plain.exit))


def days_to_remember(policy: Policy) -> int:
    """Return of how many days before today the tags of passages are needed: 1 to 31.

    One at least: at midnight UTC, where tags change, it is eight in the morning in China.
    """
    windows = [1]
    if policy.passback is not None:
        windows.append(-(-policy.passback.window_s // DAY_S) or _RETENTION_DAYS)
    if any("entryAgo" in rule.logic or "exitAgo" in rule.logic for rule in policy.conditions):
        windows.append(_RETENTION_DAYS)
    return min(max(windows), _RETENTION_DAYS)


def settle(
    base: Judgement,
    way: Way,
    moment: Moment,
    direction: Direction,
    *,
    facts: Facts = NO_FACTS,
    observation: Observation = NOTHING_SEEN,
    release: Release | None = None,
) -> Judgement:
    """Return the judgement after the policy's questions. base: what `judge` said under `way.rules`.

    release: the place is being opened (fire): everybody is let through, whatever was judged.
    """
    if release is not None:
        return released(base, release)
    if way.plain:
        return base
    steps: list[TraceStep] = []
    answer = base.verdict, base.reason
    if answer[0] in _OPEN:
        scene = Scene(base, moment, direction, facts, observation)
        for finding in _findings(way, scene):
            steps.append(TraceStep(finding.rule, finding.value))
            objection = finding.objection
            if objection is not None and _SEVERITY[objection[0]] > _SEVERITY[answer[0]]:
                answer = objection
    if answer[0] is Verdict.REFUSE and way.refusal is not Verdict.REFUSE:
        answer = way.refusal, answer[1]
        steps.append(TraceStep("refusal", way.refusal.value))
    verdict, reason = answer
    trace = (*base.trace[:-1], *steps, TraceStep("verdict", reason.value))
    return base._replace(verdict=verdict, reason=reason, trace=trace)


# A refusal stays one, and where the machine cannot judge no rule of the place can.
_OPEN: Final = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK}


def _findings(way: Way, scene: Scene) -> list[Finding]:
    if scene.judgement.claims is None:
        # No pass was verified, so no rule can know whom it speaks of.
        return [not_judged("policy")]
    findings = [check(scene) for check in way.checks]
    if way.conditions:
        context = context_of(scene, scene.judgement.claims)
        findings += [_condition_finding(condition, context) for condition in way.conditions]
    return findings


def _condition_finding(condition: PreparedCondition, context: object) -> Finding:
    rule = f"condition:{condition.name}"
    if condition.expression is None:
        return not_judged(rule, "not_certlogic")
    try:
        holds = condition.expression.holds(context)
    except CertLogicError as error:
        return not_judged(rule, error.code)
    if holds:
        return Finding(rule, "true")
    return Finding(rule, "false", (condition.verdict, Reason.CONDITION_NOT_MET))


def _way(policy: Policy, zone: int, direction: Direction, statuses: StatusVerdicts) -> Way:
    checks = checks_of(policy, direction)
    conditions = tuple(
        _prepared(condition)
        for condition in policy.conditions
        if condition.direction is None or condition.direction is direction
    )
    asks_log = bool(policy.passback)
    if direction is Direction.ENTRY:
        asks_log |= bool(policy.capacity or policy.quota or policy.companions)
    return Way(
        rules=_rules(policy, zone, statuses),
        checks=checks,
        conditions=conditions,
        refusal=policy.refusal,
        plain=not checks and not conditions and policy.refusal is Verdict.REFUSE,
        needs_facts=asks_log or bool(conditions),
    )


def _prepared(condition: Condition) -> PreparedCondition:
    try:
        expression = compile_expression(read_logic(condition.logic))
    except (CertLogicError, MalformedBytes):
        expression = None
    return PreparedCondition(name=condition.name, verdict=condition.verdict, expression=expression)


def _rules(policy: Policy, zone: int, statuses: StatusVerdicts) -> Rules:
    return Rules(
        zone=zone,
        other_zones=frozenset(policy.zones),
        by_status={
            Status.GREEN: statuses.green,
            Status.YELLOW: statuses.yellow,
            Status.RED: statuses.red,
            Status.WITHDRAWN: statuses.withdrawn,
        },
        late_after_s=policy.ages.late_s,
        stale_after_s=policy.ages.stale_s,
        closed_after_s=policy.ages.closed_s,
        by_clock={
            ClockGrade.NOT_CONFIRMED: policy.clocks.not_confirmed,
            ClockGrade.ROLLED_BACK: policy.clocks.rolled_back,
        },
    )
