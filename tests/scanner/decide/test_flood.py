"""A flood of made-up codes: few rows, one that counts the rest, and no verified pass left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.passages import PassIdentity, Reason, Verdict
from scanner.decide.flood import ROWS_MOST, WITHIN_S, Flood, is_unproven
from scanner.decide.judgement import Judgement

MADE_UP = Judgement(Verdict.REFUSE, Reason.MALFORMED_CODE)
SOMEBODY = PassIdentity("hangzhou", 3, 9)


@pytest.mark.parametrize(
    "judgement",
    [
        Judgement(Verdict.ADMIT, Reason.GREEN, SOMEBODY),
        Judgement(Verdict.REFUSE, Reason.RED, SOMEBODY),
        Judgement(Verdict.HAND_CHECK, Reason.LIST_STALE, SOMEBODY),
        Judgement(Verdict.CANNOT_JUDGE, Reason.TRUST_MISSING),
        Judgement(Verdict.ADMIT, Reason.EMERGENCY),
    ],
)
def test_nothing_but_refused_made_up_codes_is_ever_left_out(judgement: Judgement) -> None:
    flood = Flood()
    for _ in range(10 * ROWS_MOST):
        flood.takes(MADE_UP, 5.0)

    assert not is_unproven(judgement)
    assert all(flood.takes(judgement, 5.0) for _ in range(1000))


@pytest.mark.parametrize(
    "reason", [Reason.MALFORMED_CODE, Reason.UNKNOWN_KEY, Reason.BAD_SIGNATURE]
)
def test_a_burst_is_written_down_up_to_the_limit_and_the_rest_is_counted(reason: Reason) -> None:
    flood = Flood()

    taken = [flood.takes(Judgement(Verdict.REFUSE, reason), 7.0 + n / 100) for n in range(500)]

    assert sum(taken) == ROWS_MOST
    assert all(taken[:ROWS_MOST])
    assert flood.left_out() == 500 - ROWS_MOST


def test_the_count_is_due_a_minute_after_the_first_that_was_left_out_and_told_once() -> None:
    flood = Flood(most=2)
    assert flood.due(0.0) == 0
    for second in range(5):
        flood.takes(MADE_UP, 100.0 + second / 10)

    assert flood.due(100.2 + WITHIN_S - 0.01) == 0
    assert flood.due(100.2 + WITHIN_S + 0.01) == 3
    flood.told(3)
    assert (flood.due(500.0), flood.left_out()) == (0, 0)


def test_what_was_left_out_between_counting_and_telling_is_counted_next_time() -> None:
    flood = Flood(most=1)
    for _ in range(4):
        flood.takes(MADE_UP, 1.0)
    due = flood.due(61.0)
    flood.takes(MADE_UP, 61.0)
    flood.takes(MADE_UP, 61.0)
    flood.told(due)

    assert (due, flood.left_out()) == (3, 1)


def test_room_comes_back_with_time_and_never_more_than_at_first() -> None:
    flood = Flood(most=6, within_s=60.0)
    assert sum(flood.takes(MADE_UP, 0.0) for _ in range(9)) == 6
    assert not flood.takes(MADE_UP, 9.9)
    assert flood.takes(MADE_UP, 20.0)
    assert sum(flood.takes(MADE_UP, 1e6) for _ in range(9)) == 6


def test_a_clock_that_stands_or_goes_back_gives_no_room() -> None:
    flood = Flood(most=1)
    assert flood.takes(MADE_UP, 100.0)
    assert not flood.takes(MADE_UP, 100.0)
    assert not flood.takes(MADE_UP, 10.0)


@given(steps=st.lists(st.floats(0, 30), min_size=1, max_size=200))
def test_no_sequence_of_codes_writes_more_than_the_rate(steps: list[float]) -> None:
    flood, now, written = Flood(), 0.0, 0
    for step in steps:
        now += step
        written += flood.takes(MADE_UP, now)
        assert written <= ROWS_MOST + now * ROWS_MOST / WITHIN_S + 1e-6
    assert written + flood.left_out() == len(steps)
