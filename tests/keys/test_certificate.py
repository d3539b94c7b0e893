"""Station certificates: who a station is, and every other shape refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.certificate import (
    CERTIFICATE_MAX_BYTES,
    CERTIFICATE_TYP,
    StationCertificate,
    open_certificate,
    seal_certificate,
)
from keys.encoding import cbor_encode
from keys.envelope import seal_envelope
from keys.errors import UntrustedData
from tests.keys.makers import (
    BOX_KEY,
    ISSUER,
    NOW,
    STATION_KEY,
    STATION_KID,
    THIEF,
    certificate,
    only,
)

TRUSTED = only(STATION_KEY.public_key)
SEALED = seal_certificate(STATION_KEY, STATION_KID, certificate())
LABELS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)


@st.composite
def certificates(draw: st.DrawFn) -> StationCertificate:
    iat = draw(st.integers(0, (1 << 32) - 2))
    return StationCertificate(
        issuer=draw(st.text(st.sampled_from("abc09-"), min_size=1, max_size=32)),
        station=draw(LABELS),
        checkpoint=draw(LABELS),
        zone=draw(st.integers(0, 65535)),
        public_key=draw(st.binary(min_size=32, max_size=32)),
        iat=iat,
        exp=draw(st.integers(iat + 1, (1 << 32) - 1)),
    )


@given(certificates())
def test_a_certificate_comes_back(sent: StationCertificate) -> None:
    assert open_certificate(seal_certificate(STATION_KEY, STATION_KID, sent), TRUSTED) == sent


def refusal(raw: bytes) -> str:
    with pytest.raises(UntrustedData) as caught:
        open_certificate(raw, TRUSTED)
    return caught.value.code


@given(st.integers(0, 8 * len(SEALED) - 1))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    raw = bytearray(SEALED)
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(bytes(raw)) in {"malformed_envelope", "wrong_type", "bad_signature"}


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(raw: bytes) -> None:
    refusal(raw)
    assert refusal(signed_bytes_of(raw)) == "malformed_certificate"


def signed_bytes_of(payload: bytes, typ: str | None = CERTIFICATE_TYP) -> bytes:
    return seal_envelope(STATION_KEY, kid=b"\x01\x2d", typ=typ, payload=payload)


KEY = BOX_KEY.public_key
CLAIMS: dict[Any, Any] = {
    1: ISSUER,
    2: "st-1",
    4: NOW + 1,
    6: NOW,
    8: {1: {1: 1, -1: 6, -2: KEY}},
    -65543: ["west gate", 7],
}


@pytest.mark.parametrize(
    "changes",
    [
        {1: "Hangzhou"},
        {1: None},
        {2: ""},
        {2: "x" * 65},
        {2: b"st-1"},
        {4: NOW},
        {4: 1 << 32},
        {4: "later"},
        {6: -1},
        {6: None},
        {7: b"id"},
        {8: KEY},
        {8: {}},
        {8: {2: KEY}},
        {8: {1: KEY}},
        {8: {1: {1: 1, -1: 6}}},
        {8: {1: {1: 1, -1: 6, -2: KEY[:31]}}},
        {8: {1: {1: 1, -1: 6, -2: "key"}}},
        {8: {1: {1: 2, -1: 6, -2: KEY}}},
        {8: {1: {1: 1, -1: 4, -2: KEY}}},
        {8: {1: {1: 1, -1: 6, -2: KEY, -4: KEY}}},
        {-65543: []},
        {-65543: ["west gate"]},
        {-65543: ["", 7]},
        {-65543: [7, 7]},
        {-65543: ["west gate", -1]},
        {-65543: ["west gate", 65536]},
        {-65543: ["west gate", "7"]},
        {-65543: ["west gate", 7, 7]},
        {-65543: {0: "west gate"}},
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_a_certificate_of_another_shape_is_refused_though_signed(changes: dict[Any, Any]) -> None:
    open_certificate(signed_bytes_of(cbor_encode(CLAIMS)), TRUSTED)
    assert refusal(signed_bytes_of(cbor_encode(CLAIMS | changes))) == "malformed_certificate"


@pytest.mark.parametrize("missing", sorted(CLAIMS))
def test_a_certificate_without_one_of_its_claims_is_refused(missing: int) -> None:
    less = {claim: value for claim, value in CLAIMS.items() if claim != missing}
    assert refusal(signed_bytes_of(cbor_encode(less))) == "malformed_certificate"


def test_a_certificate_of_another_key_typ_or_size_is_refused() -> None:
    payload = cbor_encode(CLAIMS)
    assert refusal(seal_certificate(THIEF, STATION_KID, certificate())) == "bad_signature"
    assert refusal(signed_bytes_of(payload, None)) == "wrong_type"
    assert refusal(signed_bytes_of(payload, "application/kakou-receipt")) == "wrong_type"
    assert refusal(bytes(CERTIFICATE_MAX_BYTES + 1)) == "too_large"
