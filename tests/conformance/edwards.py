"""The curve of Ed25519 in plain integers (RFC 8032 section 5.1): slow, for making odd cases only.

Points are affine (x, y).
"""

from __future__ import annotations

import hashlib
from typing import Final

PRIME: Final = (1 << 255) - 19
ORDER: Final = (1 << 252) + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, PRIME) % PRIME
Point = tuple[int, int]
NEUTRAL: Final[Point] = (0, 1)


def add(left: Point, right: Point) -> Point:
    """Return the sum of two points (the addition law of twisted Edwards curves, a = -1)."""
    (x1, y1), (x2, y2) = left, right
    t = D * x1 * x2 * y1 * y2 % PRIME
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, PRIME) % PRIME
    y = (y1 * y2 + x1 * x2) * pow(1 - t, -1, PRIME) % PRIME
    return x, y


def times(number: int, point: Point) -> Point:
    """Return `number` * `point`."""
    total = NEUTRAL
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def encode(point: Point) -> bytes:
    """Return the 32 bytes of a point: y, and the lowest bit of x on top."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(raw: bytes) -> Point:
    """Return the point of 32 canonical bytes; ValueError if there is none."""
    value = int.from_bytes(raw, "little")
    y, sign = value & (1 << 255) - 1, value >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if x * x % PRIME != square:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if x * x % PRIME != square or (x == 0 and sign):
        raise ValueError("not a point")
    return (x if x & 1 == sign else PRIME - x), y


BASE: Final = decode((4 * pow(5, -1, PRIME) % PRIME).to_bytes(32, "little"))


def torsion() -> list[Point]:
    """Return the eight points whose order divides 8."""
    for y in range(2, 1000):
        try:
            point = times(ORDER, decode(y.to_bytes(32, "little")))
        except ValueError:
            continue
        if times(4, point) != NEUTRAL:
            return [times(n, point) for n in range(8)]
    raise AssertionError("no point of order 8 below y = 1000")


def hashed(*parts: bytes) -> int:
    """Return SHA-512 of the parts as a little-endian number modulo the group order."""
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % ORDER


def secret_scalar(seed: bytes) -> int:
    """Return the clamped scalar of a seed (RFC 8032 section 5.1.5)."""
    raw = bytearray(hashlib.sha512(seed).digest()[:32])
    raw[0] &= 248
    raw[31] = raw[31] & 127 | 64
    return int.from_bytes(raw, "little")
