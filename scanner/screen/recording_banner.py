"""The red banner over everything while pictures are recorded for support, with the seconds left.

Whoever stands before the camera reads it too, so it says it in both languages at once. It is the
recording's life: the banner gone, nothing is written.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from scanner.capture.support_recording import SupportRecording
from scanner.screen.gate_window import GateWindow
from scanner.screen.lettering import fitting_pixels, font_of

if TYPE_CHECKING:
    from scanner.station import ScanStep

# White on it: 8.6 to 1.
RED: Final = "#A30026"
_TICK_MS: Final = 200
_SHARE: Final = 0.065


class RecordingBanner(QWidget):
    """Runs one recording over `window`. `over`: it has ended."""

    over = Signal()

    def __init__(self, window: GateWindow, recording: SupportRecording) -> None:
        super().__init__(window)
        self.recording = recording
        self._window = window
        self._tick = QTimer(self)
        self._tick.timeout.connect(self._go_on)
        self._tick.start(_TICK_MS)
        window.installEventFilter(self)
        window.closing.connect(self.stop)
        window.watch(self.take, on=True)
        self.setObjectName("recording_banner")
        self._go_on()
        self.show()

    def take(self, step: ScanStep) -> None:
        """Have a step's frame written; called in the scanning thread."""
        if step.frame is not None:
            self.recording.take(step.frame)

    def stop(self) -> None:
        """End the recording now."""
        self._tick.stop()
        self._window.watch(self.take, on=False)
        self.recording.stop()
        self.hide()
        self.over.emit()
        self.deleteLater()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Stay across the window, whatever its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def words(self) -> str:
        """Return what the banner says, in both languages."""
        left_s = math.ceil(self.recording.left_s())
        return f"● 正在录制画面，还有 {left_s} 秒   RECORDING PICTURES, {left_s} s left"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words on red."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(RED))
        painter.setPen(QColor("#FFFFFF"))
        words, box = self.words(), QRectF(self.rect())
        pixels = fitting_pixels(words, box.width() * 0.95, box.height() * 0.62, bold=True)
        painter.setFont(font_of(pixels, bold=True))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.end()

    def _go_on(self) -> None:
        if not self.recording.left_s():
            self.stop()
            return
        self._place()
        self.raise_()  # above whatever was opened meanwhile
        self.setAccessibleName(self.words())
        self.update()

    def _place(self) -> None:
        height = max(44, round(self._window.height() * _SHARE))
        self.setGeometry(0, 0, self._window.width(), height)
