"""The binding to Qt: a release that loses references would abort the gate within a minute."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QElapsedTimer, QRectF
from PySide6.QtGui import QColor, QImage, QPainter


def test_calls_that_return_nothing_do_not_use_up_none() -> None:
    # PySide6 6.12.0 gave None back once too often at every such call (on Python before 3.12).
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    timer = QElapsedTimer()
    gc.collect()
    before = sys.getrefcount(None)
    for _ in range(5000):
        painter.fillRect(QRectF(0, 0, 8, 8), QColor("white"))
        timer.start()
    lost = before - sys.getrefcount(None)
    painter.end()
    # The fault costs one reference a call; a little is given back by whatever else ends meanwhile.
    assert lost < 2500
