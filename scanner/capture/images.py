"""Still images from disk as luma and colour, whatever their format, depth or transparency."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scanner.capture.opencv import cv2
from scanner.capture.source import Grey, Picture

IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".pgm", ".ppm", ".gif"}
)
MAX_IMAGE_BYTES = 64 * 1024 * 1024


def read_picture(path: Path) -> Picture | None:
    """Return the image as BGR (height, width, 3), transparent parts white; None: unreadable."""
    try:
        # Through bytes, because OpenCV opens no path outside the code page on Windows.
        if not path.is_file() or path.stat().st_size > MAX_IMAGE_BYTES:
            return None  # a pipe or a device might never end
        raw = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError:
        return None
    return decode_picture(raw)


def decode_picture(raw: Grey) -> Picture | None:
    """Return the encoded image bytes as BGR, transparent parts white; None if they are no image."""
    if not raw.size:
        return None
    try:
        plain = cv2.imdecode(raw, cv2.IMREAD_COLOR)
        full = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
    except cv2.error:  # too many pixels, or a header that lies
        return None
    if plain is None or full is None:
        return None
    if full.ndim == 3 and full.shape[2] == 4 and full.dtype == np.uint8:
        return _on_white(np.asarray(full, np.uint8))
    return np.asarray(plain, np.uint8)


def luma(picture: Picture) -> Grey:
    """Return the luma of a BGR picture, or the Y plane of a YUYV one as a view without a copy."""
    if picture.ndim == 2:
        return picture
    if picture.shape[2] == 2:
        return picture[:, :, 0]
    if picture.shape[2] == 1:
        return picture[:, :, 0]
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _on_white(bgra: Picture) -> Picture:
    """A code drawn black on nothing would be black on black without this."""
    alpha = bgra[:, :, 3:].astype(np.uint16)
    mixed = (bgra[:, :, :3].astype(np.uint16) * alpha + 255 * (255 - alpha)) // 255
    return mixed.astype(np.uint8)
