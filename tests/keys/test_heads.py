"""Heads and records: what a station says of its own log stands under its key and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.batches import station_kid
from keys.encoding import cbor_encode
from keys.envelope import seal_envelope
from keys.errors import UntrustedData
from keys.heads import (
    HEAD_TYP,
    RECORD_TYP,
    Head,
    LogRecord,
    Taken,
    check_head_signature,
    left_of,
    open_head,
    open_record,
    row_signer,
    seal_head,
    seal_record,
)
from tests.keys.makers import BOX_KEY, NOW, THIEF, rows

HEAD = Head(station="st-1", chain=bytes(16), sequence=7, hash=b"h" * 32, signed_at=NOW)
RECORD = LogRecord(
    kind=Taken.EMPTIED,
    station="st-1",
    chain=bytes(16),
    first=3,
    last=9,
    hash_before=b"b" * 32,
    hash_last=b"l" * 32,
    digest=b"d" * 32,
    made_at=NOW,
    why="retention",
)
PUBLIC = BOX_KEY.public_key


def code_of(ask: Callable[[], object]) -> str:
    with pytest.raises(UntrustedData) as caught:
        ask()
    return caught.value.code


def signed(typ: str, value: Any) -> bytes:
    kid = station_kid(PUBLIC)
    return seal_envelope(BOX_KEY, kid=kid, typ=typ, payload=cbor_encode(value))


def test_a_head_and_a_record_come_back_from_their_seal() -> None:
    assert open_head(seal_head(BOX_KEY, HEAD), PUBLIC) == HEAD
    for kind in Taken:
        record = replace(RECORD, kind=kind)
        assert open_record(seal_record(BOX_KEY, record), PUBLIC) == record


def test_neither_stands_under_another_key_or_for_the_other() -> None:
    assert code_of(lambda: open_head(seal_head(THIEF, HEAD), PUBLIC)) == "bad_signature"
    assert code_of(lambda: open_record(seal_record(THIEF, RECORD), PUBLIC)) == "bad_signature"
    assert code_of(lambda: open_head(seal_record(BOX_KEY, RECORD), PUBLIC)) == "wrong_type"
    assert code_of(lambda: open_record(seal_head(BOX_KEY, HEAD), PUBLIC)) == "wrong_type"


def test_the_signature_of_a_row_stands_under_the_head_that_it_makes() -> None:
    signature = row_signer(BOX_KEY, "st-1", bytes(16))(7, b"h" * 32, NOW)

    assert len(signature) == 64
    check_head_signature(PUBLIC, HEAD, signature)
    for bent in (
        replace(HEAD, station="st-2"),
        replace(HEAD, chain=b"c" * 16),
        replace(HEAD, sequence=8),
        replace(HEAD, hash=b"i" * 32),
        replace(HEAD, signed_at=NOW + 1),
    ):
        assert code_of(lambda bent=bent: check_head_signature(PUBLIC, bent, signature)) == (  # type: ignore[misc]
            "bad_signature"
        )
    assert code_of(lambda: check_head_signature(PUBLIC, HEAD, bytes(63))) == "malformed_envelope"


@pytest.mark.parametrize(
    "value",
    [
        {1: 2},
        ["st-1", bytes(16), 7, b"h" * 32],
        ["", bytes(16), 7, b"h" * 32, NOW],
        ["st-1", bytes(15), 7, b"h" * 32, NOW],
        ["st-1", bytes(16), 0, b"h" * 32, NOW],
        ["st-1", bytes(16), "7", b"h" * 32, NOW],
        ["st-1", bytes(16), 7, b"h" * 31, NOW],
        ["st-1", bytes(16), 7, b"h" * 32, -1],
    ],
)
def test_a_head_of_another_shape_is_refused(value: object) -> None:
    assert code_of(lambda: open_head(signed(HEAD_TYP, value), PUBLIC)) == "malformed_head"


@pytest.mark.parametrize(
    "bend",
    [
        {"kind": "forgotten"},
        {"kind": 1},
        {"kind": []},
        {"station": ""},
        {"chain": bytes(15)},
        {"first": 0},
        {"first": 10},
        {"last": None},
        {"hash_before": bytes(31)},
        {"hash_last": None},
        {"digest": b""},
        {"made_at": -1},
        {"why": "w" * 65},
    ],
)
def test_a_record_of_another_shape_is_refused(bend: dict[str, Any]) -> None:
    values = {field.name: getattr(RECORD, field.name) for field in fields(RECORD)}
    bent = list((values | {"kind": "emptied"} | bend).values())

    assert code_of(lambda: open_record(signed(RECORD_TYP, bent), PUBLIC)) == "malformed_record"
    assert code_of(lambda: open_record(signed(RECORD_TYP, bent[1:]), PUBLIC)) == "malformed_record"


@given(raw=st.binary(max_size=700))
def test_whatever_bytes_come_they_are_refused(raw: bytes) -> None:
    for opened in (open_head, open_record):
        code_of(lambda opened=opened: opened(raw, PUBLIC))  # type: ignore[misc]


def test_what_is_left_of_an_emptied_row_names_all_but_body_and_tag() -> None:
    row = rows(1)[0]
    passage = row.passage
    left = left_of(Taken.EMPTIED, row, b"x" * 32)

    emptied = replace(row, passage=replace(passage, body=b"", tag=None))
    assert left == left_of(Taken.EMPTIED, emptied, b"x" * 32)
    for bent in (
        replace(row, sequence=2),
        replace(row, hash=bytes(32)),
        replace(row, passage=replace(passage, seen_at_ms=passage.seen_at_ms + 1)),
        replace(row, passage=replace(passage, passage_id=b"i" * 16)),
        replace(row, passage=replace(passage, reason="red")),
    ):
        assert left_of(Taken.EMPTIED, bent, b"x" * 32) != left
    assert left_of(Taken.EMPTIED, row, b"y" * 32) != left


def test_what_is_left_of_a_row_sealed_in_place_names_its_new_body() -> None:
    row = rows(1)[0]
    left = left_of(Taken.SEALED, row, b"x" * 32)

    assert (
        left_of(Taken.SEALED, replace(row, passage=replace(row.passage, body=b"")), b"x" * 32)
        != left
    )
    assert left_of(Taken.SEALED, row, b"y" * 32) != left
