"""The operations of CertLogic: each builds, from its operands, a function of the data it will see.

`keys.certlogic` says what the specification leaves open and how it is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from keys.certlogic_error import CertLogicError
from keys.certlogic_time import UNITS, Instant, parse_date_of_birth, plus_time

NODES_MAX: Final = 512
INTEGER_END: Final = 1 << 53
_UVCI_PREFIX: Final = "URN:UVCI:"
_UVCI_SEPARATORS: Final = re.compile("[/#:]")
_INDEX: Final = re.compile("[0-9]{1,9}", re.ASCII)


class Scope:
    """What an expression sees, and how many steps are left to the whole evaluation (a list of
    one).
    """

    __slots__ = ("data", "left")

    def __init__(self, data: Any, left: list[int]) -> None:
        self.data = data
        self.left = left


Node = Callable[[Scope], Any]
_Compile = Callable[[Any], Node]
_Build = Callable[[list[Any], _Compile], Node]


def truth(value: Any) -> bool:
    """Return whether `value` is truthy (True) or falsy (False); CertLogicError
    `neither_true_nor_false` where it is neither: date-times and numbers that are no integers.
    """
    if type(value) in _TRUTH_TYPES:
        return bool(value)
    raise CertLogicError("neither truthy nor falsy", code="neither_true_nor_false")


_TRUTH_TYPES: Final = frozenset({bool, type(None), str, int, list, dict})
_SCALARS: Final = frozenset({bool, type(None), str, int})


def build_var(path: Any) -> Node:
    """Return what finds `path` in the data; no text: CertLogicError `bad_path`."""
    if type(path) is not str:
        raise CertLogicError("var takes a path", code="bad_path")
    if not path:
        return lambda scope: scope.data
    fragments = path.split(".")

    def var(scope: Scope) -> Any:
        value = scope.data
        for fragment in fragments:
            if type(value) is dict:
                value = value.get(fragment)
            elif type(value) is list and _INDEX.fullmatch(fragment):
                place = int(fragment)
                value = value[place] if place < len(value) else None
            else:
                return None
        return value

    return var


def _build_if(values: list[Any], compile_: _Compile) -> Node:
    guard, then, otherwise = (compile_(value) for value in values)
    return lambda scope: then(scope) if truth(guard(scope)) else otherwise(scope)


def _build_and(values: list[Any], compile_: _Compile) -> Node:
    operands = [compile_(value) for value in values]

    def all_of(scope: Scope) -> Any:
        value: Any = None
        for operand in operands:
            value = operand(scope)
            if not truth(value):
                break
        return value

    return all_of


def _build_not(values: list[Any], compile_: _Compile) -> Node:
    operand = compile_(values[0])
    return lambda scope: not truth(operand(scope))


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _scalar(value: Any) -> Any:
    if type(value) not in _SCALARS:
        raise CertLogicError("only plain values are compared", code="operand_type")
    return value


def _build_equal(values: list[Any], compile_: _Compile) -> Node:
    left, right = (compile_(value) for value in values)
    return lambda scope: _same(_scalar(left(scope)), _scalar(right(scope)))


def _build_in(values: list[Any], compile_: _Compile) -> Node:
    member, array = (compile_(value) for value in values)

    def is_member(scope: Scope) -> bool:
        wanted, items = _scalar(member(scope)), _array(array(scope))
        return any(_same(wanted, item) for item in items)

    return is_member


def _array(value: Any) -> list[Any]:
    if type(value) is not list:
        raise CertLogicError("not an array", code="operand_type")
    return value


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise CertLogicError("not an integer", code="operand_type")
    if abs(value) >= INTEGER_END:
        raise CertLogicError("integer too large", code="number_range")
    return value


def _instant(value: Any) -> int:
    if type(value) is not Instant:
        raise CertLogicError("not a date-time", code="operand_type")
    return value.ms


def _build_plus(values: list[Any], compile_: _Compile) -> Node:
    left, right = (compile_(value) for value in values)
    return lambda scope: _integer(_integer(left(scope)) + _integer(right(scope)))


def _comparison(ordered: Callable[[int, int], bool], number: Callable[[Any], int]) -> _Build:
    def build(values: list[Any], compile_: _Compile) -> Node:
        operands = [compile_(value) for value in values]

        def compare(scope: Scope) -> bool:
            # All are looked at first: a wrong type is an error even where the answer is known.
            numbers = [number(operand(scope)) for operand in operands]
            return all(map(ordered, numbers, numbers[1:]))

        return compare

    return build


def _text(value: Any) -> str:
    if type(value) is not str:
        raise CertLogicError("not a string", code="operand_type")
    return value


def _build_plus_time(values: list[Any], compile_: _Compile) -> Node:
    operand, (amount, unit) = compile_(values[0]), values[1:]
    if type(amount) is not int or abs(amount) >= INTEGER_END:
        raise CertLogicError("amount", code="bad_amount")
    if type(unit) is not str or unit not in UNITS:
        raise CertLogicError("unit", code="bad_unit")
    return lambda scope: plus_time(_text(operand(scope)), amount, unit)


def _build_date_of_birth(values: list[Any], compile_: _Compile) -> Node:
    operand = compile_(values[0])
    return lambda scope: parse_date_of_birth(_text(operand(scope)))


def _build_reduce(values: list[Any], compile_: _Compile) -> Node:
    operand, step, initial = (compile_(value) for value in values)
    cost = _size(values[1])

    def reduce(scope: Scope) -> Any:
        found = operand(scope)
        value = initial(scope)
        for item in _array([] if found is None else found):
            scope.left[0] -= cost
            if scope.left[0] < 0:
                raise CertLogicError("reduce", code="too_many_steps")
            value = step(Scope({"accumulator": value, "current": item}, scope.left))
        return value

    return reduce


def _size(expression: Any) -> int:
    """Return how many parts an expression has: what one more evaluation of it costs."""
    parts = expression.values() if type(expression) is dict else expression
    return 1 + (sum(map(_size, parts)) if type(expression) in {list, dict} else 0)


def _build_extract(values: list[Any], compile_: _Compile) -> Node:
    operand, index = compile_(values[0]), values[1]
    if type(index) is not int:
        raise CertLogicError("index", code="bad_index")

    def extract(scope: Scope) -> str | None:
        found = operand(scope)
        if found is None:
            return None
        parts = _UVCI_SEPARATORS.split(_text(found).removeprefix(_UVCI_PREFIX))
        return parts[index] if 0 <= index < len(parts) else None

    return extract


OPERATIONS: Final[Mapping[str, tuple[int, int, _Build]]] = {
    "if": (3, 3, _build_if),
    "===": (2, 2, _build_equal),
    "in": (2, 2, _build_in),
    "+": (2, 2, _build_plus),
    "and": (2, NODES_MAX, _build_and),
    "!": (1, 1, _build_not),
    ">": (2, 3, _comparison(int.__gt__, _integer)),
    "<": (2, 3, _comparison(int.__lt__, _integer)),
    ">=": (2, 3, _comparison(int.__ge__, _integer)),
    "<=": (2, 3, _comparison(int.__le__, _integer)),
    "after": (2, 3, _comparison(int.__gt__, _instant)),
    "before": (2, 3, _comparison(int.__lt__, _instant)),
    "not-after": (2, 3, _comparison(int.__le__, _instant)),
    "not-before": (2, 3, _comparison(int.__ge__, _instant)),
    "plusTime": (3, 3, _build_plus_time),
    "dccDateOfBirth": (1, 1, _build_date_of_birth),
    "reduce": (3, 3, _build_reduce),
    "extractFromUVCI": (2, 2, _build_extract),
}
