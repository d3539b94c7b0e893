"""Buttons of all faces: made the same way, seen and told apart the same way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from scanner.screen.themes import Theme
from scanner.screen.wedge import taken_by_wedge


class GateButton(QPushButton):
    """A button that a hand scanner's strokes do not press."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the stroke to the window's wedge first."""
        if not taken_by_wedge(self, event):
            super().keyPressEvent(event)


def make_button(
    parent: QWidget, does: Callable[[], None], key: str, *, checkable: bool = False
) -> GateButton:
    """Return a button; `key` does the same, at once and as often as it is struck.

    The button's own shortcut would be held down for a tenth of a second, and a second stroke within
    it be lost; it would also be forgotten with every new text.
    """
    button = GateButton(parent)
    button.setCheckable(checkable)
    button.clicked.connect(does)
    # A touch leaves the focus where it is: what is struck next is not for this button.
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    QShortcut(QKeySequence(key), parent, does)
    return button


def button_style(theme: Theme) -> str:
    """Return the style of all buttons: visible edges, and pressed told without colour."""
    return (
        f"QPushButton {{ color: {theme.text}; background: {theme.surface};"
        f" border: 2px solid {theme.quiet_text}; border-radius: 8px; padding: 0 6px; }}"
        f"QPushButton:focus {{ border: 4px solid {theme.text}; }}"
        f"QPushButton:disabled {{ color: {theme.line}; border: 2px dashed {theme.line}; }}"
        f"QPushButton:pressed {{ background: {theme.line}; }}"
        f"QPushButton:checked {{ background: {theme.text}; color: {theme.surface};"
        " text-decoration: underline; }"
    )
