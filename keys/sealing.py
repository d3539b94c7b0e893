"""Sealed row bodies: a station that is stolen gives no name, because it cannot open what it wrote.

A passage key is an X25519 pair of the district. Its public half is a target of the trust
repository; the secret one stays at the office, or on a supervisor's stick. Bytes: docs/protocols.md
section 11.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nacl.bindings import (
    crypto_box_beforenm,
    crypto_box_easy_afternm,
    crypto_box_keypair,
    crypto_box_NONCEBYTES,
    crypto_box_seal,
    crypto_box_seal_open,
    crypto_scalarmult,
    crypto_scalarmult_base,
    sodium_unpad,
)
from nacl.exceptions import CryptoError

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.shapes import is_bytes, need

PASSAGE_KEYS: Final = "passage-keys/"
DEFAULT_KEY: Final = "default"
PASSAGE_KEY_MAX_BYTES: Final = 256
KID_BYTES: Final = 8
# What a usual body needs, so that the length of a name does not show; a long note shows as such.
BLOCK_BYTES: Final = 128
_DOMAIN: Final = "kakou-passage-key-1"
_SEALED: Final = b"\x01"
_PLAIN_NAME: Final = re.compile("[a-z0-9-]{1,48}", re.ASCII)
_PROBE: Final = bytes([1]) + bytes(31)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageKey:
    """To whom bodies are sealed. kid: 8 bytes, public: 32 bytes (X25519)."""

    kid: bytes
    public: bytes


def passage_kid(public: bytes) -> bytes:
    """Return the key id of a passage key: the first 8 bytes of its SHA-256."""
    return hashlib.sha256(public).digest()[:KID_BYTES]


def passage_key(public: bytes) -> PassageKey:
    """Return the key of its 32 public bytes; none that a secret could belong to: UntrustedData
    `malformed_passage_key`.
    """
    try:
        need(is_bytes(public, 32), "not a passage key")
        # A point of small order would seal to everybody; libsodium refuses to multiply by it.
        crypto_scalarmult(_PROBE, public)
    except (MalformedBytes, CryptoError, RuntimeError):
        raise UntrustedData(code="malformed_passage_key") from None
    return PassageKey(kid=passage_kid(public), public=public)


def passage_public(secret: bytes) -> bytes:
    """Return the public half (32 bytes) of an X25519 secret of 32 bytes."""
    return crypto_scalarmult_base(secret)


def encode_passage_key(public: bytes) -> bytes:
    """Return the target of a passage key, from its public half (32 bytes)."""
    return cbor_encode([_DOMAIN, passage_kid(public), public])


def decode_passage_key(raw: bytes) -> PassageKey:
    """Return the key that a target holds; anything else: UntrustedData `malformed_passage_key`."""
    try:
        value = cbor_decode(raw, max_bytes=PASSAGE_KEY_MAX_BYTES)
        need(type(value) is list and len(value) == 3 and value[0] == _DOMAIN, "not a passage key")
        _, kid, public = value
        need(is_bytes(public, 32) and kid == passage_kid(public), "not a passage key")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_passage_key") from None
    return passage_key(public)


def passage_key_path(name: str = DEFAULT_KEY) -> str:
    """Return the target's path of the key of a checkpoint, or of the district's own.

    A name that no plain address or file name holds (Chinese, blanks, capitals) stands there by its
    SHA-256.
    """
    if _PLAIN_NAME.fullmatch(name):
        return PASSAGE_KEYS + name
    return f"{PASSAGE_KEYS}n.{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def passage_key_for(files: Mapping[str, bytes], checkpoint: str) -> PassageKey | None:
    """Return the key that the stations of `checkpoint` seal to, by the target files in force.

    The checkpoint's own before the district's; None if there is neither. One that is there and
    cannot be read: UntrustedData `malformed_passage_key`, never the other one in its place.
    """
    for name in (checkpoint, DEFAULT_KEY):
        raw = files.get(passage_key_path(name))
        if raw is not None:
            return decode_passage_key(raw)
    return None


def seal_body(plain: bytes, key: PassageKey) -> bytes:
    """Return `plain` sealed to `key`, padded to whole blocks of 128 bytes; another one each
    time.
    """
    return _SEALED + key.kid + crypto_box_seal(_padded(plain), key.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadySeal:
    """The half of one seal that needs no body: for one body only, then to be let go of.

    begins: what the sealed body begins with, up to the ephemeral key.
    """

    begins: bytes
    nonce: bytes = field(repr=False)
    shared: bytes = field(repr=False)


def ready_seal(key: PassageKey) -> ReadySeal:
    """Return a seal to `key` that was begun: nine tenths of the work of `seal_body`."""
    public, secret = crypto_box_keypair()
    # As crypto_box_seal has it, so that its opening half opens this one too.
    nonce = hashlib.blake2b(public + key.public, digest_size=crypto_box_NONCEBYTES).digest()
    shared = crypto_box_beforenm(key.public, secret)
    return ReadySeal(begins=_SEALED + key.kid + public, nonce=nonce, shared=shared)


def finish_seal(plain: bytes, ready: ReadySeal) -> bytes:
    """Return `plain` sealed as by `seal_body`. A `ready` used for two bodies would give both away
    to who sees them: the nonce is its own for one.
    """
    return ready.begins + crypto_box_easy_afternm(_padded(plain), ready.nonce, ready.shared)


def _padded(plain: bytes) -> bytes:
    # ISO/IEC 7816-4, as sodium_pad, whose binding costs 15 us in allocations.
    return plain + b"\x80" + bytes(-(len(plain) + 1) % BLOCK_BYTES)


def is_sealed(raw: bytes) -> bool:
    """Return whether a body is a sealed one; a plain one is a CBOR map and begins otherwise."""
    return raw[:1] == _SEALED


def sealed_kid(raw: bytes) -> bytes:
    """Return the id of the key that a sealed body needs, before it is opened."""
    return raw[1 : 1 + KID_BYTES]


def open_body(raw: bytes, secrets: Mapping[bytes, bytes]) -> bytes:
    """Return the plain body of `raw`, opened with the one of `secrets` (X25519 secrets by key id)
    that it names; a plain one as it is.

    UntrustedData: `passage_key_missing`, `sealed_body_damaged` (cut, changed, or sealed to another
    key).
    """
    if not is_sealed(raw):
        return raw
    secret = secrets.get(sealed_kid(raw))
    if secret is None:
        raise UntrustedData(code="passage_key_missing")
    try:
        box = raw[1 + KID_BYTES :]
        return sodium_unpad(
            crypto_box_seal_open(box, crypto_scalarmult_base(secret), secret), BLOCK_BYTES
        )
    except (CryptoError, ValueError, TypeError):
        raise UntrustedData(code="sealed_body_damaged") from None
