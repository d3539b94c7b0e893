"""The kiosk's face: nobody stands by, so it shows how, answers with the whole screen, and forgets.

No names at all. After every verdict it goes back to the start by itself. No key closes it or leaves
the full screen; a supervisor touches the top left corner five times (or F12), then the number.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from scanner.decide.looks import Language, Wording
from scanner.gate.sounds_player import Player
from scanner.screen.answer_painting import OTHER
from scanner.screen.answers import Answer
from scanner.screen.buttons import button_style, make_button
from scanner.screen.gate_window import GateWindow
from scanner.screen.keypad import Keypad
from scanner.screen.lettering import draw_sign, fitting_pixels, font_of
from scanner.screen.live_picture import LivePicture
from scanner.screen.options import WindowOptions
from scanner.screen.pin_lock import PinLock, UnusablePin
from scanner.screen.standing import burns
from scanner.screen.start_painting import DRAWINGS, START, StartScene
from scanner.screen.themes import Theme
from scanner.screen.verdict_panel import VerdictPanel

if TYPE_CHECKING:
    from scanner.screen.worker import StationState

log = logging.getLogger(__name__)
_PICTURE_SHARE: Final = 0.56
_CORNER_SHARE: Final = 0.16
_TOUCHES: Final = 5
_TOUCHES_S: Final = 3.0
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


class AttractPanel(QWidget):
    """Three drawings that need no words, and the words all the same, in both languages."""

    def __init__(self, theme: Theme, language: Language) -> None:
        super().__init__()
        self._theme = theme
        self._language = language
        self._scene = START
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._say()

    def show_scene(self, scene: StartScene) -> None:
        """Say how to hold the code, a hint, or what ails the camera."""
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
        names = _ALARMS.get(self._scene, ("camera_off",)) if self._scene.alarm else DRAWINGS
        pad = box.width() * 0.05
        cell = (box.width() - 2 * pad) / 3
        side = min(cell * 0.86, box.height() * 0.34)
        colour = self._theme.warning if self._scene.alarm else self._theme.text
        left = box.center().x() - cell * len(names) / 2
        for number, name in enumerate(names):
            x = left + number * cell + (cell - side) / 2
            draw_sign(painter, QRectF(x, box.top() + box.height() * 0.1, side, side), name, colour)
        self._paint_words(painter, box, box.top() + box.height() * 0.1 + side, colour)
        painter.end()

    def _paint_words(self, painter: QPainter, box: QRectF, top: float, colour: str) -> None:
        room, width = box.bottom() - top, box.width() * 0.9
        first, second = self._language, OTHER[self._language]
        rows = (
            (self._scene.title.of(first), room * 0.24, True, colour),
            (self._scene.title.of(second), room * 0.13, True, colour),
            (self._scene.detail.of(first), room * 0.12, False, self._theme.quiet_text),
            (self._scene.detail.of(second), room * 0.1, False, self._theme.quiet_text),
        )
        y = top + room * 0.1
        for text, most, bold, tint in rows:
            pixels = fitting_pixels(text, width, most, bold=bold)
            y += pixels * 1.45
            painter.setFont(font_of(pixels, bold=bold))
            painter.setPen(QColor(tint))
            across = painter.fontMetrics().horizontalAdvance(text)
            painter.drawText(int(box.center().x() - across / 2), int(y), text)

    def _say(self) -> None:
        self.setAccessibleName(self._scene.title.of(self._language))
        self.setAccessibleDescription(self._scene.detail.of(self._language))
        self.update()


class KioskWindow(GateWindow):
    """For a gate where nobody stands by."""

    shows_names = False

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__(replace(options, pace=replace(options.pace, unattended=True)), player)
        self.attract = AttractPanel(self.theme, self.language)
        for part in (self.picture, self.attract, self.panel):
            part.setParent(self)
        self.language_button = make_button(self, self._other_language, "F3")
        self.panel.hide()
        self._log_fault = False
        self.keypad: Keypad | None = None
        self._touches: list[float] = []
        lock = _lock_of(options.exit_pin)
        if lock is not None:
            self.keypad = Keypad(self, self.theme, lock, options.mono_s)
            self.keypad.opened.connect(self.close)
            QShortcut(QKeySequence("F12"), self, self.keypad.ask)
        self._dress()

    def make_panel(self) -> VerdictPanel:
        """Return a panel that is the screen, with the arrow to the way in."""
        options = self.options
        return VerdictPanel(self.theme, self.language, options.site, full=True, ahead=options.ahead)

    def make_picture(self) -> LivePicture:
        """Return a picture with a frame to aim at."""
        mirrored = self.options.mirrored
        return LivePicture(self.theme, self.language, mirrored=mirrored, aim=True)

    def set_language(self, language: Language) -> None:
        """Put `language` first from now on."""
        super().set_language(language)
        self.attract.set_language(language)
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give picture and drawings their places; the answer has all of the window."""
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        self.panel.setGeometry(0, 0, width, height)
        if self.keypad is not None:
            self.keypad.setGeometry(0, 0, width, height)
        if width >= height:
            across = round(width * _PICTURE_SHARE)
            picture, attract = (0, 0, across, height), (across, 0, width - across, height)
        else:
            down = min(round(width * 9 / 16), round(height * _PICTURE_SHARE))
            rest = height - down
            picture = (0, rest if self.options.low else 0, width, down)
            attract = (0, 0 if self.options.low else down, width, rest)
        self.picture.setGeometry(*picture)
        self.attract.setGeometry(*attract)
        self._place_language_button(attract)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close for the program and the supervisor, not for a key of the desktop (Alt-F4)."""
        if event.spontaneous():
            event.ignore()
        else:
            super().closeEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Count touches in the top left corner: five within three seconds ask for the number."""
        super().mousePressEvent(event)
        corner = min(self.width(), self.height()) * _CORNER_SHARE
        at = event.position()
        if self.keypad is None or at.x() > corner or at.y() > corner:
            return
        now_s = self.options.mono_s()
        recent = [then_s for then_s in self._touches if now_s - then_s < _TOUCHES_S]
        self._touches = [*recent, now_s]
        if len(self._touches) >= _TOUCHES:
            self._touches = []
            self.keypad.ask()

    def _place_language_button(self, attract: tuple[int, int, int, int]) -> None:
        side = max(56, round(min(self.width(), self.height()) * 0.09))
        self.language_button.setFont(font_of(side * 0.36, bold=True))
        left = attract[0] + attract[2] - round(side * 2.0) - side // 4
        # At wheelchair height what is to be touched lies below, beside what is to be looked at.
        low = self.options.low and self.width() < self.height()
        top = attract[1] + (attract[3] - side - side // 4 if low else side // 4)
        self.language_button.setGeometry(left, top, side * 2, side)

    def _show_answer(self, answer: Answer | None) -> None:
        super()._show_answer(answer)
        self.panel.setVisible(answer is not None)
        self.panel.raise_()
        if self.keypad is not None:
            self.keypad.raise_()

    def state_noted(self, state: StationState) -> None:
        """Note whether passages can be stored."""
        self._log_fault = state.freshness is not None and state.freshness.fault is not None
        self._show_scene()

    def tick(self) -> None:
        """Look whether there is a fire."""
        self._show_scene()

    def _show_scene(self) -> None:
        super()._show_scene()
        # Who stands here can mend neither camera nor disk: the drawings' place says where to go.
        if burns(self.options.devices):
            self.attract.show_scene(FIRE)
        elif self.scene.alarm or self._log_fault:
            self.attract.show_scene(OUT_OF_SERVICE)
        else:
            self.attract.show_scene(self.scene)

    def _other_language(self) -> None:
        self.set_language(OTHER[self.language])

    def _dress(self) -> None:
        self.setStyleSheet(button_style(self.theme))
        self.language_button.setText("English" if self.language is Language.ZH else "中文")
        self.language_button.setAccessibleName(self.tr("Language"))


def _lock_of(stored: str) -> PinLock | None:
    """Return the lock that the settings keep, None without: a damaged one closes no kiosk, and must
    not keep it from starting either.
    """
    if not stored:
        return None
    try:
        return PinLock(stored)
    except UnusablePin:
        log.warning("the kept exit_pin is damaged: set it anew")
        return None
