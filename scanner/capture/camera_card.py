"""The printed card that a camera is checked with: one code in five sizes of module."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from scanner.capture.codes_decoders import NoDecoder, zxing_module
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey

# Millimetres a module: a pass on a phone has 0.6 to 0.9, one printed on a card 0.5.
MODULES_MM: Final = (1.2, 0.9, 0.7, 0.5, 0.35)
_PREFIX: Final = "KAKOU CAMERA TEST "
_DOTS_PER_MM: Final = 20  # 508 dots an inch: every size is whole dots a module
_SIZE_MM: Final = (148, 105)  # A6, across
_QUIET = 4


def card_text(module_mm: float) -> str:
    """Return what the code with modules of this size says."""
    return f"{_PREFIX}{round(module_mm * 100):03}"


def module_mm_of(text: str) -> float | None:
    """Return the size of module that a code of the card has, None if it is no code of the card."""
    number = text.removeprefix(_PREFIX)
    if number == text or len(number) != len("120") or not (number.isascii() and number.isdigit()):
        return None
    return int(number) / 100


def draw_card() -> Grey:
    """Return the card at 20 dots a millimetre, for printing at its true size of 148 x 105 mm."""
    width, height = (side * _DOTS_PER_MM for side in _SIZE_MM)
    card = np.full((height, width), 255, np.uint8)
    x, y, row_height = 80, 80, 0
    for module_mm in MODULES_MM:
        code = _code(card_text(module_mm), round(module_mm * _DOTS_PER_MM))
        side = code.shape[0]
        if x + side > width - 80:
            x, y, row_height = 80, y + row_height + 100, 0
        card[y : y + side, x : x + side] = code
        label = f"{module_mm} mm"
        cv2.putText(card, label, (x + 60, y + side + 44), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
        x += side + 60
        row_height = max(row_height, side)
    return card


def write_card(path: Path) -> None:
    """Write the card as a PNG that knows its size."""
    raw = cv2.imencode(".png", draw_card())[1].tobytes()
    per_metre = _DOTS_PER_MM * 1000
    # The chunk that tells a printer the true size goes right behind the header, which is 33 bytes.
    body = per_metre.to_bytes(4, "big") * 2 + b"\x01"
    path.write_bytes(raw[:33] + _chunk(b"pHYs", body) + raw[33:])


def _code(text: str, dots: int) -> Grey:
    zxing = zxing_module()
    if zxing is None:
        raise NoDecoder
    barcode = zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level="M")
    small = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False), np.uint8)
    quiet = np.pad(small, _QUIET, constant_values=255)
    return np.kron(quiet, np.ones((dots, dots), np.uint8))


def _chunk(name: bytes, body: bytes) -> bytes:
    import zlib

    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
