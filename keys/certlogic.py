"""Conditions as data: CertLogic, specification 1.3.2 (the EU's profile of JsonLogic for the Digital
COVID Certificate), compiled once and then evaluated for every scan.

Every operation of the specification is here: var, if, ===, in, +, and, >, <, >=, <=, after,
before, not-after, not-before, !, plusTime, dccDateOfBirth, reduce, extractFromUVCI. Where the
specification leaves a choice, the strict one is taken:

- `===` compares null, booleans, integers and strings; arrays, objects and date-times are an error.
  `in` compares its members the same way, and a member that cannot be compared is not the one.
- `var` finds integer places in arrays and names in objects; of anything else it gives null.
- `reduce` of null gives the initial value, as the reference implementation does.
- Integers stay within 2^53 - 1 either way; a number that is no integer is neither true nor false.

An expression has a bounded depth and size, an evaluation a bounded number of steps; whatever is
wrong, the only error that leaves this module is CertLogicError.
"""

from __future__ import annotations

from typing import Any, Final

from keys.certlogic_error import CertLogicError
from keys.certlogic_operations import (
    INTEGER_END,
    NODES_MAX,
    OPERATIONS,
    Node,
    Scope,
    build_var,
)

DEPTH_MAX: Final = 32
STEPS_MAX: Final = 20_000


class Expression:
    """A compiled expression. Call `evaluate` as often as needed: it keeps no state."""

    __slots__ = ("_node",)

    def __init__(self, node: Node) -> None:
        self._node = node

    def evaluate(self, data: Any) -> Any:
        """Return the value for the data context `data` (None, bool, int, str, list, dict, nested);
        CertLogicError where a value does not fit.
        """
        return self._node(Scope(data, [STEPS_MAX]))

    def holds(self, data: Any) -> bool:
        """Return whether a rule is met. Only true and false answer that: anything else is
        CertLogicError `not_a_boolean`.
        """
        value = self.evaluate(data)
        if type(value) is not bool:
            raise CertLogicError("a rule must come to true or false", code="not_a_boolean")
        return value


def compile_expression(expression: Any) -> Expression:
    """Return `expression` (decoded JSON) ready to evaluate; CertLogicError if it is not CertLogic.

    Everything that can be known without data is checked here: operations, number of operands,
    literals, units, depth and size.
    """
    return Expression(_compile(expression, DEPTH_MAX, [NODES_MAX]))


def _compile(expression: Any, depth: int, left: list[int]) -> Node:
    left[0] -= 1
    if depth == 0 or left[0] < 0:
        raise CertLogicError("expression", code="too_large" if depth else "too_deep")
    kind = type(expression)
    if kind is str or kind is bool or (kind is int and abs(expression) < INTEGER_END):
        return lambda _scope: expression
    if kind is list:
        items = [_compile(item, depth - 1, left) for item in expression]
        return lambda scope: [item(scope) for item in items]
    if kind is not dict or len(expression) != 1:
        # Null and objects are no literals.
        raise CertLogicError("neither a literal nor an operation", code="not_an_expression")
    ((name, values),) = expression.items()
    if name == "var":
        return build_var(values)
    if name not in OPERATIONS:
        raise CertLogicError("operation", code="unknown_operation")
    fewest, most, build = OPERATIONS[name]
    if type(values) is not list or not fewest <= len(values) <= most:
        raise CertLogicError(name, code="operand_count")
    return build(values, lambda value: _compile(value, depth - 1, left))
