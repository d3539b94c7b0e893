"""Which codes are still the ones of a moment ago: remembered texts save work, remembered identities
count a person once.

Verification comes before every memory of a person: a rotating code's text changes every 15 s and
its identity does not. Times are seconds of a monotonic clock; memories are bounded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from keys.passages import PassIdentity

# A code that left the picture for longer than this is a new presentation.
TEXT_WINDOW_S: Final = 1.0
# The same pass within this time of being last seen is the same person still standing there.
PERSON_WINDOW_S: Final = 10.0
REMEMBERED_MAX: Final = 4096

K = TypeVar("K", bound=Hashable)
# Who stands there: the pass, or the text where no pass was verified.
Person = PassIdentity | str


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

    def ago_s(self, thing: K, now_mono_s: float) -> float | None:
        """Return how long ago `thing` was last seen, None if it is not remembered."""
        last = self._seen.get(thing)
        return None if last is None else max(0.0, now_mono_s - last)

    def forget(self, thing: K) -> None:
        """Make `thing` new again (an undone passage)."""
        self._seen.pop(thing, None)


class Presence:
    """Who stands before the gate: each new text is judged once, each person counted once.

    A code that stays in the picture keeps its person present, however long: a phone held up for a
    minute is one person, and so is a rotating code that shows four texts in that minute.
    """

    def __init__(self) -> None:
        self._texts: Recent[str] = Recent(TEXT_WINDOW_S)
        self._people: Recent[Person] = Recent(PERSON_WINDOW_S)
        self._shown_by: OrderedDict[str, Person] = OrderedDict()

    def is_new_text(self, text: str, now_mono_s: float) -> bool:
        """Return whether `text` came into the picture just now."""
        if self._texts.is_new(text, now_mono_s):
            return True
        person = self._shown_by.get(text)
        if person is not None:
            self._people.is_new(person, now_mono_s)
        return False

    def is_new_person(self, person: Person, text: str, now_mono_s: float) -> bool:
        """Return whether `person`, who shows `text`, is to be counted, and remember both."""
        self._shown_by.pop(text, None)
        self._shown_by[text] = person
        if len(self._shown_by) > REMEMBERED_MAX:
            self._shown_by.popitem(last=False)
        return self._people.is_new(person, now_mono_s)

    def seen_ago_s(self, person: Person, now_mono_s: float) -> float | None:
        """Return how long ago a code of `person` was last seen, None if it is not remembered."""
        return self._people.ago_s(person, now_mono_s)

    def forget(self, person: Person, text: str) -> None:
        """Make both new again: what was to be counted could not be written down."""
        self._shown_by.pop(text, None)
        self._people.forget(person)
        self._texts.forget(text)

    def undo(self, person: Person, text: str) -> None:
        """Make `person` new again, but not the code that is still held up: who is taken back must
        not be counted once more a moment later.
        """
        self._shown_by.pop(text, None)
        self._people.forget(person)
