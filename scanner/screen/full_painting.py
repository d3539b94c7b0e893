"""The answer that fills a screen for whoever stands before it: kiosk and shop door, never a name.

Sign and word take the middle; what it means and what comes next stand below, in the first language
large and in the second one small, because nobody is there to translate.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from keys.verdicts import Verdict
from scanner.decide.looks import Language, Look, Wording
from scanner.screen.answer_painting import (
    INK,
    OTHER,
    WORD_SHARE,
    Setting,
    paint_lines,
    paint_place,
)
from scanner.screen.answers import Answer, Lines, Site, lines_of
from scanner.screen.lettering import draw_sign, fitting_pixels, font_of, width_of
from scanner.screen.options import Ahead

_ADMITTING: Final = frozenset({Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE})
# What a kiosk cannot settle, people do: the words for the guard come behind.
_STAFFED_LANE: Final = Wording(zh="请走人工通道", en="Please use the staffed lane")
_NEEDS_STAFF: Final = frozenset({Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE})
_WORD_SHARE: Final = 0.6
# Of the width, the largest first.
_SIGN_SHARES: Final = (0.22, 0.2, 0.18, 0.16, 0.14)


def paint_full_answer(
    painter: QPainter,
    box: QRectF,
    answer: Answer,
    setting: Setting,
    ahead: Ahead | None,
    *,
    low: bool = False,
) -> None:
    """Fill `box` with the answer. ahead: which way an admission points, at a kiosk; None where
    staff is near: no arrow. low: sign and word below, the lines above.
    """
    look = answer.look
    painter.fillRect(box, QColor(look.ground))
    upper = QRectF(box.left(), box.top(), box.width(), box.height() * _WORD_SHARE)
    lower = QRectF(box.left(), upper.bottom(), box.width(), box.bottom() - upper.bottom())
    if low:
        lower.moveTop(box.top())
        upper.moveTop(lower.bottom())
    text = look.text
    if look.band_ground is not None and look.band_text is not None:
        painter.fillRect(lower, QColor(look.band_ground))
        text = look.band_text
    painter.setPen(QColor(look.text))
    arrow = ahead if answer.verdict in _ADMITTING else None
    _paint_sign_and_word(painter, upper, look, setting, arrow)
    painter.setPen(QColor(text))
    _paint_both_languages(painter, lower, answer, setting, alone=ahead is not None)
    if answer.of > 1:
        paint_place(painter, upper, answer, setting)


def _paint_sign_and_word(
    painter: QPainter, box: QRectF, look: Look, setting: Setting, arrow: Ahead | None
) -> None:
    if box.width() < box.height() * 1.35:
        _paint_upright(painter, box, look, setting, arrow)
        return
    sign, words, pointer = rooms_of(look, box, setting, pointed=arrow is not None)
    draw_sign(painter, sign, look.sign.value, look.text)
    if arrow is not None:
        draw_sign(painter, pointer, f"arrow_{arrow}", look.text)
    _paint_words(painter, words, look, setting, centred=False)


def rooms_of(
    look: Look, box: QRectF, setting: Setting, *, pointed: bool
) -> tuple[QRectF, QRectF, QRectF]:
    """Return where sign, word and arrow stand side by side in `box`: the sign as large as leaves
    the word its eighth of the screen. pointed: with an arrow.
    """
    share = next((one for one in _SIGN_SHARES if _leaves_room(look, box, setting, one, pointed)), 0)
    return _rooms(box, share or _SIGN_SHARES[-1], pointed)


def _leaves_room(look: Look, box: QRectF, setting: Setting, share: float, pointed: bool) -> bool:
    _words, pixels = word_of(look, _rooms(box, share, pointed)[1], setting)
    return pixels * INK[setting.language] >= setting.screen_height * WORD_SHARE


def _rooms(box: QRectF, share: float, pointed: bool) -> tuple[QRectF, QRectF, QRectF]:
    margin = box.width() * 0.04
    side = min(box.height() * 0.62, box.width() * share)
    top = box.center().y() - side / 2
    sign = QRectF(box.left() + margin, top, side, side)
    right = box.right() - margin
    pointer = QRectF(right - side * 0.8, top + side * 0.1, side * 0.8, side * 0.8)
    right = pointer.left() - margin if pointed else right
    left = sign.right() + margin
    return sign, QRectF(left, box.top(), right - left, box.height()), pointer


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


def word_of(look: Look, box: QRectF, setting: Setting) -> tuple[list[str], float]:
    """Return the word as it stands in `box`, in one or two lines, and the size of its letters."""
    language = setting.language
    word = look.word.of(language)
    least = setting.screen_height * WORD_SHARE / INK[language]
    words = [word]
    if width_of(word, least, bold=True) > box.width() * 0.94:
        words = _two_lines(word)
    most = box.height() * (0.5 if len(words) == 1 else 0.36)
    return words, min(fitting_pixels(one, box.width() * 0.94, most, bold=True) for one in words)


def _paint_words(
    painter: QPainter, box: QRectF, look: Look, setting: Setting, *, centred: bool
) -> None:
    language = setting.language
    other = look.word.of(OTHER[language])
    words, pixels = word_of(look, box, setting)
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


def full_lines(
    answer: Answer, language: Language, site: Site, *, alone: bool, briefly: bool = False
) -> Lines:
    """Return what stands below the word: what next, then why. alone: nobody stands by to be asked.
    briefly: without what is for the staff.
    """
    lines = lines_of(answer, language, site)
    if not (alone and answer.verdict in _NEEDS_STAFF):
        return Lines(headline=lines.next_step, why=_why(lines), next_step="", remark="")
    behind = _why(lines) if briefly else f"{lines.next_step} · {_why(lines)}"
    return Lines(headline=_STAFFED_LANE.of(language), why=behind, next_step="", remark="")


def _paint_both_languages(
    painter: QPainter, box: QRectF, answer: Answer, setting: Setting, *, alone: bool
) -> None:
    """Write the lines, both languages. alone: nobody stands by to be asked."""
    margin = box.width() * 0.04
    first, second = setting.language, OTHER[setting.language]
    share = 0.6
    for language, top, height, grow in (
        (first, box.top(), box.height() * share, 1.35),
        (second, box.top() + box.height() * share, box.height() * (1 - share), 1.0),
    ):
        pad = box.height() * 0.03
        part = QRectF(box.left() + margin, top + pad, box.width() - 2 * margin, height - 2 * pad)
        # Once is enough of what only the staff can do.
        briefly = language is second and answer.verdict is Verdict.CANNOT_JUDGE
        said = full_lines(answer, language, setting.site, alone=alone, briefly=briefly)
        paint_lines(painter, part, said, setting, grow=grow)


def _why(lines: Lines) -> str:
    """Return whose fault and why in one line; the headline is a name never shown here, or blame
    taken from the person.
    """
    return " · ".join(part for part in (lines.headline, lines.why, lines.remark) if part)
