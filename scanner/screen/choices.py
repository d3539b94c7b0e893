"""What somebody chooses at the window for themselves: done at once, and remembered for the next
start: language, colours, size of letters, sound, and where the window stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication

from scanner.decide.looks import Language
from scanner.screen.themes import after

if TYPE_CHECKING:
    from scanner.screen.gate_window import GateWindow


class Choices:
    """The choices of one window; each is told to `options.remember` under the setting's name."""

    def __init__(self, window: GateWindow) -> None:
        self._window = window
        self._remember = window.options.remember
        window.closing.connect(self.remember_place)

    def other_language(self) -> None:
        """Speak the other language."""
        window = self._window
        window.set_language(Language.EN if window.language is Language.ZH else Language.ZH)
        self._remember("language", window.language.value)

    def next_theme(self) -> None:
        """Go to the next colours."""
        window = self._window
        window.set_theme(after(window.theme.name), large=window.large)
        self._remember("theme", window.theme.name.value)

    def toggle_large(self) -> None:
        """Make what is to be read larger, or as usual."""
        window = self._window
        window.set_theme(window.theme.name, large=not window.large)
        self._remember("large_type", window.large)

    def toggle_sound(self) -> None:
        """Stop the sounds, or start them."""
        self._window.set_muted(not self._window.muted)
        self._remember("muted", self._window.muted)

    def begin(self) -> None:
        """Take up what was chosen last: silence, and the window's place if it is on a screen."""
        self._window.set_muted(self._window.options.muted)
        try:
            x, y, width, height = map(int, self._window.options.window_place.split(","))
        except ValueError:
            return
        place = QRect(x, y, width, height)
        if QGuiApplication.screenAt(place.center()) is not None:
            self._window.setGeometry(place)

    def remember_place(self) -> None:
        """Remember where the window stands; not of one that fills the screen."""
        window = self._window
        if not (window.isFullScreen() or window.isMaximized() or window.isMinimized()):
            place = window.geometry()
            numbers = (place.x(), place.y(), place.width(), place.height())
            self._remember("window_place", ",".join(map(str, numbers)))
