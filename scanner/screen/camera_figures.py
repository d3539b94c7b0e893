"""The figures of the camera's self-test: each with the limit that it is held against."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from scanner.capture.camera_check import Advice, CheckReport
from scanner.screen.lettering import fitting_pixels, font_of
from scanner.screen.themes import Theme

_COLUMNS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. well: None while there is nothing to judge."""

    name: str
    value: str
    well: bool | None


class CameraFigures(QWidget):
    """Six figures: read, size, sharpness, light, pace, delay; a sign beside each with a limit."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._report: CheckReport | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.say()

    def show_report(self, report: CheckReport | None) -> None:
        """Show these figures."""
        self._report = report
        self.say()

    def set_theme(self, theme: Theme) -> None:
        """Change the colours."""
        self._theme = theme
        self.update()

    def say(self) -> None:
        """Say everything anew, aloud too."""
        self.setAccessibleName(self.tr("Figures"))
        self.setAccessibleDescription(
            ", ".join(f"{one.name} {one.value}{_sign(one)}" for one in self.figures())
        )
        self.update()

    def figures(self) -> tuple[Figure, ...]:
        """Return the figures in the order in which they are shown."""
        report = self._report
        names = (
            self.tr("Card read"),
            self.tr("Module"),
            self.tr("Edge"),
            self.tr("Levels"),
            self.tr("Pace"),
            self.tr("Delay"),
        )
        if report is None or not report.frames:
            return tuple(Figure(name=name, value="–", well=None) for name in names)
        card = report.read_share > 0
        bad = set(report.advice)
        values = (
            (f"{report.read_share:.0%}", report.read_share >= 0.8),
            (f"{report.module_px:.1f} px" if card else "–", Advice.TOO_FAR not in bad),
            (f"{report.edge_px:.1f} px" if card else "–", Advice.BLURRED not in bad),
            (f"{report.dark:.0f}–{report.bright:.0f}" if card else "–", not bad & _LIGHTING),
            (f"{report.frames_per_s:.0f} / s", Advice.FEW_FRAMES not in bad),
            (f"{report.latency_ms:.0f} ms", Advice.LATE not in bad),
        )
        return tuple(
            Figure(name=name, value=value, well=None if value == "–" else well)
            for name, (value, well) in zip(names, values, strict=True)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint name above value, the sign beside the value."""
        painter = QPainter(self)
        rows = -(-len(self.figures()) // _COLUMNS)
        width, height = self.width() / _COLUMNS, self.height() / rows
        for place, figure in enumerate(self.figures()):
            row, column = divmod(place, _COLUMNS)
            self._paint(painter, QRectF(column * width, row * height, width, height), figure)
        painter.end()

    def _paint(self, painter: QPainter, box: QRectF, figure: Figure) -> None:
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        upper, lower = QRectF(box), QRectF(box)
        upper.setHeight(box.height() * 0.4)
        lower.setTop(upper.bottom())
        painter.setPen(QColor(self._theme.quiet_text))
        painter.setFont(font_of(min(22.0, upper.height() * 0.8)))
        painter.drawText(upper, left, figure.name)
        said = figure.value + _sign(figure)
        warns = figure.well is False
        painter.setPen(QColor(self._theme.warning if warns else self._theme.text))
        pixels = fitting_pixels(said, lower.width() * 0.96, min(34.0, lower.height() * 0.8))
        painter.setFont(font_of(pixels, bold=True))
        painter.drawText(lower, left, said)


_LIGHTING = frozenset({Advice.TOO_DARK, Advice.TOO_BRIGHT, Advice.PALE})


def _sign(figure: Figure) -> str:
    return {True: " ✓", False: " !", None: ""}[figure.well]
