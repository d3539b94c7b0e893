"""The strip that is always there: online or why not, age of the list, rows waiting, the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from keys.verdicts import ClockGrade
from scanner.decide.looks import Language
from scanner.decide.notices import offline_notice, sound_notice
from scanner.screen.lettering import fitting_pixels, font_of
from scanner.screen.themes import Theme
from scanner.screen.words import age_words, count_words

if TYPE_CHECKING:
    from scanner.station import Freshness

_SEPARATOR: Final = "  ·  "
_LEAST: Final = 14.0  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One short text of the strip. warns: someone should see to it."""

    text: str
    warns: bool = False


class StripStatus(QWidget):
    """Two lines: whether the station reaches its office; and how old, how much, how sure."""

    def __init__(self, theme: Theme, language: Language) -> None:
        super().__init__()
        self._theme = theme
        self._language = language
        self._freshness: Freshness | None = None
        self._sound_fault: str | None = None
        self._muted = False
        self._say()

    def show_freshness(self, freshness: Freshness | None) -> None:
        """Show the station's state; None: not known yet."""
        if freshness != self._freshness:
            self._freshness = freshness
            self._say()

    def show_sound_fault(self, code: str | None) -> None:
        """Show why nothing is heard; None: sound is well."""
        if code != self._sound_fault:
            self._sound_fault = code
            self._say()

    def show_muted(self, muted: bool) -> None:
        """Show whether somebody stopped the sounds."""
        if muted != self._muted:
            self._muted = muted
            self._say()

    def set_look(self, theme: Theme, language: Language) -> None:
        """Change colours and language."""
        self._theme, self._language = theme, language
        self._say()

    def connection(self) -> Part:
        """Return the first line: what keeps rows from being stored, else online or why not."""
        fresh = self._freshness
        if fresh is None:
            return Part(text=self.tr("Starting"))
        if fresh.fault is not None:
            # Seldom needed: the first paint does not wait for these words.
            from scanner.decide.notices_desk import log_notice

            return Part(text=log_notice(fresh.fault).title.of(self._language), warns=True)
        if fresh.online:
            return Part(text=self.tr("Online"))
        why = offline_notice(fresh.offline_reason).title.of(self._language)
        return Part(text=self.tr("Offline") + " · " + why, warns=True)

    def details(self) -> list[Part]:
        """Return the parts of the second line; what is well and unimportant is left out."""
        parts: list[Part] = []
        if (fresh := self._freshness) is not None:
            parts = [self._list_age(fresh), self._waiting(fresh)]
            if fresh.owed_rows:
                text = self.tr("{0} not stored yet").format(count_words(fresh.owed_rows))
                parts.append(Part(text=text, warns=True))
            if fresh.set_aside_rows:
                text = self.tr("{0} set aside").format(count_words(fresh.set_aside_rows))
                parts.append(Part(text=text, warns=True))
            if fresh.clock is not ClockGrade.CONFIRMED:
                back = fresh.clock is ClockGrade.ROLLED_BACK
                text = self.tr("Clock went back") if back else self.tr("Time not confirmed")
                parts.append(Part(text=text, warns=True))
        if self._muted:
            parts.append(Part(text=self.tr("Sound is off"), warns=True))
        elif self._sound_fault is not None:
            text = sound_notice(self._sound_fault).title.of(self._language)
            parts.append(Part(text=text, warns=True))
        return parts

    def seen_details(self, width: float) -> list[Part]:
        """Return the parts that stand in `width` in letters that can be read: what is well gives
        way to what is not, from the end. All of it is read aloud, and stands on the station's page.
        """
        parts = self.details()
        while self._details_pixels(parts, width) < _LEAST:
            well = [part for part in parts if not part.warns]
            if not well or len(parts) == 1:
                break
            parts.remove(well[-1])
        return parts

    def _details_pixels(self, parts: list[Part], width: float) -> float:
        whole = _SEPARATOR.join(part.text for part in parts)
        return fitting_pixels(whole, width * 0.98, self.height() * 0.31)

    def _list_age(self, fresh: Freshness) -> Part:
        if fresh.list_age_s is None:
            return Part(text=self.tr("No list yet"), warns=True)
        age = age_words(fresh.list_age_s, self._language)
        return Part(text=self.tr("List {0} old").format(age))

    def _waiting(self, fresh: Freshness) -> Part:
        return Part(text=self.tr("{0} waiting").format(count_words(fresh.waiting_rows)))

    def sizeHint(self) -> QSize:
        """Return room for two lines."""
        return QSize(300, 48)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the light and the two lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = float(self.height())
        first = self.connection()
        left = self._paint_light(painter, first, height)
        rest = self.seen_details(self.width() - left - 2)
        pixels = fitting_pixels(first.text, self.width() - left, height * 0.36, bold=True)
        painter.setFont(font_of(pixels, bold=True))
        painter.setPen(QColor(self._theme.warning if first.warns else self._theme.text))
        painter.drawText(QPointF(left, height * 0.42), first.text)
        self._paint_details(painter, rest, left, height)
        painter.end()

    def _paint_light(self, painter: QPainter, part: Part, height: float) -> float:
        """Paint a full disc for online, an open ring for offline: told apart without colour."""
        side = height * 0.26
        disc = QRectF(2, height * 0.29 - side / 2, side, side)
        colour = QColor(self._theme.warning if part.warns else self._theme.text)
        if not part.warns and self._freshness is not None:
            colour = QColor(next(iter(self._theme.accents.values())))
            painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        if part.warns or self._freshness is None:
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(colour)
            pen.setWidthF(side * 0.24)
            painter.setPen(pen)
            disc.adjust(side * 0.12, side * 0.12, -side * 0.12, -side * 0.12)
        painter.drawEllipse(disc)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        return side + height * 0.2

    def _paint_details(
        self, painter: QPainter, parts: list[Part], left: float, height: float
    ) -> None:
        pixels = self._details_pixels(parts, self.width() - left - 2)
        painter.setFont(font_of(pixels))
        x = left
        for number, part in enumerate(parts):
            text = part.text if number == 0 else _SEPARATOR + part.text
            painter.setPen(QColor(self._theme.warning if part.warns else self._theme.quiet_text))
            painter.drawText(QPointF(x, height * 0.86), text)
            x += QFontMetricsF(painter.font()).horizontalAdvance(text)

    def _say(self) -> None:
        self.setAccessibleName(self.connection().text)
        self.setAccessibleDescription(". ".join(part.text for part in self.details()))
        self.update()


class Strip(QWidget):
    """The status on the left, the actions for a gloved thumb on the right."""

    def __init__(self, theme: Theme, language: Language) -> None:
        super().__init__()
        self.status = StripStatus(theme, language)
        self._buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.status, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("strip")

    def add_action(self, button: QPushButton) -> None:
        """Put an action at the right end."""
        button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        self._buttons.append(button)
        self._row.addWidget(button)

    def set_height(self, window_height: int) -> None:
        """Give the strip its share of the window: a thumb in a glove needs 48 pixels or more."""
        height = max(60, round(window_height * 0.09))
        self.setFixedHeight(height)
        edge = round(height * 0.11)
        self._row.setContentsMargins(edge * 2, edge, edge * 2, edge)
        self._row.setSpacing(edge)
        for button in self._buttons:
            button.setMinimumWidth(round(height * 1.15))
            button.setFont(font_of(max(18, height * 0.3), bold=True))
