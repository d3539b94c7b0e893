"""What a policy would have said of scans that are over: how many verdicts change, and which.

Pure, and without names: a row holds what `settle` looked at, never whose pass it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keys.claims import Claims
from keys.passages import Direction, Reason, Verdict
from scanner.decide.judge import Moment, verdict_of_status
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.policy_prepared import Prepared, settle
from scanner.decide.scene import NO_FACTS, NOTHING_SEEN, Facts, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class PastScan:
    """One scan that is over. verdict, reason: what was said then.

    base: its judgement before any policy. Of a verified pass with a status only claims (name and
    ID tail may be empty), status, list age and identity are read, and judged anew; what no policy
    can change (a forged or ended pass, no list) stays as it is.
    """

    base: Judgement
    moment: Moment
    direction: Direction
    verdict: Verdict
    reason: Reason
    facts: Facts = NO_FACTS
    observation: Observation = NOTHING_SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Counts of scans. changed: by (verdict then, verdict now) where they differ. reasons: by the
    reason now.
    """

    scans: int
    then: Mapping[Verdict, int]
    now: Mapping[Verdict, int]
    changed: Mapping[tuple[Verdict, Verdict], int]
    reasons: Mapping[Reason, int]


def simulate(prepared: Prepared, scans: Iterable[PastScan]) -> Simulation:
    """Return what `prepared` would have said of `scans`, beside what was said."""
    then: Counter[Verdict] = Counter()
    now: Counter[Verdict] = Counter()
    changed: Counter[tuple[Verdict, Verdict]] = Counter()
    reasons: Counter[Reason] = Counter()
    for scan in scans:
        judgement = judged_by(prepared, scan)
        then[scan.verdict] += 1
        now[judgement.verdict] += 1
        reasons[judgement.reason] += 1
        if judgement.verdict is not scan.verdict:
            changed[scan.verdict, judgement.verdict] += 1
    return Simulation(scans=now.total(), then=then, now=now, changed=changed, reasons=reasons)


def judged_by(prepared: Prepared, scan: PastScan) -> Judgement:
    """Return the judgement of one past scan under another policy, with its trace."""
    way = prepared.way(scan.direction)
    base = scan.base
    if base.claims is not None and base.status is not None and base.list_age_s is not None:
        base = _anew(base, base.claims, base.status, base.list_age_s, prepared, scan)
    return settle(
        base,
        way,
        scan.moment,
        scan.direction,
        facts=scan.facts,
        observation=scan.observation,
    )


def _anew(
    base: Judgement, claims: Claims, status: int, age_s: int, prepared: Prepared, scan: PastScan
) -> Judgement:
    rules = prepared.way(scan.direction).rules
    verdict, reason = verdict_of_status(status, claims, rules, scan.moment, age_s)
    trace = (
        TraceStep("status", status),
        TraceStep("list_age_s", age_s),
        TraceStep("verdict", reason.value),
    )
    return base._replace(verdict=verdict, reason=reason, trace=trace)
