"""What a kiosk shows while nobody is judged: drawings that need no words, and words as well."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from scanner.decide.looks import Language, Wording
from scanner.screen.answer_painting import OTHER
from scanner.screen.lettering import balanced_width, draw_sign, font_of, kept_pixels
from scanner.screen.start_painting import DRAWINGS, START, StartScene
from scanner.screen.themes import Theme

OUT_OF_SERVICE: Final = StartScene(
    title=Wording(zh="本机暂停使用", en="Out of service"),
    detail=Wording(zh="请走人工通道", en="Please use the staffed lane"),
    alarm=True,
)
FIRE: Final = StartScene(
    title=Wording(zh="火警，请快走", en="Fire: leave quickly"),
    detail=Wording(zh="通道开着，不用出示码", en="The gate is open, no pass is needed"),
    alarm=True,
)

_ALARMS: Final = {FIRE: ("arrow_up",), OUT_OF_SERVICE: ("question_square",)}
_LEAST: Final = 16.0
# The share of a wide kiosk's height above which nobody in a wheelchair needs to look.
_ABOVE_LOW: Final = 0.26
_BUTTON: Final = 0.13  # what the button for the language takes of it there
_CENTRED: Final = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)


class AttractPanel(QWidget):
    """Drawings and words. low: on a wide screen all of it stands in the lower part."""

    def __init__(self, theme: Theme, language: Language, *, low: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._language = language
        self._low = low
        self._scene = START
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._say()

    def show_scene(self, scene: StartScene) -> None:
        """Say how to hold the code, a hint, or what ails the camera."""
        if scene != self._scene:
            self._scene = scene
            self._say()

    def set_language(self, language: Language) -> None:
        """Put `language` first."""
        self._language = language
        self._say()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return a small panel: the window gives it its place."""
        return QSize(320, 240)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint drawings and words."""
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.fillRect(box, QColor(self._theme.surface))
        low = self._low and self.window().width() >= self.window().height()
        if low:
            box.adjust(0, box.height() * _ABOVE_LOW, 0, -box.height() * _BUTTON)
        names = _ALARMS.get(self._scene, ("camera_off",)) if self._scene.alarm else DRAWINGS
        pad = box.width() * 0.05
        cell = (box.width() - 2 * pad) / 3
        side = min(cell * 0.86, box.height() * 0.3)
        colour = self._theme.warning if self._scene.alarm else self._theme.text
        left = box.center().x() - cell * len(names) / 2
        top = box.top() + box.height() * (0.02 if low else 0.12)
        for number, name in enumerate(names):
            x = left + number * cell + (cell - side) / 2
            draw_sign(painter, QRectF(x, top, side, side), name, colour)
        top += side
        room = QRectF(box.left() + pad, top, box.width() - 2 * pad, box.bottom() - top)
        self._paint_words(painter, room, colour)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF, colour: str) -> None:
        first, second = self._language, OTHER[self._language]
        title, detail, quiet = self._scene.title, self._scene.detail, self._theme.quiet_text
        # Share of the room, and of that the largest letters of one line; a long line is broken.
        rows = (
            (title.of(first), 0.24, 0.75, True, colour),
            (title.of(second), 0.15, 0.7, True, colour),
            (detail.of(first), 0.22, 0.44, False, quiet),
            (detail.of(second), 0.18, 0.42, False, quiet),
        )
        y = box.top() + box.height() * 0.04
        for text, share, most, bold, tint in rows:
            height = box.height() * share
            pixels = kept_pixels(text, box.width(), height, height * most, _LEAST, bold=bold)
            painter.setFont(font_of(pixels, bold=bold))
            painter.setPen(QColor(tint))
            width = balanced_width(text, pixels, box.width(), bold=bold)
            line = QRectF(box.center().x() - width / 2, y, width, height)
            painter.drawText(line, _CENTRED, text)
            y += height

    def _say(self) -> None:
        self.setAccessibleName(self._scene.title.of(self._language))
        self.setAccessibleDescription(self._scene.detail.of(self._language))
        self.update()
