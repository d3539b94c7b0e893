"""Where in a frame a code may be, found from its texture alone and before anything is decoded.

A code is the one thing at a gate whose brightness changes every few pixels both across and down,
over a filled square. Gradients of both directions are averaged over cells of 8x8 pixels; a cell
counts as much as its weaker direction (stripes and edges have only one), less the sensor's noise,
in proportion to its brightness. Then squares of cells are looked for in which all four quarters
are full. One such region holds the code in 95 of 100 frames of the condition grid, at a tenth of
the cost of reading the frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

CELL = 8
# Cells a side that are looked for: 56 to 152 pixels; larger codes need no help.
_SQUARES = (7, 12, 19)
_SMALLEST = 12 * CELL  # no squares in less
_EDGES_OF_CODE = (0.5, 0.72)  # shares of the region's mean texture where it may be taken to end
_LEAKED = 2.6  # a region so many times the square that found it is no region
_EVEN = 0.62
_SQUARE = (0.6, 1.67)  # width to height of a code held at an angle
_STEPS = 128  # texture as a share of brightness, in these steps; 255 at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A box of pixels that looks like a code.

    score: how much texture, in units of its brightness. likely: even and square as codes are.
    """

    x: int
    y: int
    width: int
    height: int
    score: float
    likely: bool

    def window(self, shape: tuple[int, ...], *, most: int = 288) -> Window:
        """Return the square to cut out for reading: the box with room for a quiet zone."""
        side = int(max(self.width, self.height) * 1.15) + 20
        side = min(max(side, 112), most, *shape[:2])
        return Window.around(self.x + self.width / 2, self.y + self.height / 2, side, shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A square of whole pixels inside a frame."""

    x: int
    y: int
    side: int

    @staticmethod
    def around(x: float, y: float, side: int, shape: tuple[int, ...]) -> Window:
        """Return the square of that side nearest to being centred at x, y within the frame."""
        side = min(side, *shape[:2])
        left = int(min(max(0.0, x - side / 2), shape[1] - side))
        top = int(min(max(0.0, y - side / 2), shape[0] - side))
        return Window(x=left, y=top, side=side)

    def of(self, grey: Grey) -> Grey:
        """Return the pixels, as a view."""
        return grey[self.y : self.y + self.side, self.x : self.x + self.side]

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point lies inside."""
        return self.x <= x < self.x + self.side and self.y <= y < self.y + self.side


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """A frame at an eighth: mean brightness, texture without noise, and how strong the noise is."""

    mean: Grey
    texture: Grey
    noise: float


def has_room(grey: Grey) -> bool:
    """Tell whether the frame is large enough to look for regions in it."""
    return bool(min(grey.shape) >= _SMALLEST)


class CellMaker:
    """Makes the cells of one stream's frames; keeps its scratch memory."""

    def __init__(self) -> None:
        self._across = self._down = np.zeros((0, 0), np.uint8)

    def cells(self, grey: Grey) -> Cells:
        """Return the cells of a frame that has_room. Costs the same whatever the frame shows."""
        height, width = (n // CELL * CELL for n in grey.shape)
        # Every second row tells as much, for half the time. Two pixels apart: the smallest modules
        # that can be read are little more than one pixel.
        rows = grey[:height:2, :width]
        if rows.shape != self._across.shape:
            self._across, self._down = np.zeros_like(rows), np.zeros_like(rows)
        cv2.absdiff(rows[:, 2:], rows[:, :-2], dst=self._across[:, :-2])
        cv2.absdiff(rows[1:], rows[:-1], dst=self._down[:-1])
        mean = _eighth(rows)
        weaker = cv2.min(_eighth(self._across), _eighth(self._down))
        floor = _fifth(np.asarray(weaker, np.uint8))
        bright = cv2.addWeighted(mean, 0.35, mean, 0, 12)
        texture = cv2.divide(cv2.addWeighted(weaker, 1, weaker, 0, -floor), bright, scale=_STEPS)
        return Cells(mean=mean, texture=np.asarray(texture, np.uint8), noise=floor)


def regions_in(cells: Cells, most: int, faintest: float = 0.0) -> list[Region]:
    """Return up to `most` boxes that look like codes, scored over `faintest`, the best first."""
    scores = [_filled_squares(cells.texture, side) for side in _SQUARES]
    fine = np.asarray(cv2.blur(cells.texture, (5, 5)), np.uint8)
    found = []
    for _ in range(most):
        peaks = [cv2.minMaxLoc(score) for score in scores]
        best = max(range(len(peaks)), key=lambda i: peaks[i][1])
        score, (x, y) = peaks[best][1], peaks[best][3]
        if score <= faintest:
            break
        left, top, wide, high = _extent(cells.texture, fine, x, y, _SQUARES[best])
        even = _evenness(cells.texture, left, top, wide, high) < _EVEN
        found.append(
            Region(
                x=left * CELL,
                y=top * CELL,
                width=wide * CELL,
                height=high * CELL,
                score=score,
                likely=even and _SQUARE[0] < wide / high < _SQUARE[1],
            )
        )
        for done in scores:
            done[
                max(0, min(top, y - 3)) : max(top + high, y + 4),
                max(0, min(left, x - 3)) : max(left + wide, x + 4),
            ] = 0
    return found


def _fifth(cells: Grey) -> float:
    """The value that a fifth of the cells do not reach: texture of bare walls, which is noise."""
    sample = cells[::4, ::4].ravel()
    return float(np.partition(sample, sample.size // 5)[sample.size // 5]) if sample.size else 0.0


def _eighth(rows: Grey) -> Grey:
    """Mean over 8 columns by 4 of these rows, in steps that OpenCV is quick at."""
    height, width = rows.shape
    half = cv2.resize(rows, (width // 2, height // 2), interpolation=cv2.INTER_LINEAR)
    quarter = cv2.resize(half, (width // 4, height // 4), interpolation=cv2.INTER_LINEAR)
    size = (width // CELL, height // 4)
    return np.asarray(cv2.resize(quarter, size, interpolation=cv2.INTER_AREA), np.uint8)


def _filled_squares(texture: Grey, side: int) -> Grey:
    """Score cells as centres of squares: the emptiest quarter, less half of what is around."""
    height, width = texture.shape
    reach = side // 4
    quarter = cv2.blur(texture, (side // 2, side // 2))
    wide = cv2.copyMakeBorder(quarter, reach, reach, reach, reach, cv2.BORDER_CONSTANT)
    upper = cv2.min(wide[:height, :width], wide[:height, 2 * reach :])
    lower = cv2.min(wide[2 * reach :, :width], wide[2 * reach :, 2 * reach :])
    around = cv2.blur(texture, (2 * side + 1, 2 * side + 1))
    half = cv2.addWeighted(around, 0.5, around, 0, 0)
    return np.asarray(cv2.subtract(cv2.min(upper, lower), half), np.uint8)


def _extent(texture: Grey, fine: Grey, x: int, y: int, side: int) -> tuple[int, int, int, int]:
    """How far texture like that of the square at x, y reaches: left, top, width, height."""
    half = side // 2
    square = texture[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]
    mean = float(square.mean())
    for share in _EDGES_OF_CODE:
        alike = (fine > mean * share).astype(np.uint8)
        if not alike[y, x]:
            break
        mask = np.zeros((alike.shape[0] + 2, alike.shape[1] + 2), np.uint8)
        left, top, width, height = cv2.floodFill(alike, mask, (x, y), 2)[3]
        # In the dark the noise around a code is half its texture: it must not run out into that.
        if max(width, height) <= max(_LEAKED * side, min(fine.shape) // 2):
            return left, top, width, height
    side = side * 5 // 4
    return max(0, x - side // 2), max(0, y - side // 2), side, side


def _evenness(texture: Grey, left: int, top: int, width: int, height: int) -> float:
    """Spread of the texture in a box over its mean: 0.4 to 0.6 in codes, more elsewhere."""
    mean, spread = cv2.meanStdDev(texture[top : top + height, left : left + width])
    return float(spread[0, 0]) / max(float(mean[0, 0]), 1.0)
