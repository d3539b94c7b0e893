"""Seals bodies to whatever passage key is in force, and has the next seals ready before somebody
comes: the half that needs no body is made between two frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from keys.sealing import (
    PassageKey,
    ReadySeal,
    finish_seal,
    ready_seal,
    seal_body,
    sealed_kid,
)

# More people than stand before one camera at once.
READY_MOST: Final = 4


class BodySealer:
    """What closes bodies: called with a plain one. May be called from any thread.

    key_of: gives the passage key in force, None while there is none; bodies then stay plain.
    """

    def __init__(self, key_of: Callable[[], PassageKey | None]) -> None:
        self._key_of = key_of
        self._ready: deque[ReadySeal] = deque()

    def __call__(self, plain: bytes) -> bytes:
        """Return a body as it is stored."""
        key = self._key_of()
        if key is None:
            return plain
        ready = self._taken(key)
        return seal_body(plain, key) if ready is None else finish_seal(plain, ready)

    def get_ready(self) -> None:
        """Make at most one seal (0.1 ms), none if enough are there: to be called between frames."""
        key = self._key_of()
        if key is not None and len(self._ready) < READY_MOST:
            self._ready.append(ready_seal(key))

    def _taken(self, key: PassageKey) -> ReadySeal | None:
        """Return a seal for `key` that nobody else gets, None if there is none."""
        while True:
            try:
                ready = self._ready.popleft()
            except IndexError:
                return None
            if sealed_kid(ready.begins) == key.kid:  # one for a key of yesterday is let go of
                return ready
