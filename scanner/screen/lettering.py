"""Letters and drawings: fonts with Chinese, text that fits its box, signs from our SVG files."""

from __future__ import annotations

from functools import cache
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


def font_of(pixels: float, *, bold: bool = False) -> QFont:
    """Return the program's font. pixels: the height of a Chinese character's square."""
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(max(1, round(pixels)))
    font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    # Unhinted letters grow in proportion, so that a size can be worked out instead of tried.
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


def _advance_per_pixel(text: str, bold: bool) -> float:
    return QFontMetricsF(font_of(100, bold=bold)).horizontalAdvance(text) / 100


def width_of(text: str, pixels: float, *, bold: bool = False) -> float:
    """Return how wide one line of `text` is, in pixels."""
    return _advance_per_pixel(text, bold) * pixels


def fitting_pixels(text: str, width: float, most: float, *, bold: bool = False) -> float:
    """Return the largest size up to `most` at which `text` stays in `width` on one line."""
    per_pixel = max(1e-6, _advance_per_pixel(text, bold))
    return most if per_pixel * most <= width else max(1.0, width / per_pixel)


def wrapped_height(text: str, pixels: float, width: float, *, bold: bool = False) -> float:
    """Return how high `text` is when it is broken into lines of `width`."""
    metrics = QFontMetricsF(font_of(pixels, bold=bold))
    return metrics.boundingRect(QRectF(0, 0, width, 1e6), _WRAP, text).height()


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
