"""Key strokes as the system hands them to a window: from outside, at a scanner's speed or a
person's. (QTest.keyClicks on a widget goes past everything that the window does first.)

Strokes carry the time at which they were struck, as those of a real system do: a test on a busy
machine types no slower than a scanner.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

HUMAN_MS: Final = 110
_SCANNER_MS: Final = 3
_ENDS: Final = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Enter: "\r", Qt.Key.Key_Tab: "\t"}


class _Keyboard:
    """Stamps strokes; QTest's own have other stamps, as those of a second keyboard might."""

    now_ms = 10**9

    @classmethod
    def press(cls, window: QWidget, key: int, sign: str, after_ms: int) -> None:
        cls.now_ms += after_ms
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, sign)
            event.setTimestamp(cls.now_ms)
            QCoreApplication.sendEvent(window.windowHandle(), event)


def strike(window: QWidget, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    """Press and let go one key, with the modifier that is held if there is one; shortcuts too."""
    handle = window.windowHandle()
    QTest.keyClick(handle, key, held or Qt.KeyboardModifier.NoModifier)


def scan(window: QWidget, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    """Type a text as a hand scanner does, stroke upon stroke; `end` is None for one without."""
    for sign in text:
        _Keyboard.press(window, 0, sign, _SCANNER_MS)
    if end is not None:
        _Keyboard.press(window, end, _ENDS[end], _SCANNER_MS)


def type_slowly(window: QWidget, text: str, end: Qt.Key | None = None) -> None:
    """Type a text as a person does."""
    for sign in text:
        _Keyboard.press(window, 0, sign, HUMAN_MS)
        QTest.qWait(HUMAN_MS)  # the speed itself is what tells a person from a scanner
    if end is not None:
        _Keyboard.press(window, end, _ENDS[end], HUMAN_MS)
        QTest.qWait(HUMAN_MS)
