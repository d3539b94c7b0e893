"""Who was admitted here just before, by kind of pass: a child enters with somebody who may bring
it. A short memory, gone after a restart: then nobody has been, and the rule objects.
"""

from __future__ import annotations

from keys.passages import PassIdentity


class Companions:
    """The last two passes admitted of each kind. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[tuple[PassIdentity, float], ...]] = {}

    def admitted(self, identity: PassIdentity, kind: int, mono_s: float) -> None:
        """Remember that `identity` was let through."""
        others = [entry for entry in self._last.get(kind, ()) if entry[0] != identity]
        self._last[kind] = ((identity, mono_s), *others[:1])

    def taken_back(self, identity: PassIdentity) -> None:
        """Forget `identity`: it did not pass."""
        for kind, entries in self._last.items():
            self._last[kind] = tuple(entry for entry in entries if entry[0] != identity)

    def ago_s(self, identity: PassIdentity, mono_s: float) -> dict[int, int]:
        """Return how many seconds ago a pass of each kind was admitted, `identity` left out."""
        found = {}
        for kind, entries in self._last.items():
            times = [seen_s for other, seen_s in entries if other != identity]
            if times:
                found[kind] = int(max(0.0, mono_s - max(times)))
        return found
