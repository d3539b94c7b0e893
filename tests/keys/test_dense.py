"""The DENSE carrier: fields against an independent writer, ranges before any signature work."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.claims import Claims, Site
from keys.dense import (
    EPOCH,
    HOUR,
    DenseCarrier,
    carrier_bytes,
    read_digits,
    write_digits,
    write_fields,
)
from keys.encoding import BASE45_ALPHABET, digits_encode, digits_length
from keys.errors import MalformedCode, RotatingCodeMissing
from tests.keys.makers import (
    NOW,
    dense_claims,
    full_claims,
    pass_claims,
    rotating_claims,
    site_claims,
)

SIGNATURE = bytes(range(64))
TAIL = b"\x00\x05" + b"x" * 16
SITE_ORDER = ("starts", "zone", "day_from", "day_to", "party")
WIDTHS = {
    "profile": 4,
    "kid": 16,
    "kind": 3,
    "status": 2,
    "issued": 24,
    "life": 14,
    "list": 12,
    "index": 20,
    "starts": 20,
    "zone": 16,
    "day_from": 5,
    "day_to": 5,
    "party": 4,
    "name_n": 2,
    "name": 39,
    "id_tail": 14,
    "padding": 2,
}


def fields_of(claims: Claims) -> dict[str, int]:
    """Return the numbers of formats.md's table, worked out from that page."""
    fields = {
        "profile": claims.profile,
        "kid": claims.kid,
        "kind": claims.kind,
        "status": claims.status,
        "issued": (claims.iat - EPOCH) // 60,
        "life": (claims.exp - claims.iat) // HOUR,
        "list": claims.list_number,
        "index": claims.entry,
    }
    if claims.site is not None:
        starts = (claims.site.nbf - claims.iat) // 60
        site = (starts, *claims.site[1:4], claims.site.party - 1)
        fields |= dict(zip(SITE_ORDER, site, strict=True))
    chinese = any(ord(character) > 127 for character in claims.name)
    fields["name_n"] = len(claims.name) if chinese else 0
    fields["name"] = (
        sum(_place(character) << 26 - 13 * i for i, character in enumerate(claims.name))
        if chinese
        else _base45(claims.name)
    )
    tail = claims.id_tail
    last = "0123456789X".index(tail[3]) if tail else 0
    fields["id_tail"] = int(tail[:3]) * 11 + last if tail else 11000
    if claims.site is None:
        fields["padding"] = 0
    return fields


def _place(character: str) -> int:
    if character == "*":
        return 8191
    row, cell = character.encode("gb2312")
    return (row - 0xB0) * 94 + cell - 0xA1


def _base45(name: str) -> int:
    return sum(45 ** (6 - i) * BASE45_ALPHABET.index(c) for i, c in enumerate(name.ljust(7)))


def pack(fields: dict[str, int], anchor: bytes = b"") -> bytes:
    bits = 0
    for name, value in fields.items():
        assert 0 <= value < 1 << WIDTHS[name]
        bits = bits << WIDTHS[name] | value
    return bits.to_bytes(sum(WIDTHS[name] for name in fields) // 8, "big") + anchor + SIGNATURE


def digits_of(claims: Claims, **bent: int) -> str:
    """Return the digits of `claims` with these fields bent."""
    tail = TAIL if claims.anchor is not None else b""
    return digits_encode(pack(fields_of(claims) | bent, claims.anchor or b"") + tail)


def read(text: str) -> DenseCarrier:
    carrier = read_digits(text)
    assert carrier is not None
    return carrier


@given(dense_claims())
def test_the_carrier_is_what_the_table_of_the_formats_says(claims: Claims) -> None:
    carrier = carrier_bytes(claims, SIGNATURE)
    assert carrier == pack(fields_of(claims), claims.anchor or b"")
    assert len(carrier) == {1: 83, 2: 89, 3: 99}[claims.profile]


@given(dense_claims())
def test_a_carrier_comes_back(claims: Claims) -> None:
    carrier = carrier_bytes(claims, SIGNATURE)
    assert carrier is not None
    tail = TAIL if claims.profile == 3 else None
    assert read(write_digits(carrier, tail or b"")) == (claims, SIGNATURE, tail)


@given(st.sampled_from([83, 89, 117]), st.data())
def test_any_number_is_a_carrier_of_one_form_or_refused(size: int, data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.binary(min_size=size, max_size=size)))
    raw[0] = raw[0] & 15 | {83: 1, 89: 2, 117: 3}[size] << 4
    with suppress(MalformedCode):
        claims, signature, tail = read(digits_encode(bytes(raw)))
        assert (carrier_bytes(claims, signature) or b"") + (tail or b"") == bytes(raw)


@given(st.one_of(full_claims(), dense_claims()))
def test_claims_fit_the_dense_carrier_exactly_when_they_come_back(claims: Claims) -> None:
    carrier = carrier_bytes(claims, SIGNATURE)
    if carrier is not None:
        tail = TAIL if claims.profile == 3 else b""
        assert read(write_digits(carrier, tail)).claims == claims


