"""Key strokes as the system hands them to a window: from outside, at a scanner's speed or a
person's. (QTest.keyClicks on a widget goes past everything that the window does first.)
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

HUMAN_MS = 110


def strike(window: QWidget, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
    """Press and let go one key, with the modifier that is held if there is one."""
    handle = window.windowHandle()
    QTest.keyClick(handle, key, held or Qt.KeyboardModifier.NoModifier)


def scan(window: QWidget, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    """Type a text as a hand scanner does, stroke upon stroke; `end` is None for one without."""
    for sign in text:
        _type(window, sign)
    if end is not None:
        strike(window, end)


def type_slowly(window: QWidget, text: str, end: Qt.Key | None = None) -> None:
    """Type a text as a person does."""
    for sign in text:
        _type(window, sign)
        QTest.qWait(HUMAN_MS)  # the speed itself is what tells a person from a scanner
    if end is not None:
        strike(window, end)
        QTest.qWait(HUMAN_MS)


def _type(window: QWidget, sign: str) -> None:
    if sign.isascii():
        # A sign is a char to Qt, which its types leave out.
        QTest.keyClick(window.windowHandle(), sign)  # type: ignore[call-overload]
        return
    # QTest knows ASCII only; keys of other layouts come like this, and without a time stamp.
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign)
        QCoreApplication.sendEvent(window.windowHandle(), event)
