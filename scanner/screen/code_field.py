"""A field for a code that somebody types: digits in groups, checked with every stroke."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from scanner.capture.handtext import FULL_MOST, FULL_PREFIX, GROUP, Typed, check_typed
from scanner.screen.lettering import font_of, width_of
from scanner.screen.themes import Theme

_MOST_SIGNS: Final = FULL_MOST + 60  # what is longer is no slip of a finger
_LETTERS: Final = range(44, 13, -1)  # pixels
_LINE: Final = 1.5  # height of a line of Chinese type
_APART: Final = 0.25  # more room between groups than a space gives, of the letters' height
# As the office prints them, so that rows are compared with rows; five rows hold the shortest code.
_GROUPS, _ROWS = 8, 5


class CodeField(QPlainTextEdit):
    """Holds the digits, always in groups. `done`: Enter; `changed`: something else stands there."""

    done = Signal()
    changed = Signal(object)  # Typed

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.typed: Typed = check_typed("")
        self._mark_colours = (QColor("black"), QColor("white"))
        self.setUndoRedoEnabled(False)  # nothing that was typed is kept anywhere else
        self.setTabChangesFocus(True)
        self.setCursorWidth(3)
        # Its menu would be a window of its own, and no window of ours, to strokes.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)  # digits as they come
        self.textChanged.connect(self._check)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends; deleting goes over the spaces between groups."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.done.emit()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete(forward=True)
        elif event.key() == Qt.Key.Key_Backspace:
            self.delete()
        else:
            super().keyPressEvent(event)

    def insert(self, sign: str) -> None:
        """Put a sign where the cursor stands."""
        self.textCursor().insertText(sign)
        self.ensureCursorVisible()

    def delete(self, *, forward: bool = False) -> None:
        """Take one sign away beside the cursor, or what is chosen."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            way = QTextCursor.MoveOperation.Right if forward else QTextCursor.MoveOperation.Left
            while cursor.movePosition(way, QTextCursor.MoveMode.KeepAnchor):
                if cursor.selectedText().strip():
                    break
        cursor.removeSelectedText()
        self.ensureCursorVisible()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the largest letters at which the digits of a short code are all in sight."""
        super().resizeEvent(event)
        frame = 2 * (self.frameWidth() + self.document().documentMargin())
        width, height = self.width() - frame, self.height() - frame
        pixels, row_width = _fitting(width, height)
        font = font_of(pixels, bold=True)
        font.setWordSpacing(pixels * _APART)
        self.setFont(font)
        # What is right of the last group is kept free, or half a group would stand there.
        self.setViewportMargins(0, 0, max(0, int(width - row_width)), 0)

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self.setStyleSheet(
            f"QPlainTextEdit {{ background: {theme.surface}; color: {theme.text};"
            f" border: 2px solid {theme.quiet_text}; }}"
            f"QPlainTextEdit:focus {{ border: 2px solid {theme.text}; }}"
        )
        self._mark_colours = (QColor(theme.warning), QColor(theme.surface))
        self._mark()

    def _check(self) -> None:
        entry = self.toPlainText()[:_MOST_SIGNS]
        self.typed = check_typed(entry)
        shown = self.typed.shown
        if shown.startswith(FULL_PREFIX) and entry.strip().upper() == shown:
            shown = entry.upper()  # a space at the end may be a sign of the code
        if shown != self.toPlainText():
            self._show(entry, shown)
        self._mark()
        self.changed.emit(self.typed)

    def _show(self, entry: str, shown: str) -> None:
        """Put the groups in the entry's place, the cursor behind the same sign as before."""
        cursor = self.textCursor()
        signs = len("".join(entry[: cursor.position()].split()))
        at = 0
        while at < len(shown) and signs:
            signs -= not shown[at].isspace()
            at += 1
        self.blockSignals(True)
        self.setPlainText(shown)
        self.blockSignals(False)
        cursor = self.textCursor()
        cursor.setPosition(at)
        self.setTextCursor(cursor)

    def _mark(self) -> None:
        at = self.typed.wrong_at
        if at is None:
            self.setExtraSelections([])
            return
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(at)
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
        look = mark.format
        ground, letters = self._mark_colours
        look.setBackground(ground)
        look.setForeground(letters)
        look.setFontUnderline(True)
        mark.cursor = cursor
        self.setExtraSelections([mark])


def _fitting(width: float, height: float) -> tuple[int, float]:
    """Return the largest size of letters, and how wide its rows are."""
    row = " ".join(["0" * GROUP] * _GROUPS)
    # A third of a letter more, for what rounding takes.
    per_pixel = width_of(row, 1, bold=True) + _GROUPS * _APART + 0.3
    for pixels in _LETTERS:
        if per_pixel * pixels <= width and _ROWS * pixels * _LINE <= height:
            return pixels, per_pixel * pixels
    return _LETTERS[-1], width
