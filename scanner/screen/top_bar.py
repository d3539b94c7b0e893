"""The bar on top: which gate, which way, who is on shift, the time; and how it all looks."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from keys.verdicts import Direction
from scanner.decide.looks import Language
from scanner.screen.lettering import font_of, width_of
from scanner.screen.options import WindowOptions
from scanner.screen.themes import Theme
from scanner.screen.words import clock_words

_LEAST: Final = 0.7  # of their usual size, before a name is cut


class TopBar(QWidget):
    """Labels on the left, the clock and small buttons on the right."""

    def __init__(self, options: WindowOptions) -> None:
        super().__init__()
        self._options = options
        self._language = options.language
        self._operator = options.operator
        self._unusual = ""
        self._way = ""
        self.place = QLabel()
        self.mode = QLabel()
        for label in (self.place, self.mode):
            label.setTextFormat(Qt.TextFormat.PlainText)
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
        if self.mode.accessibleName() != (text or self._operator):
            self._say()

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
        self.clock.setFont(font_of(height * 0.46, bold=True))
        for button in self._buttons:
            button.setFixedSize(height, height - 2 * edge)
            button.setFont(font_of(height * 0.32, bold=True))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the words to the new width."""
        super().resizeEvent(event)
        self._fit()

    def _say(self) -> None:
        way = self.tr("In") if self._options.way() is Direction.ENTRY else self.tr("Out")
        self._way = f" · {way}" if self._options.place.of(self._language) else way
        self.place.setAccessibleName(self._options.place.of(self._language) + self._way)
        self.mode.setAccessibleName(self._unusual or self._operator)
        self.clock.setAccessibleName(self.tr("Time"))
        self.tick()
        self._fit()

    def _fit(self) -> None:
        """Make long names smaller, then cut the place's: never which way people pass, nor what is
        unusual now.
        """
        height, name = self.height(), self._options.place.of(self._language)
        mode = self._unusual or self._operator
        taken = sum(button.width() for button in self._buttons) + self.clock.sizeHint().width()
        room = self.width() - taken - (len(self._buttons) + 5) * self._row.spacing()
        large, small = height * 0.42, height * 0.36
        wanted = width_of(name + self._way, large, bold=True) + width_of(mode, small)
        scale = min(1.0, max(_LEAST, room / max(1.0, wanted)))
        self.place.setFont(font_of(large * scale, bold=True))
        self.mode.setFont(font_of(small * scale))
        for_name = room - width_of(self._way, large * scale, bold=True)
        for_name -= width_of(mode, small * scale)
        if scale == _LEAST and width_of(name, large * scale, bold=True) > for_name:
            metrics = QFontMetricsF(self.place.font())
            name = metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(0.0, for_name))
        self.place.setText(name + self._way)
        self.mode.setText(mode)
