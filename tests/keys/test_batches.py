"""Batches and receipts: one bad row never costs the others, and only a signed receipt delivers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.batches import (
    BATCH_MAX_BYTES,
    BATCH_MAX_ROWS,
    BATCH_TYP,
    RECEIPT_MAX_BYTES,
    RECEIPT_TYP,
    Receipt,
    SetAside,
    batch_kid,
    open_batch,
    open_receipt,
    seal_receipt,
    station_kid,
)
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import open_envelope, seal_envelope
from keys.errors import UntrustedData
from keys.passages import encode_row
from tests.keys.makers import (
    BOX_KEY,
    NOW,
    STATION_KEY,
    THIEF,
    batch_bytes,
    only,
    receipt,
    rows,
)

KID = station_kid(BOX_KEY.public_key)
BATCH = batch_bytes()
RECEIPT = seal_receipt(STATION_KEY, b"\x01\x2d", receipt())


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(UntrustedData) as caught:
        call()
    return caught.value.code


def test_a_batch_comes_back() -> None:
    batch = open_batch(BATCH, BOX_KEY.public_key)
    assert (batch.station, batch.chain, batch.first_sequence) == ("st-1", bytes(16), 1)
    assert (batch.previous_hash, batch.sent_at) == (bytes(32), NOW)
    assert (list(batch.rows), batch.set_aside) == (rows(), ())


def test_a_station_s_key_is_found_by_the_digest_of_its_public_key() -> None:
    assert batch_kid(BATCH) == KID == hashlib.sha256(BOX_KEY.public_key).digest()[:8]


def test_a_full_batch_is_taken_and_one_row_more_is_not() -> None:
    row = encode_row(rows(1)[0])
    full = batch_bytes([row] * BATCH_MAX_ROWS)
    assert len(open_batch(full, BOX_KEY.public_key).rows) == BATCH_MAX_ROWS
    over = batch_bytes([row] * (BATCH_MAX_ROWS + 1))
    assert refusal(lambda: open_batch(over, BOX_KEY.public_key)) == "malformed_batch"


def test_a_row_that_cannot_be_read_is_set_aside_and_the_others_stand() -> None:
    good = [encode_row(row) for row in rows()]
    raw = batch_bytes([good[0], b"junk", good[2], b""], first_sequence=5)
    batch = open_batch(raw, BOX_KEY.public_key)
    assert batch.rows == (rows()[0], rows()[2])
    assert batch.set_aside == (
        SetAside(sequence=6, passage_id=None, code="malformed_row"),
        SetAside(sequence=8, passage_id=None, code="malformed_row"),
    )


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=5))
def test_no_row_however_it_looks_costs_the_batch(encoded: list[bytes]) -> None:
    batch = open_batch(batch_bytes(encoded), BOX_KEY.public_key)
    assert len(batch.rows) + len(batch.set_aside) == len(encoded)


@given(st.integers(0, 8 * len(BATCH) - 1))
def test_any_flipped_bit_of_a_batch_is_refused(bit: int) -> None:
    raw = bytearray(BATCH)
    raw[bit // 8] ^= 1 << bit % 8
    code = refusal(lambda: open_batch(bytes(raw), BOX_KEY.public_key))
    assert code in {"malformed_envelope", "wrong_type", "bad_signature"}


@given(st.integers(0, 8 * len(RECEIPT) - 1))
def test_any_flipped_bit_of_a_receipt_is_refused(bit: int) -> None:
    raw = bytearray(RECEIPT)
    raw[bit // 8] ^= 1 << bit % 8
    code = refusal(lambda: open_receipt(bytes(raw), only(STATION_KEY.public_key)))
    assert code in {"malformed_envelope", "wrong_type", "bad_signature"}


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    refusal(lambda: open_batch(raw, BOX_KEY.public_key))
    refusal(lambda: open_receipt(raw, only(STATION_KEY.public_key)))
    refusal(lambda: batch_kid(raw))
    assert refusal(lambda: open_batch(signed_batch(raw), BOX_KEY.public_key)) == "malformed_batch"
    assert refusal(lambda: opened(signed_receipt(raw))) == "malformed_receipt"


def signed_batch(payload: bytes) -> bytes:
    return seal_envelope(BOX_KEY, kid=KID, typ=BATCH_TYP, payload=payload)


def signed_receipt(payload: bytes) -> bytes:
    return seal_envelope(STATION_KEY, kid=b"\x01\x2d", typ=RECEIPT_TYP, payload=payload)


def opened(raw: bytes) -> Receipt:
    return open_receipt(raw, only(STATION_KEY.public_key))


def test_a_batch_of_another_key_typ_or_size_is_refused() -> None:
    assert refusal(lambda: open_batch(BATCH, THIEF.public_key)) == "bad_signature"
    assert refusal(lambda: open_batch(RECEIPT, STATION_KEY.public_key)) == "wrong_type"
    assert refusal(lambda: batch_kid(RECEIPT)) == "wrong_type"
    too_large = bytes(BATCH_MAX_BYTES + 1)
    assert refusal(lambda: batch_kid(too_large)) == "too_large"
    assert refusal(lambda: open_batch(too_large, BOX_KEY.public_key)) == "too_large"


ROW = encode_row(rows(1)[0])
BATCH_FIELDS: list[Any] = ["st-1", bytes(16), 1, bytes(32), [ROW], NOW]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, ""),
        (0, "x" * 65),
        (0, b"st-1"),
        (1, bytes(15)),
        (1, "chain"),
        (2, 0),
        (2, "1"),
        (3, bytes(31)),
        (3, None),
        (4, []),
        (4, None),
        (4, {0: ROW}),
        (4, [ROW, "text"]),
        (4, [[1]]),
        (5, -1),
        (5, None),
    ],
    ids=str,
)
def test_a_batch_of_another_shape_is_refused_though_signed(place: int, value: Any) -> None:
    open_batch(signed_batch(cbor_encode(BATCH_FIELDS)), BOX_KEY.public_key)
    fields = [*BATCH_FIELDS[:place], value, *BATCH_FIELDS[place + 1 :]]
    raw = signed_batch(cbor_encode(fields))
    assert refusal(lambda: open_batch(raw, BOX_KEY.public_key)) == "malformed_batch"


@pytest.mark.parametrize("fields", [{}, [], BATCH_FIELDS[:5], [*BATCH_FIELDS, 0]], ids=len)
def test_a_batch_of_other_fields_is_refused_though_signed(fields: Any) -> None:
    raw = signed_batch(cbor_encode(fields))
    assert refusal(lambda: open_batch(raw, BOX_KEY.public_key)) == "malformed_batch"


# --- receipts

RECEIPTS = st.builds(
    Receipt,
    station=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64),
    batch_hash=st.binary(min_size=32, max_size=32),
    stored=st.lists(st.binary(min_size=16, max_size=16), max_size=5).map(tuple),
    set_aside=st.lists(
        st.builds(
            SetAside,
            sequence=st.integers(0, 1 << 50),
            passage_id=st.none() | st.binary(min_size=16, max_size=16),
            code=st.sampled_from(["malformed_row", "conflict", "fork"]),
        ),
        max_size=3,
    ).map(tuple),
    received_at=st.integers(0, 1 << 40),
)


@given(RECEIPTS)
def test_a_receipt_comes_back(sent: Receipt) -> None:
    assert opened(seal_receipt(STATION_KEY, b"\x01\x2d", sent)) == sent


@pytest.mark.parametrize(
    "page", [b"", b"OK", b"<html>Please sign in to the network</html>", b'{"status": "ok"}']
)
def test_a_captive_portal_s_page_is_no_receipt(page: bytes) -> None:
    assert refusal(lambda: opened(page)) == "malformed_envelope"


def test_a_receipt_of_another_key_typ_or_size_is_refused() -> None:
    assert refusal(lambda: open_receipt(RECEIPT, only())) == "unknown_key"
    assert refusal(lambda: open_receipt(RECEIPT, only(BOX_KEY.public_key))) == "bad_signature"
    assert refusal(lambda: open_receipt(BATCH, only(BOX_KEY.public_key))) == "wrong_type"
    assert refusal(lambda: opened(bytes(RECEIPT_MAX_BYTES + 1))) == "too_large"


RECEIPT_FIELDS: list[Any] = ["st-1", bytes(32), [bytes(16)], [[3, None, "fork"]], NOW]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, ""),
        (0, 1),
        (1, bytes(31)),
        (2, None),
        (2, [bytes(15)]),
        (2, ["id"]),
        (3, None),
        (3, {}),
        (3, [3]),
        (3, [[3, None]]),
        (3, [[-1, None, "fork"]]),
        (3, [[3, bytes(15), "fork"]]),
        (3, [[3, None, ""]]),
        (3, [[3, None, 7]]),
        (4, -1),
        (4, "now"),
    ],
    ids=str,
)
def test_a_receipt_of_another_shape_is_refused_though_signed(place: int, value: Any) -> None:
    opened(signed_receipt(cbor_encode(RECEIPT_FIELDS)))
    fields = [*RECEIPT_FIELDS[:place], value, *RECEIPT_FIELDS[place + 1 :]]
    assert refusal(lambda: opened(signed_receipt(cbor_encode(fields)))) == "malformed_receipt"


@pytest.mark.parametrize("fields", [{}, RECEIPT_FIELDS[:4], [*RECEIPT_FIELDS, 0]], ids=len)
def test_a_receipt_of_other_fields_is_refused_though_signed(fields: Any) -> None:
    assert refusal(lambda: opened(signed_receipt(cbor_encode(fields)))) == "malformed_receipt"


def test_what_is_signed_is_the_array_of_the_page() -> None:
    payload, _ = open_envelope(
        RECEIPT, typ=RECEIPT_TYP, max_bytes=1000, keys_of=only(STATION_KEY.public_key)
    )
    assert cbor_decode(payload, max_bytes=1000) == [
        "st-1",
        receipt().batch_hash,
        [bytes(16), bytes(range(16))],
        [[3, b"i" * 16, "conflict"], [4, None, "malformed_row"]],
        NOW,
    ]
