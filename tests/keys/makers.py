"""Valid objects of every kind, each from one call: a test bends one thing and sees it refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from keys.batches import Receipt, SetAside, seal_batch
from keys.certificate import StationCertificate
from keys.claims import Claims, Site
from keys.dense import EPOCH, HOUR
from keys.ed25519 import SigningKey
from keys.encoding import BASE45_ALPHABET
from keys.enrolment import EnrolCode
from keys.manifest import NO_PREVIOUS, Manifest
from keys.passages import (
    FIRST_HASH,
    ClockGrade,
    Direction,
    Passage,
    PassageRow,
    Verdict,
    encode_row,
    row_hash,
)
from keys.rotating import climb, salt_of, slots_of
from keys.statusarray import Packed
from keys.trustlist import (
    IssuerEntry,
    Keyring,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
    keyring_of,
)

NOW = 1_780_000_020  # on a minute, as every iat of the DENSE carrier
FOREVER = 1 << 32
ISSUER = "hangzhou"


def signing_key(name: str) -> SigningKey:
    """Return the key that belongs to `name`: the same in every run."""
    return SigningKey(hashlib.sha256(name.encode()).digest())


PASS_KEY = signing_key("pass")
STATUS_KEY = signing_key("status")
STATION_KEY = signing_key("station")
BOX_KEY = signing_key("the box at the gate")
ROOT_KEY = signing_key("root")
THIEF = signing_key("thief")
PASS_KID, STATUS_KID, STATION_KID = 258, 300, 301


def pass_claims(**changes: Any) -> Claims:
    """Return the claims of a resident's phone pass that fits the DENSE carrier."""
    claims = Claims(PASS_KID, 0, 0, NOW, NOW + 24 * HOUR, 3, 777_777, "王*明", "123X")
    return claims._replace(**changes)


def site_claims(**changes: Any) -> Claims:
    """Return the claims of a visitor pass: zone 7, 8 to 18 o'clock, two people."""
    return pass_claims(kind=4, site=Site(NOW + 600, 7, 8, 18, 2))._replace(**changes)


X0 = bytes(range(16))


def rotating_claims(**changes: Any) -> Claims:
    """Return the claims of a rotating pass whose chain begins at X0."""
    claims = pass_claims(anchor=bytes(16))._replace(**changes)
    salt = salt_of(claims.kid, claims.list_number, claims.entry, claims.iat)
    anchor = climb(salt, X0, 0, slots_of(claims.iat, claims.exp))
    return claims._replace(anchor=anchor)


def trusted_key(key: SigningKey = PASS_KEY, **changes: Any) -> TrustedKey:
    """Return the trust list's entry for `key`: a live pass key of our issuer unless told."""
    fields: dict[str, Any] = {
        "kid": PASS_KID,
        "public_key": key.public_key,
        "issuer": ISSUER,
        "purpose": Purpose.PASS,
        "not_before": 0,
        "not_after": FOREVER,
        "state": KeyState.LIVE,
    }
    return TrustedKey(**fields | changes)


def issuer_entry(**changes: Any) -> IssuerEntry:
    """Return our issuer: epoch 1, numbers 256 to 511, no status map."""
    fields: dict[str, Any] = {
        "epoch": 1,
        "kid_ranges": ((256, 511),),
        "status_map": None,
        "name_zh": "杭州",
        "name_en": "Hangzhou",
    }
    return IssuerEntry(**fields | changes)


def trust_list(*keys: TrustedKey, version: int = 1, **issuers: IssuerEntry) -> TrustList:
    """Return a trust list of `keys`, by default one key of each purpose."""
    usual = (
        trusted_key(),
        trusted_key(STATUS_KEY, kid=STATUS_KID, purpose=Purpose.STATUS),
        trusted_key(STATION_KEY, kid=STATION_KID, purpose=Purpose.STATION),
    )
    return TrustList(
        version=version, issuers={ISSUER: issuer_entry(), **issuers}, keys=keys or usual
    )


def keyring(*keys: TrustedKey) -> Keyring:
    """Return the keyring of `keys`, by default of the usual trust list."""
    return keyring_of(trust_list(*keys))


def only(*public_keys: bytes) -> Callable[[bytes], tuple[bytes, ...]]:
    """Return a `keys_of` that trusts these keys under every number."""
    return lambda _: public_keys


def manifest(**changes: Any) -> Manifest:
    """Return the first manifest of a universe of one list."""
    fields: dict[str, Any] = {
        "version": 1,
        "epoch": 1,
        "n": 1 << 20,
        "state": bytes(range(32)),
        "previous": NO_PREVIOUS,
        "packs": ((0, 500),),
        "iat": NOW,
        "exp": NOW + HOUR,
    }
    return Manifest(**fields | changes)


def certificate(**changes: Any) -> StationCertificate:
    """Return the certificate of a station at the west gate."""
    fields: dict[str, Any] = {
        "issuer": ISSUER,
        "station": "st-1",
        "checkpoint": "west gate",
        "zone": 7,
        "public_key": BOX_KEY.public_key,
        "iat": NOW,
        "exp": NOW + 365 * 24 * HOUR,
    }
    return StationCertificate(**fields | changes)


def passage(number: int = 1, **changes: Any) -> Passage:
    """Return one passage, different for every number."""
    fields: dict[str, Any] = {
        "passage_id": hashlib.sha256(b"passage %d" % number).digest()[:16],
        "seen_at_ms": NOW * 1000 + number,
        "clock": ClockGrade.CONFIRMED,
        "verdict": Verdict.ADMIT,
        "reason": "green",
        "direction": Direction.ENTRY,
        "tag": None,
        "trace_digest": None,
        "body": b"\xa0",
    }
    return Passage(**fields | changes)


