"""The answer as it is painted: sign, word, and beside them who, why and what next.

Every size follows from the box and from the height of the screen, because the word has to be read
from three metres: at least an eighth of the screen's height (screens.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from scanner.decide.looks import Language, Look
from scanner.screen.answers import Answer, Lines, Site, lines_of
from scanner.screen.lettering import (
    balanced_width,
    draw_sign,
    draw_wrapped,
    fitting_pixels,
    font_of,
    tied,
    width_of,
    wrapped_height,
)

# Heights of what is seen of a letter, as shares of the font's size: a Chinese character, a capital.
INK: Final = {Language.ZH: 0.92, Language.EN: 0.735}
WORD_SHARE: Final = 1 / 8
_BAND_SHARE: Final = 0.31
_TWO_LINES: Final = 2.0  # of the letters' size: a line takes 1.5
OTHER: Final = {Language.ZH: Language.EN, Language.EN: Language.ZH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who reads: language, letters x1.5 or not, height of the screen in pixels, the place."""

    language: Language
    large: bool
    screen_height: float
    site: Site


def paint_answer(painter: QPainter, box: QRectF, answer: Answer, setting: Setting) -> None:
    """Fill `box` with the answer: ground, sign, word in both languages, and the lines beside it."""
    look = answer.look
    painter.fillRect(box, QColor(look.ground))
    lines = lines_of(answer, setting.language, setting.site)
    upper = QRectF(box)
    if look.band_ground is not None and look.band_text is not None:
        upper.setHeight(box.height() * (1 - _BAND_SHARE))
        band = QRectF(box.left(), upper.bottom(), box.width(), box.bottom() - upper.bottom())
        painter.fillRect(band, QColor(look.band_ground))
        _paint_band(painter, band, look, lines, setting)
        lines = Lines(headline=lines.headline, why="", next_step="", remark=lines.remark)
    painter.setPen(QColor(look.text))
    right_of_word = _paint_sign_and_word(painter, upper, look, setting)
    paint_lines(painter, _lines_box(upper, right_of_word, setting), lines, setting)
    if answer.of > 1:
        paint_place(painter, upper, answer, setting)


def word_lines(look: Look, language: Language) -> list[str]:
    """Return the word as it stands, big, in one or two lines.

    A note's word ends in the band below; English words of two parts stand one above the other.
    """
    word = look.word.of(language)
    if look.second_word is not None:
        return [word.removesuffix(look.second_word.of(language)).rstrip("，, ")]
    return word.split(" ") if language is Language.EN else [word]


def word_pixels(look: Look, box: QRectF, setting: Setting) -> float:
    """Return the font size of the big word: what fits, but never under an eighth of the screen.

    With large type the word stays at its least, so that names and reasons get the room.
    """
    lines = word_lines(look, setting.language)
    least = setting.screen_height * WORD_SHARE / INK[setting.language]
    if setting.large:
        return least
    # One line leaves air around it; two lines stand close.
    most = box.height() * (0.5 if len(lines) == 1 else 0.4)
    width = box.width() * 0.40
    fits = min(fitting_pixels(line, width, most, bold=True) for line in lines)
    return max(fits, least)


def _paint_sign_and_word(painter: QPainter, box: QRectF, look: Look, setting: Setting) -> float:
    margin = box.width() * 0.026
    side = min(box.height() * 0.66, box.width() * (0.12 if setting.large else 0.155))
    sign = QRectF(box.left() + margin, box.center().y() - side / 2, side, side)
    draw_sign(painter, sign, look.sign.value, look.text)
    pixels = word_pixels(look, box, setting)
    words = word_lines(look, setting.language)
    small = max(setting.screen_height * 0.042, pixels * 0.22)
    ink, pitch = pixels * INK[setting.language], pixels * 0.94
    gap = small * 0.55
    height = ink + pitch * (len(words) - 1) + gap + small * 0.8
    left = sign.right() + margin
    # Letters are placed by their ink, not by the font's line height, which is half air.
    foot = box.center().y() - height / 2 + ink
    drop = pixels * 0.09 if setting.language is Language.ZH else 0.0
    painter.setFont(font_of(pixels, bold=True))
    for number, word in enumerate(words):
        painter.drawText(QPointF(left, foot - drop + number * pitch), word)
    other = look.word.of(OTHER[setting.language])
    painter.setFont(font_of(small, bold=True))
    painter.drawText(QPointF(left, foot + pitch * (len(words) - 1) + gap + small * 0.8), other)
    widest = max(width_of(word, pixels, bold=True) for word in words)
    return left + max(widest, width_of(other, small, bold=True))


