"""Duplicate tags: "this pass was here today", without saying which pass it was (protocols.md).

tag = HMAC-SHA-256(day key, [issuer, list, index])[:16]. Who holds a day key can try all of 14
million identities in seconds, so the keys of a checkpoint form a chain that only goes forward: from
the key of one day that of the next can be made, never that of the day before. A station replaces
the secret it was enrolled with by `split_secret`, moves on with `advance` each day and writes the
result over the old one. What it has let go of, nobody who takes its disk can make again.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import PassIdentity
from keys.shapes import is_bytes, is_count, need

DAY_S: Final = 86_400
# 2020-01-01, as the DENSE carrier's minutes: every station of a checkpoint starts its chain here.
FIRST_DAY: Final = 18_262
# 2106, where 32-bit seconds end: 31,000 steps at most, 40 ms.
LAST_DAY: Final = (1 << 32) // DAY_S
SECRET_BYTES: Final = 32
TAG_BYTES: Final = 16
KEPT_MAX: Final = 32
CHECKPOINT_KEYS_MAX_BYTES: Final = 4096
_KEYS_DOMAIN: Final = "kakou-checkpoint-keys-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayKey:
    """The key of one day. day: days since 1970-01-01 UTC."""

    day: int
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointKeys:
    """All that a station keeps of its checkpoint's secret.

    day, chain: where the chain stands; it gives the keys of `day` and of every later day. kept:
    keys of earlier days that a running anti-passback window still needs, ascending. hello: the key
    of the lane mesh's announcements (keys.lane).
    """

    day: int
    chain: bytes = field(repr=False)
    kept: tuple[DayKey, ...] = field(repr=False)
    hello: bytes = field(repr=False)


def day_of(seconds: float) -> int:
    """Return the day of a time in unix seconds, as UTC counts days."""
    return int(seconds // DAY_S)


def _derive(key: bytes, label: bytes) -> bytes:
    return hmac.digest(key, label, "sha256")


def split_secret(secret: bytes, day: int) -> CheckpointKeys:
    """Return what a station enrolled with `secret` (32 bytes) keeps from `day` on.

    The secret itself is to be destroyed then. Another size: MalformedBytes. A day outside
    2020..2105: UntrustedData `no_such_day`.
    """
    need(is_bytes(secret, SECRET_BYTES), "not a checkpoint secret")
    start = CheckpointKeys(
        day=FIRST_DAY,
        chain=_derive(secret, b"kakou-day-chain"),
        kept=(),
        hello=_derive(secret, b"kakou-lane-hello"),
    )
    return advance(start, day, days_back=0)


def advance(keys: CheckpointKeys, day: int, *, days_back: int) -> CheckpointKeys:
    """Return the keys as they are to be kept on `day`, with those of `days_back` days before it.

    Keys older than that are gone for good, so call it with a confirmed time only: a clock that runs
    ahead would burn the days between. A day before the chain's own, or none of 2020..2105:
    UntrustedData `day_destroyed`, `no_such_day`.
    """
    if not FIRST_DAY <= day <= LAST_DAY:
        raise UntrustedData(code="no_such_day")
    if day < keys.day:
        raise UntrustedData("this day's key was let go of", code="day_destroyed")
    if not 0 <= days_back <= KEPT_MAX:
        raise ValueError("days_back")
    kept = list(keys.kept)
    at, chain = keys.day, keys.chain
    while at < day:
        if at >= day - days_back:
            kept.append(_day_key(at, chain))
        at, chain = at + 1, _derive(chain, b"kakou-day-next")
    left = tuple(key for key in kept if key.day >= day - days_back)
    return CheckpointKeys(day=day, chain=chain, kept=left, hello=keys.hello)


def _day_key(day: int, chain: bytes) -> DayKey:
    return DayKey(day=day, key=_derive(chain, b"kakou-day-key"))


def day_keys(keys: CheckpointKeys) -> tuple[DayKey, ...]:
    """Return the keys to look with, today's first: a passage of 23:59 is found at 00:01 too."""
    return (_day_key(keys.day, keys.chain), *reversed(keys.kept))


def tag_of(key: DayKey, identity: PassIdentity) -> bytes:
    """Return the tag of a pass under one day's key (16 bytes): the same at every station of the
    checkpoint on that day, and nothing to anybody without the key.
    """
    named = cbor_encode([identity.issuer, identity.list_number, identity.index])
    return hmac.digest(key.key, named, "sha256")[:TAG_BYTES]


def encode_checkpoint_keys(keys: CheckpointKeys) -> bytes:
    """Return the bytes in which a station keeps the keys: written over the secret, mode 0600."""
    kept = [[key.day, key.key] for key in keys.kept]
    return cbor_encode([_KEYS_DOMAIN, keys.day, keys.chain, kept, keys.hello])


def decode_checkpoint_keys(raw: bytes) -> CheckpointKeys:
    """Return the keys kept in `raw`; anything else: UntrustedData `malformed_checkpoint_keys`."""
    try:
        value = cbor_decode(raw, max_bytes=CHECKPOINT_KEYS_MAX_BYTES)
        need(type(value) is list and len(value) == 5 and value[0] == _KEYS_DOMAIN, "not the keys")
        day, chain, kept, hello = value[1:]
        need(_is_day(day) and is_bytes(chain, 32) and is_bytes(hello, 32), "not the keys")
        need(type(kept) is list and len(kept) <= KEPT_MAX, "kept keys")
        days = tuple(_kept(item) for item in kept)
        order = [key.day for key in days] + [day]
        need(all(a < b for a, b in pairwise(order)), "order of days")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_checkpoint_keys") from None
    return CheckpointKeys(day=day, chain=chain, kept=days, hello=hello)


def _is_day(value: Any) -> bool:
    return is_count(value) and FIRST_DAY <= value <= LAST_DAY


def _kept(item: Any) -> DayKey:
    need(type(item) is list and len(item) == 2, "kept key")
    need(_is_day(item[0]) and is_bytes(item[1], 32), "kept key")
    return DayKey(day=item[0], key=item[1])