@pytest.mark.parametrize(
    ("why", "claims"),
    [
        ("iat not on a minute", pass_claims(iat=NOW + 1, exp=NOW + 1 + HOUR)),
        ("iat before 2020", pass_claims(iat=EPOCH - 60, exp=EPOCH - 60 + HOUR)),
        (
            "iat beyond 24 bits",
            pass_claims(iat=EPOCH + 60 * (1 << 24), exp=EPOCH + 60 * (1 << 24) + HOUR),
        ),
        ("life not whole hours", pass_claims(exp=NOW + HOUR + 60)),
        ("life beyond 14 bits", pass_claims(exp=NOW + 16384 * HOUR)),
        ("rotating over 168 hours", rotating_claims(exp=NOW + 169 * HOUR)),
        ("name of eight", pass_claims(name="ABCDEFGH")),
        ("name of four characters", pass_claims(name="王小明明")),
        ("name in lower case", pass_claims(name="Smith")),
        ("name that ends in a space", pass_claims(name="A ")),
        ("name of a character beyond GB 2312", pass_claims(name="镕基")),
        ("name of two scripts", pass_claims(name="王A")),
        ("name outside rows 16 to 87", pass_claims(name="、")),
        ("nbf not whole minutes", site_claims(site=Site(NOW + 1, 0, 0, 0, 1))),
        ("nbf before iat", site_claims(site=Site(NOW - 60, 0, 0, 0, 1))),
        ("nbf beyond 20 bits", site_claims(site=Site(NOW + 60 * (1 << 20), 0, 0, 0, 1))),
    ],
)
def test_claims_that_do_not_fit_are_carried_full_only(why: str, claims: Claims) -> None:
    assert write_fields(claims) is None


@pytest.mark.parametrize(
    "name", ["王", "*王", "王*", "王小明", "**王", "", "*", "***", " A", "$%*+-./"]
)
def test_a_name_has_one_coding(name: str) -> None:
    assert read(digits_of(pass_claims(name=name))).claims.name == name
    assert write_fields(pass_claims(name=name)) == pack(fields_of(pass_claims(name=name)))[:19]


def bits_of(n: int, *places: int) -> dict[str, int]:
    padded = [*places, 0, 0][:3]
    return {"name_n": n, "name": padded[0] << 26 | padded[1] << 13 | padded[2]}


OUT_OF_RANGE: list[tuple[str, dict[str, int]]] = [
    ("kind 6", {"kind": 6}),
    ("kind 7", {"kind": 7}),
    ("status 1", {"status": 1}),
    ("life 0", {"life": 0}),
    ("one mask and no character", bits_of(1, 8191)),
    ("two masks and no character", bits_of(2, 8191, 8191)),
    ("three masks and no character", bits_of(3, 8191, 8191, 8191)),
    ("an unused place not zero", bits_of(2, 5, 5, 1)),
    ("two unused places not zero", bits_of(1, 5, 1, 0)),
    ("a value past row 87", bits_of(1, 72 * 94)),
    ("a value below the mask", bits_of(1, 8190)),
    ("an empty cell of row 55", bits_of(1, 39 * 94 + 89)),
    ("a name of no character in the second place", bits_of(2, 5, 8000)),
    ("a name beyond 45^7", {"name_n": 0, "name": 45**7}),
    ("a name of 39 ones", {"name_n": 0, "name": (1 << 39) - 1}),
    ("id_tail 11001", {"id_tail": 11001}),
    ("id_tail of 14 ones", {"id_tail": 16383}),
]


@pytest.mark.parametrize(("why", "bent"), OUT_OF_RANGE)
@pytest.mark.parametrize(
    "claims", [pass_claims(), site_claims(), rotating_claims()], ids=["1", "2", "3"]
)
def test_a_field_out_of_range_is_refused(claims: Claims, why: str, bent: dict[str, int]) -> None:
    read(digits_of(claims))
    with pytest.raises(MalformedCode) as caught:
        read(digits_of(claims, **bent))
    assert caught.value.code == "malformed_code"


@pytest.mark.parametrize(
    ("claims", "bent"),
    [
        (pass_claims(), {"padding": 1}),
        (pass_claims(), {"padding": 2}),
        (rotating_claims(), {"padding": 3}),
        (site_claims(), {"day_from": 25}),
        (site_claims(), {"day_to": 31}),
        (site_claims(), {"day_from": 7, "day_to": 7}),
        (site_claims(), {"day_from": 24, "day_to": 24}),
        (rotating_claims(), {"life": 169}),
        (rotating_claims(), {"life": 16383}),
    ],
)
def test_padding_and_the_fields_of_one_profile_are_refused_too(
    claims: Claims, bent: dict[str, int]
) -> None:
    with pytest.raises(MalformedCode):
        read(digits_of(claims, **bent))


@pytest.mark.parametrize("profile", [p for p in range(16) if p != 1])
def test_an_unknown_profile_or_that_of_another_length_is_refused(profile: int) -> None:
    with pytest.raises(MalformedCode):
        read(digits_of(pass_claims(), profile=profile))


def test_a_rotating_pass_without_its_tail_is_no_code() -> None:
    carrier = carrier_bytes(rotating_claims(), SIGNATURE)
    assert carrier is not None
    with pytest.raises(RotatingCodeMissing):
        read(write_digits(carrier))
    bent = digits_encode(pack(fields_of(rotating_claims()) | {"kind": 6}, bytes(16)))
    with pytest.raises(MalformedCode):
        read(bent)


@pytest.mark.parametrize("size", [0, 1, 82, 84, 88, 90, 98, 100, 116, 118, 200])
def test_digits_of_a_size_that_no_profile_has_are_refused(size: int) -> None:
    assert read_digits("1" * digits_length(size)) is None


@pytest.mark.parametrize(
    "bend", ["+{}", " {}", "{}\n", "_{}", "-{}", "x{}", "\ud800{}", "０{}", "٢{}"], ids=ascii
)
def test_a_text_of_the_right_length_with_another_character_is_no_carrier(bend: str) -> None:
    digits = digits_of(pass_claims())
    assert read_digits(bend.format(digits[1:])) is None
    assert read_digits(bend.format(digits)) is None


def test_a_value_beyond_the_last_byte_is_refused() -> None:
    with pytest.raises(MalformedCode):
        read(str(1 << 8 * 83))
    with pytest.raises(MalformedCode):
        read("9" * 200)
