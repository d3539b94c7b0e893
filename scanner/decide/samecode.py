"""Which codes are still the ones of a moment ago: remembered texts save work, remembered identities
count a person once.

Verification comes before every memory of a person: a rotating code's text changes every 15 s and
its identity does not. Times are seconds of a monotonic clock; memories are bounded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

# A code that left the picture for longer than this is a new presentation.
TEXT_WINDOW_S: Final = 1.0
# The same pass within this time of being last seen is the same person still standing there.
PERSON_WINDOW_S: Final = 10.0
REMEMBERED_MAX: Final = 4096

K = TypeVar("K", bound=Hashable)


class Recent(Generic[K]):
    """Things seen a moment ago. `is_new` answers and remembers in one step; seeing again
    prolongs.
    """

    def __init__(self, window_s: float, remembered_max: int = REMEMBERED_MAX) -> None:
        self._window_s = window_s
        self._max = remembered_max
        self._seen: OrderedDict[K, float] = OrderedDict()

    def is_new(self, thing: K, now_mono_s: float) -> bool:
        """Return whether `thing` was not seen within the window before now, and remember it as seen
        now.
        """
        last = self._seen.pop(thing, None)
        self._seen[thing] = now_mono_s
        if len(self._seen) > self._max:
            self._seen.popitem(last=False)
        return last is None or now_mono_s - last > self._window_s

    def forget(self, thing: K) -> None:
        """Make `thing` new again (an undone passage)."""
        self._seen.pop(thing, None)
