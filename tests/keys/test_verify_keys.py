"""Whose word a pass is: keys of every purpose, number and state."""

from __future__ import annotations

import hashlib

import pytest

from keys.claims import Claims
from keys.dense import HOUR, write_digits
from keys.errors import (
    BadSignature,
    BurnedKey,
    KeyNotInForce,
    UnknownKey,
    WrongPurpose,
)
from keys.passages import PassIdentity
from keys.token import mint
from keys.trustlist import Keyring, KeyState, Purpose, TrustedKey, keyring_of
from keys.verify import open_code
from tests.keys.carriers import refusal, texts
from tests.keys.makers import (
    ISSUER,
    NOW,
    PASS_KEY,
    PASS_KID,
    STATION_KID,
    THIEF,
    keyring,
    pass_claims,
    signing_key,
    trust_list,
    trusted_key,
)


def test_a_key_that_nobody_named_is_unknown_before_its_signature_is_tried() -> None:
    for text in texts(pass_claims(kid=400)):
        assert refusal(text) is UnknownKey


@pytest.mark.parametrize("purpose", [Purpose.STATUS, Purpose.STATION])
def test_a_key_for_another_purpose_signs_no_pass(purpose: Purpose) -> None:
    ring = keyring(trusted_key(purpose=purpose))
    for text in texts(pass_claims()):
        assert refusal(text, ring) is WrongPurpose
    for text in texts(pass_claims(kid=STATION_KID)):
        assert refusal(text) is WrongPurpose


def test_a_forger_with_a_known_number_is_refused() -> None:
    for text in texts(pass_claims(), THIEF):
        assert refusal(text) is BadSignature


def test_a_key_of_small_order_in_the_trust_list_signs_nothing() -> None:
    neutral = bytes([1]) + bytes(31)
    ring = Keyring({PASS_KID: (trusted_key(public_key=neutral),)})
    carrier = (mint(PASS_KEY, pass_claims()).carrier or b"")[:-64] + neutral + bytes(32)
    assert refusal(write_digits(carrier), ring) is BadSignature


def test_a_signature_plus_the_group_order_is_refused() -> None:
    order = (1 << 252) + 27742317777372353535851937790883648493
    carrier = mint(PASS_KEY, pass_claims()).carrier or b""
    s = int.from_bytes(carrier[-32:], "little") + order
    assert refusal(write_digits(carrier[:-32] + s.to_bytes(32, "little"))) is BadSignature


@pytest.mark.parametrize("claims", [pass_claims(), pass_claims(iat=NOW - 365 * 24 * HOUR)])
def test_a_burned_key_is_believed_nothing_whatever_the_date(claims: Claims) -> None:
    ring = keyring(trusted_key(state=KeyState.BURNED))
    for text in texts(claims):
        assert refusal(text, ring) is BurnedKey


def burned_but(*cose: bytes) -> Keyring:
    key = trusted_key(state=KeyState.BURNED, readmit=bytes(32))
    hashes = frozenset(hashlib.sha256(raw).digest() for raw in cose)
    return Keyring({PASS_KID: (key,)}, readmitted={(ISSUER, PASS_KID): hashes})


def test_a_pass_on_the_readmission_list_of_its_burned_key_stands() -> None:
    genuine = mint(PASS_KEY, pass_claims())
    for text in texts(pass_claims()):
        assert open_code(text, burned_but(genuine.cose)).claims == pass_claims()


def test_the_readmission_list_readmits_those_bytes_alone() -> None:
    ring = burned_but(mint(PASS_KEY, pass_claims()).cose)
    for text in texts(pass_claims(entry=777_778)):
        assert refusal(text, ring) is BurnedKey


def test_a_readmitted_hash_does_not_stand_in_for_the_signature() -> None:
    forged = mint(THIEF, pass_claims())
    assert refusal(forged.full, burned_but(forged.cose)) is BadSignature


def shared_number(*keys: TrustedKey) -> Keyring:
    return Keyring({PASS_KID: keys})


def other(number: int, **changes: object) -> TrustedKey:
    return trusted_key(signing_key(f"issuer {number}"), issuer=f"issuer-{number}", **changes)


def test_a_number_that_several_issuers_chose_is_tried_with_each_key() -> None:
    ring = shared_number(other(1), other(2), other(3), trusted_key())
    for text in texts(pass_claims()):
        assert open_code(text, ring).issuer == ISSUER
    for text in texts(pass_claims(), signing_key("issuer 2")):
        assert open_code(text, ring).identity == PassIdentity("issuer-2", 3, 777_777)
    for text in texts(pass_claims(), THIEF):
        assert refusal(text, ring) is BadSignature


def test_a_burned_namesake_does_not_burn_the_others() -> None:
    ring = shared_number(other(1, state=KeyState.BURNED), trusted_key())
    for text in texts(pass_claims()):
        assert open_code(text, ring).issuer == ISSUER
    for text in texts(pass_claims(), signing_key("issuer 1")):
        assert refusal(text, ring) is BurnedKey


@pytest.mark.parametrize(
    ("key", "in_force"),
    [
        (trusted_key(not_before=NOW), True),
        (trusted_key(not_before=NOW + 1), False),
        (trusted_key(not_after=NOW + 1), True),
        (trusted_key(not_after=NOW), False),
        (trusted_key(state=KeyState.RETIRED, not_after=NOW + 1), True),
        (trusted_key(state=KeyState.RETIRED, not_after=NOW), False),
    ],
)
def test_a_key_verifies_what_it_signed_while_in_force(key: TrustedKey, in_force: bool) -> None:
    for text in texts(pass_claims()):
        if in_force:
            open_code(text, shared_number(key))
        else:
            assert refusal(text, shared_number(key)) is KeyNotInForce


def test_the_trust_list_s_keys_become_the_keyring() -> None:
    ring = keyring_of(trust_list(), {(ISSUER, 1): frozenset()})
    assert list(ring.by_kid) == [PASS_KID]
    assert ring.readmitted == {(ISSUER, 1): frozenset()}
