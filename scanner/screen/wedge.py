"""Hand scanners that act as keyboards: their strokes become one text, and type into no field.

The strokes of a window are seen where the system hands them to it, before any field, button or
list: held back for a moment (scanner/capture/wedge.py), and either one whole text, which `scanned`
carries and nobody else sees, or a person's, delivered then to whatever had the focus when the key
was struck, in order. Function keys that are shortcuts work at any time.

What this cannot see: strokes that an input method (IME) composes before any program gets them. A
field for names may need one; where a scanner must never type into it, grab the scanner
(docs/kiosk.md) or set it to a serial line.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, NamedTuple

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from scanner.capture.wedge import Filtered, WedgeFilter

_ALT_GR: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_CHORDS: Final = _ALT_GR | Qt.KeyboardModifier.MetaModifier
# Held to choose a sign, and no stroke of their own.
_MODIFIERS: Final = frozenset(
    {Qt.Key.Key_Shift, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock}
)
_BUSY_MS: Final = 10_000  # no window keeps strokes waiting for longer
_ENDS: Final[dict[int, str]] = {
    Qt.Key.Key_Return: "\r",
    Qt.Key.Key_Enter: "\r",
    Qt.Key.Key_Tab: "\t",
}


class Stroke(NamedTuple):
    """One key event, kept, and the object that had the focus when it came."""

    event: QKeyEvent
    target: QObject


class KeyboardWedge(QObject):
    """Gathers the strokes of `window`; `scanned` carries each whole text."""

    scanned = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._strokes: WedgeFilter[Stroke] = WedgeFilter()
        self._last_s = 0.0
        self._last_stamp_ms = 0
        self._since = QElapsedTimer()
        self._since.start()
        self._wake = QTimer(self)
        self._wake.setSingleShot(True)
        self._wake.setTimerType(Qt.TimerType.PreciseTimer)
        self._wake.timeout.connect(self._look_again)
        self.watch(window)

    def watch(self, window: QWidget) -> None:
        """See the strokes of a window from its next showing on; its own is watched already."""
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Find the system's window of a widget that is shown; hold back the strokes of it."""
        if isinstance(watched, QWindow):
            return isinstance(event, QKeyEvent) and self._take(watched, event)
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            handle = watched.windowHandle()
            if handle is not None:
                handle.removeEventFilter(self)
                handle.installEventFilter(self)
        return False

    def _take(self, window: QWindow, event: QKeyEvent) -> bool:
        if event.type() not in {QEvent.Type.KeyPress, QEvent.Type.KeyRelease}:
            return False  # a shortcut's question: no letter or digit is one
        at_s = self._time_of(event)
        stroke = Stroke(_kept(event), window.focusObject())
        if event.type() == QEvent.Type.KeyRelease or event.key() in _MODIFIERS:
            became = self._strokes.beside(stroke, at_s)
        else:
            became = self._strokes.press(_sign_of(event), stroke, at_s)
        at_once = became.released[-1:] == (stroke,)
        self._follow(replace(became, released=became.released[:-1]) if at_once else became)
        return not at_once

    def _look_again(self) -> None:
        self._follow(self._strokes.wait(self._last_s + self._since.elapsed() / 1000))

    def _follow(self, became: Filtered[Stroke]) -> None:
        if became.wake_s is None:
            self._wake.stop()
        else:
            self._wake.start(round(became.wake_s * 1000) + 1)
        if became.scanned:
            self.scanned.emit(became.scanned)
        for stroke in became.released:
            # What was struck for a field that has gone is for nobody.
            if isValid(stroke.target):
                QCoreApplication.sendEvent(stroke.target, stroke.event)

    def _time_of(self, event: QKeyEvent) -> float:
        """Return when the key was struck, not when a busy window came to look at it."""
        gap_ms, stamp_ms = self._since.restart(), event.timestamp()
        # Not every system stamps its strokes, and stamps may start anew: then our own time counts.
        apart_ms = stamp_ms - self._last_stamp_ms
        if stamp_ms and self._last_stamp_ms and 0 <= apart_ms <= gap_ms + _BUSY_MS:
            gap_ms = apart_ms
        self._last_stamp_ms = stamp_ms
        self._last_s += gap_ms / 1000
        return self._last_s


def _sign_of(event: QKeyEvent) -> str:
    """Return the sign that a stroke adds to a code; "" for keys that are a person's."""
    chord = event.modifiers() & _CHORDS
    if event.isAutoRepeat() or (chord and chord != _ALT_GR):
        return ""
    return _ENDS.get(event.key(), event.text())


def _kept(event: QKeyEvent) -> QKeyEvent:
    """Return a copy that outlives the event's delivery."""
    copy = QKeyEvent(
        event.type(),
        event.key(),
        event.modifiers(),
        event.nativeScanCode(),
        event.nativeVirtualKey(),
        event.nativeModifiers(),
        event.text(),
        event.isAutoRepeat(),
        event.count(),
    )
    copy.setTimestamp(event.timestamp())
    return copy
