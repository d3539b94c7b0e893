"""The Token Status List of one list: what stands, what is refused, what is never inflated."""

from __future__ import annotations

import tracemalloc
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.encoding import cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.statuslist import (
    LIST_BYTES,
    STATUS_LIST_MAX_BYTES,
    STATUS_LIST_TYP,
    bounded_inflate,
    open_status_list,
    seal_status_list,
)
from tests.keys.makers import NOW, PASS_KEY, STATUS_KEY, STATUS_KID, only, universe

PACKED = universe(1 << 20, 0.01).tobytes()
END = NOW + 3600
SEALED = seal_status_list(
    STATUS_KEY, STATUS_KID, list_number=3, packed=PACKED, iat=NOW, exp=END, ttl=300
)
LST = zlib.compress(PACKED)


def refusal(raw: bytes, number: int = 3, now: int | None = NOW) -> str:
    with pytest.raises(UntrustedData) as caught:
        open_status_list(raw, list_number=number, now=now, keys_of=only(STATUS_KEY.public_key))
    return caught.value.code


def signed(**changes: Any) -> bytes:
    value: dict[Any, Any] = {
        2: "s:3",
        4: END,
        6: NOW,
        65533: {"bits": 2, "lst": LST},
        65534: 300,
    }
    for name, change in changes.items():
        value[int(name.removeprefix("_"))] = change
    value = {claim: member for claim, member in value.items() if member is not None}
    return seal_envelope(
        STATUS_KEY, kid=b"\x01\x2c", typ=STATUS_LIST_TYP, payload=cbor_encode(value)
    )


def test_a_list_comes_back() -> None:
    held = open_status_list(SEALED, list_number=3, now=END - 1, keys_of=only(STATUS_KEY.public_key))
    assert (held.packed, held.list_number) == (PACKED, 3)
    assert (held.iat, held.exp, held.ttl) == (NOW, END, 300)


def test_a_list_is_packed_at_the_strongest_setting() -> None:
    assert len(SEALED) < len(zlib.compress(PACKED, 9))


def test_a_list_ends_but_is_loaded_without_a_time() -> None:
    assert refusal(SEALED, now=END) == "expired_status_list"
    open_status_list(SEALED, list_number=3, now=None, keys_of=only(STATUS_KEY.public_key))


def test_a_list_of_another_number_does_not_stand_for_this_one() -> None:
    assert refusal(SEALED, number=4) == "malformed_status_list"
    assert refusal(SEALED, number=-1) == "malformed_status_list"
    assert refusal(signed(_2="s:4096"), number=4096) == "malformed_status_list"


def test_a_list_of_another_key_or_typ_is_refused() -> None:
    assert (
        refusal(
            seal_status_list(
                PASS_KEY, STATUS_KID, list_number=3, packed=PACKED, iat=NOW, exp=END, ttl=300
            )
        )
        == "bad_signature"
    )
    payload, _ = open_envelope(
        SEALED, typ=STATUS_LIST_TYP, max_bytes=1 << 20, keys_of=only(STATUS_KEY.public_key)
    )
    for typ in (None, "application/kakou-manifest+cwt", "application/statuslist+jwt"):
        other = seal_envelope(STATUS_KEY, kid=b"\x01\x2c", typ=typ, payload=payload)
        assert refusal(other) == "wrong_type"


def test_a_list_over_its_bound_is_refused_unread() -> None:
    assert refusal(bytes(STATUS_LIST_MAX_BYTES + 1)) == "too_large"


@pytest.mark.parametrize(
    "changes",
    [
        {"_2": None},
        {"_2": "s:03"},
        {"_2": "https://example.org/3"},
        {"_4": None},
        {"_4": -1},
        {"_4": 1 << 32},
        {"_4": "soon"},
        {"_6": None},
        {"_65534": None},
        {"_65534": []},
        {"_7": b"id"},
        {"_65533": LST},
        {"_65533": {"bits": 2}},
        {"_65533": {"bits": 2, "lst": "text"}},
        {"_65533": {"bits": 2, "lst": LST, "aggregation_uri": "s:x"}},
        {"_65533": {"bits": 1, "lst": zlib.compress(bytes(LIST_BYTES))}},
        {"_65533": {"bits": 4, "lst": zlib.compress(bytes(LIST_BYTES))}},
        {"_65533": {"bits": "2", "lst": LST}},
        {"_65533": {"bits": 2, "lst": b""}},
        {"_65533": {"bits": 2, "lst": LST[:-1]}},
        {"_65533": {"bits": 2, "lst": LST + b"\x00"}},
        {"_65533": {"bits": 2, "lst": LST[:-1] + bytes([LST[-1] ^ 1])}},
        {"_65533": {"bits": 2, "lst": PACKED}},
        {"_65533": {"bits": 2, "lst": zlib.compress(PACKED[:-1])}},
        {"_65533": {"bits": 2, "lst": zlib.compress(PACKED + b"\x00")}},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_list_of_another_shape_or_size_is_refused_though_signed(changes: dict[str, Any]) -> None:
    open_status_list(signed(), list_number=3, now=NOW, keys_of=only(STATUS_KEY.public_key))
    assert refusal(signed(**changes)) == "malformed_status_list"


def test_a_payload_that_is_no_map_is_refused_though_signed() -> None:
    for payload in (b"", b"\x80", b"\xff", cbor_encode([2, 4, 6])):
        raw = seal_envelope(STATUS_KEY, kid=b"\x01\x2c", typ=STATUS_LIST_TYP, payload=payload)
        assert refusal(raw) == "malformed_status_list"


def test_a_bomb_is_not_inflated_beyond_the_size_of_a_list() -> None:
    bomb = zlib.compress(bytes(200 << 20), 9)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedBytes):
            bounded_inflate(bomb, LIST_BYTES)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * LIST_BYTES


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 40))
def test_inflating_gives_exactly_the_size_asked_for_or_nothing(raw: bytes, size: int) -> None:
    with suppress(MalformedBytes):
        assert len(bounded_inflate(raw, size)) == size
    with suppress(MalformedBytes):
        assert bounded_inflate(zlib.compress(raw), size) == raw


@settings(max_examples=40)
@given(st.integers(0, 8 * 4000 - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(SEALED)
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(bytes(raw)) in {"malformed_envelope", "wrong_type", "bad_signature"}
