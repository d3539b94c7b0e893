"""Where questions stand: over picture and list, never over the answer, one at a time.

While no answer stands, one that needs room has the answer's place as well; it gives it back the
moment somebody is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from scanner.screen.asking import Asking
    from scanner.screen.themes import Theme

# x, y, width, height in the window.
Box = tuple[int, int, int, int]
_ROW_LEAST: Final = 24  # pixels


class Questions(QObject):
    """Where questions stand in a window, one at a time. `closed`: the last one went."""

    opened = Signal()
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._box: Box | None = (0, 0, 1, 1)
        self._room: Box = (0, 0, 1, 1)
        self._answered = False
        self._large = False
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
        question.set_large(self._large)
        self._place()
        self.opened.emit()

    def close(self) -> None:
        """Take the question away, and what was typed into it."""
        if self.current is not None:
            self._drop()
            self._window.setFocus()
            self.closed.emit()

    def place(self, box: Box | None, room: Box) -> None:
        """Say where questions stand in the window: beside an answer (None: nowhere, it takes the
        whole screen), and while there is none.
        """
        self._box, self._room = box, room
        self._place()

    def give_way(self, answered: bool) -> None:
        """Leave the answer its place, or take it while no answer stands."""
        self._answered = answered
        page = self.current
        if answered and self._box is None and page is not None and not page.outlasts:
            self.close()
        self._place()

    def dress(self, theme: Theme, *, large: bool) -> None:
        """Change colours, size and words of what stands there, and of what comes."""
        self._large = large
        if self.current is not None:
            self.current.set_large(large)
            self.current.dress(theme)
            self._place()

    def _place(self) -> None:
        page = self.current
        if page is None:
            return
        # Large letters need the room even where a question is short.
        roomy = (page.roomy or self._large) and not self._answered
        box = self._room if roomy or self._box is None else self._box
        page.setGeometry(*box)
        # What cannot be read beside an answer comes back when it has gone.
        aside = self._answered and (
            self._box is None or self._box[3] < (page.shape[1] + 1) * _ROW_LEAST
        )
        if aside != page.isHidden():
            page.setVisible(not aside)
            if not aside:
                page.raise_()
                page.opened()

    def _drop(self) -> None:
        page, self.current = self.current, None
        if page is not None:
            page.hide()
            page.deleteLater()
