"""The pad on which a supervisor touches the number that closes a kiosk."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from scanner.screen.asking import next_inside
from scanner.screen.buttons import GateButton
from scanner.screen.lettering import font_of
from scanner.screen.pin_lock import PIN_DIGITS, PinLock
from scanner.screen.themes import Theme

_ROWS: Final = ("123", "456", "789", "⌫0✓")
# Left alone for so long, the pad goes: whoever comes next wants to pass.
_IDLE_MS: Final = 15_000


class Keypad(QWidget):
    """Covers its window. `opened`: the right number was touched; `left`: nobody wants it now."""

    opened = Signal()
    left = Signal()

    def __init__(
        self, parent: QWidget, theme: Theme, lock: PinLock, mono_s: Callable[[], float]
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._theme = theme
        self._lock = lock
        self._mono_s = mono_s
        self._pin = ""
        self.shown = QLabel(self)
        self.buttons: dict[str, GateButton] = {}
        self._grid = QGridLayout(self)
        self._grid.addWidget(self.shown, 0, 0, 1, 3)
        for row, faces in enumerate(_ROWS, 1):
            for column, face in enumerate(faces):
                self._grid.addWidget(self._key(face), row, column)
        self.away = GateButton(self)
        self.away.setText("✕")
        self.away.clicked.connect(self.leave)
        self._grid.addWidget(self.away, len(_ROWS) + 1, 0, 1, 3)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.leave)
        self.hide()

    def ask(self) -> None:
        """Show the pad, empty."""
        self._pin = ""
        self._say(self._locked_words())
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.buttons["1"].setFocus()
        self._idle.start(_IDLE_MS)

    def leave(self) -> None:
        """Take the pad away and forget what was touched."""
        self._pin = ""
        self._idle.stop()
        self.hide()
        self._window.setFocus()
        self.left.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go round among the keys."""
        return next_inside(self, forward)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.ground))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the keys as large as a thumb likes them."""
        super().resizeEvent(event)
        side = min(self.width(), self.height())
        edge = round(side * 0.04)
        across = max(edge, (self.width() - round(side * 0.8)) // 2)
        self._grid.setContentsMargins(across, edge, across, edge)
        self._grid.setSpacing(edge // 2)
        self.shown.setFont(font_of(side * 0.06, bold=True))
        self.shown.setStyleSheet(f"color: {self._theme.text};")
        for button in (*self.buttons.values(), self.away):
            button.setFont(font_of(side * 0.06, bold=True))

    def _key(self, face: str) -> GateButton:
        button = GateButton(self)
        button.setText(face)
        names = {"⌫": self.tr("Delete"), "✓": self.tr("Confirm")}
        button.setAccessibleName(names.get(face, face))
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        button.clicked.connect(partial(self._touch, face))
        self.buttons[face] = button
        return button

    def _touch(self, face: str, _checked: bool = False) -> None:
        self._idle.start(_IDLE_MS)
        if face == "✓":
            self._try()
        elif face == "⌫":
            self._pin = self._pin[:-1]
            self._say("")
        elif len(self._pin) < PIN_DIGITS[-1]:
            self._pin += face
            self._say("")

    def _try(self) -> None:
        pin, self._pin = self._pin, ""
        if self._lock.opens(pin, self._mono_s()):
            self._idle.stop()
            self.opened.emit()
        else:
            self._say(self._locked_words() or self.tr("Not this number"))

    def _locked_words(self) -> str:
        wait_s = self._lock.wait_s(self._mono_s())
        return self.tr("Locked for {0} s").format(math.ceil(wait_s)) if wait_s else ""

    def _say(self, words: str) -> None:
        # Dots only: whoever stands behind reads how many, never which.
        self.shown.setText(words or "●" * len(self._pin) or self.tr("Supervisor's number"))
        self.shown.setAccessibleName(self.shown.text())
        self.away.setAccessibleName(self.tr("Back"))
