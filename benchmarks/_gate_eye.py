"""Watches a gate's window for what has been painted."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QEvent, QObject, QTimer

from benchmarks._news import FIRST_PAINT, VERDICT, tell
from scanner.screen.gate_window import GateWindow


class Eye(QObject):
    """Tells a verdict once it is painted: at once if the window paints it while it takes it, else
    when the event that paints it is over. seen_at: when the frames of coming verdicts were seen.
    """

    def __init__(self, window: GateWindow, seen_at: deque[float]) -> None:
        super().__init__(window)
        self._seen_at = seen_at
        self._owed = 0
        self._is_painted = False
        window.first_painted.connect(self._first)
        # After the window's own: what it does at once is done when this is called.
        window.stand.changed.connect(self._changed)
        window.panel.installEventFilter(self)

    def _first(self) -> None:
        tell(FIRST_PAINT)

    def _changed(self, answer: object) -> None:
        self._owed += answer is not None
        if self._is_painted:
            self._painted()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Note that the panel is being painted."""
        if event.type() is QEvent.Type.Paint:
            self._is_painted = True
            QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        self._is_painted = False
        while self._owed and self._seen_at:
            self._owed -= 1
            tell(VERDICT, frame_s=self._seen_at.popleft())
