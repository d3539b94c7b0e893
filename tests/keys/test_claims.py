"""The claims of a pass: ranges, the one byte form, strict reading (formats.md 1.1)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.claims import (
    Claims,
    Kind,
    Site,
    check_claims,
    decode_payload,
    encode_payload,
    reference_payload,
)
from keys.encoding import cbor_encode
from keys.errors import MalformedCode
from tests.keys.makers import (
    NOW,
    PASS_KID,
    dense_claims,
    full_claims,
    pass_claims,
    rotating_claims,
    site_claims,
)

ANY_CLAIMS = st.one_of(full_claims(), dense_claims())


@given(ANY_CLAIMS)
def test_the_fast_encoding_is_the_one_of_the_cbor_library(claims: Claims) -> None:
    assert encode_payload(claims) == reference_payload(claims)


@pytest.mark.parametrize("length", [0, 1, 23, 24, 64])
@pytest.mark.parametrize("letter", ["A", "é", "王", "𠮷"])
def test_the_fast_encoding_knows_every_length_of_name(letter: str, length: int) -> None:
    claims = pass_claims(name=letter * length)
    assert encode_payload(claims) == reference_payload(claims)


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65535, 65536, (1 << 20) - 1])
def test_the_fast_encoding_knows_every_size_of_number(number: int) -> None:
    site = Site(number, min(number, 65535), 0, 24, 16)
    claims = pass_claims(entry=number, iat=number, site=site)
    assert encode_payload(claims) == reference_payload(claims)


@given(ANY_CLAIMS)
def test_claims_come_back(claims: Claims) -> None:
    check_claims(claims)
    assert decode_payload(claims.kid, encode_payload(claims)) == claims


@given(ANY_CLAIMS, st.data())
def test_a_bent_payload_is_refused_or_is_the_one_form_of_other_claims(
    claims: Claims, data: st.DataObject
) -> None:
    payload = bytearray(encode_payload(claims))
    for _ in range(data.draw(st.integers(1, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    with suppress(MalformedCode):
        assert encode_payload(decode_payload(claims.kid, bytes(payload))) == bytes(payload)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(payload: bytes) -> None:
    with pytest.raises(MalformedCode):
        decode_payload(PASS_KID, payload)


@given(
    st.sampled_from([4, 5, 6, 65535, -65537, -65538, -65539]),
    st.recursive(
        st.none()
        | st.booleans()
        | st.floats()
        | st.integers()
        | st.text(max_size=5)
        | st.binary(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
        ),
        max_leaves=8,
    ),
)
def test_a_claim_of_any_other_type_or_shape_is_refused(claim: int, value: Any) -> None:
    for claims in (pass_claims(), site_claims(), rotating_claims()):
        members = cbor2.loads(encode_payload(claims))
        if members.get(claim) != value:
            with suppress(MalformedCode):
                payload = cbor2.dumps(members | {claim: value}, canonical=True)
                assert encode_payload(decode_payload(PASS_KID, payload)) == payload


@pytest.mark.parametrize(
    "claims",
    [
        pass_claims(kid=-1),
        pass_claims(kid=65536),
        pass_claims(kid=True),
        pass_claims(kind=6),
        pass_claims(kind=7),
        pass_claims(kind=-1),
        pass_claims(kind=Kind.PAPER),
        pass_claims(status=1),
        pass_claims(status=4),
        pass_claims(status=2.0),
        pass_claims(iat=-1),
        pass_claims(iat=True),
        pass_claims(iat=float(NOW)),
        pass_claims(exp=1 << 32),
        pass_claims(exp=NOW),
        pass_claims(exp=NOW - 1),
        pass_claims(list_number=4096),
        pass_claims(list_number=-1),
        pass_claims(entry=1 << 20),
        pass_claims(entry=-1),
        pass_claims(name="A" * 65),
        pass_claims(name=b"A"),
        pass_claims(name="A\n"),
        pass_claims(name="王\x7f"),
        pass_claims(name="王\u202e"),
        pass_claims(name="王\u200f"),
        pass_claims(name="王\ufeff"),
        pass_claims(name="王\u2028"),
        pass_claims(name="王\u2029"),
        pass_claims(name="王\ud800"),
        pass_claims(id_tail="1"),
        pass_claims(id_tail="12345"),
        pass_claims(id_tail="123x"),
        pass_claims(id_tail="X123"),
        pass_claims(id_tail="123\n"),
        pass_claims(id_tail="１２３４"),
        pass_claims(id_tail=None),
        site_claims(anchor=bytes(16)),
        pass_claims(anchor=bytes(15)),
        pass_claims(anchor="A" * 16),
        site_claims(site=Site(-1, 0, 0, 0, 1)),
        site_claims(site=Site(1 << 32, 0, 0, 0, 1)),
        site_claims(site=Site(NOW, 65536, 0, 0, 1)),
        site_claims(site=Site(NOW, 0, 25, 0, 1)),
        site_claims(site=Site(NOW, 0, 0, 25, 1)),
        site_claims(site=Site(NOW, 0, 9, 9, 1)),
        site_claims(site=Site(NOW, 0, 24, 24, 1)),
        site_claims(site=Site(NOW, 0, 0, 0, 0)),
        site_claims(site=Site(NOW, 0, 0, 0, 17)),
        site_claims(site=Site(NOW, 0, 0, 0, True)),
        site_claims(site=Site(NOW, 0, 0, 0, None)),  # type: ignore[arg-type]
        site_claims(site=Site(NOW, 0, "0", 0, 1)),  # type: ignore[arg-type]
    ],
    ids=str,
)
def test_claims_out_of_range_are_refused(claims: Claims) -> None:
    with pytest.raises(MalformedCode):
        check_claims(claims)


@pytest.mark.parametrize(
    "claims",
    [
        pass_claims(iat=0, exp=1),
        pass_claims(exp=(1 << 32) - 1),
        pass_claims(list_number=4095, entry=(1 << 20) - 1),
        pass_claims(name=""),
        pass_claims(name="Ünïcödé 王 𠮷"),
        pass_claims(name="王" * 64),
        pass_claims(id_tail="000X"),
        site_claims(site=Site(0, 0, 0, 24, 16)),
        site_claims(site=Site(NOW, 65535, 22, 6, 1)),
    ],
    ids=str,
)
def test_claims_at_the_edge_of_their_range_stand(claims: Claims) -> None:
    check_claims(claims)


def test_claims_print_under_their_public_names() -> None:
    site = site_claims().as_json()
    assert site["profile"] == 2
    assert (site["list"], site["index"], site["party"]) == (3, 777_777, 2)
    assert rotating_claims().as_json()["anchor"] == rotating_claims().anchor.hex()  # type: ignore[union-attr]
    assert set(pass_claims().as_json()) == {
        *("profile", "kid", "kind", "status", "iat", "exp", "list", "index", "name", "id_tail")
    }


def test_the_reference_encoding_is_deterministic_cbor() -> None:
    payload = reference_payload(site_claims())
    assert cbor_encode(cbor2.loads(payload)) == payload
