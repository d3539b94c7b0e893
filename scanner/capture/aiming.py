"""What to say to somebody whose code is held up and does not read: come closer, find light, or hold
still.

Nobody is advised by a guess from one frame. What shows that a code is there:
- its corners are found and its text does not come out: in 28 of 98 looks at codes of the condition
  grid that the reader could not read, in none of 6,300 at walls, shirts and shelves. Two such looks
  will do.
- a region that is even and square as codes are, and moves: in nearly every look at a smeared code,
  in less than a quarter at 23 of 24 textures. Seven such looks of twelve will do; a chequered shirt
  in front of the gate is told to hold still, too.
- in the dark neither shows: there it is that something moves in a picture with no light place in it
  that is as large as a code, as often.
What stands still is never spoken to; the start view says how to hold a code.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from scanner.capture import codes_views as views
from scanner.capture.codes_decoders import Quad, unread_codes
from scanner.capture.codes_effort import CPU_CLOCK, CpuClock, MotionGate
from scanner.capture.codes_regions import CellMaker, has_room, regions_in
from scanner.capture.source import Grey

# The views that showed the most unread codes for their price.
_VIEWS: Final = (views.STEADY, views.STRETCH)
_EVERY_S: Final = 0.25
_SHARE: Final = 0.02  # of one core at most: a look that was dear puts the next one off
_FAINTEST: Final = 9.0
_WITHIN_S: Final = 3.0
_SURE_SIGNS: Final = 2
_SIGNS: Final = 7
_SINCE_S: Final = 1.2  # a code that is just coming into the picture needs no advice
_QUIET_AFTER_READ_S: Final = 2.0  # a phone that is taken away smears
_QUIET_AFTER_HINT_S: Final = 6.0
# The smallest passes have 37 modules a side and read from about 1.5 pixels each on.
_SMALL_PX: Final = 110.0
_DARK: Final = 80.0  # what the lightest twentieth of the code's region reaches in bad light
_ALL_DARK: Final = 55.0  # what the lightest thirtieth of the frame reaches then
_LIGHTEST: Final = 97


class Hint(StrEnum):
    """What to do; the words stand in scanner.decide.notices."""

    CLOSER = "closer"
    BRIGHTER = "brighter"
    HOLD_STILL = "hold_still"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """That a code is there, and what would help it. sure: its corners were found."""

    mono_s: float
    hint: Hint
    sure: bool


class Aiming:
    """Watches one stream beside its reader, from the same thread; about 1 % of a core."""

    def __init__(self, cpu_s: CpuClock = CPU_CLOCK) -> None:
        self._cpu_s = cpu_s
        self._cells = CellMaker()
        self._gate = MotionGate()
        self._signs: deque[_Sign] = deque()
        self._next_s = float("-inf")
        self._turn = 0

    def advise(self, grey: Grey, mono_s: float, is_read: bool) -> Hint | None:
        """Return what to say after a frame, None mostly. is_read: whether somebody was read in it
        or by hand: then nobody needs advice for a while.
        """
        if is_read:
            self._signs.clear()
            self._next_s = max(self._next_s, mono_s + _QUIET_AFTER_READ_S)
        if mono_s < self._next_s or not has_room(grey):
            return None
        began_s = self._cpu_s()
        sign = self._look(grey, mono_s)
        self._next_s = mono_s + max(_EVERY_S, (self._cpu_s() - began_s) / _SHARE)
        if sign is None:
            return None
        self._signs.append(sign)
        if not self._is_enough(mono_s):
            return None
        self._signs.clear()
        self._next_s = mono_s + _QUIET_AFTER_HINT_S
        return sign.hint

    def _look(self, grey: Grey, mono_s: float) -> _Sign | None:
        cells = self._cells.cells(grey)
        moves = self._gate.moved(cells, [])
        if moves and float(np.percentile(cells.mean, _LIGHTEST)) < _ALL_DARK:
            return _Sign(mono_s=mono_s, hint=Hint.BRIGHTER, sure=False)
        regions = regions_in(cells, 1, _FAINTEST)
        if not regions:
            return None
        region = regions[0]
        part = region.window(grey.shape).of(grey)
        view = _VIEWS[self._turn % len(_VIEWS)]
        self._turn += 1
        unread = unread_codes(view.make(part))
        if unread:
            side = _side_px(unread[0]) / view.scale
            return _Sign(mono_s=mono_s, hint=_advice(part, side), sure=True)
        if region.likely and moves:
            side = max(region.width, region.height)
            return _Sign(mono_s=mono_s, hint=_advice(part, side), sure=False)
        return None

    def _is_enough(self, mono_s: float) -> bool:
        while self._signs[0].mono_s < mono_s - _WITHIN_S:
            self._signs.popleft()
        sure = sum(sign.sure for sign in self._signs)
        lasts = self._signs[0].mono_s <= mono_s - _SINCE_S
        return lasts and (sure >= _SURE_SIGNS or len(self._signs) >= _SIGNS)


def _advice(part: Grey, side_px: float) -> Hint:
    """Return what would help a code of that size in `part` most."""
    if side_px < _SMALL_PX:
        return Hint.CLOSER
    if float(np.percentile(part[::2, ::2], 95)) < _DARK:
        return Hint.BRIGHTER
    return Hint.HOLD_STILL


def _side_px(quad: Quad) -> float:
    """Return the longest side of a code's outline."""
    return max(math.dist(quad[i], quad[i - 1]) for i in range(4))
