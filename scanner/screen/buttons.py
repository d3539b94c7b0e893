"""Buttons of all faces: made the same way, seen and told apart the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from scanner.screen.lettering import fitting_pixels, font_of, icon_of
from scanner.screen.themes import Theme


class GateButton(QPushButton):
    """A button of a face."""


class FittingButton(GateButton):
    """A button whose words become smaller rather than leave it: in every language, at every size.
    most: the letters' size in pixels where there is room. sign: a drawing before the words.
    """

    _AIR: Final = 24

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.most = 18.0
        self._sign = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_sign(self, sign: str, colour: str) -> None:
        """Draw `sign` before the words."""
        words = self.text().strip()
        self._sign = sign
        self.setIcon(icon_of(sign, colour))
        self.setText(words)

    def setText(self, text: str) -> None:
        """Say `text`, as large as fits."""
        # A sign stands close to the words otherwise.
        super().setText(f" {text}" if self._sign else text)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the words to the new size."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Choose the size of the letters."""
        pixels = self.fitting(self.most)
        self.setFont(font_of(pixels, bold=True))
        side = self._sign_side(self.most)
        self.setIconSize(QSize(side, side))

    def fitting(self, most: float) -> float:
        """Return the largest size up to `most` at which the words stay inside."""
        most = min(most, self.height() * 0.6)
        room = max(1, self.width() - self._AIR - self._sign_side(most))
        return fitting_pixels(self.text(), room, most, bold=True)

    def _sign_side(self, most: float) -> int:
        return round(min(most, self.height() * 0.6) * 1.4) if self._sign else 0


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
    """Return the style of buttons, fields and lists: seen edges, pressed told without colour."""
    return (
        f"QPushButton {{ color: {theme.text}; background: {theme.surface};"
        f" border: 2px solid {theme.quiet_text}; border-radius: 8px; padding: 0 6px; }}"
        f"QPushButton:focus {{ border: 4px solid {theme.text}; }}"
        f"QPushButton:disabled {{ color: {theme.quiet_text}; background: {theme.ground};"
        f" border: 2px dashed {theme.line}; }}"
        f"QPushButton:pressed {{ background: {theme.line}; }}"
        f"QPushButton:checked {{ background: {theme.text}; color: {theme.surface};"
        " text-decoration: underline; }"
        f"QLineEdit {{ color: {theme.text}; background: {theme.surface};"
        f" border: 2px solid {theme.quiet_text}; border-radius: 8px; padding: 0 6px;"
        f" selection-color: {theme.surface}; selection-background-color: {theme.text}; }}"
        f"QLineEdit:focus {{ border: 4px solid {theme.text}; }}"
        f"QListWidget#question_list {{ color: {theme.text}; background: {theme.surface};"
        f" border: 2px solid {theme.quiet_text}; border-radius: 8px; outline: 0; }}"
        f"QListWidget#question_list:focus {{ border: 4px solid {theme.text}; }}"
        f"QListWidget#question_list::item {{ padding: 6px 10px; border: 0;"
        f" border-bottom: 1px solid {theme.line}; }}"
        f"QListWidget#question_list::item:selected {{ color: {theme.surface};"
        f" background: {theme.text}; }}"
    )
