"""Undoing blur in a region: a lens out of focus, or a hand that moved while the shutter was open.

Both are known but for one number or two, so a Wiener filter for a few guesses is tried in turn. The
direction of a movement is where the region has lost the most of its gradients. For still images and
for scenes that stand still: a few milliseconds each.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

Kernel = NDArray[np.float32]
_FINE = 5  # sub-pixels a side with which a kernel is drawn
_BORDER = 16
_LARGER = 2


def refocused(grey: Grey, radius_px: float) -> Grey:
    """Return the picture twice as large, with the disc of a defocused lens taken out."""
    return _larger(_unblurred(grey, _disc(radius_px), noise=0.05))


def stilled(grey: Grey, length_px: float) -> Grey:
    """Return the picture twice as large, with a straight movement of length_px taken out."""
    return _larger(_unblurred(grey, _line(length_px, direction_of_movement(grey)), noise=0.02))


def direction_of_movement(grey: Grey) -> float:
    """Return the angle in radians, from the x axis, along which the picture changes the least."""
    smooth = np.asarray(cv2.blur(grey, (3, 3)), np.float32)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), np.float64)
    down = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1), np.float64)
    xx, xy, yy = (
        float(np.mean(a * b)) for a, b in ((across, across), (across, down), (down, down))
    )
    return 0.5 * math.atan2(2 * xy, xx - yy) + math.pi / 2


def _unblurred(grey: Grey, kernel: Kernel, noise: float) -> Grey:
    """Wiener filter; noise is the share of the signal's power that is taken for noise."""
    height, width = grey.shape
    rows = cv2.getOptimalDFTSize(height + 2 * _BORDER) - height - _BORDER
    columns = cv2.getOptimalDFTSize(width + 2 * _BORDER) - width - _BORDER
    # Mirrored at the borders, as a hard edge would ring through the code.
    wide = cv2.copyMakeBorder(grey, _BORDER, rows, _BORDER, columns, cv2.BORDER_REFLECT)
    seen = np.fft.rfft2(np.asarray(wide, np.float32))
    spread = np.zeros(wide.shape, np.float32)
    spread[: kernel.shape[0], : kernel.shape[1]] = kernel
    half = kernel.shape[0] // 2
    lens = np.fft.rfft2(np.roll(spread, (-half, -half), (0, 1)))
    sharp = np.fft.irfft2(seen * np.conj(lens) / (np.abs(lens) ** 2 + noise), wide.shape)
    inner = sharp[_BORDER : _BORDER + height, _BORDER : _BORDER + width]
    return np.clip(inner, 0, 255).astype(np.uint8)


def _disc(radius_px: float) -> Kernel:
    side = (2 * math.ceil(radius_px) + 1) * _FINE
    y, x = np.mgrid[0:side, 0:side] - (side - 1) / 2
    return _coarse((x**2 + y**2 <= (radius_px * _FINE) ** 2).astype(np.float32))


def _line(length_px: float, angle: float) -> Kernel:
    side = (2 * math.ceil(length_px / 2) + 1) * _FINE
    middle, reach = (side - 1) / 2, length_px * _FINE / 2
    drawn = np.zeros((side, side), np.uint8)
    ends = [
        (
            round(middle + sign * reach * math.cos(angle)),
            round(middle + sign * reach * math.sin(angle)),
        )
        for sign in (-1, 1)
    ]
    cv2.line(drawn, ends[0], ends[1], 1, _FINE)
    return _coarse(drawn.astype(np.float32))


def _coarse(fine: Kernel) -> Kernel:
    side = fine.shape[0] // _FINE
    kernel = fine.reshape(side, _FINE, side, _FINE).sum((1, 3))
    return np.asarray(kernel / kernel.sum(), np.float32)


def _larger(grey: Grey) -> Grey:
    size = (grey.shape[1] * _LARGER, grey.shape[0] * _LARGER)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)
