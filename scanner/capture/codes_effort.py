"""How much looking a frame is worth: what moved, what a call may cost, what is followed.

A decoder's call cannot be stopped. A shirt printed with finder patterns holds zxing-cpp for a third
of a second a frame; so what a slow call cost decides how much of the next frame is looked at.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scanner.capture.codes_decoders import Quad, SeenCode
from scanner.capture.codes_regions import CELL, Cells, Region, Window
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

CpuClock = Callable[[], float]
# Windows counts a thread's time in steps of 16 ms, whatever resolution it claims.
CPU_CLOCK: CpuClock = time.perf_counter if sys.platform == "win32" else time.thread_time
# Nine cells (288 pixels) averaged differ by less than a step from frame to frame, even in the dark.
_STEPS, _STEPS_OF_NOISE = 3.0, 0.25
_FEWEST_CELLS = 3


class MotionGate:
    """Tells whether anything moved since the scene was last new."""

    def __init__(self) -> None:
        self._before: Grey | None = None

    def moved(self, cells: Cells, spare: list[Window]) -> bool:
        """Return whether the frame differs from the last new one, outside these windows.

        The comparison is with the last new frame and not the last frame, so that a slow change adds
        up. A lamp that changes all cells alike is no movement, and the frame becomes the new one.
        """
        now, before = np.asarray(cv2.blur(cells.mean, (3, 3)), np.uint8), self._before
        if before is None or before.shape != now.shape:
            self._before = now
            return True
        apart = np.asarray(cv2.absdiff(now, before), np.uint8)
        for window in spare:
            apart[_cells_under(window)] = 0
        changed = np.count_nonzero(apart > _STEPS + cells.noise * _STEPS_OF_NOISE)
        if changed < _FEWEST_CELLS:
            return False
        self._before = now
        return True


class Spending:
    """Keeps the looking within a budget, counted in CPU time and scaled to this machine.

    The unit is what the cells of a frame cost, which depends on nothing but the machine. After a
    call of more than _SLOW units only a share of the frame is looked at, another part each time,
    and the share grows again no faster than the calls prove cheap.
    """

    _SLOW = 45.0  # units; a textured frame with two codes takes about 20
    _AIM = 10.0
    _SHARES = (1, 4, 16, 64)

    def __init__(self, cpu_s: CpuClock) -> None:
        self._cpu_s = cpu_s
        self._unit_s = float("inf")
        self._level = 0
        self._calm = 0
        self._turn = 0
        self._dear: dict[str, tuple[int, int]] = {}  # name: suspended until frame, for how long
        self._frame = 0

    @property
    def strained(self) -> bool:
        """True while only a part of each frame is looked at."""
        return self._level > 0

    def unit(self, make: Callable[[], Cells]) -> Cells:
        """Return make(), whose cost is the unit; the least of late, as others were disturbed."""
        began_s = self._cpu_s()
        cells = make()
        took_s = max(self._cpu_s() - began_s, 1e-5)
        self._unit_s = min(self._unit_s * 1.01, took_s)
        self._frame += 1
        return cells

    def whole(self, read: Callable[[Window | None], list[SeenCode]], grey: Grey) -> list[SeenCode]:
        """Look at the whole frame, or at the part of it that is affordable and has its turn."""
        began_s = self._cpu_s()
        codes = read(self._part(grey))
        self._learn((self._cpu_s() - began_s) / self._unit_s)
        return codes

    def view(self, name: str, read: Callable[[], list[SeenCode]]) -> list[SeenCode]:
        """Look through a view, unless it was too slow of late: then [] at once."""
        until, length = self._dear.get(name, (0, 4))
        if self._frame < until:
            return []
        began_s = self._cpu_s()
        codes = read()
        units = (self._cpu_s() - began_s) / self._unit_s
        if units > self._AIM * 2:
            length = min(length * 4, 1024)
            self._dear[name] = (self._frame + length, length)
        elif name in self._dear:
            del self._dear[name]
        return codes

    def _part(self, grey: Grey) -> Window | None:
        if not self._level:
            return None
        height, width = grey.shape
        side = round((height * width / self._SHARES[self._level]) ** 0.5)
        # Half overlapping squares, so that a code on a border lies whole in one of them.
        across = max(1, -(-(width - side) // max(1, side // 2))) + 1
        down = max(1, -(-(height - side) // max(1, side // 2))) + 1
        self._turn += 1
        row, column = divmod(self._turn * 7 % (across * down), across)
        return Window.around(
            side / 2 + column * (width - side) / max(1, across - 1),
            side / 2 + row * (height - side) / max(1, down - 1),
            side,
            grey.shape,
        )

    def _learn(self, units: float) -> None:
        last = len(self._SHARES) - 1
        if units > self._SLOW or (self._level and units > self._AIM * 2):
            over = units / self._AIM
            self._level = min(last, self._level + (1 if over < 8 else 2 if over < 32 else 3))
            self._calm = 0
            return
        # Four times the area costs four to eight times as much; a few calls must agree.
        self._calm = self._calm + 1 if units < self._AIM / 5 else 0
        if self._level and self._calm >= 8 * self._level:
            self._level -= 1
            self._calm = 0


@dataclass(slots=True, kw_only=True)
class Track:
    """A code that was read, followed from frame to frame.

    missed: frames in a row without it. hard: looks in a row that did not read it as it is.
    """

    code: SeenCode
    missed: int = 0
    hard: int = 0

    def window(self, shape: tuple[int, ...]) -> Window:
        """Return where to look for it in the next frame."""
        return window_of(self.code.quad, shape)

    @property
    def module_px(self) -> float:
        """Pixels a module, 0 where the reader did not tell the version."""
        return size_of(self.code.quad) / self.code.modules if self.code.modules else 0.0


def size_of(quad: Quad) -> float:
    """Return the longer side of the upright box around a code, in pixels."""
    across = [x for x, _ in quad]
    down = [y for _, y in quad]
    return max(max(across) - min(across), max(down) - min(down))


def window_of(quad: Quad, shape: tuple[int, ...], room: float = 1.4) -> Window:
    """Return the square around a code, `room` times its size: quiet zone and a hand's movement."""
    side = int(size_of(quad) * room) + 16
    return Window.around(sum(x for x, _ in quad) / 4, sum(y for _, y in quad) / 4, side, shape)


def inside(region: Region, windows: list[Window]) -> bool:
    """Tell whether the region's centre lies in one of the windows."""
    x, y = region.x + region.width / 2, region.y + region.height / 2
    return any(window.holds(x, y) for window in windows)


def _cells_under(window: Window) -> tuple[slice, slice]:
    x0, y0 = window.x // CELL, window.y // CELL
    x1, y1 = -(-(window.x + window.side) // CELL), -(-(window.y + window.side) // CELL)
    return slice(y0, y1), slice(x0, x1)
