"""Drawn frames of 1280x720: a street, and codes that are held up in it."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
SIZE: Final = (720, 1280)


def empty_street(generator: np.random.Generator) -> Grey:
    """Return a frame without a code: large soft shapes, and the noise of a sensor."""
    coarse = generator.integers(40, 200, (9, 16), dtype=np.uint8)
    smooth = cv2.resize(coarse, SIZE[::-1], interpolation=cv2.INTER_CUBIC).astype(np.int16)
    noisy = smooth + generator.normal(0, 5, SIZE).astype(np.int16)
    return noisy.clip(0, 255).astype(np.uint8)


def with_code(scenery: Grey, text: str, generator: np.random.Generator) -> Grey:
    """Return the frame with the code held into it, a little turned and unsharp."""
    rows = segno.make(text, micro=False, error="m").matrix_iter(scale=6, border=4)
    code = np.where(np.array([list(row) for row in rows], np.uint8) > 0, 35, 215).astype(np.uint8)
    height, width = code.shape
    y = int(generator.integers(20, SIZE[0] - height - 20))
    x = int(generator.integers(20, SIZE[1] - width - 20))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(generator.uniform(-8, 8)), 0.93)
    code = cv2.warpAffine(code, turn, (width, height), borderValue=(120,)).astype(np.uint8)
    frame = scenery.copy()
    frame[y : y + height, x : x + width] = code
    return np.asarray(cv2.GaussianBlur(frame, (3, 3), 0), np.uint8)
