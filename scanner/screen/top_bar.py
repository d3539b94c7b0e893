"""The bar on top: which gate, which way, who is on shift, the time; and how it all looks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from keys.verdicts import Direction
from scanner.decide.looks import Language
from scanner.screen.lettering import font_of
from scanner.screen.options import WindowOptions
from scanner.screen.themes import Theme
from scanner.screen.words import clock_words


class TopBar(QWidget):
    """Labels on the left, the clock and small buttons on the right."""

    def __init__(self, options: WindowOptions) -> None:
        super().__init__()
        self._options = options
        self._language = options.language
        self._operator = options.operator
        self._unusual = ""
        self.place = QLabel()
        self.mode = QLabel()
        self.clock = QLabel()
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.place)
        self._row.addWidget(self.mode)
        self._row.addStretch(1)
        self._row.addWidget(self.clock)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._say()

    def add_button(self, button: QPushButton) -> None:
        """Put a small button at the right end."""
        self._buttons.append(button)
        self._row.addWidget(button)

    def show_mode(self, text: str) -> None:
        """Say what is unusual now (look only); empty: the operator on shift instead."""
        self._unusual = text
        self.mode.setText(text or self._operator)

    def show_operator(self, operator: str) -> None:
        """Say who is on duty; empty: whom the options name."""
        self._operator = operator or self._options.operator
        self.show_mode(self._unusual)

    def tick(self) -> None:
        """Bring the clock up to date."""
        self.clock.setText(clock_words(self._options.now(), self._options.site.zone))

    def set_language(self, language: Language) -> None:
        """Say everything in `language`."""
        self._language = language
        self._say()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours of the labels, and say anew which way people pass."""
        self._say()
        for label, colour in (
            (self.place, theme.text),
            (self.mode, theme.quiet_text),
            (self.clock, theme.text),
        ):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(colour))
            label.setPalette(palette)

    def set_height(self, window_height: int) -> None:
        """Give the bar its share of the window."""
        height = max(48, round(window_height * 0.065))
        self.setFixedHeight(height)
        edge = round(height * 0.08)
        self._row.setContentsMargins(edge * 4, edge, edge * 3, edge)
        self._row.setSpacing(edge * 3)
        self.place.setFont(font_of(height * 0.42, bold=True))
        self.mode.setFont(font_of(height * 0.36))
        self.clock.setFont(font_of(height * 0.46, bold=True))
        for button in self._buttons:
            button.setFixedSize(height, height - 2 * edge)
            button.setFont(font_of(height * 0.32, bold=True))

    def _say(self) -> None:
        way = self.tr("In") if self._options.way() is Direction.ENTRY else self.tr("Out")
        place = self._options.place.of(self._language)
        self.place.setText(" · ".join(part for part in (place, way) if part))
        self.place.setTextFormat(Qt.TextFormat.PlainText)
        self.clock.setAccessibleName(self.tr("Time"))
        self.tick()
