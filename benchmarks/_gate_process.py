"""The station's own command, watched from outside: when its window was first painted, and when each
verdict was. A JSON line for each; times on the clock that all processes of the machine share.

`python -m benchmarks._gate_process empty` is what it is compared with: a window with nothing in it.
"""

from __future__ import annotations

import gc
import importlib
import sys
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from benchmarks._news import FIRST_PAINT, VERDICT, tell

if TYPE_CHECKING:
    from scanner.gate.sounds_player import Player
    from scanner.screen.gate_window import GateWindow
    from scanner.screen.options import WindowOptions
    from scanner.station import ScanLoop, ScanStep


class WatchedLoop:
    """A scan loop that says when the frame of a new result was seen."""

    def __init__(self, loop: ScanLoop, seen: Callable[[float], object]) -> None:
        self._loop = loop
        self._seen = seen

    def step(self, timeout_s: float) -> ScanStep | None:
        """Do one step of the loop."""
        step = self._loop.step(timeout_s)
        news = step is not None and any(result.counted for result in step.results)
        if news and step is not None and step.frame is not None:
            self._seen(step.frame.seen_mono_s)
        return step

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)


def watch_headless() -> None:
    """Have the station without a window tell every verdict, as soon as its row is stored."""
    from scanner.commands import headless

    run_headless = headless.run_headless

    def watched_run(loop: ScanLoop, player: Player, *, once: bool, as_json: bool) -> int:
        watched: Any = WatchedLoop(loop, lambda frame_s: tell(VERDICT, frame_s=frame_s))
        return run_headless(watched, player, once=once, as_json=as_json)

    headless.run_headless = watched_run


def watch_window() -> None:
    """Have the window tell its first paint and every painted verdict."""
    # As the program does before it imports anything of the window, which is imported here.
    gc.disable()
    from scanner.screen.binding import read_no_sources

    read_no_sources()
    from benchmarks._gate_eye import Eye
    from scanner.screen import run

    # By name: what is replaced there is no part of the module's own interface.
    station_window: Any = importlib.import_module("scanner.window")
    seen_at: deque[float] = deque()
    open_window, run_window = run.open_window, station_window.run_window

    def watched_window(options: WindowOptions, player: Player) -> GateWindow:
        window = open_window(options, player)
        Eye(window, seen_at)
        return window

    def watched_run(factory: Callable[[], Any], options: WindowOptions, player: Player) -> int:
        watched = lambda: WatchedLoop(factory(), seen_at.append)  # noqa: E731
        status: int = run_window(watched, options, player)
        return status

    run.open_window = watched_window
    station_window.run_window = watched_run


def empty_window(*, stay: bool) -> int:
    """Show a window with nothing in it until it has been painted, or until it is ended."""
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QWidget

    class Empty(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
            QTimer.singleShot(0, self._painted)

        def _painted(self) -> None:
            tell(FIRST_PAINT)
            if not stay:
                QApplication.quit()

    app = QApplication([])
    window = Empty()
    window.resize(1280, 800)
    window.show()
    return int(app.exec())


if __name__ == "__main__":
    # As installed at a gate: rich comes with the tools of development, and httpx would load it.
    sys.modules["rich"] = None  # type: ignore[assignment]
    if sys.argv[1] == "empty":
        sys.exit(empty_window(stay="--stay" in sys.argv))
    if "--headless" in sys.argv:
        watch_headless()
    else:
        watch_window()
    from scanner.app import main

    sys.exit(main(sys.argv[1:]))
