"""The guard's actions: emergency, undo, temperature. The station says which of them it can do.

The emergency button opens with one press and asks for its cause afterwards; it is in the strip,
which no verdict covers. Undo takes back the newest passage for 30 s. A temperature is touched or
typed, and belongs to the person judged last.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from scanner.decide.actions import (
    CAUSES,
    UNDO_WITHIN_S,
    ActionName,
    EmergencyCause,
    GiveCause,
    Measured,
    OpenForEmergency,
    TakeBack,
    tenths_of,
)
from scanner.decide.looks import Language
from scanner.screen.answer_stand import Pace
from scanner.screen.buttons import GateButton, make_button
from scanner.screen.lettering import font_of
from scanner.screen.themes import THEMES, Theme, ThemeName

if TYPE_CHECKING:
    from scanner.screen.worker import ActionDone
    from scanner.station import ScanResult

_KEYS: Final = ("1234567", "890.⌫✓")


class Asking(QWidget):
    """A question over picture and list, never over the answer: a title and large buttons."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title = QLabel(self)
        self.buttons: dict[str, GateButton] = {}
        self._grid = QGridLayout(self)
        self._grid.addWidget(self.title, 0, 0, 1, 7)
        self.hide()

    def add(self, name: str, place: tuple[int, int], does: Callable[[], None]) -> GateButton:
        """Put a button at (row, column)."""
        button = GateButton(self)
        button.setText(name)
        button.setAccessibleName(name)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        button.clicked.connect(does)
        self.buttons[name] = button
        self._grid.addWidget(button, *place)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.ground))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the letters fit the room."""
        super().resizeEvent(event)
        pixels = max(18.0, self.height() * 0.12)
        self.title.setFont(font_of(pixels, bold=True))
        self.title.setStyleSheet(f"color: {self.theme.text};")
        for button in self.buttons.values():
            button.setFont(font_of(pixels, bold=True))


class GuardActions(QObject):
    """Owns the buttons and the questions. `asked` carries each Action to the station."""

    asked = Signal(object)
    taken_back = Signal(bytes)

    def __init__(self, window: QWidget, offered: frozenset[ActionName], pace: Pace) -> None:
        super().__init__(window)
        self._window = window
        self._pace = pace
        self._language = Language.ZH
        self._theme = THEMES[ThemeName.NIGHT]
        self._box = (0, 0, 1, 1)
        self._newest: bytes | None = None
        self._emergency: bytes | None = None
        self._typed = ""
        self.buttons: dict[ActionName, GateButton] = {}
        for name, does, key in (
            (ActionName.TEMPERATURE, self.ask_temperature, "F9"),
            (ActionName.UNDO, self.take_back, "F10"),
            (ActionName.EMERGENCY, self.open_now, "F1"),
        ):
            if name in offered:
                self.buttons[name] = make_button(window, does, key)
        self._undo_over = QTimer(self)
        self._undo_over.setSingleShot(True)
        self._undo_over.timeout.connect(self._forget_newest)
        self.question: Asking | None = None
        self._forget_newest()

    def note(self, result: ScanResult) -> None:
        """Remember the newest passage, which undo takes back."""
        if result.passage_id is not None:
            self._newest = result.passage_id
            self._undo_over.start(self._pace.milliseconds(UNDO_WITHIN_S))
            self._enable_undo()

    def done(self, done: ActionDone) -> None:
        """Go on after an action: an emergency asks for its cause, an undo marks its row."""
        if done.fault is not None:
            return
        match done.action:
            case OpenForEmergency() if done.result is not None:
                self._emergency = done.result.passage_id
                self._ask_cause()
            case TakeBack():
                self.taken_back.emit(done.action.passage_id)
            case _:
                pass

    def open_now(self) -> None:
        """Open for an emergency: no question comes first."""
        self.asked.emit(OpenForEmergency())

    def take_back(self) -> None:
        """Take the newest passage back, while that is possible."""
        if self._newest is not None:
            self.asked.emit(TakeBack(passage_id=self._newest))
            self._forget_newest()

    def ask_temperature(self) -> None:
        """Show the keys for a temperature, or take them away again."""
        if self.question is not None and "✓" in self.question.buttons:
            self.close_question()
            return
        question = self._ask(self.tr("Temperature in °C"))
        for row, faces in enumerate(_KEYS, 1):
            for column, face in enumerate(faces):
                question.add(face, (row, column), partial(self._touch, face))
        self._typed = ""
        self._show(question)

    def take_typed(self, text: str) -> bool:
        """Return whether a typed text was the temperature that was asked for."""
        asked = self.question is not None and "✓" in self.question.buttons
        return asked and self._measure(text)

    def dress(self, theme: Theme, language: Language) -> None:
        """Change colours and words of the buttons."""
        self._theme, self._language = theme, language
        words = {
            ActionName.TEMPERATURE: self.tr("Temp."),
            ActionName.UNDO: self.tr("Undo"),
            ActionName.EMERGENCY: self.tr("Emergency"),
        }
        for name, button in self.buttons.items():
            button.setText(words[name])
            button.setAccessibleName(words[name])
        if ActionName.EMERGENCY in self.buttons:
            colour = theme.warning
            self.buttons[ActionName.EMERGENCY].setStyleSheet(
                f"QPushButton {{ color: {colour}; border: 4px double {colour}; }}"
            )

    def place(self, box: tuple[int, int, int, int]) -> None:
        """Say where questions may stand: x, y, width, height in the window."""
        self._box = box
        if self.question is not None:
            self.question.setGeometry(*box)

    def close_question(self) -> None:
        """Take the question away; an emergency without a cause stays written down as such."""
        if self.question is not None:
            self.question.hide()
            self.question.deleteLater()
            self.question = None

    def _ask_cause(self) -> None:
        question = self._ask(self.tr("Opened and logged. Why?"))
        for column, (cause, wording) in enumerate(CAUSES.items()):
            question.add(wording.of(self._language), (1, column), partial(self._give, cause))
        self._show(question)

    def _give(self, cause: EmergencyCause) -> None:
        if self._emergency is not None:
            self.asked.emit(GiveCause(passage_id=self._emergency, cause=cause))
        self.close_question()

    def _ask(self, title: str) -> Asking:
        self.close_question()
        question = Asking(self._window, self._theme)
        question.title.setText(title)
        question.setAccessibleName(title)
        return question

    def _show(self, question: Asking) -> None:
        self.question = question
        question.setGeometry(*self._box)
        question.show()
        question.raise_()

    def _touch(self, face: str) -> None:
        if face == "✓":
            if not self._measure(self._typed) and self.question is not None:
                self._typed = ""
                self.question.title.setText(self.tr("30.0 to 45.0 °C, please"))
            return
        self._typed = self._typed[:-1] if face == "⌫" else (self._typed + face)[:4]
        if self.question is not None:
            self.question.title.setText(f"{self._typed} °C")

    def _measure(self, typed: str) -> bool:
        tenths = tenths_of(typed)
        if tenths is None:
            return False
        self.close_question()
        self.asked.emit(Measured(tenths=tenths))
        return True

    def _forget_newest(self) -> None:
        self._newest = None
        self._undo_over.stop()
        self._enable_undo()

    def _enable_undo(self) -> None:
        if ActionName.UNDO in self.buttons:
            self.buttons[ActionName.UNDO].setEnabled(self._newest is not None)
