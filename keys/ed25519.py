"""Ed25519 (RFC 8032) by libsodium: S < L, canonical A and R, no small-order A, cofactorless.

PyNaCl is the only library of three measured that refuses small-order keys; no other one gives a
verdict here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from nacl.bindings import (
    crypto_sign,
    crypto_sign_ed25519_pk_to_curve25519,
    crypto_sign_ed25519_sk_to_curve25519,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import CryptoError

from keys.errors import BadSignature

SEED_BYTES = 32
PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Return only if `signature` (64 bytes) is one by `public_key` (32 bytes) over `message`; else
    BadSignature.
    """
    # libsodium's combined form takes signature || message; other lengths of either part must not
    # slide into another.
    if len(signature) != SIGNATURE_BYTES or len(public_key) != PUBLIC_KEY_BYTES:
        raise BadSignature
    try:
        crypto_sign_open(signature + message, public_key)
    except CryptoError:
        raise BadSignature from None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. The seed never shows in a repr; `public_key` is 32 bytes."""

    seed: bytes = field(repr=False)
    public_key: bytes = field(init=False)
    _secret: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        public_key, secret = crypto_sign_seed_keypair(self.seed)
        object.__setattr__(self, "public_key", public_key)
        object.__setattr__(self, "_secret", secret)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature over `message`."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def x25519_secret(self) -> bytes:
        """Return the X25519 secret that opens what was sealed to this key (32 bytes)."""
        return crypto_sign_ed25519_sk_to_curve25519(self._secret)


def x25519_public(public_key: bytes) -> bytes:
    """Return the X25519 public key of an Ed25519 one; BadSignature if it is not a point of the main
    group.
    """
    try:
        return crypto_sign_ed25519_pk_to_curve25519(public_key)
    except (CryptoError, RuntimeError):
        raise BadSignature from None
