"""Buttons of all faces: made the same way, seen and told apart the same way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from scanner.screen.themes import Theme


def make_button(
    parent: QWidget, does: Callable[[], None], key: str, *, checkable: bool = False
) -> QPushButton:
    """Return a button; `key` does the same, at once and as often as it is struck.

    The button's own shortcut would be held down for a tenth of a second, and a second stroke within
    it be lost; it would also be forgotten with every new text.
    """
    button = QPushButton(parent)
    button.setCheckable(checkable)
    button.clicked.connect(does)
    QShortcut(QKeySequence(key), parent, does)
    return button


def button_style(theme: Theme) -> str:
    """Return the style of all buttons: visible edges, and pressed told without colour."""
    return (
        f"QPushButton {{ color: {theme.text}; background: {theme.surface};"
        f" border: 2px solid {theme.quiet_text}; border-radius: 8px; padding: 0 6px; }}"
        f"QPushButton:focus {{ border: 4px solid {theme.text}; }}"
        f"QPushButton:pressed {{ background: {theme.line}; }}"
        f"QPushButton:checked {{ background: {theme.text}; color: {theme.surface};"
        " text-decoration: underline; }"
    )