def rows(count: int = 3, station: str = "st-1") -> list[PassageRow]:
    """Return the first `count` rows of a station's chain."""
    previous, out = FIRST_HASH, []
    for sequence in range(1, count + 1):
        one = passage(sequence)
        previous = row_hash(station, sequence, previous, one)
        out.append(PassageRow(sequence=sequence, passage=one, hash=previous))
    return out


def batch_bytes(
    encoded: list[bytes] | None = None, key: SigningKey = BOX_KEY, **more: Any
) -> bytes:
    """Return a signed batch of three rows, or of these encoded ones."""
    fields: dict[str, Any] = {
        "station": "st-1",
        "chain": bytes(16),
        "previous_hash": FIRST_HASH,
        "first_sequence": 1,
        "rows": [encode_row(row) for row in rows()] if encoded is None else encoded,
        "sent_at": NOW,
    }
    return seal_batch(key, **fields | more)


def receipt(**changes: Any) -> Receipt:
    """Return a receipt for two rows stored, one set aside and one unreadable."""
    fields: dict[str, Any] = {
        "station": "st-1",
        "batch_hash": hashlib.sha256(b"batch").digest(),
        "stored": (bytes(16), bytes(range(16))),
        "set_aside": (
            SetAside(sequence=3, passage_id=b"i" * 16, code="conflict"),
            SetAside(sequence=4, passage_id=None, code="malformed_row"),
        ),
        "received_at": NOW,
    }
    return Receipt(**fields | changes)


def enrol_code(root: bytes = b"the root") -> EnrolCode:
    """Return an enrolment code that pins `root`."""
    return EnrolCode(secret=b"s" * 16, root_pin=hashlib.sha256(root).digest())


def universe(entries: int, not_green: float, seed: int = 1) -> Packed:
    """Return a packed array: `not_green` of all entries are 1, 2 or 3, equally often."""
    random = np.random.default_rng(seed)
    values = np.where(random.random(entries) < not_green, random.integers(1, 4, entries), 0).astype(
        np.uint8
    )
    return packed_of(values)


def packed_of(values: Packed) -> Packed:
    """Return statuses (one a byte) packed four to a byte."""
    fours = values.reshape(-1, 4)
    packed: Packed = np.bitwise_or.reduce(fours << np.arange(0, 8, 2, dtype=np.uint8), axis=1)
    return packed


def values_of(packed: Packed) -> Packed:
    """Return the statuses of a packed array, one a byte."""
    return (packed[:, None] >> np.arange(0, 8, 2, dtype=np.uint8) & 3).ravel().astype(np.uint8)


# --- drawn cases

_CHINESE = st.sampled_from("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马啊齄")
DENSE_NAMES = st.one_of(
    st.text(st.sampled_from(BASE45_ALPHABET), max_size=7).map(lambda name: name.rstrip(" ")),
    st.tuples(st.text(st.sampled_from("*王啊齄"), max_size=2), _CHINESE).map("".join),
)
FULL_NAMES = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=64)
ID_TAILS = st.from_regex(r"\A(?:[0-9]{3}[0-9X])?\Z")
STATUSES = st.sampled_from((0, 2, 3))


@st.composite
def dense_claims(draw: st.DrawFn, profile: int | None = None) -> Claims:
    """Draw claims that fit the DENSE carrier of `profile` (any, unless told)."""
    profile = profile or draw(st.integers(1, 3))
    iat = EPOCH + 60 * draw(st.integers(0, (1 << 24) - 1))
    life = draw(st.integers(1, 168 if profile == 3 else 16383))
    claims = Claims(
        draw(st.integers(0, 65535)),
        draw(st.integers(0, 5)),
        draw(STATUSES),
        iat,
        iat + life * HOUR,
        draw(st.integers(0, 4095)),
        draw(st.integers(0, (1 << 20) - 1)),
        draw(DENSE_NAMES),
        draw(ID_TAILS),
    )
    if profile == 2:
        starts = iat + 60 * draw(st.integers(0, (1 << 20) - 1))
        return claims._replace(site=draw(sites(st.just(starts))))
    return claims._replace(
        anchor=draw(st.binary(min_size=16, max_size=16)) if profile == 3 else None
    )


@st.composite
def sites(draw: st.DrawFn, starts: st.SearchStrategy[int]) -> Site:
    """Draw a site claim."""
    hours = st.tuples(st.integers(0, 24), st.integers(0, 24))
    day_from, day_to = draw(hours.filter(lambda day: day[0] != day[1] or day[0] == 0))
    return Site(
        draw(starts), draw(st.integers(0, 65535)), day_from, day_to, draw(st.integers(1, 16))
    )


@st.composite
def full_claims(draw: st.DrawFn) -> Claims:
    """Draw claims of profile 1 or 2 that the FULL carrier takes."""
    seconds = st.integers(0, (1 << 32) - 1)
    iat, exp = sorted(draw(st.lists(seconds, min_size=2, max_size=2, unique=True)))
    return Claims(
        draw(st.integers(0, 65535)),
        draw(st.integers(0, 5)),
        draw(STATUSES),
        iat,
        exp,
        draw(st.integers(0, 4095)),
        draw(st.integers(0, (1 << 20) - 1)),
        draw(FULL_NAMES),
        draw(ID_TAILS),
        draw(st.none() | sites(seconds)),
    )
