"""Where questions stand: over picture and list, never over the answer, one at a time.

While no answer stands, one that needs room has the answer's place as well; it gives it back the
moment somebody is judged.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from scanner.screen.asking import Asking
from scanner.screen.themes import Theme


class Questions(QObject):
    """Where questions stand in a window, one at a time. `closed`: the last one went."""

    opened = Signal()
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._box = (0, 0, 1, 1)
        self._room = (0, 0, 1, 1)
        self._answered = False
        self.current: Asking | None = None

    @property
    def topic(self) -> str:
        """What is asked about; empty for nothing."""
        return self.current.topic if self.current is not None else ""

    def ask(self, question: Asking) -> None:
        """Show `question` instead of what stood there."""
        self._drop()
        self.current = question
        question.left.connect(self.close)
        question.say()
        self._place()
        question.show()
        question.raise_()
        self.opened.emit()
        question.opened()

    def close(self) -> None:
        """Take the question away, and what was typed into it."""
        if self.current is not None:
            self._drop()
            self._window.setFocus()
            self.closed.emit()

    def place(self, box: tuple[int, int, int, int], room: tuple[int, int, int, int]) -> None:
        """Say where questions stand in the window (x, y, width, height): beside an answer, and
        while there is none.
        """
        self._box, self._room = box, room
        self._place()

    def give_way(self, answered: bool) -> None:
        """Leave the answer its place, or take it while no answer stands."""
        self._answered = answered
        self._place()

    def dress(self, theme: Theme) -> None:
        """Change colours and words of what stands there."""
        if self.current is not None:
            self.current.dress(theme)

    def _place(self) -> None:
        if self.current is not None:
            roomy = self.current.roomy and not self._answered
            self.current.setGeometry(*(self._room if roomy else self._box))

    def _drop(self) -> None:
        if self.current is not None:
            self.current.hide()
            self.current.deleteLater()
            self.current = None
