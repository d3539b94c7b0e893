"""Expressions of CertLogic for tests: what one comes to, or with which code it fails."""

from __future__ import annotations

from typing import Any

import pytest

from keys.certlogic import compile_expression
from keys.certlogic_error import CertLogicError


def value_of(expression: Any, data: Any = None) -> Any:
    """Return what the expression gives on `data`."""
    return compile_expression(expression).evaluate(data)


def failure_of(expression: Any, data: Any = None) -> str:
    """Return the code with which the expression fails on `data`."""
    with pytest.raises(CertLogicError) as caught:
        value_of(expression, data)
    return caught.value.code
