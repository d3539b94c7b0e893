"""What one judgement says: the verdict, why, whose pass, and the trace of rules that led there."""

from __future__ import annotations

from typing import NamedTuple

from keys.claims import Claims
from keys.passages import PassIdentity, Reason, Verdict


class TraceStep(NamedTuple):
    """One rule that was asked, and the value it saw (never a name or an ID tail)."""

    rule: str
    value: str | int


class Judgement(NamedTuple):
    """The answer for one code. A tuple, because one is made for every scan (as keys.claims.Claims).

    identity, kind and ends_at (unix seconds) are None, name and id_tail empty where no pass was
    verified. list_age_s is the age in seconds of the status list that was asked, None where none
    was. claims: what the verified pass says; status: what it means now, None where no list could
    say.
    """

    verdict: Verdict
    reason: Reason
    identity: PassIdentity | None = None
    name: str = ""
    id_tail: str = ""
    kind: int | None = None
    ends_at: int | None = None
    list_age_s: int | None = None
    carrier: str = ""
    trace: tuple[TraceStep, ...] = ()
    claims: Claims | None = None
    status: int | None = None
