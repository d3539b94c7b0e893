"""The test card on paper, at its true size of 148 x 105 mm."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPagedPaintDevice, QPainter

_SIZE_MM: Final = (148.0, 105.0)
_MM_PER_INCH: Final = 25.4


def paint_card(device: QPagedPaintDevice, card: Path) -> bool:
    """Paint the card's picture on a page; returns whether that worked. A pixel of the card is a
    whole number of dots, so nothing may be smoothed.
    """
    image = QImage(str(card))
    painter = QPainter()
    if image.isNull() or not painter.begin(device):
        return False
    across, down = device.logicalDpiX() / _MM_PER_INCH, device.logicalDpiY() / _MM_PER_INCH
    painter.drawImage(QRectF(0, 0, _SIZE_MM[0] * across, _SIZE_MM[1] * down), image)
    return painter.end()


def print_card(card: Path) -> str:
    """Print the card on the system's default printer; returns its name, "" if there is none or it
    takes nothing.
    """
    # 60 ms and a library that few stations need.
    from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

    info = QPrinterInfo.defaultPrinter()
    if info.isNull():
        return ""
    printer = QPrinter(info, QPrinter.PrinterMode.HighResolution)
    return info.printerName() if paint_card(printer, card) else ""
