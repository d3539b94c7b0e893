"""The envelope: one byte form; size bound first, then typ, key and signature, all undecoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.encoding import cbor_encode
from keys.envelope import (
    assemble,
    envelope_kid,
    open_envelope,
    protected_header,
    seal_envelope,
    signed_bytes,
)
from keys.errors import UntrustedData
from tests.keys.makers import PASS_KEY, THIEF, only

TYP = "application/test"
PAYLOADS = st.one_of(
    st.binary(max_size=40), st.sampled_from([0, 23, 24, 255, 256, 65535, 65536]).map(bytes)
)


def code_of(raw: bytes, *, typ: str | None = TYP, max_bytes: int = 1 << 20) -> str:
    with pytest.raises(UntrustedData) as caught:
        open_envelope(raw, typ=typ, max_bytes=max_bytes, keys_of=only(PASS_KEY.public_key))
    return caught.value.code


def sealed(payload: bytes = b"\xa0", typ: str | None = TYP) -> bytes:
    return seal_envelope(PASS_KEY, kid=b"\x01\x02", typ=typ, payload=payload)


@given(PAYLOADS, st.binary(min_size=1, max_size=32), st.none() | st.just(TYP))
def test_what_is_sealed_opens(payload: bytes, kid: bytes, typ: str | None) -> None:
    raw = seal_envelope(PASS_KEY, kid=kid, typ=typ, payload=payload)

    assert envelope_kid(raw, typ=typ, max_bytes=len(raw)) == kid
    assert open_envelope(
        raw, typ=typ, max_bytes=len(raw), keys_of=only(THIEF.public_key, PASS_KEY.public_key)
    ) == (payload, PASS_KEY.public_key)


@given(PAYLOADS)
def test_the_signed_bytes_are_the_sig_structure_of_rfc_9052(payload: bytes) -> None:
    protected = protected_header(b"\x01\x02", TYP)
    assert protected == cbor_encode({1: -8, 4: b"\x01\x02", 16: TYP})
    assert signed_bytes(protected, payload) == cbor_encode(["Signature1", protected, b"", payload])


@given(st.binary(max_size=120))
def test_an_envelope_of_any_bytes_is_refused(raw: bytes) -> None:
    assert code_of(raw) == "malformed_envelope"
    assert code_of(b"\xd2\x84" + raw) == "malformed_envelope"


@given(st.data())
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    raw = bytearray(sealed(b"\xa1\x01\x02"))
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert code_of(bytes(raw)) in {"malformed_envelope", "wrong_type", "bad_signature"}


@pytest.mark.parametrize("cut", range(0, 104, 3))
def test_an_envelope_cut_anywhere_is_refused(cut: int) -> None:
    assert code_of(sealed()[:-1][:cut]) == "malformed_envelope"


def bent(protected: bytes, unprotected: bytes, payload: bytes, signature: bytes) -> bytes:
    return b"\xd2\x84" + protected + unprotected + payload + signature


PROTECTED = protected_header(b"\x01\x02", TYP)
HEAD = bytes([0x40 | len(PROTECTED)]) if len(PROTECTED) < 24 else bytes([0x58, len(PROTECTED)])
SIGNATURE = PASS_KEY.sign(signed_bytes(PROTECTED, b"\xa0"))


@pytest.mark.parametrize(
    ("why", "raw"),
    [
        ("no tag", sealed()[1:]),
        ("tag 98", b"\xd8\x62" + sealed()[1:]),
        ("tag 61 outside", b"\xd8\x3d" + sealed()),
        ("array of five", b"\xd2\x85" + sealed()[2:] + b"\x00"),
        ("trailing byte", sealed() + b"\x00"),
        ("protected not bytes", bent(b"\xa0", b"\xa0", b"\x41\xa0", b"\x58\x40" + SIGNATURE)),
        (
            "length not shortest",
            bent(b"\x59\x00" + HEAD[1:] + PROTECTED, b"\xa0", b"\x41\xa0", b"\x58\x40" + SIGNATURE),
        ),
        (
            "unprotected not empty",
            bent(HEAD + PROTECTED, b"\xa1\x05\x00", b"\x41\xa0", b"\x58\x40" + SIGNATURE),
        ),
        ("payload null", bent(HEAD + PROTECTED, b"\xa0", b"\xf6", b"\x58\x40" + SIGNATURE)),
        (
            "payload of 2^56 bytes",
            bent(HEAD + PROTECTED, b"\xa0", b"\x5b\x01" + bytes(7), b"\x58\x40" + SIGNATURE),
        ),
        (
            "signature of 63 bytes",
            bent(HEAD + PROTECTED, b"\xa0", b"\x41\xa0", b"\x58\x3f" + SIGNATURE[:63]),
        ),
    ],
)
def test_another_form_is_refused_without_a_look_at_the_keys(why: str, raw: bytes) -> None:
    assert code_of(raw) == "malformed_envelope"


@pytest.mark.parametrize(
    "protected",
    [
        cbor_encode({1: -7, 4: b"\x01\x02", 16: TYP}),
        cbor_encode({1: -19, 4: b"\x01\x02", 16: TYP}),
        cbor_encode({1: -8, 4: b"\x01\x02", 16: "application/other"}),
        cbor_encode({1: -8, 4: b"\x01\x02"}),
        cbor_encode({1: -8, 4: b"\x01\x02", 5: b"iv", 16: TYP}),
        b"\xa3\x10\x70application/test\x01\x27\x04\x42\x01\x02",
    ],
)
def test_another_algorithm_typ_or_header_is_refused_though_signed(protected: bytes) -> None:
    raw = assemble(protected, b"\xa0", PASS_KEY.sign(signed_bytes(protected, b"\xa0")))
    assert code_of(raw) in {"wrong_type", "malformed_envelope"}


@pytest.mark.parametrize("kid", [b"", bytes(33)])
def test_a_kid_of_no_or_too_many_bytes_is_refused_though_signed(kid: bytes) -> None:
    assert code_of(seal_envelope(PASS_KEY, kid=kid, typ=TYP, payload=b"")) == "malformed_envelope"


def test_a_kid_cut_by_the_end_of_the_header_is_refused() -> None:
    protected = b"\xa2\x01\x27\x04\x44\x01\x02"
    raw = assemble(protected, b"\xa0", PASS_KEY.sign(signed_bytes(protected, b"\xa0")))
    assert code_of(raw) == "malformed_envelope"


def test_one_kind_of_object_does_not_stand_for_another() -> None:
    assert code_of(sealed(typ=None)) == "wrong_type"
    assert code_of(sealed(), typ=None) == "wrong_type"
    assert code_of(sealed(), typ="application/tess") == "wrong_type"


def test_size_is_bounded_before_anything_else() -> None:
    assert code_of(bytes(101), max_bytes=100) == "too_large"


def test_an_unknown_key_and_a_wrong_key_are_told_apart() -> None:
    def opened_with(*keys: bytes) -> str:
        with pytest.raises(UntrustedData) as caught:
            open_envelope(sealed(), typ=TYP, max_bytes=1000, keys_of=only(*keys))
        return caught.value.code

    assert opened_with() == "unknown_key"
    assert opened_with(THIEF.public_key) == "bad_signature"
