"""The two libraries that turn luma into texts: zxing-cpp, and pyzbar where libzbar is installed.

zxing-cpp missing              pyzbar reads every frame instead
libzbar missing (no libzbar0)  no second reader, nothing else changes
both missing                   NoDecoder at the first use: the operator must install one
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from scanner.capture.source import Grey
from scanner.errors import ScannerError

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


class NoDecoder(ScannerError):
    """Neither zxing-cpp nor pyzbar can be loaded. `code` is fixed; the operator must act."""

    code = "no_code_reader"
    next_step = "Install zxing-cpp, or pyzbar with Debian's libzbar0."


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCode:
    """One code in one frame.

    text: what it held. ASCII exactly; other bytes as UTF-8 or, failing that, as the decoder takes
    them to be meant: such a text is never a pass, and can be shown and told so.
    quad: corners in pixels of the frame, from the code's own top left, clockwise.
    view: which view of the frame was read. modules: modules a side, 0 if unknown.
    """

    text: str
    quad: Quad
    view: str
    modules: int = 0


def safe_text(raw: bytes, guess: Callable[[], str]) -> str:
    """Return the bytes of a code as text: UTF-8 if they are that, else what `guess` returns."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return guess()


def read_zxing(
    grey: Grey, view: str, *, invert: bool = False, downscale: bool = True, histogram: bool = False
) -> list[SeenCode]:
    """Return every QR code that zxing-cpp reads in grey, an array of any strides.

    invert: also light codes on dark ground, for half as much time again. histogram: one threshold
    for the whole image, a quarter of the time. downscale: also look at smaller copies.
    """
    zxing = zxing_module()
    found = zxing.read_barcodes(
        grey,
        # Model 2 alone: Micro QR, which QRCode includes, is found in the corners of real codes.
        formats=zxing.BarcodeFormat.QRCodeModel2,
        try_invert=invert,
        try_downscale=downscale,
        text_mode=zxing.TextMode.Plain,
        binarizer=zxing.Binarizer.GlobalHistogram if histogram else zxing.Binarizer.LocalAverage,
    )
    # .bytes and not .text: the library's guess at a character set could change what was signed. It
    # is asked only for bytes that no pass can hold.
    return [
        SeenCode(
            text=safe_text(code.bytes, partial(_told, code)),
            quad=_corners(code.position),
            view=view,
            modules=17 + 4 * int(code.extra.get("Version", -4.25)),
        )
        for code in found
        if code.bytes
    ]


def unread_codes(grey: Grey) -> list[Quad]:
    """Return where QR codes stand whose text does not come out; [] without zxing-cpp."""
    zxing = zxing_module()
    if zxing is None:
        return []
    found = zxing.read_barcodes(
        grey,
        formats=zxing.BarcodeFormat.QRCodeModel2,
        try_invert=False,
        try_downscale=False,
        return_errors=True,
    )
    return [_corners(code.position) for code in found if not code.valid]


def read_zbar(grey: Grey, view: str) -> list[SeenCode]:
    """Return every QR code that pyzbar reads; [] where libzbar is not installed."""
    zbar = zbar_module()
    if zbar is None:
        return []
    found = zbar.decode(grey, symbols=[zbar.ZBarSymbol.QRCODE])
    return [
        SeenCode(
            text=safe_text(code.data, partial(code.data.decode, "latin-1")),
            quad=_polygon(code),
            view=view,
        )
        for code in found
        if code.data
    ]


@cache
def zxing_module() -> Any:
    """Return the zxing-cpp module, or None where it is not installed."""
    return _optional("zxingcpp")


@cache
def zbar_module() -> Any:
    """Return pyzbar's module, or None where it or libzbar is not installed."""
    return _optional("pyzbar.pyzbar")


def first_reader() -> Callable[[Grey, str], list[SeenCode]]:
    """Return the reader for plain frames: zxing-cpp, else pyzbar. Raises NoDecoder."""
    if zxing_module() is not None:
        return read_zxing
    if zbar_module() is not None:
        return read_zbar
    raise NoDecoder


def _told(code: Any) -> str:
    text: str = code.text
    return text


def _optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:  # pyzbar raises it for a missing libzbar, too
        return None


def _corners(position: Any) -> Quad:
    return (
        (float(position.top_left.x), float(position.top_left.y)),
        (float(position.top_right.x), float(position.top_right.y)),
        (float(position.bottom_right.x), float(position.bottom_right.y)),
        (float(position.bottom_left.x), float(position.bottom_left.y)),
    )


def _polygon(code: Any) -> Quad:
    points = [(float(p.x), float(p.y)) for p in code.polygon]
    if len(points) != 4:  # zbar may give no outline; its box has one always
        left, top, width, height = code.rect
        right, bottom = left + width, top + height
        points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return (points[0], points[1], points[2], points[3])
