"""The code of the place for its door: shown, printed, or kept as a page (PDF) to be printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPagedPaintDevice,
    QPageLayout,
    QPageSize,
    QPainter,
    QPaintEvent,
    QPdfWriter,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from scanner.capture.place_code import draw_place_code
from scanner.decide.looks import Language, Wording
from scanner.screen.asking import Asking
from scanner.screen.lettering import fitting_pixels, font_of
from scanner.screen.themes import Theme

_FILE: Final = "place-code.pdf"
_CALL: Final = Wording(zh="扫码自助核验", en="Scan to check yourself in")


def code_image(text: str) -> QImage:
    """Return the code as an image, one pixel a module."""
    grey = np.ascontiguousarray(draw_place_code(text))
    height, width = grey.shape
    return QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


def paint_place(painter: QPainter, box: QRectF, code: QImage, place: str) -> None:
    """Paint name, code and call on white, black, as large as `box` allows."""
    painter.fillRect(box, QColor("#FFFFFF"))
    painter.setPen(QColor("#000000"))
    side = min(box.width() * 0.94, box.height() * 0.7)
    line = (box.height() - side) / 4
    square = QRectF(0, 0, side, side)
    square.moveCenter(box.center())
    square.moveTop(box.top() + line * 1.4)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    painter.drawImage(square, code)
    rows = ((box.top(), place), (square.bottom(), _CALL.zh), (square.bottom() + line, _CALL.en))
    for top, words in rows:
        row = QRectF(box.left(), top, box.width(), line * 1.3)
        painter.setFont(font_of(fitting_pixels(words, row.width() * 0.9, line * 0.7, bold=True)))
        painter.drawText(row, int(Qt.AlignmentFlag.AlignCenter), words)


class PlaceSheet(QWidget):
    """The sheet as it will be printed."""

    def __init__(self, parent: QWidget, text: str, place: str) -> None:
        super().__init__(parent)
        self._code, self._place = code_image(text), place
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sheet."""
        painter = QPainter(self)
        paint_place(painter, QRectF(self.rect()), self._code, self._place)
        painter.end()

    def write(self, device: QPagedPaintDevice) -> bool:
        """Paint the sheet on an A5 page; returns whether that worked."""
        device.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
        device.setPageMargins(QMarginsF(10, 10, 10, 10), QPageLayout.Unit.Millimeter)
        painter = QPainter()
        if not painter.begin(device):
            return False
        paint_place(painter, QRectF(painter.viewport()), self._code, self._place)
        return painter.end()


class PlacePage(Asking):
    """Shows the sheet. folder: where the page is kept; None where nothing may be written."""

    shape = (8, 4)
    roomy = True
    topic = "place"

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        text: str,
        place: Wording,
        folder: Path | None,
        language: Callable[[], Language],
    ) -> None:
        super().__init__(parent, theme)
        self._folder = folder
        self._told = ""
        self.sheet = PlaceSheet(self, text, place.of(language()))
        self.grid.addWidget(self.sheet, 1, 0, 4, 5)
        self.add("print", (1, 5, 1, 3), self.print_sheet, lambda: self.tr("Print"))
        keep = self.add("keep", (2, 5, 1, 3), self.keep, lambda: self.tr("Keep as PDF"))
        keep.setEnabled(folder is not None)
        self.add_label((3, 5, 2, 3), lambda: self._told)

    def title_words(self) -> str:
        """Return the question itself."""
        return self.tr("Code of this place, for the door")

    def keep(self) -> None:
        """Write the page into the station's folder, and say where it lies."""
        if self._folder is None:
            return
        path = self._folder / _FILE
        try:
            path.write_bytes(b"")
            done = self.sheet.write(QPdfWriter(str(path))) and path.stat().st_size > 0
        except OSError:
            done = False
        self._told = str(path) if done else self.tr("It could not be written: is the disk full?")
        self.say()

    def print_sheet(self) -> None:
        """Print on the system's default printer."""
        # 60 ms and a library that few stations need.
        from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

        info = QPrinterInfo.defaultPrinter()
        done = not info.isNull() and self.sheet.write(
            QPrinter(info, QPrinter.PrinterMode.HighResolution)
        )
        self._told = (
            self.tr("Sent to {0}.").format(info.printerName())
            if done
            else self.tr("No printer here: keep it as PDF")
        )
        self.say()
