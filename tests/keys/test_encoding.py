"""Strict encodings: one form each. RFC 9285's examples, RFC 8949's order of keys, bounds, fuzz."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import (
    BASE45_ALPHABET,
    base45_decode,
    base45_encode,
    base45_value,
    cbor_decode,
    cbor_encode,
    digits_encode,
    digits_length,
    is_digits,
    varint_decode,
    varint_encode,
)
from keys.errors import MalformedBytes

SIGNED_TYPES = st.recursive(
    st.none()
    | st.integers(-(1 << 63), (1 << 64) - 1)
    | st.binary(max_size=40)
    | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(
            st.integers(-(1 << 40), 1 << 40) | st.text(max_size=30), inner, max_size=5
        )
    ),
    max_leaves=30,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
    ],
)
def test_base45_is_that_of_rfc_9285(raw: bytes, text: str) -> None:
    assert base45_encode(raw) == text
    assert base45_decode(text) == raw


@given(st.binary(max_size=300))
def test_base45_comes_back(raw: bytes) -> None:
    assert base45_decode(base45_encode(raw)) == raw


@given(st.text(st.sampled_from(BASE45_ALPHABET + "a\nß０"), max_size=12))
def test_base45_has_one_text_for_every_value(text: str) -> None:
    try:
        raw = base45_decode(text)
    except MalformedBytes:
        return
    assert base45_encode(raw) == text


@pytest.mark.parametrize(
    "text", ["GGW", ":::", "::", "A", "BB8A", "bb8", "BB8\n", "BB８", "V5", "\ud800\ud800\ud800"]
)
def test_base45_refuses_too_large_groups_odd_lengths_and_other_characters(text: str) -> None:
    with pytest.raises(MalformedBytes):
        base45_decode(text)


def test_base45_digits_spell_a_number_with_the_first_most_significant() -> None:
    assert base45_value("10") == 45
    assert base45_value("") == 0
    with pytest.raises(MalformedBytes):
        base45_value("a")


@pytest.mark.parametrize(("size", "digits"), [(83, 200), (89, 215), (99, 239), (117, 282)])
def test_a_carrier_has_the_digits_that_its_size_needs_and_no_more(size: int, digits: int) -> None:
    assert digits_length(size) == digits
    assert 10**digits >= 1 << 8 * size > 10 ** (digits - 1)


@given(st.binary(min_size=1, max_size=120))
def test_digits_are_the_number_in_the_length_that_its_size_has(raw: bytes) -> None:
    text = digits_encode(raw)
    assert len(text) == digits_length(len(raw))
    assert int(text).to_bytes(len(raw), "big") == raw
    assert is_digits(text)


@pytest.mark.parametrize(
    "text",
    ["", "２５５", "+55", " 55", "2_5", "55 ", "55\n", "-55", "٢٥٥", "5.5", "1e2", "²", "\ud800"],
    ids=ascii,
)
def test_digits_are_not_what_int_would_take(text: str) -> None:
    assert not is_digits(text)


def test_map_keys_stand_in_the_bytewise_order_of_rfc_8949_not_the_shorter_first() -> None:
    assert cbor_encode({-1: 0, 24: 1, "a": 2, 500: 3}).hex() == "a41818011901f4032000616102"


@given(SIGNED_TYPES)
def test_deterministic_cbor_comes_back(value: Any) -> None:
    raw = cbor_encode(value)
    assert cbor_decode(raw, max_bytes=len(raw)) == value


@given(SIGNED_TYPES, st.data())
def test_cbor_has_one_form_for_every_value(value: Any, data: st.DataObject) -> None:
    raw = bytearray(cbor_encode(value))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        other = cbor_decode(bytes(raw), max_bytes=4096)
    except MalformedBytes:
        return
    assert cbor_encode(other) == bytes(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_cbor_of_ours_or_malformed(raw: bytes) -> None:
    with suppress(MalformedBytes):
        assert cbor_encode(cbor_decode(raw, max_bytes=200)) == raw


@pytest.mark.parametrize(
    ("why", "raw"),
    [
        ("nothing", ""),
        ("cut", "8201"),
        ("trailing byte", "0000"),
        ("integer not shortest", "1800"),
        ("length not shortest", "580141"),
        ("indefinite array", "9f01ff"),
        ("indefinite map", "bf0102ff"),
        ("indefinite bytes", "5f4101ff"),
        ("indefinite text", "7f6161ff"),
        ("keys unsorted", "a202000100"),
        ("keys sorted shorter first", "a22002181801"),
        ("key twice", "a201000100"),
        ("number of 65 bits", "c249010000000000000000"),
        ("negative number of 65 bits", "c349010000000000000000"),
        ("true", "f5"),
        ("true as a key", "a1f500"),
        ("undefined", "f7"),
        ("float", "f93c00"),
        ("float as a key", "a1f93c0000"),
        ("not a number", "f97e00"),
        ("simple value", "e0"),
        ("date", "c100"),
        ("regular expression", "d8236128"),
        ("email", "d8246161"),
        ("set", "d90102820102"),
        ("self-described", "d9d9f700"),
        ("shared reference to itself", "d81c81d81d00"),
        ("rational over zero", "d81e820100"),
        ("huge exponent", "c4821b7fffffffffffffff01"),
        ("array as a key", "a18000"),
        ("text not UTF-8", "61ff"),
        ("break alone", "ff"),
        ("reserved length", "1c"),
        ("two gigabytes said", "5a80000000"),
        ("an array of 2^60 said", "9b1000000000000000"),
    ],
)
def test_cbor_of_another_form_or_type_is_refused(why: str, raw: str) -> None:
    with pytest.raises(MalformedBytes):
        cbor_decode(bytes.fromhex(raw), max_bytes=100)


@pytest.mark.parametrize("opening", [b"\x81", b"\xa1\x00", b"\xc1", b"\xd8\x1c\x81"])
def test_cbor_nested_a_hundred_thousand_deep_is_refused_and_nothing_else_happens(
    opening: bytes,
) -> None:
    with pytest.raises(MalformedBytes):
        cbor_decode(opening * 100_000 + b"\x00", max_bytes=1 << 20)


@pytest.mark.parametrize("item", [b"\x80", b"\xa0", b"\x00", b"\x40", b"\xd9\xd9\xf7\x80"])
def test_four_megabytes_of_tiny_items_do_not_become_half_a_gigabyte_of_objects(
    item: bytes,
) -> None:
    count = (4 << 20) // len(item) - 2
    tracemalloc.start()
    try:
        with pytest.raises(MalformedBytes):
            cbor_decode(b"\x9a" + count.to_bytes(4, "big") + item * count, max_bytes=4 << 20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 << 20


@given(st.lists(st.binary(max_size=300) | st.integers(0, 1 << 63) | st.text(max_size=30)))
def test_items_are_counted_as_they_are(values: list[Any]) -> None:
    raw = cbor_encode([*values, bytes(1 << 15)])
    items = len(values) + 2
    assert cbor_decode(raw, max_bytes=len(raw), max_items=items) == [*values, bytes(1 << 15)]
    with pytest.raises(MalformedBytes):
        cbor_decode(raw, max_bytes=len(raw), max_items=items - 1)


def test_long_cbor_of_indefinite_length_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(MalformedBytes):
        cbor_decode(b"\x9f" + b"\x40" * (1 << 15) + b"\xff", max_bytes=1 << 20)


def test_cbor_over_its_bound_is_refused_before_it_is_read() -> None:
    assert cbor_decode(b"\x43abc", max_bytes=4) == b"abc"
    with pytest.raises(MalformedBytes):
        cbor_decode(b"\x43abc", max_bytes=3)


@pytest.mark.parametrize(
    "value", [True, 1.0, 1 << 64, -(1 << 64) - 1, (1,), {1.5: 0}, {True: 0}, {"a": [object()]}]
)
def test_what_is_never_signed_cannot_be_encoded(value: Any) -> None:
    with pytest.raises(MalformedBytes):
        cbor_encode(value)


@given(st.integers(0, (1 << 35) - 1), st.binary(max_size=3), st.binary(max_size=3))
def test_varints_come_back_from_any_place(value: int, before: bytes, after: bytes) -> None:
    raw = before + varint_encode(value) + after
    assert varint_decode(raw, len(before)) == (value, len(raw) - len(after))


@pytest.mark.parametrize(
    "raw", ["", "80", "8000", "ffffffff", "808080808000", "ffffffffff01", "8180808000"]
)
def test_varints_that_are_cut_too_long_or_not_shortest_are_refused(raw: str) -> None:
    with pytest.raises(MalformedBytes):
        varint_decode(bytes.fromhex(raw), 0)
