"""How many codes that no key stands behind are written down: somebody who shows thousands of them
must not fill the disk, nor push real passages out of anybody's sight.

Rows of verified passes are never left out, whatever they say. The answer on the screen is given all
the same; only the row is left out, and one row says later how many were.
"""

from __future__ import annotations

from typing import Final

from keys.passages import Verdict
from scanner.decide.judgement import Judgement

# A crowd's odd codes fit; a phone that plays a new code in every frame does not.
ROWS_MOST: Final = 12
WITHIN_S: Final = 60.0


def is_unproven(judgement: Judgement) -> bool:
    """Return whether a judgement is the refusal of a code behind which no pass was verified."""
    return judgement.identity is None and judgement.verdict is Verdict.REFUSE


class Flood:
    """A bucket of rows that fills again evenly: 12 at once, 12 a minute. mono_s: seconds of a
    monotonic clock.
    """

    def __init__(self, most: int = ROWS_MOST, within_s: float = WITHIN_S) -> None:
        self._most = float(most)
        self._a_second = most / within_s
        self._within_s = within_s
        self._room = float(most)
        self._at_s: float | None = None
        self._left_out = 0
        self._since_s = 0.0

    def takes(self, judgement: Judgement, mono_s: float) -> bool:
        """Return whether the row of `judgement` is to be written; one that is not is counted."""
        if not is_unproven(judgement):
            return True
        if self._at_s is not None and mono_s > self._at_s:
            self._room = min(self._most, self._room + (mono_s - self._at_s) * self._a_second)
        self._at_s = mono_s
        if self._room >= 1:
            self._room -= 1
            return True
        if self._left_out == 0:
            self._since_s = mono_s
        self._left_out += 1
        return False

    def due(self, mono_s: float) -> int:
        """Return how many rows were left out if it is time to write that down (a minute after the
        first of them), else 0.
        """
        return self._left_out if mono_s - self._since_s >= self._within_s else 0

    def left_out(self) -> int:
        """Return how many rows were left out and not written down yet, whatever the time."""
        return self._left_out

    def told(self, count: int) -> None:
        """Take note that a row says `count` were left out."""
        self._left_out -= count