def _lines_box(box: QRectF, right_of_word: float, setting: Setting) -> QRectF:
    margin = box.width() * 0.026
    left = max(
        right_of_word + margin * 1.3, box.left() + box.width() * (0.4 if setting.large else 0.52)
    )
    pad = box.height() * 0.07
    return QRectF(left, box.top() + pad, box.right() - margin - left, box.height() - 2 * pad)


def paint_lines(
    painter: QPainter, box: QRectF, lines: Lines, setting: Setting, *, grow: float = 1.0
) -> None:
    """Write the lines into `box`, one below the other, smaller if they would not fit. grow: how
    much larger than beside a word.
    """
    base = setting.screen_height * grow * (1.5 if setting.large else 1.0)
    wanted = [
        (lines.headline, base / 19, True),
        (lines.why, base / 25, False),
        (lines.next_step, base / 25, True),
        (lines.remark, base / 30, False),
    ]
    texts = [
        (tied(text), _one_line(text, px, box.width(), bold), bold)
        for text, px, bold in wanted
        if text
    ]
    scale = _fitting_scale(texts, box)
    gap = base * scale / 80
    heights = [wrapped_height(text, px * scale, box.width(), bold=b) for text, px, b in texts]
    top = box.center().y() - (sum(heights) + gap * (len(texts) - 1)) / 2
    for (text, pixels, bold), height in zip(texts, heights, strict=True):
        width = box.width()
        if height > pixels * scale * _TWO_LINES:
            # No line of one word or sign below a full one.
            width = balanced_width(text, pixels * scale, width, bold=bold) + 1
        line_box = QRectF(box.left(), top, width, height + 1)
        draw_wrapped(painter, line_box, text, font_of(pixels * scale, bold=bold))
        top += height + gap


def _one_line(text: str, pixels: float, width: float, bold: bool) -> float:
    """Return a size a little smaller if that saves the text from a second line, else `pixels`."""
    smaller = fitting_pixels(text, width * 0.995, pixels, bold=bold)
    return smaller if smaller >= pixels * 0.78 else pixels


def _fitting_scale(texts: list[tuple[str, float, bool]], box: QRectF) -> float:
    """Return the share of the wanted sizes, 1.0 to 0.5, at which all lines fit in `box`."""
    scale = 1.0
    while scale > 0.5:
        heights = (wrapped_height(text, px * scale, box.width(), bold=b) for text, px, b in texts)
        if sum(heights) * 1.06 <= box.height():
            break
        scale -= 0.04
    return scale


def _paint_band(
    painter: QPainter, band: QRectF, look: Look, lines: Lines, setting: Setting
) -> None:
    painter.setPen(QColor(look.band_text or look.text))
    margin = band.width() * 0.026
    word = look.second_word.of(setting.language) if look.second_word else ""
    pixels = fitting_pixels(word, band.width() * 0.34, band.height() * 0.62, bold=True)
    painter.setFont(font_of(pixels, bold=True))
    metrics = QFontMetricsF(painter.font())
    left = band.left() + margin
    word_box = QRectF(left, band.top(), metrics.horizontalAdvance(word) + 4, band.height())
    painter.drawText(word_box, int(Qt.AlignmentFlag.AlignVCenter), word)
    text_left = max(word_box.right() + margin, band.left() + band.width() * 0.30)
    pad = band.height() * 0.08
    text_box = QRectF(
        text_left, band.top() + pad, band.right() - margin - text_left, band.height() - 2 * pad
    )
    said = Lines(headline="", why=lines.why, next_step=lines.next_step, remark="")
    paint_lines(painter, text_box, said, setting)


def paint_place(painter: QPainter, box: QRectF, answer: Answer, setting: Setting) -> None:
    """Write which of several people this is, in the top right corner of `box`."""
    zh = setting.language is Language.ZH
    text = (
        f"第 {answer.place} 位，共 {answer.of} 位"
        if zh
        else f"Person {answer.place} of {answer.of}"
    )
    pixels = setting.screen_height / 30
    width = width_of(text, pixels, bold=True) + pixels
    pill = QRectF(box.right() - width - pixels * 0.6, box.top() + pixels * 0.5, width, pixels * 1.6)
    painter.setBrush(QColor(answer.look.text))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(pill, pixels * 0.8, pixels * 0.8)
    painter.setPen(QColor(answer.look.ground))
    painter.setFont(font_of(pixels, bold=True))
    painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), text)
