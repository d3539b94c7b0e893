"""Judgements that people make: a hand check decided, somebody without a pass, a word on a row."""

from __future__ import annotations

from typing import Final

from keys.claims import Kind
from keys.passages import PassIdentity, Reason, Verdict
from scanner.decide.judgement import Judgement, TraceStep

_ADMITTING: Final = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})


def decided(base: Judgement | None, *, admitted: bool, papers_seen: bool) -> Judgement:
    """Return what a guard decided of a hand check. base: what was asked to be checked, None where
    only its row is left.
    """
    held = base or Judgement(Verdict.HAND_CHECK, Reason.HAND_CHECKED)
    steps = (
        TraceStep("instead_of", held.reason.value),
        TraceStep("papers_seen", int(papers_seen)),
        TraceStep("verdict", Reason.HAND_CHECKED.value),
    )
    return held._replace(
        verdict=Verdict.ADMIT if admitted else Verdict.REFUSE,
        reason=Reason.HAND_CHECKED,
        trace=(*held.trace, *steps),
    )


def registered(name: str, id_tail: str, *, admitted: bool) -> Judgement:
    """Return the judgement of a person without a pass."""
    reason = Reason.REGISTERED_BY_HAND
    verdict = Verdict.ADMIT if admitted else Verdict.REFUSE
    trace = (TraceStep("verdict", reason.value),)
    return Judgement(verdict, reason, name=name, id_tail=id_tail, trace=trace)


def note(reason: Reason, about: Verdict | None) -> Judgement:
    """Return the judgement of a row that says something: it repeats the verdict of the row that it
    is about, HAND_CHECK where it is about none.
    """
    trace = (TraceStep("verdict", reason.value),)
    return Judgement(Verdict.HAND_CHECK if about is None else about, reason, trace=trace)


def on_duty(base: Judgement | None) -> PassIdentity | None:
    """Return whose shift may begin with a code that was judged so, None if it is no staff pass that
    is admitted.
    """
    if base is None or base.kind != Kind.STAFF or base.verdict not in _ADMITTING:
        return None
    return base.identity
