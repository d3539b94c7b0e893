"""Strict encodings: each value has exactly one form, and every other form is refused.

Deterministic CBOR (RFC 8949 section 4.2.1), Base45 (RFC 9285), decimal digits (formats.md 1.3) and
LEB128 varints (formats.md 3). Readers bound sizes before they allocate.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import cbor2

from keys.errors import MalformedBytes

BASE45_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_NO_DIGIT: Final = 255
_UNCOUNTED_BYTES: Final = 1 << 14  # so few bytes cannot hold too many items
_BASE45_DIGIT: Final = bytes(
    BASE45_ALPHABET.index(chr(code)) if chr(code) in BASE45_ALPHABET else _NO_DIGIT
    for code in range(256)
)


def _base45_digits(text: str) -> bytes:
    """Return the digits (0..44) of `text`, one a byte."""
    digits = text.encode().translate(_BASE45_DIGIT) if text.isascii() else bytes([_NO_DIGIT])
    if _NO_DIGIT in digits:
        raise MalformedBytes("not in the Base45 alphabet")
    return digits


def base45_decode(text: str) -> bytes:
    """Return the bytes of a Base45 text (RFC 9285 section 4). Anything but the one right form:
    MalformedBytes.
    """
    digits = _base45_digits(text)
    whole, odd = divmod(len(digits), 3)
    # A table of all 65,536 triples costs 22 us a pass in cache misses. This is 3 us: every triple
    # is summed at once, each in 3 bytes of its own inside one long number.
    lanes, total = bytearray(3 * whole), 0
    for place, weight in enumerate((1, 45, 2025)):
        lanes[2::3] = digits[place : 3 * whole : 3]
        total += weight * int.from_bytes(lanes, "big")
    sums = total.to_bytes(3 * whole, "big")
    raw = bytearray(2 * whole)
    raw[::2], raw[1::2] = sums[1::3], sums[2::3]
    last = digits[-2] + 45 * digits[-1] if odd == 2 else 0
    if odd == 1 or last > 255 or sums[::3] != bytes(whole):
        raise MalformedBytes("not Base45")
    return bytes(raw) + bytes([last]) if odd else bytes(raw)


def base45_encode(raw: bytes) -> str:
    """Return the Base45 text of `raw` (RFC 9285 section 4)."""
    parts: list[str] = []
    for i in range(0, len(raw) - 1, 2):
        n = raw[i] * 256 + raw[i + 1]
        parts.append(
            BASE45_ALPHABET[n % 45] + BASE45_ALPHABET[n // 45 % 45] + BASE45_ALPHABET[n // 2025]
        )
    if len(raw) % 2:
        parts.append(BASE45_ALPHABET[raw[-1] % 45] + BASE45_ALPHABET[raw[-1] // 45])
    return "".join(parts)


def base45_value(text: str) -> int:
    """Return the base-45 number that `text` spells, first character most significant."""
    value = 0
    for digit in _base45_digits(text):
        value = value * 45 + digit
    return value


@cache
def digits_length(size: int) -> int:
    """Return how many decimal digits carry `size` bytes: ceil(8 * size * log10(2))."""
    return math.ceil(8 * size * math.log10(2))


def is_digits(text: str) -> bool:
    """Return whether `text` is ASCII 0-9 throughout, and not empty."""
    # int() alone would take full-width digits, underscores, signs and spaces. The bytes' own
    # isdigit knows ASCII alone and is 10x as fast as that of the text.
    return text.isascii() and text.encode().isdigit()


def digits_encode(raw: bytes) -> str:
    """Return `raw` as one big-endian number in decimal, zero-padded to the length its size has."""
    return str(int.from_bytes(raw, "big")).zfill(digits_length(len(raw)))


def cbor_encode(value: Any) -> bytes:
    """Return the deterministic CBOR of `value` (shortest forms, keys in bytewise order of their
    encodings). Of integers, byte and text strings, null, lists and maps; any other type:
    MalformedBytes.
    """
    raw: bytes = cbor2.dumps(_ordered(value))
    return raw


def _ordered(value: Any) -> Any:
    """Return `value` with the keys of every map in order.

    By exact type: nothing that is signed holds a float, a boolean or a tag, and as a map's key 1.0
    or True would pass for 1. (cbor2's own canonical order is that of RFC 7049: shorter keys first.)
    """
    kind = type(value)
    if kind is dict:
        entries = sorted((cbor2.dumps(_ordered(key)), key) for key in value)
        return {key: _ordered(value[key]) for _, key in entries}
    if kind is list:
        return [_ordered(item) for item in value]
    if kind is bytes or kind is str or value is None:
        return value
    if kind is int and -(1 << 64) <= value < 1 << 64:  # beyond, CBOR needs a tag
        return value
    raise MalformedBytes("a type that is never signed")


def cbor_decode(raw: bytes, *, max_bytes: int, max_items: int = 1 << 17) -> Any:
    """Return the value of deterministic CBOR `raw`; larger than `max_bytes`, of more than
    `max_items` items (each number, string, array, map) or any other form: MalformedBytes.

    Call only on bytes whose signature stands: cbor2 accepts many forms, and only the comparison
    below narrows them.
    """
    if len(raw) > max_bytes:
        raise MalformedBytes("too large")
    if len(raw) > _UNCOUNTED_BYTES:
        _check_items(raw, max_items)
    try:
        value = cbor2.loads(raw)
        again = cbor_encode(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError):
        raise MalformedBytes("not CBOR") from None
    if again != raw:
        raise MalformedBytes("not deterministic CBOR")
    return value


def _check_items(raw: bytes, most: int) -> None:
    """Return if the heads in `raw` name at most `most` items, none of indefinite length.

    One byte can be an empty list: without this, 4 MB that one stolen station signs would be 400 MB
    of objects at the issuer. Heads follow each other, so nothing nests here.
    """
    at = count = 0
    while at < len(raw):
        head, at, count = raw[at], at + 1, count + 1
        size = head & 31
        if size > 27 or count > most:
            raise MalformedBytes("too many items, or of a length that is never signed")
        if size > 23:
            width = 1 << size - 24
            size, at = int.from_bytes(raw[at : at + width], "big"), at + width
        if head >> 5 in {2, 3}:  # strings are followed by their bytes, not by items
            at += size


def varint_encode(value: int) -> bytes:
    """Return `value` (0 .. 2^35 - 1) as LEB128 in its shortest form."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varint_decode(raw: bytes | memoryview, at: int) -> tuple[int, int]:
    """Return (value, next position) of the LEB128 at `at`; over 5 bytes, cut or not shortest:
    MalformedBytes.
    """
    value = 0
    for count in range(5):
        if at + count >= len(raw):
            raise MalformedBytes("cut varint")
        byte = raw[at + count]
        value |= (byte & 0x7F) << 7 * count
        if byte < 0x80:
            if byte == 0 and count:
                raise MalformedBytes("varint not in shortest form")
            return value, at + count + 1
    raise MalformedBytes("varint over 5 bytes")
