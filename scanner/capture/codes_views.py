"""Views: cheap pictures of a frame or a region, in which a code reads that did not before.

What each costs and rescues is in ARCHITECTURE.md, measured by `./go bench`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from scanner.capture.codes_decoders import Quad, SeenCode, read_zbar, read_zxing
from scanner.capture.codes_regions import Window
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

Kernel = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One way to look. make: the picture to read; scale: its pixels for one of the source's."""

    name: str
    make: Callable[[Grey], Grey]
    scale: float = 1.0
    invert: bool = False
    histogram: bool = False
    second_reader: bool = False

    def read(self, grey: Grey, window: Window | None = None) -> list[SeenCode]:
        """Return what it shows in the frame, or in a window of it, in the frame's pixels."""
        part = grey if window is None else window.of(grey)
        picture = self.make(part)
        if self.second_reader:
            codes = read_zbar(picture, self.name)
        else:
            codes = read_zxing(
                picture,
                self.name,
                invert=self.invert,
                histogram=self.histogram,
                downscale=self.scale <= 1.0,
            )
        if window is None and self.scale == 1.0:
            return codes
        return [moved(code, 1 / self.scale, window) for code in codes]


def as_it_is(grey: Grey) -> Grey:
    """The picture itself."""
    return grey


def sharpened(grey: Grey, scale: int = 3) -> Grey:
    """Larger, and with what the lens took from the finest modules given back."""
    big = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    reach = 4 * scale - 1
    return grey_of(cv2.addWeighted(big, 2.6, cv2.blur(big, (reach, reach)), -1.6, 0))


def refined(grey: Grey, scale: int = 4) -> Grey:
    """As sharpened, by the slower filter that keeps more of modules of little over one pixel."""
    big = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LANCZOS4)
    reach = 4 * scale - 1
    return grey_of(cv2.addWeighted(big, 2.6, cv2.blur(big, (reach, reach)), -1.6, 0))


