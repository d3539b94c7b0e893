"""Opens the window, starts the scanning thread after the first paint, and ends both together."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThread, QTimer, Slot
from PySide6.QtWidgets import QApplication

from scanner.gate.sounds_player import Player
from scanner.screen.gate_window import GateWindow
from scanner.screen.options import Face, WindowOptions
from scanner.screen.worker import ScanEnd, ScanWorker, Watcher

if TYPE_CHECKING:
    from types import FrameType

    from scanner.decide.actions import Action
    from scanner.station import ScanLoop

ENDED_WELL: Final = 0
ENDED_BY_FAULT: Final = 1
_LONGEST_STEP_MS: Final = 8000
_LATEST_START_MS: Final = 1000


def run_window(factory: Callable[[], ScanLoop], options: WindowOptions, player: Player) -> int:
    """Show the window until it is closed, or with `once` until the source ends; exit code.

    factory: called in the scanning thread after the first paint, and again after a fault, so that
    slow imports and a camera that hangs never keep the window from showing.
    """
    app = QApplication.instance() or QApplication([])
    app.setApplicationName("Kakou")
    # One quit for one close: a second one, left over, would stop the next event loop at once.
    QApplication.setQuitOnLastWindowClosed(False)
    window = open_window(options, player)
    run = WindowRun(window, factory)
    window.closing.connect(app.quit)
    _end_on_signals(window)
    if options.fullscreen:
        window.showFullScreen()
    else:
        window.show()
    _show_gate_of_air(window)
    app.exec()
    run.end()
    player.close()
    return run.exit_code


def open_window(options: WindowOptions, player: Player) -> GateWindow:
    """Return the window of the face that `options` name, not shown yet."""
    # Only the face that is shown is imported: the first paint comes sooner.
    match options.face:
        case Face.GUARD:
            from scanner.screen.guard_window import GuardWindow

            return GuardWindow(options, player)
        case Face.SHOP:
            from scanner.screen.shop_window import ShopWindow

            return ShopWindow(options, player)
        case Face.KIOSK:
            from scanner.screen.kiosk_window import KioskWindow

            return KioskWindow(options, player)


def _show_gate_of_air(window: GateWindow) -> None:
    """Show what a simulated gate does beside the window, where there is one."""
    devices = window.options.devices
    if devices is None or devices.panel is None:
        return
    from scanner.screen.simulated_gate import SimulatedGatePanel

    SimulatedGatePanel(window, window.theme, devices, lambda: window.language).show()


class WindowRun(QObject):
    """Holds window, thread and worker together; lives in the thread of the window."""

    def __init__(self, window: GateWindow, factory: Callable[[], ScanLoop]) -> None:
        super().__init__()
        self.exit_code = ENDED_WELL
        self._window = window
        self._started = False
        self._thread = QThread()
        self._thread.setObjectName("scanning")
        self._worker = ScanWorker(factory, once=window.options.once, mono_s=window.options.mono_s)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.stepped.connect(window.show_step)
        self._worker.state_changed.connect(window.show_state)
        self._worker.finished.connect(self._scan_ended)
        self._worker.text_scanned.connect(window.show_text_scan)
        self._worker.acted.connect(window.show_done)
        self._worker.undecided.connect(window.show_undecided)
        window.text_typed.connect(self._take_text)
        window.action_asked.connect(self._take_action)
        window.watching.connect(self._be_watched)
        window.frame_painted.connect(self._frame_painted)
        window.first_painted.connect(self._start)
        window.closing.connect(self._stop)
        # A window that starts minimised is never painted; the gate scans all the same.
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.timeout.connect(self._start)
        self._late.start(_LATEST_START_MS)

    def end(self) -> None:
        """Stop the worker and wait for its thread."""
        self._late.stop()
        self._stop()
        self._thread.quit()
        self._thread.wait(_LONGEST_STEP_MS)

    @Slot()
    def _start(self) -> None:
        if not self._started:
            self._started = True
            self._late.stop()
            gc.enable()  # the start was spared it (scanner.app)
            self._thread.start()

    @Slot()
    def _frame_painted(self) -> None:
        self._worker.frame_painted()

    @Slot(str)
    def _take_text(self, text: str) -> None:
        self._worker.take_text(text)

    @Slot(object)
    def _take_action(self, action: Action) -> None:
        self._worker.take_action(action)

    @Slot(object)
    def _be_watched(self, watchers: tuple[Watcher, ...]) -> None:
        self._worker.be_watched(watchers)

    @Slot()
    def _stop(self) -> None:
        self._worker.stop()

    @Slot(object)
    def _scan_ended(self, end: ScanEnd) -> None:
        if self._window.options.once:
            self.exit_code = ENDED_WELL if end.fault is None else ENDED_BY_FAULT
            self._window.close()


def _end_on_signals(window: GateWindow) -> None:
    """Close the window on Ctrl-C and on a service's stop; Python looks at signals once a second."""
    if threading.current_thread() is not threading.main_thread():
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        window.close()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
