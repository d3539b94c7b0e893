"""Hand scanners that act as keyboards: their strokes become one text, and press no button.

A scanner types a code in a burst and ends it with Enter or Tab. Codes hold spaces (Base45), and
Enter presses a button that has the focus: so from the first printable stroke on, everything goes
into the text until it ends. A single Enter, Tab or space with nothing before it is a person's.

Too long a text, or a pause within it, drops it: half a code is no code.
"""

from __future__ import annotations

from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QElapsedTimer, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

# formats.md 1.2: no code is longer; a few more for what scanners put before and after.
_MOST: Final = 720
_PAUSE_MS: Final = 1000
_ENDS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_CHORDS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class KeyboardWedge(QObject):
    """Gathers strokes; `scanned` carries each whole text."""

    scanned = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._since = QElapsedTimer()

    def take(self, event: QKeyEvent) -> bool:
        """Return whether the stroke belongs to a code: then nobody else may act on it."""
        stroke = event.text()
        ends = event.key() in _ENDS
        typed = stroke != "" and stroke.isprintable() and not event.modifiers() & _CHORDS
        begun = self._begun()
        if not (typed or ends) or (not begun and (ends or stroke == " ")):
            return False
        if ends:
            self.end()
        else:
            self._since.start()
            self._text = self._text + stroke if len(self._text) < _MOST else ""
        return True

    def end(self) -> bool:
        """End the text, as Tab does too; returns whether there was one."""
        begun = self._begun()
        text, self._text = self._text, ""
        if begun:
            self.scanned.emit(text)
        return begun

    def _begun(self) -> bool:
        if self._text and self._since.elapsed() > _PAUSE_MS:
            self._text = ""
        return self._text != ""


@runtime_checkable
class HasWedge(Protocol):
    """A window whose parts show their strokes to its wedge first."""

    wedge: KeyboardWedge


def taken_by_wedge(part: QWidget, event: QKeyEvent) -> bool:
    """Return whether the window of `part` takes the stroke for a hand scanner's."""
    window = part.window()
    return isinstance(window, HasWedge) and window.wedge.take(event)
