"""How a new station and its issuer come to know each other (protocols.md): code, request, answer.

The code that a person carries over holds a 128-bit secret and the SHA-256 of the issuer's root, so
even the first fetch is pinned. The station proves its key by signing and the code by HMAC; the
issuer answers likewise. The issuer keeps only two digests of the secret, for ten minutes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from keys.ed25519 import SigningKey, x25519_public
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import envelope_kid, open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import FIRST_HASH
from keys.shapes import is_bytes, is_count, need

REQUEST_TYP: Final = "application/kakou-enrol-request"
ANSWER_TYP: Final = "application/kakou-enrol-answer"
REQUEST_MAX_BYTES: Final = 2048
ANSWER_MAX_BYTES: Final = 8192
SECRET_BYTES: Final = 16
PIN_BYTES: Final = 32
CHAIN_BYTES: Final = 16
# No station writes so many rows; whoever could make a new box begin at the last number there is
# would keep it from writing any.
LAST_PLACE_MAX: Final = 1 << 40
_CODE_CHARACTERS: Final = 80
_GROUP: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolCode:
    """What the office hands over: a one-time secret (16 bytes) and the SHA-256 of the issuer's root
    (32 bytes).
    """

    secret: bytes
    root_pin: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolRequest:
    """A station's request after its own key's signature stood. `mac` is checked by
    `check_request_mac`.
    """

    public_key: bytes
    code_id: bytes
    nonce: bytes
    root_pin: bytes
    mac: bytes
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LastHead:
    """Where the log of a station stands at the issuer when its box is replaced: the chain (16
    bytes), the place (up to 2^40) and the hash (32 bytes) of the last row that came. All zero where
    the station was enrolled before and nothing came.
    """

    chain: bytes = bytes(CHAIN_BYTES)
    sequence: int = 0
    hash: bytes = FIRST_HASH


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolAnswer:
    """The issuer's answer: the station's certificate (signed bytes) and its checkpoint's secret (32
    bytes). last: what a replaced box goes on behind; None for a station's first enrolment.
    """

    certificate: bytes
    checkpoint_secret: bytes
    last: LastHead | None = None


def _checksum(raw: bytes) -> bytes:
    return hashlib.sha256(b"kakou-enrol-code" + raw).digest()[:2]


def write_code(code: EnrolCode) -> str:
    """Return the code as 16 groups of 5 letters and digits (Base32), the last ones a checksum
    against typing slips.
    """
    raw = code.secret + code.root_pin
    text = base64.b32encode(raw + _checksum(raw)).decode()
    return "-".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def read_code(text: str) -> EnrolCode:
    """Return the code that a person typed or scanned; spaces, dashes and case do not matter. Else
    MalformedBytes.
    """
    if len(text) > 4 * _CODE_CHARACTERS:
        raise MalformedBytes("too long for an enrolment code")
    letters = "".join(text.split()).replace("-", "").upper()
    try:
        raw = base64.b32decode(letters)
    except ValueError:
        raise MalformedBytes("not an enrolment code") from None
    need(
        len(letters) == _CODE_CHARACTERS and raw[48:] == _checksum(raw[:48]),
        "not an enrolment code",
    )
    return EnrolCode(secret=raw[:SECRET_BYTES], root_pin=raw[SECRET_BYTES:48])


def code_id(secret: bytes) -> bytes:
    """Return the 8 bytes by which the issuer finds a code."""
    return hashlib.sha256(b"kakou-enrol-id" + secret).digest()[:8]


def mac_key(secret: bytes) -> bytes:
    """Return the 32-byte HMAC key of a code; this digest, never the secret, is what the issuer
    stores.
    """
    return hashlib.sha256(b"kakou-enrol-mac" + secret).digest()


def _mac(key: bytes, domain: bytes, *parts: object) -> bytes:
    return hmac.digest(key, cbor_encode([domain, *parts]), "sha256")


def seal_request(key: SigningKey, code: EnrolCode, nonce: bytes) -> bytes:
    """Return the request of the station that holds `key`; nonce: 16 random bytes."""
    mac = _mac(mac_key(code.secret), b"request", key.public_key, nonce, code.root_pin)
    payload = cbor_encode([code_id(code.secret), nonce, code.root_pin, mac])
    return seal_envelope(key, kid=key.public_key, typ=REQUEST_TYP, payload=payload)


def open_request(raw: bytes) -> EnrolRequest:
    """Return the request after the key that it names has signed it (proof of possession); else
    UntrustedData.
    """
    public_key = envelope_kid(raw, typ=REQUEST_TYP, max_bytes=REQUEST_MAX_BYTES)
    payload, _ = open_envelope(
        raw, typ=REQUEST_TYP, max_bytes=REQUEST_MAX_BYTES, keys_of=lambda kid: (kid,)
    )
    try:
        fields = cbor_decode(payload, max_bytes=REQUEST_MAX_BYTES)
        need(type(fields) is list and len(fields) == 4, "not a request")
        number, nonce, pin, mac = fields
        need(
            is_bytes(number, 8) and is_bytes(nonce, 16) and is_bytes(pin, 32) and is_bytes(mac, 32),
            "not a request",
        )
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_request") from None
    return EnrolRequest(
        public_key=public_key, code_id=number, nonce=nonce, root_pin=pin, mac=mac, raw=raw
    )


def check_request_mac(request: EnrolRequest, key: bytes) -> None:
    """Return if the request proves the code whose `mac_key` is `key`; else UntrustedData
    `wrong_code` (one try).
    """
    expected = _mac(key, b"request", request.public_key, request.nonce, request.root_pin)
    if not hmac.compare_digest(expected, request.mac):
        raise UntrustedData(code="wrong_code")


def seal_answer(
    key: SigningKey,
    kid: int,
    request: EnrolRequest,
    request_mac_key: bytes,
    *,
    certificate: bytes,
    checkpoint_secret: bytes,
    last: LastHead | None = None,
) -> bytes:
    """Return the issuer's answer, the checkpoint secret sealed to the station's key; `key` has
    purpose `station`. last: for a station that was enrolled before.
    """
    sealed = SealedBox(PublicKey(x25519_public(request.public_key))).encrypt(checkpoint_secret)
    asked = hashlib.sha256(request.raw).digest()
    behind = [] if last is None else [[last.chain, last.sequence, last.hash]]
    mac = _mac(request_mac_key, b"answer", asked, certificate, sealed, *behind)
    payload = cbor_encode([asked, certificate, sealed, mac, *behind])
    return seal_envelope(key, kid=kid.to_bytes(2, "big"), typ=ANSWER_TYP, payload=payload)


def open_answer(
    raw: bytes,
    *,
    key: SigningKey,
    code: EnrolCode,
    request: bytes,
    keys_of: Callable[[bytes], Iterable[bytes]],
) -> EnrolAnswer:
    """Return the answer to `request` (its bytes) after signature, proof of the code and seal stand;
    else UntrustedData.

    keys_of: the trusted keys of purpose `station` of an issuer whose root has the pinned hash.
    """
    payload, _ = open_envelope(raw, typ=ANSWER_TYP, max_bytes=ANSWER_MAX_BYTES, keys_of=keys_of)
    try:
        fields = cbor_decode(payload, max_bytes=ANSWER_MAX_BYTES)
        need(type(fields) is list and len(fields) in {4, 5}, "not an answer")
        need(all(type(field) is bytes for field in fields[:4]), "not an answer")
        last = _last_head(fields[4]) if len(fields) == 5 else None
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_answer") from None
    asked, certificate, sealed, mac, *behind = fields
    is_asked = hashlib.sha256(request).digest()
    expected = _mac(mac_key(code.secret), b"answer", is_asked, certificate, sealed, *behind)
    if not hmac.compare_digest(expected, mac) or asked != is_asked:
        raise UntrustedData(code="wrong_answer")
    try:
        secret = SealedBox(PrivateKey(key.x25519_secret())).decrypt(sealed)
    except (CryptoError, ValueError):
        raise UntrustedData(code="wrong_answer") from None
    return EnrolAnswer(certificate=certificate, checkpoint_secret=secret, last=last)


def _last_head(fields: object) -> LastHead:
    if type(fields) is not list or len(fields) != 3:
        raise MalformedBytes("not an answer")
    chain, sequence, chained = fields
    need(is_bytes(chain, CHAIN_BYTES) and is_bytes(chained, 32), "not an answer")
    need(is_count(sequence) and sequence <= LAST_PLACE_MAX, "not an answer")
    last = LastHead(chain=chain, sequence=sequence, hash=chained)
    need(sequence > 0 or last == LastHead(), "not an answer")
    return last


def root_pin(root: bytes) -> bytes:
    """Return the SHA-256 by which an enrolment code names the issuer's root."""
    return hashlib.sha256(root).digest()


def check_root(root: bytes, code: EnrolCode) -> None:
    """Return if `root` is the one that the code was made for; else UntrustedData `root_swapped`."""
    if not hmac.compare_digest(root_pin(root), code.root_pin):
        raise UntrustedData(
            "the server shows another root than the code names", code="root_swapped"
        )


def check_request_root(request: EnrolRequest, root: bytes) -> None:
    """Return if the station asked for this root; else UntrustedData `wrong_root`."""
    if not hmac.compare_digest(root_pin(root), request.root_pin):
        raise UntrustedData(code="wrong_root")
