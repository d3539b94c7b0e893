"""The panel without an answer: how to hold the code, a quiet hint, or what ails the camera."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from scanner.decide.looks import Language, Wording
from scanner.decide.notices import Notice
from scanner.screen.answer_painting import Setting
from scanner.screen.lettering import (
    balanced_width,
    draw_sign,
    draw_wrapped,
    fitting_pixels,
    font_of,
)
from scanner.screen.themes import Theme

SHOW_PASS: Final = Wording(zh="请出示通行码", en="Please show your pass")
HOW: Final = Wording(
    zh="手机或纸都可以，离镜头一掌远", en="On a phone or on paper, a hand's width from the lens"
)
PICTURE_SHARE: Final = 0.34  # of the shop's width
DRAWINGS: Final = ("show_phone", "show_paper", "show_distance")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartScene:
    """What the panel says without an answer. alarm: the station needs someone (camera fault)."""

    title: Wording
    detail: Wording
    alarm: bool = False
    hint: bool = False


START: Final = StartScene(title=SHOW_PASS, detail=HOW)


def scene_of(notice: Notice, *, alarm: bool) -> StartScene:
    """Return the scene that says a notice."""
    return StartScene(title=notice.title, detail=notice.next_step, alarm=alarm, hint=not alarm)


def paint_start(
    painter: QPainter, box: QRectF, scene: StartScene, setting: Setting, theme: Theme
) -> None:
    """Fill `box` with the start view."""
    painter.fillRect(box, QColor(theme.surface))
    painter.setPen(QPen(QColor(theme.warning if scene.alarm else theme.line), 2))
    painter.drawLine(box.topLeft(), box.topRight())
    margin = box.width() * 0.026
    drawings = _drawings(scene)
    side = min(box.height() * 0.6, box.width() * 0.115)
    colour = theme.warning if scene.alarm else theme.text
    left = box.right() - margin - (side * 1.2) * len(drawings)
    for number, drawing in enumerate(drawings):
        x = left + number * side * 1.2 + side * 0.1
        draw_sign(painter, QRectF(x, box.center().y() - side / 2, side, side), drawing, colour)
    words = QRectF(box.left() + margin, box.top(), left - box.left() - 2 * margin, box.height())
    _paint_words(painter, words, scene, setting, theme)


def paint_full_start(
    painter: QPainter, box: QRectF, scene: StartScene, setting: Setting, theme: Theme
) -> None:
    """Fill `box`, nearly a whole screen with the live picture in its top right corner: the words on
    the left, large, the drawings below the picture.
    """
    painter.fillRect(box, QColor(theme.surface))
    margin = box.width() * 0.03
    drawings = _drawings(scene)
    side = min(box.height() * 0.3, box.width() * 0.105)
    right = box.width() * PICTURE_SHARE
    colour = theme.warning if scene.alarm else theme.text
    left = box.right() - margin * 0.5 - right / 2 - side * 1.1 * len(drawings) / 2
    # In the middle of what the picture leaves free below it.
    y = (box.top() + right * 9 / 16 + box.bottom()) / 2 - side / 2
    for number, drawing in enumerate(drawings):
        x = left + side * (1.1 * number + 0.05)
        draw_sign(painter, QRectF(x, y, side, side), drawing, colour)
    words = QRectF(box.left() + margin, box.top(), 0, box.height())
    words.setRight(box.right() - right - 2 * margin)
    _paint_words(
        painter, words, scene, replace(setting, screen_height=setting.screen_height * 1.3), theme
    )


def _drawings(scene: StartScene) -> tuple[str, ...]:
    if scene.alarm:
        return ("camera_off",)
    return DRAWINGS


def _paint_words(
    painter: QPainter, box: QRectF, scene: StartScene, setting: Setting, theme: Theme
) -> None:
    language = setting.language
    other = Language.EN if language is Language.ZH else Language.ZH
    big, second, detail = (
        scene.title.of(language),
        scene.title.of(other),
        scene.detail.of(language),
    )
    grow = 1.25 if setting.large else 1.0
    pixels = fitting_pixels(big, box.width(), setting.screen_height / 10, bold=True)
    small = setting.screen_height / 27 * grow
    height = pixels + small * 3.4
    top = box.center().y() - height / 2
    painter.setPen(QColor(theme.warning if scene.alarm else theme.text))
    painter.setFont(font_of(pixels, bold=True))
    painter.drawText(QPointF(box.left(), top + pixels * 0.85), big)
    second_px = fitting_pixels(second, box.width(), small, bold=True)
    painter.setFont(font_of(second_px, bold=True))
    painter.drawText(QPointF(box.left(), top + pixels + small * 1.25), second)
    painter.setPen(QColor(theme.text if scene.alarm else theme.quiet_text))
    detail_px = max(fitting_pixels(detail, box.width(), small), small * 0.75)
    width = balanced_width(detail, detail_px, box.width()) + 1
    where = QRectF(box.left(), top + pixels + small * 2.1, width, small * 3)
    draw_wrapped(painter, where, detail, font_of(detail_px))
