"""The code of a place, printed and hung at its door: a visitor's phone reads which place it is.

It holds no secret and vouches for nothing; whoever passes is judged by the station, never by it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from scanner.capture.codes_decoders import NoDecoder, zxing_module
from scanner.capture.source import Grey

_QUIET: Final = 4


def draw_place_code(text: str) -> Grey:
    """Return the code, one pixel a module, with its quiet zone; 0 black, 255 white. NoDecoder if
    nothing here draws codes.
    """
    zxing = zxing_module()
    if zxing is None:
        raise NoDecoder
    barcode = zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level="Q")
    small = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False), np.uint8)
    return np.pad(small, _QUIET, constant_values=255)
