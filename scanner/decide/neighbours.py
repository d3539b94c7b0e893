"""What a neighbour lane's word does to a judgement: a hand check at most."""

from __future__ import annotations

from typing import Final, NamedTuple

from keys.passages import Direction, Reason, Verdict
from scanner.decide.judgement import Judgement, TraceStep

_ADMITTING: Final = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})


class Sighting(NamedTuple):
    """Another lane's word that it saw a pass. lane: that station's name. age_s: whole seconds
    ago.
    """

    lane: str
    direction: Direction
    age_s: int


def with_neighbour(
    judgement: Judgement, *, lane: str, age_s: int, theirs: Direction, ours: Direction
) -> Judgement:
    """Return the judgement after another lane said that it saw the same pass `age_s` seconds ago.

    Only an admission is touched, and only if both lanes saw the pass go the same way: who came in
    by one lane may well go out by the other. A lane that lies, or a thief of its key, can so cause
    a look at a document and nothing else.
    """
    if judgement.verdict not in _ADMITTING or theirs is not ours:
        return judgement
    trace = (TraceStep("seen_on_lane", lane), TraceStep("seen_age_s", age_s), *judgement.trace)
    return judgement._replace(verdict=Verdict.HAND_CHECK, reason=Reason.SEEN_ELSEWHERE, trace=trace)
