"""Checks of one decoded value's shape, by exact type: True is not 1, 1.0 is not 1."""

from __future__ import annotations

import re

from keys.errors import MalformedBytes


def need(holds: bool, why: str) -> None:
    """Return if `holds`, else raise MalformedBytes(why)."""
    if not holds:
        raise MalformedBytes(why)


def is_count(value: object) -> bool:
    """Return whether `value` is a whole number from 0 to 2^53 - 1 (what every JSON reader holds
    too).
    """
    return type(value) is int and 0 <= value < 1 << 53


def is_bytes(value: object, size: int) -> bool:
    """Return whether `value` is a byte string of `size` bytes."""
    return type(value) is bytes and len(value) == size


def is_name(value: object) -> bool:
    """Return whether `value` is text of 1 to 64 characters."""
    return type(value) is str and 1 <= len(value) <= 64


def is_issuer_name(value: object) -> bool:
    """Return whether `value` is an issuer's name: [a-z0-9-]{1,32}."""
    return type(value) is str and re.fullmatch("[a-z0-9-]{1,32}", value, re.ASCII) is not None
