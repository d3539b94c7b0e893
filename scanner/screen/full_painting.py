"""The answer that fills a screen for whoever stands before it: kiosk and shop door, never a name.

Sign and word take the middle; what it means and what comes next stand below, in the first language
large and in the second one small, because nobody is there to translate.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from keys.passages import Verdict
from scanner.decide.looks import Language, Look
from scanner.screen.answer_painting import (
    INK,
    OTHER,
    WORD_SHARE,
    Setting,
    paint_lines,
    paint_place,
)
from scanner.screen.answers import Answer, Lines, lines_of
from scanner.screen.lettering import draw_sign, fitting_pixels, font_of, width_of
from scanner.screen.options import Ahead

_ADMITTING: Final = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})


def paint_full_answer(
    painter: QPainter, box: QRectF, answer: Answer, setting: Setting, ahead: Ahead | None
) -> None:
    """Fill `box` with the answer. ahead: which way an admission points, None for no arrow."""
    look = answer.look
    painter.fillRect(box, QColor(look.ground))
    upper = QRectF(box.left(), box.top(), box.width(), box.height() * 0.62)
    lower = QRectF(box.left(), upper.bottom(), box.width(), box.bottom() - upper.bottom())
    text = look.text
    if look.band_ground is not None and look.band_text is not None:
        painter.fillRect(lower, QColor(look.band_ground))
        text = look.band_text
    painter.setPen(QColor(look.text))
    arrow = ahead if answer.verdict in _ADMITTING else None
    _paint_sign_and_word(painter, upper, look, setting, arrow)
    painter.setPen(QColor(text))
    _paint_both_languages(painter, lower, answer, setting)
    if answer.of > 1:
        paint_place(painter, upper, answer, setting)


def _paint_sign_and_word(
    painter: QPainter, box: QRectF, look: Look, setting: Setting, arrow: Ahead | None
) -> None:
    if box.width() < box.height() * 1.35:
        _paint_upright(painter, box, look, setting, arrow)
        return
    margin = box.width() * 0.04
    side = min(box.height() * 0.62, box.width() * 0.22)
    sign = QRectF(box.left() + margin, box.center().y() - side / 2, side, side)
    draw_sign(painter, sign, look.sign.value, look.text)
    right = box.right() - margin
    if arrow is not None:
        pointer = QRectF(right - side * 0.8, box.center().y() - side * 0.4, side * 0.8, side * 0.8)
        draw_sign(painter, pointer, f"arrow_{arrow}", look.text)
        right = pointer.left() - margin
    words = QRectF(sign.right() + margin, box.top(), right - sign.right() - margin, box.height())
    _paint_words(painter, words, look, setting, centred=False)


def _paint_upright(
    painter: QPainter, box: QRectF, look: Look, setting: Setting, arrow: Ahead | None
) -> None:
    """Paint for a screen that stands on end: the sign above the word."""
    side = min(box.width() * 0.4, box.height() * 0.36)
    drawings = [look.sign.value] + ([f"arrow_{arrow}"] if arrow is not None else [])
    left = box.center().x() - side * 1.2 * len(drawings) / 2
    for number, drawing in enumerate(drawings):
        x = left + number * side * 1.2 + side * 0.1
        draw_sign(
            painter, QRectF(x, box.top() + box.height() * 0.08, side, side), drawing, look.text
        )
    top = box.top() + box.height() * 0.08 + side
    words = QRectF(box.left(), top, box.width(), box.bottom() - top)
    _paint_words(painter, words, look, setting, centred=True)


def _paint_words(
    painter: QPainter, box: QRectF, look: Look, setting: Setting, *, centred: bool
) -> None:
    language = setting.language
    word, other = look.word.of(language), look.word.of(OTHER[language])
    least = setting.screen_height * WORD_SHARE / INK[language]
    words = [word]
    if width_of(word, least, bold=True) > box.width() * 0.94:
        words = _two_lines(word)
    most = box.height() * (0.5 if len(words) == 1 else 0.4)
    pixels = min(fitting_pixels(one, box.width() * 0.94, most, bold=True) for one in words)
    small = max(pixels * 0.28, setting.screen_height * 0.045)
    small = fitting_pixels(other, box.width() * 0.94, small, bold=True)
    ink, pitch = pixels * INK[language], pixels * 1.0
    height = ink + pitch * (len(words) - 1) + small * 1.5
    foot = box.center().y() - height / 2 + ink
    drop = pixels * 0.09 if language is Language.ZH else 0.0
    lines = [(one, pixels, foot - drop + n * pitch) for n, one in enumerate(words)]
    lines.append((other, small, foot + pitch * (len(words) - 1) + small * 1.35))
    for text, size, y in lines:
        slack = (box.width() - width_of(text, size, bold=True)) / 2 if centred else 0.0
        painter.setFont(font_of(size, bold=True))
        painter.drawText(QPointF(box.left() + slack, y), text)


def _two_lines(word: str) -> list[str]:
    """Return the word broken after its comma, else at its space."""
    for mark in ("，", ", ", " "):
        head, found, tail = word.partition(mark)
        if found:
            return [head, tail]
    return [word]


def _paint_both_languages(painter: QPainter, box: QRectF, answer: Answer, setting: Setting) -> None:
    margin = box.width() * 0.04
    first = lines_of(answer, setting.language, setting.site)
    second = lines_of(answer, OTHER[setting.language], setting.site)
    share = 0.6
    for lines, top, height in (
        (first, box.top(), box.height() * share),
        (second, box.top() + box.height() * share, box.height() * (1 - share)),
    ):
        pad = box.height() * 0.04
        part = QRectF(box.left() + margin, top + pad, box.width() - 2 * margin, height - 2 * pad)
        said = Lines(headline=lines.next_step, why=_why(lines), next_step="", remark="")
        paint_lines(painter, part, said, setting)


def _why(lines: Lines) -> str:
    """Return whose fault and why in one line; the headline is a name never shown here, or blame
    taken from the person.
    """
    return " · ".join(part for part in (lines.headline, lines.why, lines.remark) if part)
