"""Paints 720p frames in turn in a widget that only draws the image, and in each face's window at
the same picture size; prints CPU figures as JSON. A process of its own, for benchmarks.window.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QRectF
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.measuring import in_turn
from benchmarks.scenes_720p import empty_street
from keys.passages import Direction
from scanner.capture.camera import Frame, SourceState
from scanner.decide.looks import Wording
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.gate_window import GateWindow
from scanner.screen.options import Face, WindowOptions
from scanner.screen.run import open_window
from scanner.station import ScanStep

BARE = "bare drawImage"
_WAITING = QEventLoop.ProcessEventsFlag.WaitForMoreEvents


class Bare(QWidget):
    """Draws an image into a box, and nothing else."""

    def __init__(self, box: QRectF) -> None:
        super().__init__()
        self._box = box
        self.array: Any = None
        self.painted = 0

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        height, width = self.array.shape[:2]
        form = QImage.Format.Format_BGR888
        image = QImage(self.array.data, width, height, self.array.strides[0], form)
        painter = QPainter(self)
        painter.drawImage(self._box, image)
        painter.end()
        self.painted += 1


def _frames() -> list[Any]:
    drawn = np.random.default_rng(3)
    greys = [empty_street(drawn) for _ in range(4)]
    return [np.ascontiguousarray(np.stack([grey, grey, grey], axis=2)) for grey in greys]


def _step(bgr: Any, number: int) -> ScanStep:
    state = SourceState.LIVE
    frame = Frame(grey=bgr[:, :, 1], bgr=bgr, seen_mono_s=0.0, number=number, state=state)
    return ScanStep(frame=frame, seen=(), results=(), hint=None)


def _in_window(window: GateWindow, frames: list[Any]) -> Callable[[], object]:
    """Return what brings one frame to the screen, by the way that the scanning thread's come."""
    steps = cycle([_step(bgr, number) for number, bgr in enumerate(frames)])
    painted: list[int] = []
    window.frame_painted.connect(lambda: painted.append(1))

    def show() -> None:
        before = len(painted)
        window.show_step(next(steps))
        # Without the wait this would measure how fast a loop can ask.
        while len(painted) == before:
            QApplication.processEvents(_WAITING)

    return show


def _bare(widget: Bare, frames: list[Any]) -> Callable[[], object]:
    arrays = cycle(frames)

    def show() -> None:
        before = widget.painted
        widget.array = next(arrays)
        widget.update()
        while widget.painted == before:
            QApplication.processEvents(_WAITING)

    return show


def main(count: int) -> None:
    """Print for every face: milliseconds a frame, and how many times the bare drawing's."""
    QApplication([])
    frames = _frames()
    figures: dict[str, dict[str, float]] = {}
    for face in Face:
        options = WindowOptions(
            now=lambda: datetime.now().astimezone(),
            place=Wording(zh="北门", en="North gate"),
            direction=Direction.ENTRY,
            face=face,
        )
        window = open_window(options, RecordingPlayer())
        window.show()
        QApplication.processEvents()
        window.show_step(_step(frames[0], 0))
        QApplication.processEvents()
        box = window.picture.picture_box()
        bare = Bare(box)
        bare.resize(window.picture.size())
        bare.array = frames[0]
        bare.show()
        QApplication.processEvents()
        calls = {BARE: _bare(bare, frames), face.value: _in_window(window, frames)}
        measured = in_turn(calls, rounds=count // 10, calls_a_round=10)
        size = f"{round(box.width())}x{round(box.height())}"
        for name in calls:
            shown = f"{name}, {size}"
            ratio = measured.ratio(name, BARE)
            figures[shown] = {"ms": measured.median(name) * 1e3, "ratio": ratio}
        window.close()
        bare.close()
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
