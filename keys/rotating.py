"""The rotating code's hash chain (formats.md 1.4): x[i+1] = SHA-256(salt || i || x[i])[:16], anchor
= x[N].

The phone reveals the chain backwards, one link every 15 s; who saw one link cannot make a later
one.
"""

from __future__ import annotations

import hashlib
import struct
from typing import Final

from keys.claims import Claims
from keys.dense import EPOCH
from keys.errors import MalformedCode, RotatingCodeOutOfTime, RotatingCodeWrong

SLOT_S: Final = 15
LINK_BYTES: Final = 16
SLOTS_PER_HOUR: Final = 240


def slots_of(iat: int, exp: int) -> int:
    """Return N: how many 15 s slots a rotating pass lives."""
    return (exp - iat) // 3600 * SLOTS_PER_HOUR


def salt_of(kid: int, list_number: int, entry: int, iat: int) -> bytes:
    """Return the 8-byte salt that ties a chain to one pass, fixed before it is signed."""
    return hashlib.sha256(
        struct.pack(">HHII", kid, list_number, entry, (iat - EPOCH) // 60)
    ).digest()[:8]


def climb(salt: bytes, link: bytes, start: int, steps: int) -> bytes:
    """Return x[start + steps] from x[start]; 0.5 us a step."""
    sha256 = hashlib.sha256
    for i in range(start, start + steps):
        link = sha256(salt + i.to_bytes(4, "big") + link).digest()[:LINK_BYTES]
    return link


def tail_for(claims: Claims, x0: bytes, slot: int) -> bytes:
    """Return the 18 bytes that a phone with secret `x0` (16 bytes) shows in `slot`; ValueError
    outside the life.
    """
    total = slots_of(claims.iat, claims.exp)
    if not 0 <= slot < total:
        raise ValueError("slot outside the life of the pass")
    salt = salt_of(claims.kid, claims.list_number, claims.entry, claims.iat)
    return slot.to_bytes(2, "big") + climb(salt, x0, 0, total - slot - 1)


def check_slot_range(claims: Claims, tail: bytes) -> int:
    """Return the slot that `tail` names; beyond the life of the pass: MalformedCode. No signature
    work is needed.
    """
    slot = int.from_bytes(tail[:2], "big")
    if slot >= slots_of(claims.iat, claims.exp):
        raise MalformedCode("slot beyond the life of the pass")
    return slot


def check_tail(claims: Claims, tail: bytes, now: int | None) -> None:
    """Return if the tail leads to the signed anchor and, with `now` (trusted seconds), is of this
    slot +- 1.

    The slot is compared before up to 40,320 hashes (22 ms) are spent on it. RotatingCodeOutOfTime,
    RotatingCodeWrong.
    """
    slot = check_slot_range(claims, tail)
    if now is not None and abs(slot - (now - claims.iat) // SLOT_S) > 1:
        raise RotatingCodeOutOfTime
    salt = salt_of(claims.kid, claims.list_number, claims.entry, claims.iat)
    start = slots_of(claims.iat, claims.exp) - slot - 1
    if climb(salt, tail[2:], start, slot + 1) != claims.anchor:
        raise RotatingCodeWrong
