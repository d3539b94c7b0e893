"""Measures the test card in the frames that the gate scans: the camera is opened once, for both.

Works in the scanning thread (`look`), tells the window by signals. Newest frame wins here too:
while the page has not painted the last frame, the next ones are measured and not shown.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from scanner.capture.camera_check import CameraCheck, CheckReport, Light
from scanner.capture.source import Frame, SourceState

if TYPE_CHECKING:
    from scanner.capture.codes import SeenCode
    from scanner.station import ScanStep

_NEWEST: Final = 20  # frames that the live figures speak of
_SEEING: Final = frozenset({SourceState.LIVE, SourceState.FROZEN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One frame to show, the codes in it, and the figures of the newest frames."""

    frame: Frame
    codes: tuple[SeenCode, ...]
    report: CheckReport


class CameraWatch(QObject):
    """`looked` carries a Looked, as often as the page can paint."""

    looked = Signal(object)

    def __init__(self, light: Light, mono_s: Callable[[], float]) -> None:
        super().__init__()
        self._mono_s = mono_s
        self._light = light
        self._free = threading.Event()
        self._free.set()
        self._live = CameraCheck(light=light, newest=_NEWEST)
        self._measured: CameraCheck | None = None

    def begin(self, light: Light) -> None:
        """Measure from now on, under this light."""
        self._measured = CameraCheck(light=light)

    def end(self) -> CheckReport | None:
        """Return what was measured since `begin`, None if nothing was begun."""
        check, self._measured = self._measured, None
        return None if check is None else check.report()

    def painted(self) -> None:
        """Say that the next frame is welcome."""
        self._free.set()

    def look(self, step: ScanStep) -> None:
        """Take one step of the scan loop, in its thread."""
        frame, measured = step.frame, self._measured
        if frame is None or frame.state not in _SEEING:
            return
        now_s = self._mono_s()
        self._live.take(frame, step.seen, now_s)
        if measured is not None:
            measured.take(frame, step.seen, now_s)
        if self._free.is_set():
            self._free.clear()
            self.looked.emit(Looked(frame=frame, codes=step.seen, report=self._live.report()))
