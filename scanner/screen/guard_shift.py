"""Coming on duty: a staff pass is asked for, and the next code is it.

While it is asked for, for two minutes at most, the station looks only: the guard who logs in is
nobody who passes. What was switched before is so again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from scanner.screen.options import WindowOptions
from scanner.screen.questions import Questions
from scanner.screen.themes import Theme

SHIFT: Final = "shift"
ASKED_S: Final = 120.0


class GuardShift(QObject):
    """Asks for staff passes. `asked` carries a BeginShift for each code, or an EndShift."""

    asked = Signal(object)

    def __init__(self, window: QWidget, options: WindowOptions, questions: Questions) -> None:
        super().__init__(window)
        self._window = window
        self._switch = options.look_only
        self._stay_ms = options.pace.milliseconds(ASKED_S)
        self._questions = questions
        self._tried: set[str] = set()
        self._looked_only: bool | None = None
        questions.opened.connect(self._question_changed)
        questions.closed.connect(self._question_changed)

    def open(self, theme: Theme, operator: Callable[[], str]) -> None:
        """Ask for a staff pass. operator: who is on duty, asked anew whenever it is shown."""
        from scanner.screen.guard_pages import ShiftPage

        page = ShiftPage(self._window, theme, operator, stay_ms=self._stay_ms)
        page.ended.connect(self._end)
        self._tried.clear()
        self._questions.ask(page)

    def takes_code(self, text: str) -> bool:
        """Return whether a code is the staff pass that was asked for; each is tried once."""
        if self._questions.topic != SHIFT:
            return False
        if text not in self._tried:
            from scanner.decide.actions import BeginShift

            self._tried.add(text)
            self.asked.emit(BeginShift(text=text))
        return True

    def _end(self) -> None:
        from scanner.decide.actions import EndShift

        self.asked.emit(EndShift())

    def _question_changed(self) -> None:
        if self._switch is None:
            return
        asks = self._questions.topic == SHIFT
        if asks and self._looked_only is None:
            self._looked_only = self._switch.is_set()
            self._switch.set()
        elif not asks and self._looked_only is not None:
            if not self._looked_only:
                self._switch.clear()
            self._looked_only = None
            self._tried.clear()
