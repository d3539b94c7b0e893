"""Rows of the log: their one form, the chain of hashes, and the body beside them."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.bodies import PassageBody, decode_body, encode_body
from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes
from keys.passages import (
    FIRST_HASH,
    ClockGrade,
    Direction,
    Passage,
    PassageRow,
    PassIdentity,
    Reason,
    Verdict,
    decode_row,
    encode_row,
    row_hash,
)
from tests.keys.makers import passage, rows

REASONS = st.sampled_from(Reason).map(str) | st.from_regex(r"\A[a-z][a-z0-9_]{0,39}\Z")


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    return Passage(
        passage_id=draw(st.binary(min_size=16, max_size=16)),
        seen_at_ms=draw(st.integers(0, (1 << 53) - 1)),
        clock=draw(st.sampled_from(ClockGrade)),
        verdict=draw(st.sampled_from(Verdict)),
        reason=draw(REASONS),
        direction=draw(st.sampled_from(Direction)),
        tag=draw(st.none() | st.binary(min_size=16, max_size=16)),
        trace_digest=draw(st.none() | st.binary(min_size=32, max_size=32)),
        body=draw(st.binary(max_size=200)),
    )


@given(passages(), st.integers(1, (1 << 53) - 1), st.binary(min_size=32, max_size=32))
def test_a_row_comes_back(one: Passage, sequence: int, chain_hash: bytes) -> None:
    row = PassageRow(sequence=sequence, passage=one, hash=chain_hash)
    assert decode_row(encode_row(row)) == row


def test_a_reason_of_this_version_comes_back_as_itself_and_a_newer_one_as_its_word() -> None:
    row = rows(1)[0]
    assert decode_row(encode_row(row)).passage.reason is Reason.GREEN
    newer = PassageRow(sequence=1, passage=passage(reason="seen_on_mars"), hash=bytes(32))
    assert decode_row(encode_row(newer)).passage.reason == "seen_on_mars"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_row_of_one_form_or_malformed(raw: bytes) -> None:
    with suppress(MalformedBytes):
        assert encode_row(decode_row(raw)) == raw
    with suppress(MalformedBytes):
        assert cbor_encode(cbor_decode(raw, max_bytes=300)) == raw
        decode_body(raw)


@given(st.data())
def test_a_bent_row_is_malformed_or_the_one_form_of_another(data: st.DataObject) -> None:
    raw = bytearray(encode_row(rows(1)[0]))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(MalformedBytes):
        assert encode_row(decode_row(bytes(raw))) == bytes(raw)


def bent(place: int, value: Any) -> bytes:
    fields = cbor_decode(encode_row(rows(1)[0]), max_bytes=4096)
    fields[place] = value
    return cbor_encode(fields)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x80",
        b"\xa0",
        cbor_encode([1] * 10),
        cbor_encode([1] * 12),
        bent(0, 0),
        bent(0, -1),
        bent(0, 1 << 53),
        bent(0, "1"),
        bent(1, bytes(15)),
        bent(1, "id"),
        bent(2, -1),
        bent(2, None),
        bent(3, "sure"),
        bent(3, 1),
        bent(3, []),
        bent(4, "open"),
        bent(4, None),
        bent(5, ""),
        bent(5, "Green"),
        bent(5, "x" * 41),
        bent(5, "green\n"),
        bent(5, 5),
        bent(6, "sideways"),
        bent(7, bytes(15)),
        bent(7, "tag"),
        bent(8, bytes(31)),
        bent(8, 0),
        bent(9, None),
        bent(9, "body"),
        bent(10, bytes(31)),
        bent(10, None),
    ],
    ids=lambda raw: raw.hex()[-16:],
)
def test_a_row_of_another_shape_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedBytes):
        decode_row(raw)


def test_a_row_is_bounded_when_written_and_when_read() -> None:
    fits = PassageRow(sequence=1, passage=passage(body=bytes(3900)), hash=bytes(32))
    assert decode_row(encode_row(fits)) == fits
    with pytest.raises(MalformedBytes):
        encode_row(PassageRow(sequence=1, passage=passage(body=bytes(4096)), hash=bytes(32)))
    with pytest.raises(MalformedBytes):
        decode_row(bent(9, bytes(4096)))


@pytest.mark.parametrize(
    "changes",
    [
        {"passage_id": bytes(16)},
        {"seen_at_ms": 1},
        {"clock": ClockGrade.ROLLED_BACK},
        {"verdict": Verdict.REFUSE},
        {"reason": "red"},
        {"direction": Direction.EXIT},
        {"tag": bytes(16)},
        {"trace_digest": bytes(32)},
        {"body": b"\xa1"},
    ],
)
def test_the_hash_covers_every_field(changes: dict[str, Any]) -> None:
    before = row_hash("st-1", 1, FIRST_HASH, passage())
    assert row_hash("st-1", 1, FIRST_HASH, passage(**changes)) != before


def test_the_hash_covers_the_station_the_place_and_the_row_before() -> None:
    hashes = {
        row_hash("st-1", 1, FIRST_HASH, passage()),
        row_hash("st-2", 1, FIRST_HASH, passage()),
        row_hash("st-1", 2, FIRST_HASH, passage()),
        row_hash("st-1", 1, bytes([1]) * 32, passage()),
    }
    assert len(hashes) == 4


def test_the_hash_needs_the_body_s_digest_alone_so_bodies_can_be_deleted() -> None:
    one = passage(body=b"sealed")
    fields = [
        *("kakou-passage-1", "st-1", 1, FIRST_HASH, one.passage_id, one.seen_at_ms),
        *("confirmed", "admit", "green", "entry", None, None),
        hashlib.sha256(b"sealed").digest(),
    ]
    assert row_hash("st-1", 1, FIRST_HASH, one) == hashlib.sha256(cbor_encode(fields)).digest()


def test_an_identity_reads_as_issuer_list_and_index() -> None:
    assert str(PassIdentity("hangzhou", 3, 7)) == "hangzhou/3/7"
    assert PassIdentity("a", 1, 2) < PassIdentity("a", 1, 3)


# --- bodies

IDENTITIES = st.builds(
    PassIdentity,
    st.text(st.sampled_from("abc09-"), min_size=1, max_size=32),
    st.integers(0, 4095),
    st.integers(0, (1 << 20) - 1),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=64)


@given(
    st.builds(
        PassageBody,
        identity=st.none() | IDENTITIES,
        name=TEXTS,
        id_tail=TEXTS,
        carrier=TEXTS,
        about=st.none() | st.binary(min_size=16, max_size=16),
        operator=TEXTS,
        temperatures=st.lists(st.integers(0, 999), max_size=8).map(tuple),
        note=TEXTS,
        cause=TEXTS,
        papers_seen=st.booleans(),
        party=st.integers(1, 255),
        salt=st.none() | st.binary(min_size=16, max_size=16),
    )
)
def test_a_body_comes_back(body: PassageBody) -> None:
    read = decode_body(encode_body(body))

    assert read == body
    assert read.salt == body.salt  # not part of what a body says


def test_an_empty_body_is_one_byte_and_a_newer_member_is_skipped() -> None:
    assert encode_body(PassageBody()) == b"\xa0"
    assert decode_body(cbor_encode({5: "dense", 15: "weather"})) == PassageBody(carrier="dense")


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"name": "x"},
        {-1: "x"},
        dict.fromkeys(range(15, 80), 0),
        {7: bytes(15)},
        {7: "id"},
        {8: 1},
        {9: [365] * 9},
        {9: [1000]},
        {9: [-1]},
        {9: 365},
        {10: "x" * 201},
        {12: 2},
        {12: "yes"},
        {13: 0},
        {13: 256},
        {14: bytes(15)},
        {14: "salt"},
        {4: 1},
        {4: "x" * 65},
        {1: "hangzhou"},
        {2: 3},
        {3: 3},
        {1: "hangzhou", 2: 3},
        {1: "Hangzhou", 2: 3, 3: 7},
        {1: "hangzhou", 2: 4096, 3: 7},
        {1: "hangzhou", 2: 3, 3: 1 << 20},
        {1: "hangzhou", 2: "3", 3: 7},
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_body_of_another_shape_is_malformed(value: Any) -> None:
    with pytest.raises(MalformedBytes):
        decode_body(cbor_encode(value))
