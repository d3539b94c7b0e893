"""A question: a title, fields and large buttons, in both languages, at every size, by touch or keys
alone. Esc and ✕ take it away, and what was typed into it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QWidget

from keys.passages import Verdict
from scanner.decide.looks import LOOKS
from scanner.screen.buttons import FittingButton
from scanner.screen.lettering import font_of
from scanner.screen.themes import Theme

if TYPE_CHECKING:
    from scanner.screen.worker import StationState
    from scanner.station import ScanResult

Words = Callable[[], str]
# Row, column, rows, columns of the grid; the title has row 0.
Cells = tuple[int, int, int, int]
_LETTERS_LEAST: Final = 18.0
_LETTERS_MOST: Final = 38.0


class Asking(QWidget):
    """A question. columns: of its grid. rows: how many there are below the title, for the size of
    the letters. roomy: it takes the answer's place too while no answer stands.

    Words come as functions, so that a question that stands speaks the other language at once.
    topic: tells questions apart without their modules, which are loaded when they are first asked.
    """

    left = Signal()
    shape = (7, 2)
    roomy = False
    topic = ""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self.title = QLabel(self)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons: dict[str, FittingButton] = {}
        self.fields: dict[str, QLineEdit] = {}
        self.labels: list[QLabel] = []
        self._signs: dict[str, Verdict] = {}
        self._ticks: list[FittingButton] = []
        self._words: list[tuple[QWidget, Words]] = []
        self.grid = QGridLayout(self)
        columns, rows = self.shape
        for column in range(columns):
            self.grid.setColumnStretch(column, 1)
        # The title may be low where there is room for all; in a low question all rows are alike.
        for row in range(rows + 1):
            self.grid.setRowStretch(row, 3 if row else 2)
        self.grid.addWidget(self.title, 0, 0, 1, columns - 1)
        self.away = self.add("✕", (0, columns - 1, 1, 1), self.leave, lambda: "✕")
        self.away.setAccessibleName(self.tr("Back"))
        self.hide()

    def opened(self) -> None:
        """Take the focus where typing begins; called once it is seen."""
        first = next(iter(self.fields.values()), None)
        (first or self.away).setFocus()

    def leave(self) -> None:
        """Ask to be taken away."""
        self.left.emit()

    def add(
        self,
        key: str,
        cells: Cells,
        does: Callable[[], None],
        words: Words | None = None,
        *,
        verdict: Verdict | None = None,
    ) -> FittingButton:
        """Put a button there; it is found by `key` and says `words`, the key itself without.
        verdict: whose sign stands before the words.
        """
        button = FittingButton(self)
        button.clicked.connect(does)
        self.buttons[key] = button
        if verdict is not None:
            self._signs[key] = verdict
        self.grid.addWidget(button, *cells)
        self._speak(button, words or (lambda: key))
        return button

    def add_tick(self, key: str, cells: Cells, words: Words) -> FittingButton:
        """Put a button there that stays pressed: something that is so or is not."""
        tick = self.add(key, cells, self.say, words)
        tick.setCheckable(True)
        self._ticks.append(tick)
        self._say_one(tick, words())
        return tick

    def add_field(
        self, key: str, cells: Cells, words: Words, *, most: int, labelled: bool = False
    ) -> QLineEdit:
        """Put a field there for at most `most` characters. words: its label, aloud, and inside it
        where no other stands beside it (labelled).
        """
        field = QLineEdit(self)
        field.setMaxLength(most)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        field.setProperty("labelled", labelled)
        self.fields[key] = field
        self.grid.addWidget(field, *cells)
        self._speak(field, words)
        return field

    def add_label(self, cells: Cells, words: Words, *, bold: bool = False) -> QLabel:
        """Put words there."""
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("bold", bold)
        self.labels.append(label)
        self.grid.addWidget(label, *cells)
        self._speak(label, words)
        return label

    def title_words(self) -> str:
        """Return the question itself."""
        return ""

    # --- what a window tells the question that stands; most questions have no ear for it

    def state_noted(self, state: StationState) -> None:
        """Hear what the station says of itself."""

    def checks_changed(self) -> None:
        """Hear that others wait for a hand check than before."""

    def answered(self, result: ScanResult | None) -> None:
        """Hear what a code gave that was typed or scanned by hand, None for no pass."""

    def takes_scan(self, _text: str) -> bool:
        """Return whether a hand scanner's text was what is asked for."""
        return False

    # --- how it looks

    def say(self) -> None:
        """Say everything anew: after a change of language, of a tick, of what is asked about."""
        self.title.setText(self.title_words())
        self.setAccessibleName(self.title.text())
        for part, words in self._words:
            self._say_one(part, words())
        self.away.setAccessibleName(self.tr("Back"))

    def complain(self, words: str) -> None:
        """Say what keeps it from being done, in the title's place; what was typed stays."""
        self.title.setText(words)
        self.title.setStyleSheet(f"color: {self.theme.warning};")
        self.setAccessibleName(words)

    def dress(self, theme: Theme) -> None:
        """Change the colours."""
        self.theme = theme
        self.say()
        self._colour()
        self.update()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab go round within the question; Esc leaves it."""
        start: QWidget = self.window().focusWidget()
        part: QWidget | None = start
        while part is not None:
            part = part.nextInFocusChain() if forward else part.previousInFocusChain()
            if part is start or part is None:
                break
            takes = part.focusPolicy() & Qt.FocusPolicy.TabFocus
            if self.isAncestorOf(part) and takes and part.isVisible() and part.isEnabled():
                way = Qt.FocusReason
                part.setFocus(way.TabFocusReason if forward else way.BacktabFocusReason)
                return True
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.ground))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the letters fit the room."""
        super().resizeEvent(event)
        pixels = self.letters()
        edge = round(pixels * 0.4)
        self.grid.setContentsMargins(edge * 2, edge // 2, edge * 2, edge)
        self.grid.setSpacing(edge)
        self.title.setFont(font_of(pixels, bold=True))
        for button in self.buttons.values():
            button.most = pixels
            button.fit()
        for field in self.fields.values():
            field.setFont(font_of(pixels))
        for label in self.labels:
            label.setFont(font_of(pixels * 0.8, bold=bool(label.property("bold"))))
        self._colour()

    def letters(self) -> float:
        """Return the size of letters in pixels."""
        rows = self.shape[1] + 1
        return min(_LETTERS_MOST, max(_LETTERS_LEAST, self.height() / rows * 0.36))

    def _speak(self, part: QWidget, words: Words) -> None:
        self._words.append((part, words))
        self._say_one(part, words())

    def _say_one(self, part: QWidget, words: str) -> None:
        if isinstance(part, QLineEdit):
            part.setPlaceholderText("" if part.property("labelled") else words)
        elif isinstance(part, QLabel):
            part.setText(words)
        elif isinstance(part, QPushButton):
            if part in self._ticks:
                part.setText(("☑ " if part.isChecked() else "☐ ") + words)
            else:
                part.setText(words)
        part.setAccessibleName(words)

    def _colour(self) -> None:
        self.title.setStyleSheet(f"color: {self.theme.text};")
        for key, verdict in self._signs.items():
            self.buttons[key].show_sign(LOOKS[verdict].sign.value, self.theme.accents[verdict])
        for label in self.labels:
            label.setStyleSheet(f"color: {self.theme.text};")
        for field in self.fields.values():
            palette = field.palette()
            palette.setColor(QPalette.ColorRole.PlaceholderText, QColor(self.theme.quiet_text))
            field.setPalette(palette)
