"""A question: a title, fields and large buttons, in both languages, at every size, by touch or keys
alone. Esc and ✕ take it away, and what was typed into it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from keys.verdicts import Verdict
from scanner.decide.looks import LOOKS
from scanner.screen.buttons import FittingButton
from scanner.screen.fitting import FittingLabel, FittingList
from scanner.screen.lettering import fitting_pixels, font_of
from scanner.screen.themes import Theme

if TYPE_CHECKING:
    from scanner.screen.worker import StationState
    from scanner.station import ScanResult

Words = Callable[[], str]
# Row, column, rows, columns of the grid; the title has row 0.
Cells = tuple[int, int, int, int]
_LETTERS_LEAST: Final = 18.0
_LETTERS_MOST: Final = 38.0
_ALIKE: Final = 0.6
_LARGE: Final = 1.5  # screens.md: names, reasons and questions


class Asking(QWidget):
    """A question. columns: of its grid. rows: how many there are below the title, for the size of
    the letters. roomy: it takes the answer's place too while no answer stands.

    Words come as functions, so that a question that stands speaks the other language at once.
    away_columns: how many of them the way back stands in, so that it makes none of them wider.
    outlasts: an answer that takes the whole screen does not end it.
    topic: tells questions apart without their modules, which are loaded when they are first asked.
    large: what is to be read stands half as large again, as far as there is room.
    """

    left = Signal()
    shape = (7, 2)
    roomy = False
    outlasts = False
    away_columns = 1
    topic = ""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.theme = theme
        self.large = False
        self.title = FittingLabel(self, bold=True)
        self.buttons: dict[str, FittingButton] = {}
        self.fields: dict[str, QLineEdit] = {}
        self.labels: list[FittingLabel] = []
        self.lists: list[FittingList] = []
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
        aside = columns - self.away_columns
        self.grid.addWidget(self.title, 0, 0, 1, aside)
        self.away = self.add("✕", (0, aside, 1, self.away_columns), self.leave, lambda: "✕")
        self.away.setAccessibleName(self.tr("Back"))
        # The way back looks the same and lies in the same corner on every page.
        ahead = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.grid.setAlignment(self.away, ahead)
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

    def add_list(self, cells: Cells) -> FittingList:
        """Put a list there, whose lines are broken where they are too long."""
        rows = FittingList(self)
        self.lists.append(rows)
        self.grid.addWidget(rows, *cells)
        return rows

    def add_label(self, cells: Cells, words: Words, *, bold: bool = False) -> QLabel:
        """Put words there."""
        label = FittingLabel(self, bold=bold)
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
        return next_inside(self, forward)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Cover what is below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.theme.ground))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the letters fit the room."""
        super().resizeEvent(event)
        self._fit()

    def set_large(self, large: bool) -> None:
        """Choose the size of what is to be read."""
        self.large = large
        self._fit()

    def _fit(self) -> None:
        """Choose all sizes anew: keys as a thumb wants them, what is to be read as the eye does."""
        pixels, read = self.letters(), self.letters() * (_LARGE if self.large else 1.0)
        edge = round(pixels * 0.4)
        self.grid.setContentsMargins(edge * 2, edge // 2, edge * 2, edge)
        self.grid.setSpacing(edge)
        # In two rows the title has room enough; in more, large letters need more of it.
        title = 3 if self.large and self.shape[1] > 2 else 2
        self.grid.setRowStretch(0, title)
        row = self.height() * title / (3 * self.shape[1] + title) - edge
        self.away.setFixedSize(max(64, round(pixels * 2.6)), max(24, round(min(row, pixels * 2.2))))
        self._fit_buttons(pixels)
        for field in self.fields.values():
            field.setFont(font_of(self._field_pixels(field, read)))
        for words, share in ((self.title, 1.0), *((label, 0.8) for label in self.labels)):
            words.most = read * share
            words.fit()
        for rows in self.lists:
            rows.most = max(16.0, pixels * 0.75) * (_LARGE if self.large else 1.0)
            rows.fit()
        self._colour()

    def _fit_buttons(self, pixels: float) -> None:
        """Give all buttons letters of one size, unless one has far too much to say for that."""
        fitting = [button.fitting(pixels) for button in self.buttons.values()]
        alike = min((size for size in fitting if size >= pixels * _ALIKE), default=pixels)
        for button in self.buttons.values():
            button.most = alike
            button.fit()

    def _field_pixels(self, field: QLineEdit, most: float) -> float:
        """Return the size at which the words inside an empty field are not cut."""
        room = max(1.0, field.width() - 24.0)
        most = min(most, max(_LETTERS_LEAST, field.height() * 0.6))
        return fitting_pixels(field.placeholderText(), room, most)

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


def next_inside(page: QWidget, forward: bool) -> bool:
    """Give the focus to the next part of `page`, round and round; whether it stays within."""
    start: QWidget | None = page.window().focusWidget()
    part = start
    while part is not None:
        part = part.nextInFocusChain() if forward else part.previousInFocusChain()
        if part is start or part is None:
            break
        takes = part.focusPolicy() & Qt.FocusPolicy.TabFocus
        if page.isAncestorOf(part) and takes and part.isVisible() and part.isEnabled():
            way = Qt.FocusReason
            part.setFocus(way.TabFocusReason if forward else way.BacktabFocusReason)
            return True
    return start is not None and page.isAncestorOf(start)
