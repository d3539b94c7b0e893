"""Sealed bodies: only the named passage key opens them, and nothing of them shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_encode
from keys.errors import UntrustedData
from keys.sealing import (
    BLOCK_BYTES,
    PassageKey,
    decode_passage_key,
    encode_passage_key,
    finish_seal,
    is_sealed,
    open_body,
    passage_key,
    passage_key_for,
    passage_key_path,
    passage_kid,
    passage_public,
    ready_seal,
    seal_body,
    sealed_kid,
)
from keys.trustset import kept_at_gates

SECRET, OTHER = bytes(range(32)), bytes(range(32, 64))
KEY, OTHER_KEY = passage_key(passage_public(SECRET)), passage_key(passage_public(OTHER))
RING = {KEY.kid: SECRET, OTHER_KEY.kid: OTHER}
BODY = bytes.fromhex("a1056564656e7365")
# Everybody could open what is sealed to a point of small order (RFC 7748 section 6.1).
SMALL_ORDER = (bytes(32), b"\x01" + bytes(31), bytes.fromhex("ec" + "ff" * 30 + "7f"))


def code_of(ask: object) -> str:
    with pytest.raises(UntrustedData) as caught:
        ask()  # type: ignore[operator]
    return caught.value.code


@given(plain=st.binary(max_size=600))
def test_a_body_comes_back_from_its_seal_and_another_seal_looks_different(plain: bytes) -> None:
    sealed = seal_body(plain, KEY)

    assert open_body(sealed, RING) == plain
    assert is_sealed(sealed)
    assert sealed_kid(sealed) == KEY.kid
    assert sealed != seal_body(plain, KEY)


@given(plain=st.binary(max_size=600))
def test_a_seal_that_was_begun_before_is_opened_like_any_other(plain: bytes) -> None:
    sealed = finish_seal(plain, ready_seal(KEY))

    assert open_body(sealed, RING) == plain
    assert (len(sealed), sealed_kid(sealed)) == (len(seal_body(plain, KEY)), KEY.kid)


def test_bodies_of_usual_lengths_cannot_be_told_apart_by_their_size() -> None:
    sizes = {len(seal_body(bytes([0xA0]) * size, KEY)) for size in range(BLOCK_BYTES)}

    assert sizes == {1 + 8 + 48 + BLOCK_BYTES}


def test_a_plain_body_is_taken_as_it_is() -> None:
    assert not is_sealed(BODY)
    assert not is_sealed(b"")
    assert open_body(BODY, {}) == BODY


def test_a_body_for_a_key_that_is_not_there_says_so() -> None:
    assert code_of(lambda: open_body(seal_body(BODY, KEY), {OTHER_KEY.kid: OTHER})) == (
        "passage_key_missing"
    )


def test_a_body_under_the_name_of_another_key_is_damaged() -> None:
    sealed = seal_body(BODY, KEY)
    renamed = sealed[:1] + OTHER_KEY.kid + sealed[9:]

    assert code_of(lambda: open_body(renamed, RING)) == "sealed_body_damaged"


@given(place=st.integers(9, 184), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found(place: int, bit: int) -> None:
    sealed = bytearray(seal_body(BODY, KEY))
    sealed[place] ^= 1 << bit

    assert code_of(lambda: open_body(bytes(sealed), RING)) == "sealed_body_damaged"


@given(raw=st.binary(max_size=300).map(lambda rest: b"\x01" + KEY.kid + rest))
def test_whatever_bytes_stand_in_a_seal_it_is_opened_or_refused(raw: bytes) -> None:
    assert code_of(lambda: open_body(raw, RING)) == "sealed_body_damaged"


def test_a_target_gives_the_key_that_it_was_made_from() -> None:
    assert decode_passage_key(encode_passage_key(KEY.public)) == KEY
    assert PassageKey(kid=passage_kid(KEY.public), public=KEY.public) == KEY


@given(raw=st.binary(max_size=300))
def test_any_other_target_is_refused(raw: bytes) -> None:
    assert code_of(lambda: decode_passage_key(raw)) == "malformed_passage_key"


@pytest.mark.parametrize(
    "value",
    [
        {1: 2},
        ["kakou-passage-key-1", KEY.kid],
        ["kakou-passage-key-2", KEY.kid, KEY.public],
        ["kakou-passage-key-1", OTHER_KEY.kid, KEY.public],
        ["kakou-passage-key-1", KEY.kid, KEY.public + b"\x00"],
        *(["kakou-passage-key-1", passage_kid(point), point] for point in SMALL_ORDER),
    ],
)
def test_a_target_with_one_thing_bent_is_refused(value: object) -> None:
    assert code_of(lambda: decode_passage_key(cbor_encode(value))) == "malformed_passage_key"


def test_public_bytes_of_another_size_are_no_key() -> None:
    assert code_of(lambda: passage_key(bytes(31))) == "malformed_passage_key"


def test_a_checkpoint_has_its_own_key_or_that_of_the_district() -> None:
    files = {
        passage_key_path(): encode_passage_key(KEY.public),
        passage_key_path("west gate"): encode_passage_key(OTHER_KEY.public),
    }

    assert passage_key_for(files, "west gate") == OTHER_KEY
    assert passage_key_for(files, "east gate") == KEY
    assert passage_key_for({}, "west gate") is None
    assert all(kept_at_gates(path) for path in files)


def test_a_key_that_cannot_be_read_is_never_replaced_by_the_district_s() -> None:
    files = {
        passage_key_path(): encode_passage_key(KEY.public),
        passage_key_path("west gate"): b"\x00",
    }

    assert code_of(lambda: passage_key_for(files, "west gate")) == "malformed_passage_key"