def crisp(grey: Grey) -> Grey:
    """Larger, and only the very finest detail raised, by far."""
    big = cv2.resize(grey, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    return grey_of(cv2.addWeighted(big, 5.0, cv2.blur(big, (7, 7)), -4.0, 0))


def softened(grey: Grey) -> Grey:
    """The same after a little smoothing: sensor noise is not sharpened with the code."""
    return sharpened(grey_of(cv2.GaussianBlur(grey, (0, 0), 0.7)))


def steadied(grey: Grey) -> Grey:
    """Noise well below the contrast: a band of frequencies around the modules', larger."""
    return _larger(cv2.filter2D(grey, -1, _band(0.7, 1.2, 0.8)), 3)


def banded(grey: Grey) -> Grey:
    """A wider band, for blurred codes of larger modules."""
    return _larger(cv2.filter2D(grey, -1, _band(0.5, 1.6, 2.5)), 2)


def stretched(grey: Grey) -> Grey:
    """Full contrast between the darkest and the brightest parts, then as steadied."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    low, high = (float(v) for v in np.percentile(smooth[::2, ::2], (2, 98)))
    gain = 255.0 / max(high - low, 8.0)
    full = cv2.addWeighted(smooth, gain, smooth, 0, -low * gain)
    return _larger(cv2.filter2D(full, -1, _band(0.5, 1.6, 1.6)), 2)


def blurred(grey: Grey) -> Grey:
    """A 3x3 mean: sensor noise in dim scenes, a phone's grid of pixels."""
    return grey_of(cv2.blur(grey, (3, 3)))


def median(grey: Grey) -> Grey:
    """A 3x3 median: specks, and printed dots that ran."""
    return grey_of(cv2.medianBlur(grey, 3))


def brightened(grey: Grey) -> Grey:
    """Gamma 0.5: a code in shadow beside bright things."""
    return grey_of(cv2.LUT(grey, _gamma(0.5)))


def darkened(grey: Grey) -> Grey:
    """Gamma 2.2: a screen that outshines the room."""
    return grey_of(cv2.LUT(grey, _gamma(2.2)))


def thresholded(grey: Grey) -> Grey:
    """Black and white against the mean of 61x61: uneven light, glare."""
    mean, binary = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
    return grey_of(cv2.adaptiveThreshold(cv2.blur(grey, (3, 3)), 255, mean, binary, 61, 3))


def thresholded_small(grey: Grey) -> Grey:
    """Black and white against the mean of 31x31, for small modules."""
    mean, binary = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
    return grey_of(cv2.adaptiveThreshold(grey, 255, mean, binary, 31, 5))


def equalised(grey: Grey) -> Grey:
    """Contrast made equal in every eighth of the picture (CLAHE)."""
    return grey_of(_clahe().apply(cv2.blur(grey, (3, 3))))


def doubled(grey: Grey) -> Grey:
    """Twice as large and smooth: damaged prints."""
    big = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    return grey_of(cv2.blur(big, (5, 5)))


def halved(grey: Grey) -> Grey:
    """Half as large: codes that fill the frame, grids of dots."""
    return grey_of(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def quartered(grey: Grey) -> Grey:
    """A quarter as large: one code that fills a large photograph."""
    return grey_of(cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA))


SHARP = View(name="sharp", make=sharpened, scale=3.0)
FINE = View(name="fine", make=refined, scale=4.0)
FINE_3 = View(name="fine3", make=partial(refined, scale=3), scale=3.0)
FINE_5 = View(name="fine5", make=partial(refined, scale=5), scale=5.0)
CRISP = View(name="crisp", make=crisp, scale=4.0)
SOFT = View(name="soft", make=softened, scale=3.0)
STEADY = View(name="steady", make=steadied, scale=3.0)
BAND = View(name="band", make=banded, scale=2.0)
STRETCH = View(name="stretch", make=stretched, scale=2.0)
INVERSE = View(name="inverse", make=as_it_is, invert=True)
BLUR = View(name="blur", make=blurred)
HISTOGRAM = View(name="histogram", make=as_it_is, histogram=True)
MEDIAN = View(name="median", make=median)
BRIGHT = View(name="gamma0.5", make=brightened)
DARK = View(name="gamma2.2", make=darkened)
THRESHOLD = View(name="threshold", make=thresholded)
EQUAL = View(name="clahe", make=equalised)
DOUBLE = View(name="double", make=doubled, scale=2.0)
HALF = View(name="half", make=halved, scale=0.5)
QUARTER = View(name="quarter", make=quartered, scale=0.25)
SHARP_WHOLE = View(name="sharp2", make=partial(sharpened, scale=2), scale=2.0)
THRESHOLD_SMALL = View(name="threshold31", make=thresholded_small)
ZBAR = View(name="zbar", make=as_it_is, second_reader=True)
PLAIN = View(name="frame", make=as_it_is)


def grey_of(picture: object) -> Grey:
    """Return a picture of OpenCV's as 8-bit luma."""
    return np.asarray(picture, np.uint8)


def _larger(picture: object, scale: int) -> Grey:
    return grey_of(
        cv2.resize(grey_of(picture), None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    )


@cache
def _gamma(power: float) -> Grey:
    return (255 * (np.arange(256) / 255) ** power).astype(np.uint8)


@cache
def _clahe() -> cv2.CLAHE:
    return cv2.createCLAHE(3.0, (8, 8))


@cache
def _band(smooth: float, wide: float, amount: float) -> Kernel:
    """Smoothing by `smooth` pixels, then an unsharp mask of `wide` pixels, as one kernel."""
    narrow = _gauss(smooth)
    low = cv2.filter2D(narrow, -1, _gauss(wide), borderType=cv2.BORDER_CONSTANT)
    kernel = (1 + amount) * narrow - amount * np.asarray(low, np.float32)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _gauss(sigma: float) -> Kernel:
    line = np.asarray(cv2.getGaussianKernel(9, sigma), np.float32)
    return line @ line.T


def moved(code: SeenCode, scale: float, window: Window | None) -> SeenCode:
    """Return the code with its corners scaled, and moved to where the window lies in the frame."""
    x0, y0 = (window.x, window.y) if window else (0, 0)
    a, b, c, d = ((x * scale + x0, y * scale + y0) for x, y in code.quad)
    quad: Quad = (a, b, c, d)
    return replace(code, quad=quad)
