"""From the text of a code to a pass that may be believed: the first half of the order of judgement
(formats.md 7).

Carrier well formed -> key known and of purpose `pass` -> not burned -> signature -> (FULL: claims
decoded) -> rotating tail -> issued in the future, not before, expired. Every step raises a
`RefusedCode`; nothing here returns a boolean.
"""

from __future__ import annotations

import hashlib
from typing import Final, NamedTuple

from keys import dense, ed25519
from keys.claims import FULL_PREFIX, Claims, decode_payload, encode_payload
from keys.encoding import base45_decode
from keys.envelope import bytes_head
from keys.errors import (
    BadSignature,
    BurnedKey,
    ExpiredPass,
    IssuedInFuture,
    KeyNotInForce,
    MalformedBytes,
    MalformedCode,
    NotAPass,
    NotYetValid,
    UnknownKey,
    WrongPurpose,
)
from keys.passages import PassIdentity
from keys.rotating import check_slot_range, check_tail
from keys.trustlist import Keyring, KeyState, TrustedKey

FULL_MAX_CHARACTERS: Final = 700
FUTURE_ALLOWANCE_S: Final = 120
_TRAILERS: Final = "\r\n\t "
_COSE_START: Final = bytes.fromhex("d28447a201270442")
_SIGNED_START: Final = b"\x84\x6aSignature1\x47\xa2\x01\x27\x04\x42"
_SIGNATURE_AT: Final = -66


class SignedPass(NamedTuple):
    """A pass whose signature stands. Its tail and its life are not yet judged: `check_time` does
    that.

    issuer: who signed. carrier: "dense" or "full". cose: the COSE_Sign1 bytes. tail: 18 bytes of a
    rotating code.
    """

    claims: Claims
    issuer: str
    carrier: str
    cose: bytes
    tail: bytes | None

    @property
    def identity(self) -> PassIdentity:
        """(issuer, list, index): what everything compares."""
        return PassIdentity(self.issuer, self.claims.list_number, self.claims.entry)


def open_code(text: str, keyring: Keyring) -> SignedPass:
    """Return the pass that `text` carries after its signature stands; else a RefusedCode with its
    code.

    NotAPass where the text is no carrier of ours at all. Trailing CR, LF, TAB and spaces of a hand
    scanner are ignored.
    """
    text = text.rstrip(_TRAILERS)
    if text.startswith(FULL_PREFIX):
        return _open_full(text, keyring)
    carrier = dense.read_digits(text)
    if carrier is None:
        raise _not_a_carrier(text)
    return _open_dense(carrier, keyring)


def _not_a_carrier(text: str) -> NotAPass | MalformedCode:
    # A cut or padded pass deserves "show it again", a payment poster only a quiet hint.
    digits = (
        len(text) >= 100
        and sum(character.isdigit() for character in text[:400]) >= min(len(text), 400) - 4
    )
    if digits or text[:4].upper() == FULL_PREFIX:
        return MalformedCode("not the form of a pass")
    return NotAPass()


def _open_dense(carrier: dense.DenseCarrier, keyring: Keyring) -> SignedPass:
    claims, signature, tail = carrier
    if tail is not None:
        check_slot_range(claims, tail)
    payload = encode_payload(claims)
    key, cose = _verified(claims.kid, payload, signature, keyring)
    _check_in_force(key, claims)
    return SignedPass(claims, key.issuer, "dense", cose, tail)


def _open_full(text: str, keyring: Keyring) -> SignedPass:
    if len(text) > FULL_MAX_CHARACTERS:
        raise MalformedCode("too long")
    try:
        cose = base45_decode(text[4:])
    except MalformedBytes as error:
        raise MalformedCode(str(error)) from None
    payload = _payload_of(cose)
    kid = int.from_bytes(cose[8:10], "big")
    key, _ = _verified(kid, payload, cose[-64:], keyring)
    claims = decode_payload(kid, payload)
    if claims.anchor is not None:
        raise MalformedCode(
            "a rotating pass lives only in its rotating code", code="rotating_code_missing"
        )
    _check_in_force(key, claims)
    return SignedPass(claims, key.issuer, "full", cose, None)


def _payload_of(cose: bytes) -> bytes:
    """Return the payload bytes by position: the header of a pass is constant but for kid and
    length.
    """
    at = 13 if cose[11:12] == b"\x58" else 14
    payload = cose[at:_SIGNATURE_AT]
    head = cose[10:at]
    if (
        cose[:8] != _COSE_START
        or head != b"\xa0" + bytes_head(len(payload))
        or cose[_SIGNATURE_AT:-64] != b"\x58\x40"
    ):
        raise MalformedCode("not the COSE_Sign1 of a pass")
    return payload


def _candidates(kid: int, keyring: Keyring) -> tuple[TrustedKey, ...]:
    keys = keyring.by_kid.get(kid)
    if keys is None:
        raise WrongPurpose if kid in keyring.other_kids else UnknownKey
    return keys


def _verified(
    kid: int, payload: bytes, signature: bytes, keyring: Keyring
) -> tuple[TrustedKey, bytes]:
    """Return (key, COSE bytes) of the first trusted key that signed; a burned one only for a
    readmitted pass.
    """
    number = kid.to_bytes(2, "big")
    head = bytes_head(len(payload))
    signed = b"".join((_SIGNED_START, number, b"\x40", head, payload))
    cose = b"".join((_COSE_START, number, b"\xa0", head, payload, b"\x58\x40", signature))
    burned = False
    for key in _candidates(kid, keyring):
        if key.state is KeyState.BURNED and not _readmitted(key, cose, keyring):
            burned = True
            continue
        try:
            ed25519.verify(key.public_key, signature, signed)
        except BadSignature:
            continue
        return key, cose
    # The thief of a burned key chooses every date, so no date excuses its passes.
    raise BurnedKey if burned else BadSignature


def _readmitted(key: TrustedKey, cose: bytes, keyring: Keyring) -> bool:
    return hashlib.sha256(cose).digest() in keyring.readmitted.get(
        (key.issuer, key.kid), frozenset()
    )


def _check_in_force(key: TrustedKey, claims: Claims) -> None:
    if not key.not_before <= claims.iat < key.not_after:
        raise KeyNotInForce


def check_time(signed: SignedPass, now: int | None) -> None:
    """Return if the rotating tail holds and, with `now` (trusted unix seconds), the pass lives;
    else a RefusedCode.

    Without `now` the tail's chain is judged and its slot is not.
    """
    claims = signed.claims
    if signed.tail is not None:
        check_tail(claims, signed.tail, now)
    if now is None:
        return
    if claims.iat > now + FUTURE_ALLOWANCE_S:
        raise IssuedInFuture
    if claims.site is not None and now < claims.site.nbf:
        raise NotYetValid
    if now >= claims.exp:
        raise ExpiredPass
