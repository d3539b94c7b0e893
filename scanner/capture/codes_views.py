"""Views of a frame: cheap pictures made from it in which a reader finds what it misses in the frame itself."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scanner.capture.codes_decoders import Quad, SeenCode, read_zbar, read_zxing
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

View = Callable[[Grey], list[SeenCode]]


def blurred(grey: Grey) -> list[SeenCode]:
    """Read after a 3x3 mean: sensor noise in dim scenes, a phone's pixel grid."""
    return read_zxing(_grey(cv2.blur(grey, (3, 3))), "blur3")


def histogram(grey: Grey) -> list[SeenCode]:
    """Read with one threshold for the whole frame: very cheap, and good in even light."""
    return read_zxing(grey, "histogram", histogram=True)


def inverted(grey: Grey) -> list[SeenCode]:
    """Read light codes on dark ground, as some phones show them at night."""
    return read_zxing(_grey(cv2.bitwise_not(grey)), "inverted")


def brightened(grey: Grey) -> list[SeenCode]:
    """Read after gamma 0.5: codes in shadow."""
    return read_zxing(_grey(cv2.LUT(grey, _gamma(0.5))), "gamma0.5")


def doubled(grey: Grey) -> list[SeenCode]:
    """Read at twice the size, smoothed: the smallest modules."""
    big = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.addWeighted(big, 1.8, cv2.GaussianBlur(big, (0, 0), 2.5), -0.8, 0)
    return [_moved(code, 0.5) for code in read_zxing(_grey(smooth), "double", downscale=False)]


def zbar(grey: Grey) -> list[SeenCode]:
    """Read with the second library: damaged and unusual codes."""
    return read_zbar(grey, "zbar")


BANK: tuple[View, ...] = (blurred, histogram, doubled, inverted, brightened, zbar)


def _gamma(power: float) -> Grey:
    return (255 * (np.arange(256) / 255) ** power).astype(np.uint8)


def _grey(picture: object) -> Grey:
    return np.asarray(picture, np.uint8)


def _moved(code: SeenCode, scale: float, x0: float = 0.0, y0: float = 0.0) -> SeenCode:
    a, b, c, d = ((x * scale + x0, y * scale + y0) for x, y in code.quad)
    quad: Quad = (a, b, c, d)
    return SeenCode(text=code.text, quad=quad, view=code.view)
