"""What a neighbour lane's word can do: a look at the papers, and nothing else."""

from __future__ import annotations

import pytest

from keys.passages import Direction, Reason, Verdict
from scanner.decide.neighbours import with_neighbour
from tests.scanner.decide.policymakers import ENTRY, EXIT, base


@pytest.mark.parametrize("verdict", [Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE])
@pytest.mark.parametrize("way", [ENTRY, EXIT])
def test_who_was_seen_on_another_lane_is_looked_at(verdict: Verdict, way: Direction) -> None:
    found = with_neighbour(base(verdict), lane="west-2", age_s=14, theirs=way, ours=way)
    assert (found.verdict, found.reason) == (Verdict.HAND_CHECK, Reason.SEEN_ELSEWHERE)
    assert found.trace[:2] == (("seen_on_lane", "west-2"), ("seen_age_s", 14))


@pytest.mark.parametrize("verdict", [Verdict.HAND_CHECK, Verdict.REFUSE, Verdict.CANNOT_JUDGE])
def test_no_word_changes_what_is_not_admitted(verdict: Verdict) -> None:
    judged = base(verdict, Reason.YELLOW)
    assert with_neighbour(judged, lane="w", age_s=1, theirs=ENTRY, ours=ENTRY) is judged


def test_who_came_in_by_one_lane_goes_out_by_another() -> None:
    judged = base()
    assert with_neighbour(judged, lane="w", age_s=1, theirs=ENTRY, ours=EXIT) is judged
