"""A green resident at a checkpoint with a policy: a test bends one thing and sees what is said."""

from __future__ import annotations

from typing import Any

from keys.claims import Claims, Kind, Status
from keys.passages import Direction, PassIdentity, Reason, Verdict
from keys.policies import PlaceType, Policy
from scanner.decide.judge import Moment
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.policy_prepared import prepare, settle
from scanner.decide.scene import NO_FACTS, NOTHING_SEEN, Facts, Observation
from tests.keys.makers import pass_claims
from tests.scanner.decide.makers import HOUR_S, NOW, moment

ENTRY, EXIT = Direction.ENTRY, Direction.EXIT
WHO = PassIdentity("hangzhou", 0, 5)
FULL_PLACE = Facts(inside=10, entry_ago_s=-1, exit_ago_s=-1, entries_today=0)


def policy(**changes: Any) -> Policy:
    """Return a policy that asks nothing but `changes`."""
    fields: dict[str, Any] = {"version": 1, "name": "gate", "place": PlaceType.ESTATE}
    return Policy(**fields | changes)


def claims(**changes: Any) -> Claims:
    """Return the claims of an hour-old pass."""
    return pass_claims(**{"iat": NOW - HOUR_S, "exp": NOW + 24 * HOUR_S} | changes)


def base(
    verdict: Verdict = Verdict.ADMIT,
    reason: Reason = Reason.GREEN,
    said: Claims | None = None,
    **changes: Any,
) -> Judgement:
    """Return what `judge` says of a green pass."""
    said = said or claims()
    trace = (TraceStep("status", 0), TraceStep("verdict", reason.value))
    return Judgement(
        verdict,
        reason,
        identity=WHO,
        name=said.name,
        id_tail=said.id_tail,
        kind=Kind(said.kind),
        ends_at=said.exp,
        list_age_s=60,
        carrier="dense",
        trace=trace,
        claims=said,
        status=Status.GREEN,
    )._replace(**changes)


def settled(
    asked: Policy,
    judgement: Judgement | None = None,
    *,
    facts: Facts = NO_FACTS,
    seen: Observation = NOTHING_SEEN,
    direction: Direction = ENTRY,
    at: Moment | None = None,
) -> Judgement:
    """Return what the policy makes of a judgement."""
    way = prepare(asked).way(direction)
    judged = judgement or base()
    return settle(judged, way, at or moment(), direction, facts=facts, observation=seen)


def answer(*args: Any, **kwargs: Any) -> tuple[Verdict, Reason]:
    """Return verdict and reason of `settled(...)`."""
    judgement = settled(*args, **kwargs)
    return judgement.verdict, judgement.reason
