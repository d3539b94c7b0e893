"""Ed25519: what counts as a signature, and what never does (RFC 8032 section 5.1.7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ed25519 import SigningKey, verify, x25519_public
from keys.errors import BadSignature
from tests.keys.makers import PASS_KEY, signing_key

ORDER = (1 << 252) + 27742317777372353535851937790883648493
PRIME = (1 << 255) - 19

# Every encoding of the eight points of small order, the non-canonical ones among them.
SMALL_ORDER = [
    bytes.fromhex(text)
    for text in (
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    )
]


def refused(public_key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        verify(public_key, signature, message)
    except BadSignature:
        return True
    return False


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_a_signature_stands_for_its_message_and_key(seed: bytes, message: bytes) -> None:
    key = SigningKey(seed)
    verify(key.public_key, key.sign(message), message)


@given(st.binary(min_size=1, max_size=100), st.data())
def test_any_flipped_bit_is_refused(message: bytes, data: st.DataObject) -> None:
    parts = [PASS_KEY.public_key, PASS_KEY.sign(message), message]
    chosen = data.draw(st.integers(0, 2))
    bent = bytearray(parts[chosen])
    bit = data.draw(st.integers(0, 8 * len(bent) - 1))
    bent[bit // 8] ^= 1 << bit % 8
    parts[chosen] = bytes(bent)

    assert refused(parts[0], parts[1], parts[2])


def test_the_malleable_form_s_plus_l_is_refused() -> None:
    signature = PASS_KEY.sign(b"pass")
    s = int.from_bytes(signature[32:], "little")
    for multiple in range(1, 8):
        beyond = s + multiple * ORDER
        assert refused(PASS_KEY.public_key, signature[:32] + beyond.to_bytes(32, "little"), b"pass")


@pytest.mark.parametrize("point", SMALL_ORDER, ids=lambda point: point.hex()[:6] + point.hex()[-2:])
def test_a_key_of_small_order_signs_nothing(point: bytes) -> None:
    # With A of order 1, R = the neutral element and S = 0 satisfy the equation for every message.
    for r in SMALL_ORDER:
        assert refused(point, r + bytes(32), b"any message")


@pytest.mark.parametrize("point", SMALL_ORDER, ids=lambda point: point.hex()[:6] + point.hex()[-2:])
def test_a_signature_whose_r_is_of_small_order_is_refused(point: bytes) -> None:
    assert refused(PASS_KEY.public_key, point + PASS_KEY.sign(b"pass")[32:], b"pass")


@pytest.mark.parametrize("y", [PRIME + n for n in range(19)])
def test_a_key_that_is_not_in_canonical_form_signs_nothing(y: int) -> None:
    for sign in (0, 1 << 255):
        point = (y | sign).to_bytes(32, "little")
        assert refused(point, PASS_KEY.sign(b"pass"), b"pass")
        assert refused(point, SMALL_ORDER[0] + bytes(32), b"pass")


@pytest.mark.parametrize(
    ("key_bytes", "signature_bytes"), [(31, 64), (33, 64), (32, 63), (32, 65), (0, 0)]
)
def test_keys_and_signatures_of_other_lengths_are_refused(
    key_bytes: int, signature_bytes: int
) -> None:
    signature = PASS_KEY.sign(b"xpass")
    assert refused(
        (PASS_KEY.public_key + b"\0")[:key_bytes], (signature + b"x")[:signature_bytes], b"pass"
    )


def test_a_private_key_does_not_show_itself() -> None:
    key = signing_key("secret")
    assert key.seed.hex() not in repr(key)
    assert repr(key.seed) not in repr(key)


def test_the_sealing_key_is_derived_and_a_small_order_key_has_none() -> None:
    assert len(x25519_public(PASS_KEY.public_key)) == len(PASS_KEY.x25519_secret()) == 32
    for point in SMALL_ORDER:
        with pytest.raises(BadSignature):
            x25519_public(point)
