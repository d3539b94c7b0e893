"""The kiosk's face: nobody stands by, so it shows how, answers with the whole screen, and forgets.

No names at all. After every verdict it goes back to the start by itself. No key closes it or leaves
the full screen; a supervisor touches the top left corner five times (or F12), then the number, and
is shown what a supervisor may do here.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QShortcut,
)

from scanner.decide.looks import Language
from scanner.gate.sounds_player import Player
from scanner.screen.answer_painting import OTHER
from scanner.screen.answers import Answer
from scanner.screen.attract_panel import FIRE, OUT_OF_SERVICE, AttractPanel
from scanner.screen.buttons import button_style, make_button
from scanner.screen.gate_window import GateWindow
from scanner.screen.lettering import font_of
from scanner.screen.live_picture import LivePicture
from scanner.screen.options import WindowOptions
from scanner.screen.pin_lock import PinLock, UnusablePin
from scanner.screen.standing import burns
from scanner.screen.themes import ThemeName
from scanner.screen.verdict_panel import VerdictPanel

if TYPE_CHECKING:
    from scanner.screen.keypad import Keypad
    from scanner.screen.worker import StationState

log = logging.getLogger(__name__)
_PICTURE_SHARE: Final = 0.56
_CORNER_SHARE: Final = 0.16
_TOUCHES: Final = 5
_TOUCHES_S: Final = 3.0
# Who chose a language and shows no code for so long has gone.
_LANGUAGE_S: Final = 30.0


class KioskWindow(GateWindow):
    """For a gate where nobody stands by."""

    shows_names = False

    def __init__(self, options: WindowOptions, player: Player) -> None:
        super().__init__(replace(options, pace=replace(options.pace, unattended=True)), player)
        self.attract = AttractPanel(self.theme, self.language, low=options.low)
        for part in (self.picture, self.attract, self.panel):
            part.setParent(self)
        self.language_button = make_button(self, self._other_language, "F3")
        self.panel.hide()
        QShortcut(QKeySequence("Esc"), self, self.questions.close)
        self._log_fault = False
        self.keypad: Keypad | None = None
        self._touches: list[float] = []
        self._language_over = QTimer(self)
        self._language_over.setSingleShot(True)
        self._language_over.timeout.connect(self._usual_language)
        lock = _lock_of(options.exit_pin)
        if lock is not None:
            from scanner.screen.keypad import Keypad

            self.keypad = Keypad(self, self.theme, lock, options.mono_s)
            self.keypad.opened.connect(self._open_supervisor)
            QShortcut(QKeySequence("F12"), self, self.keypad.ask)
        self._dress()

    def make_panel(self) -> VerdictPanel:
        """Return a panel that is the screen, with the arrow to the way in."""
        options = self.options
        return VerdictPanel(
            self.theme,
            self.language,
            options.site,
            full=True,
            ahead=options.ahead,
            low=options.low,
        )

    def make_picture(self) -> LivePicture:
        """Return a picture with a frame to aim at."""
        mirrored = self.options.mirrored
        return LivePicture(self.theme, self.language, mirrored=mirrored, aim=True)

    def set_language(self, language: Language) -> None:
        """Put `language` first from now on."""
        super().set_language(language)
        self.attract.set_language(language)
        self._dress()

    def set_theme(self, name: ThemeName, *, large: bool) -> None:
        """Change colours and size."""
        super().set_theme(name, large=large)
        self.attract.set_theme(self.theme)
        self._dress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give picture and drawings their places; the answer has all of the window."""
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        self.panel.setGeometry(0, 0, width, height)
        self.questions.place((0, 0, width, height), (0, 0, width, height))
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

    def _open_supervisor(self) -> None:
        """Show what there is behind the number; it goes by itself when nobody touches it."""
        from scanner.screen.supervisor_pages import SupervisorPages

        if self.keypad is not None:
            self.keypad.leave()
        SupervisorPages(self).open()

    def _place_language_button(self, attract: tuple[int, int, int, int]) -> None:
        side = max(56, round(min(self.width(), self.height()) * 0.09))
        self.language_button.setFont(font_of(side * 0.36, bold=True))
        left = attract[0] + attract[2] - round(side * 2.0) - side // 4
        # At wheelchair height what is to be touched lies below.
        low = self.options.low
        top = attract[1] + (attract[3] - side - side // 4 if low else side // 4)
        self.language_button.setGeometry(left, top, side * 2, side)

    def _show_answer(self, answer: Answer | None) -> None:
        super()._show_answer(answer)
        if answer is None:
            self._usual_language()
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
        """Speak the other language to whoever stands here, and to nobody after them."""
        self.set_language(OTHER[self.language])
        self._language_over.start(self.options.pace.milliseconds(_LANGUAGE_S))

    def _usual_language(self) -> None:
        self._language_over.stop()
        if self.language is not self.options.language and self.questions.current is None:
            self.set_language(self.options.language)

    def _dress(self) -> None:
        self.setStyleSheet(button_style(self.theme))
        self.questions.dress(self.theme, large=self.large)
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
