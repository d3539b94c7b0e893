"""CertLogic's reduce: what it folds, what it sees and where it ends."""

from __future__ import annotations

from typing import Any

import pytest

from keys.certlogic import STEPS_MAX
from tests.keys.expressions import failure_of, value_of

SUM = {
    "reduce": [
        {"var": "numbers"},
        {"+": [{"var": "accumulator"}, {"var": "current"}]},
        {"var": "start"},
    ]
}


def test_reduce_folds_an_array_from_the_left() -> None:
    assert value_of(SUM, {"numbers": [1, 2, 3], "start": 10}) == 16
    order = {
        "reduce": [["a", "b"], {"if": [True, [{"var": "accumulator"}, {"var": "current"}], 0]}, 0]
    }
    assert value_of(order) == [[0, "a"], "b"]


@pytest.mark.parametrize("numbers", [[], None])
def test_reduce_of_nothing_is_its_start(numbers: Any) -> None:
    assert value_of(SUM, {"numbers": numbers, "start": 10}) == 10


@pytest.mark.parametrize("numbers", ["abc", 3, {"a": 1}, True])
def test_reduce_folds_arrays_alone(numbers: Any) -> None:
    assert failure_of(SUM, {"numbers": numbers, "start": 0}) == "operand_type"


def test_inside_reduce_only_the_pair_is_seen() -> None:
    outside = {"reduce": [[1], {"var": "start"}, 0]}
    assert value_of(outside, {"start": 5}) is None


def test_reduce_ends_when_its_steps_are_used_up() -> None:
    squared = {"reduce": [{"var": "n"}, {"reduce": [{"var": "accumulator"}, 0, 0]}, 0]}
    assert failure_of(SUM, {"numbers": [1] * STEPS_MAX, "start": 0}) == "too_many_steps"
    nested = {
        "reduce": [
            {"var": "n"},
            {"reduce": [{"var": "current"}, {"+": [{"var": "accumulator"}, 1]}, 0]},
            0,
        ]
    }
    rows = [[1] * 200] * 200
    assert failure_of(nested, {"n": rows}) == "too_many_steps"
    assert value_of(nested, {"n": rows[:2]}) == 200
    assert failure_of(squared, {"n": [1]}) == "operand_type"
