"""Passwords by Argon2id (libsodium), two at a time at most: each takes up to 256 MiB and most of a
second.
"""

from __future__ import annotations

import threading
from typing import Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from issuer.people.rules.passwords import password_bytes

_LIMITS: Final = {
    "interactive": (argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE),
    "moderate": (argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE),
    "sensitive": (argon2id.OPSLIMIT_SENSITIVE, argon2id.MEMLIMIT_SENSITIVE),
}
_AT_ONCE: Final = threading.BoundedSemaphore(2)


def hash_password(password: str, cost: str) -> str:
    """Return the Argon2id text of `password` with the limits named `cost`
    (settings.PASSWORD_COSTS).
    """
    opslimit, memlimit = _LIMITS[cost]
    with _AT_ONCE:
        return argon2id.str(password_bytes(password), opslimit, memlimit).decode("ascii")


def password_fits(password: str, hashed: str) -> bool:
    """Return whether `password` is the one that was hashed."""
    with _AT_ONCE:
        try:
            return argon2id.verify(hashed.encode("ascii"), password_bytes(password))
        except CryptoError:
            return False
