"""CertLogic 1.3.2, operation by operation: what each gives, and each way in which it fails."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keys.certlogic import DEPTH_MAX, compile_expression
from keys.certlogic_error import CertLogicError
from keys.certlogic_operations import INTEGER_END, NODES_MAX, OPERATIONS, truth
from keys.certlogic_time import Instant
from tests.keys.expressions import failure_of, value_of

PEOPLE = {"people": [{"age": 7}, {"age": 40}], "x": {"y": {"z": "deep"}}, "n": None, "f": 1.5}


@pytest.mark.parametrize("literal", [True, False, 0, 17, -3, "", "apple", [], ["a", 1, [True]]])
def test_a_literal_is_its_own_value(literal: Any) -> None:
    assert value_of(literal) == literal


def test_the_items_of_an_array_are_evaluated_one_by_one() -> None:
    assert value_of([{"+": [1, 2]}, {"var": "n"}], PEOPLE) == [3, None]


@pytest.mark.parametrize(
    "expression",
    [None, {}, {"var": "a", "!": [1]}, 1.0, 1.5, INTEGER_END, -INTEGER_END, b"a", (1, 2), {1}],
)
def test_what_is_neither_a_literal_nor_one_operation_is_no_expression(expression: Any) -> None:
    assert failure_of(expression) == "not_an_expression"


@pytest.mark.parametrize(
    "name", ["==", "or", "-", "*", "!!", "map", "missing", "cat", "", "Var", 3]
)
def test_operations_of_jsonlogic_that_certlogic_leaves_out_are_unknown(name: Any) -> None:
    assert failure_of({name: [1, 2]}) == "unknown_operation"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", PEOPLE),
        ("people.1.age", 40),
        ("people.0", {"age": 7}),
        ("people.2", None),
        ("people.-1", None),
        ("people.age", None),
        ("people.9999999999", None),
        ("x.y.z", "deep"),
        ("x.y.z.w", None),
        ("x.0", None),
        ("x..y", None),
        ("n", None),
        ("n.m", None),
        ("nobody", None),
        ("f", 1.5),
        ("f.0", None),
    ],
)
def test_var_drills_into_the_data_and_finds_null_where_nothing_is(path: str, expected: Any) -> None:
    assert value_of({"var": path}, PEOPLE) == expected


@pytest.mark.parametrize("data", [None, [], "text", 4, True])
def test_var_of_data_that_holds_nothing_is_null(data: Any) -> None:
    assert value_of({"var": "1"}, data) is None


def test_var_finds_array_places_at_the_top_too() -> None:
    assert value_of({"var": "1.0"}, ["a", ["b", "c"]]) == "b"


@pytest.mark.parametrize("path", [0, None, ["a"], ["a", "default"], {"var": "a"}, True])
def test_var_takes_a_path_and_nothing_else(path: Any) -> None:
    assert failure_of({"var": path}) == "bad_path"


TRUTHY = [True, "0", "a", " ", 1, -1, [0], [None], {"a": None}]

FALSY: list[Any] = [False, None, "", 0, [], {}]

NEITHER = [1.0, 0.0, float("nan"), Instant(0), object(), (), b""]


@pytest.mark.parametrize("value", TRUTHY)
def test_the_truthy_values_are_these(value: Any) -> None:
    assert truth(value) is True
    assert value_of({"!": [{"var": "v"}]}, {"v": value}) is False
    assert value_of({"if": [{"var": "v"}, "then", "else"]}, {"v": value}) == "then"
    assert value_of({"and": [{"var": "v"}, "last"]}, {"v": value}) == "last"


@pytest.mark.parametrize("value", FALSY)
def test_the_falsy_values_are_these(value: Any) -> None:
    assert truth(value) is False
    assert value_of({"!": [{"var": "v"}]}, {"v": value}) is True
    assert value_of({"if": [{"var": "v"}, "then", "else"]}, {"v": value}) == "else"
    assert value_of({"and": [{"var": "v"}, "last"]}, {"v": value}) == value


@pytest.mark.parametrize("value", NEITHER)
@pytest.mark.parametrize(
    "expression",
    [
        {"!": [{"var": "v"}]},
        {"if": [{"var": "v"}, 1, 2]},
        {"and": [{"var": "v"}, 1]},
        {"and": [1, {"var": "v"}]},
    ],
)
def test_values_that_are_neither_decide_nothing(value: Any, expression: Any) -> None:
    assert failure_of(expression, {"v": value}) == "neither_true_nor_false"


WRONG = {"+": ["a", 1]}


def test_if_looks_only_at_the_branch_it_takes() -> None:
    assert value_of({"if": [True, "then", WRONG]}) == "then"
    assert value_of({"if": [False, WRONG, "else"]}) == "else"
    assert failure_of({"if": [True, WRONG, "else"]}) == "operand_type"


def test_and_stops_at_the_first_falsy_operand() -> None:
    assert value_of({"and": [True, 0, WRONG]}) == 0
    assert value_of({"and": [1, "a", 3]}) == 3
    assert failure_of({"and": [1, WRONG, 0]}) == "operand_type"


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (1, 1, True),
        (1, 2, False),
        ("a", "a", True),
        ("a", "A", False),
        (1, "1", False),
        (0, "", False),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        (None, None, True),
        (None, 0, False),
        (None, False, False),
    ],
)
def test_equality_never_turns_one_type_into_another(left: Any, right: Any, equal: bool) -> None:
    data = {"l": left, "r": right}
    assert value_of({"===": [{"var": "l"}, {"var": "r"}]}, data) is equal
    assert value_of({"in": [{"var": "l"}, {"var": "a"}]}, data | {"a": ["x", right]}) is equal


@pytest.mark.parametrize("value", [[], [1], {}, {"a": 1}, 1.0, Instant(3)])
def test_only_plain_values_are_compared(value: Any) -> None:
    data = {"v": value, "a": [value, 1]}
    assert failure_of({"===": [{"var": "v"}, 1]}, data) == "operand_type"
    assert failure_of({"===": [1, {"var": "v"}]}, data) == "operand_type"
    assert failure_of({"in": [{"var": "v"}, {"var": "a"}]}, data) == "operand_type"
    assert value_of({"in": [1, {"var": "a"}]}, data) is True
    assert value_of({"in": [2, {"var": "a"}]}, data) is False


def test_in_asks_for_an_array_on_the_right() -> None:
    assert value_of({"in": ["a", []]}) is False
    assert value_of({"in": [{"var": "n"}, {"var": "a"}]}, {"a": [None]}) is True
    for right in ("abc", {"var": "n"}, 3, True):
        assert failure_of({"in": ["a", right]}) == "operand_type"


@pytest.mark.parametrize(
    ("operation", "binary", "ternary"),
    [
        (">", [True, False, False], [True, False, False, False]),
        (">=", [True, True, False], [True, True, False, False]),
        ("<", [False, False, True], [False, False, False, True]),
        ("<=", [False, True, True], [False, True, False, True]),
    ],
)
def test_comparisons_hold_between_each_two_neighbours(
    operation: str, binary: list[bool], ternary: list[bool]
) -> None:
    pairs = [[2, 1], [1, 1], [1, 2]]
    triples = [[3, 2, 1], [2, 2, 2], [1, 3, 2], [1, 2, 3]]

    assert [value_of({operation: pair}) for pair in pairs] == binary
    assert [value_of({operation: triple}) for triple in triples] == ternary


@pytest.mark.parametrize("operation", [">", "<", ">=", "<="])
@pytest.mark.parametrize("wrong", ["1", None, True, 1.0, [1], {}, Instant(1)])
def test_comparisons_take_integers_alone(operation: str, wrong: Any) -> None:
    data = {"w": wrong}
    assert failure_of({operation: [{"var": "w"}, 1]}, data) == "operand_type"
    assert failure_of({operation: [1, {"var": "w"}]}, data) == "operand_type"
    # Also where the first two have already decided.
    assert failure_of({operation: [1, 1, {"var": "w"}]}, data) == "operand_type"


def test_plus_adds_two_integers() -> None:
    assert value_of({"+": [1, -3]}) == -2
    assert failure_of({"+": ["1", 2]}) == "operand_type"
    assert failure_of({"+": [{"var": "f"}, 2]}, PEOPLE) == "operand_type"


def test_integers_end_where_every_json_reader_still_holds_them() -> None:
    last = INTEGER_END - 1
    assert value_of({"+": [last, 0]}) == last
    assert failure_of({"+": [last, 1]}) == "number_range"
    assert failure_of({"+": [-last, -1]}) == "number_range"
    assert failure_of({"<": [{"var": "v"}, 1]}, {"v": 1 << 70}) == "number_range"


@pytest.mark.parametrize(
    ("text", "index", "expected"),
    [
        (None, 0, None),
        ("", 0, ""),
        ("", 1, None),
        ("/", 1, ""),
        ("a::c/#/f", 0, "a"),
        ("a::c/#/f", 1, ""),
        ("a::c/#/f", 5, "f"),
        ("a::c/#/f", 6, None),
        ("a", -1, None),
        ("URN:UVCI:01:ZZ:plant/abc#7", 0, "01"),
        ("URN:UVCI:01:ZZ:plant/abc#7", 4, "7"),
        ("01:ZZ:plant/abc#7", 1, "ZZ"),
        ("urn:uvci:01", 0, "urn"),
    ],
)
def test_a_part_of_a_certificates_number_is_taken_out(
    text: Any, index: int, expected: str | None
) -> None:
    assert value_of({"extractFromUVCI": [{"var": "t"}, index]}, {"t": text}) == expected


def test_taking_out_a_part_asks_for_a_text_and_a_literal_index() -> None:
    assert failure_of({"extractFromUVCI": [3, 0]}) == "operand_type"
    for index in ("0", None, True, 1.0, {"+": [0, 0]}):
        assert failure_of({"extractFromUVCI": ["a", index]}) == "bad_index"


@pytest.mark.parametrize(("name", "limits"), [(k, v[:2]) for k, v in OPERATIONS.items()])
def test_every_operation_counts_its_operands(name: str, limits: tuple[int, int]) -> None:
    fewest, most = limits
    for count in (0, fewest - 1, most + 1):
        assert failure_of({name: [1] * count}) == "operand_count"
    for values in (None, 1, "a", {"a": 1}, (1, 2), {"var": "a"}):
        assert failure_of({name: values}) == "operand_count"


def test_an_expression_is_bounded_in_depth_and_size() -> None:
    deep: Any = 1
    for _ in range(DEPTH_MAX - 1):
        deep = [deep]
    assert value_of(deep)
    assert failure_of([deep]) == "too_deep"
    assert value_of([1] * (NODES_MAX - 1))
    assert failure_of([1] * NODES_MAX) == "too_large"


def test_a_rule_comes_to_true_or_false_and_to_nothing_else() -> None:
    rule = compile_expression({"var": "v"})
    assert rule.holds({"v": True}) is True
    assert rule.holds({"v": False}) is False
    for value in (1, 0, "true", None, [True], Instant(1)):
        with pytest.raises(CertLogicError) as caught:
            rule.holds({"v": value})
        assert caught.value.code == "not_a_boolean"


_PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats()

_DATA = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)

_NAMES = st.sampled_from([*OPERATIONS, "var", "or", ""])

_LOGIC = st.recursive(
    _PLAIN
    | st.sampled_from(["a", "a.0", "2021-05-04", "day", "year"])
    | st.builds(lambda path: {"var": path}, st.sampled_from(["", "a", "a.0", "current", "0"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_NAMES, inner | st.lists(inner, max_size=4), max_size=1)
    ),
    max_leaves=20,
)


@given(expression=_LOGIC, data=_DATA | st.dictionaries(st.just("a"), _DATA))
@example(expression={"plusTime": ["0000-01-01", 0, "day"]}, data=None)
@example(expression={"plusTime": ["2021-01-01", -(1 << 52), "month"]}, data=None)
def test_whatever_comes_in_only_a_certlogic_error_comes_out(expression: Any, data: Any) -> None:
    before = copy.deepcopy((expression, data))
    try:
        compiled = compile_expression(expression)
        first = compiled.evaluate(data)
        assert repr(compiled.evaluate(data)) == repr(first)
    except CertLogicError:
        pass
    assert repr(before) == repr((expression, data))
