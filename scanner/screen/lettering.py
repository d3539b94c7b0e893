"""Letters and drawings: fonts with Chinese, text that fits its box, signs from our SVG files."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

ICONS: Final = Path(__file__).with_name("icons")
# The first that the system has; all of them have figures of one width.
FAMILIES: Final = ["Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "sans"]
# Word wrap breaks between any two Chinese characters and between English words.
_WRAP: Final = int(Qt.TextFlag.TextWordWrap)

# A line is kept whole if its letters need not be smaller than this share for it.
_WHOLE_LINE: Final = 0.8
_PITCH: Final = 1.5  # height of a line of Chinese type


def font_of(pixels: float, *, bold: bool = False) -> QFont:
    """Return the program's font. pixels: the height of a Chinese character's square."""
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    # Unhinted letters grow in proportion, so that a size can be worked out instead of tried.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@lru_cache(maxsize=128)
def _metrics(pixels: int, bold: bool) -> QFontMetricsF:
    # Finding the font behind a list of families takes longer than measuring a line with it.
    return QFontMetricsF(font_of(pixels, bold=bold))


def _advance_per_pixel(text: str, bold: bool) -> float:
    return _metrics(100, bold).horizontalAdvance(text) / 100


def width_of(text: str, pixels: float, *, bold: bool = False) -> float:
    """Return how wide one line of `text` is, in pixels."""
    return _advance_per_pixel(text, bold) * pixels


def fitting_pixels(text: str, width: float, most: float, *, bold: bool = False) -> float:
    """Return the largest size up to `most` at which `text` stays in `width` on one line."""
    per_pixel = max(1e-6, _advance_per_pixel(text, bold))
    return most if per_pixel * most <= width else max(1.0, width / per_pixel)


def wrapped_height(text: str, pixels: float, width: float, *, bold: bool = False) -> float:
    """Return how high `text` is when it is broken into lines of `width`."""
    metrics = _metrics(round(pixels), bold)
    return metrics.boundingRect(QRectF(0, 0, width, 1e6), _WRAP, text).height()


def wrapped_pixels(
    text: str, width: float, height: float, most: float, least: float, *, bold: bool = False
) -> float:
    """Return the largest whole size from `most` down to `least` at which `text`, broken into lines
    of `width`, stays in the box; `least` if it stays in it at none.
    """
    for pixels in range(int(most), int(least), -1):
        metrics = _metrics(pixels, bold)
        box = metrics.boundingRect(QRectF(0, 0, width, 1e6), _WRAP, text)
        # A word that is too long for its line sticks out of it.
        if box.height() <= height and box.width() <= width:
            return pixels
    return least


def kept_pixels(
    text: str, width: float, height: float, most: float, least: float, *, bold: bool = False
) -> float:
    """Return the size of `wrapped_pixels`, or a little less if that keeps the text on one line."""
    pixels = wrapped_pixels(text, width, height, most, least, bold=bold)
    one_line = fitting_pixels(text, width * 0.99, min(most, height / _PITCH), bold=bold)
    return one_line if one_line >= pixels * _WHOLE_LINE else pixels


def balanced_width(text: str, pixels: float, width: float, *, bold: bool = False) -> float:
    """Return the least width up to `width` at which `text` takes no more lines than there: then the
    last of them is no single word.
    """
    height = wrapped_height(text, pixels, width, bold=bold)
    while wrapped_height(text, pixels, width * 0.96, bold=bold) <= height and width > pixels * 4:
        width *= 0.96
    return width


def tied(text: str) -> str:
    """Return `text` with the dots between its parts tied to what is before them: no line begins
    with one.
    """
    return text.replace(" · ", "\u00a0· ")


def draw_wrapped(painter: QPainter, box: QRectF, text: str, font: QFont) -> float:
    """Draw `text` from the top left of `box`, broken into lines; returns the height it took."""
    painter.setFont(font)
    return painter.drawText(box, _WRAP | int(Qt.AlignmentFlag.AlignLeft), text).height()


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))


def draw_sign(painter: QPainter, box: QRectF, name: str, colour: str) -> None:
    """Draw the SVG `name` in one colour, as large as `box` allows, in its middle."""
    side = min(box.width(), box.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(box.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _renderer(name, colour).render(painter, square)


def icon_of(name: str, colour: str, side: int = 64) -> QIcon:
    """Return the SVG `name` as an icon for a button."""
    pixmap = QPixmap(side, side)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    draw_sign(painter, QRectF(0, 0, side, side), name, colour)
    painter.end()
    return QIcon(pixmap)
