"""Date-times in CertLogic's expressions: comparing, moving, and whether somebody is of age."""

from __future__ import annotations

from typing import Any

import pytest

from keys.certlogic_operations import INTEGER_END
from keys.certlogic_time import parse_date_time
from tests.keys.expressions import failure_of, value_of


def date_time(text: Any) -> dict[str, Any]:
    return {"plusTime": [text, 0, "day"]}


EARLY, LATE = date_time("2021-05-04T13:37:42Z"), date_time("2021-05-04T15:37:43+02:00")


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("after", [True, False, False]),
        ("before", [False, False, True]),
        ("not-after", [False, True, True]),
        ("not-before", [True, True, False]),
    ],
)
def test_date_times_are_compared_on_one_line_of_time(operation: str, expected: list[bool]) -> None:
    pairs = [[LATE, EARLY], [EARLY, EARLY], [EARLY, LATE]]

    assert [value_of({operation: pair}) for pair in pairs] == expected
    first = [LATE, LATE, EARLY] if expected[0] else [EARLY, EARLY, LATE]
    assert value_of({operation: first}) is (operation.startswith("not-"))


@pytest.mark.parametrize("operation", ["after", "before", "not-after", "not-before"])
@pytest.mark.parametrize("wrong", ["2021-05-04", 3, None, True])
def test_texts_and_numbers_are_no_date_times(operation: str, wrong: Any) -> None:
    assert failure_of({operation: [{"var": "w"}, EARLY]}, {"w": wrong}) == "operand_type"
    assert failure_of({operation: [EARLY, LATE, {"var": "w"}]}, {"w": wrong}) == "operand_type"


def test_plus_time_reads_and_moves_a_date_time() -> None:
    assert value_of({"plusTime": [{"var": "t"}, 3, "hour"]}, {"t": "2021-01-01"}) == (
        parse_date_time("2021-01-01T03:00:00Z")
    )


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (["2021-01-01", "3", "day"], "bad_amount"),
        (["2021-01-01", 1.0, "day"], "bad_amount"),
        (["2021-01-01", True, "day"], "bad_amount"),
        (["2021-01-01", INTEGER_END, "day"], "bad_amount"),
        (["2021-01-01", {"+": [1, 2]}, "day"], "bad_amount"),
        (["2021-01-01", 1, "week"], "bad_unit"),
        (["2021-01-01", 1, ["day"]], "bad_unit"),
        (["2021-01-01", 1, {"var": "unit"}], "bad_unit"),
        ([3, 1, "day"], "operand_type"),
        ([{"var": "n"}, 1, "day"], "operand_type"),
        ([date_time("2021-01-01"), 1, "day"], "operand_type"),
        (["yesterday", 1, "day"], "date_format"),
        (["9999-12-31", 1, "day"], "date_range"),
    ],
)
def test_plus_time_says_what_is_wrong_with_its_operands(values: list[Any], code: str) -> None:
    assert failure_of({"plusTime": values}) == code


def test_a_date_of_birth_is_the_last_day_it_may_mean() -> None:
    for text, day in [("1990", "1990-12-31"), ("2020-02", "2020-02-29"), ("2001-03-04",) * 2]:
        assert value_of({"dccDateOfBirth": [text]}) == parse_date_time(day)
    assert failure_of({"dccDateOfBirth": ["1990-01-01T00:00:00Z"]}) == "date_format"
    assert failure_of({"dccDateOfBirth": [1990]}) == "operand_type"


def test_a_minor_is_told_from_an_adult_to_the_day() -> None:
    minor = {
        "after": [
            {"dccDateOfBirth": [{"var": "dob"}]},
            {"plusTime": [{"var": "clock"}, -18, "year"]},
        ]
    }
    clock = "2021-11-23T00:00:00Z"

    assert value_of(minor, {"dob": "2003-11-24", "clock": clock}) is True
    assert value_of(minor, {"dob": "2003-11-23", "clock": clock}) is False
    assert value_of(minor, {"dob": "2003", "clock": clock}) is True
