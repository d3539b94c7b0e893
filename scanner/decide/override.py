"""Opening against or without a verdict: an emergency (one press, the reason after) and a fire.

Both beat everything, also where nothing can be judged: no list, no clock, no pass. Nothing here
asks for permission; what is asked is that it is written down, and that somebody says why
afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.passages import Reason, Verdict
from scanner.decide.actions import EmergencyCause
from scanner.decide.judgement import Judgement, TraceStep

# A cause that nobody gave within a shift is asked of the supervisor.
CAUSE_DUE_S: Final = 12 * 3600


class Release(StrEnum):
    """Who opens: a person who presses for one emergency, or the fire input, for everybody."""

    EMERGENCY = "emergency"
    FIRE = "fire"


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One opening. passage_id: 16 bytes of its passage. opened_at_s: unix seconds. operator: who
    was logged in, empty at a kiosk. cause: None until somebody says it.
    """

    passage_id: bytes
    release: Release
    opened_at_s: int
    operator: str = ""
    cause: EmergencyCause | None = None

    def overdue(self, now_s: int) -> bool:
        """Return whether the cause is still missing when it should have been given."""
        return self.cause is None and now_s - self.opened_at_s >= CAUSE_DUE_S


_REASON_OF: Final = {
    Release.EMERGENCY: Reason.EMERGENCY,
    Release.FIRE: Reason.FIRE_RELEASE,
}


def released(base: Judgement | None, release: Release) -> Judgement:
    """Return the judgement that opens. base: what was judged of the person, None if nothing was;
    its verdict and reason stay in the trace.
    """
    reason = _REASON_OF[release]
    end = TraceStep("release", release.value), TraceStep("verdict", reason.value)
    if base is None:
        return Judgement(Verdict.ADMIT, reason, trace=end)
    instead_of = TraceStep("instead_of", base.verdict.value)
    return base._replace(
        verdict=Verdict.ADMIT, reason=reason, trace=(*base.trace, instead_of, *end)
    )
