"""The number that lets a supervisor close a kiosk: kept as a hash, and slow to guess.

It is touched on the screen, never read from a camera or a hand scanner. Three wrong tries lock the
pad for 30 s, each further wrong one for twice as long, up to an hour: ten thousand tries take more
than a year. No Qt in here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

_FREE_TRIES: Final = 3
_FIRST_WAIT_S: Final = 30.0
_LONGEST_WAIT_S: Final = 3600.0
PIN_DIGITS: Final = range(6, 13)
_COST: Final = 2**14  # 16 MiB and about 50 ms a try on a small box


class UnusablePin(Exception):
    """A PIN of other than 6 to 12 digits, or a stored hash that is none. `code` is fixed."""

    code = "unusable_pin"


def hash_pin(pin: str, salt: bytes) -> str:
    """Return what the settings keep of `pin`: `scrypt:<salt>:<hash>`. salt: 16 random bytes."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_DIGITS):
        raise UnusablePin("a PIN has 6 to 12 digits")
    return ":".join(("scrypt", _text(salt), _text(_hash(pin, salt))))


class PinLock:
    """Judges tries against a stored hash. Times are monotonic seconds, given by the caller."""

    def __init__(self, stored: str) -> None:
        try:
            kind, salt, digest = stored.split(":")
            self._salt, self._digest = base64.b64decode(salt), base64.b64decode(digest)
        except ValueError:
            raise UnusablePin("not a stored PIN") from None
        if kind != "scrypt" or not self._salt or len(self._digest) != 32:
            raise UnusablePin("not a stored PIN")
        self._wrong = 0
        self._locked_until_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Return how long the pad stays locked, 0 when the next try is welcome."""
        return max(0.0, self._locked_until_s - now_s)

    def opens(self, pin: str, now_s: float) -> bool:
        """Return whether `pin` is the one. A try while locked is wrong, and costs nothing more."""
        if self.wait_s(now_s):
            return False
        if hmac.compare_digest(_hash(pin, self._salt), self._digest):
            self._wrong = 0
            return True
        self._wrong += 1
        if self._wrong >= _FREE_TRIES:
            wait_s = _FIRST_WAIT_S * 2 ** min(self._wrong - _FREE_TRIES, 10)
            self._locked_until_s = now_s + min(wait_s, _LONGEST_WAIT_S)
        return False


def _hash(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=8, p=1, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
