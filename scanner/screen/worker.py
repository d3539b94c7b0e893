"""The thread that scans while the window paints: it drives a ScanLoop and holds no rule of its own.

Newest frame wins: while one frame is on its way to the screen, further frames without a result are
dropped here, so that a slow screen never makes a queue. A result or a new hint never is.

What can go wrong: the loop cannot be built or breaks -> the window is told (`station_fault`), the
loop is closed and built anew after a pause; with `once` the worker ends with the fault instead.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot

if TYPE_CHECKING:
    from scanner.decide.actions import Action
    from scanner.decide.outlook import Outlook
    from scanner.screen.check_memory import CheckMemory
    from scanner.station import Freshness, ScanLoop, ScanResult, ScanStep

log = logging.getLogger(__name__)

STATION_FAULT: Final = "station_fault"
QUIET_HINT: Final = "not_a_pass"
_STEP_S: Final = 0.1
_STATE_EVERY_MS: Final = 500
_RETRY_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StationState:
    """What strip, camera overlay and station page show. freshness: None until the station has told;
    outlook: None where the loop does not tell it.
    """

    freshness: Freshness | None
    camera_fault: str | None
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScan:
    """What a text from a hand scanner gave. result: None if it was no pass; then `hint` says so."""

    result: ScanResult | None
    hint: str | None


@runtime_checkable
class ScansTexts(Protocol):
    """A loop that judges texts of other readers as well."""

    def scan(self, text: str, mono_s: float) -> ScanResult | None:
        """Judge, store and return the result of one text; None if it is no pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone:
    """What became of an action. result: a new answer to show, if there is one. fault: the code of
    why it was not done, None if it was.
    """

    action: Action
    result: ScanResult | None = None
    fault: str | None = None


@runtime_checkable
class TakesActions(Protocol):
    """A loop that does what a guard asks for besides scanning."""

    def act(self, action: Action) -> ScanResult | None:
        """Write the action down, do it, and return a new answer if there is one.

        Raises an error with a `code` if it could not be done; nothing else may follow from it.
        """


@runtime_checkable
class TellsOutlook(Protocol):
    """A loop that says more of itself than the strip shows."""

    def outlook(self) -> Outlook | None:
        """Return what the station page shows, as of now; None if nobody can say."""


Watcher = Callable[["ScanStep"], None]
"""Sees every step in the scanning thread, painted or not; returns soon, and keeps no frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanEnd:
    """Why the worker ended. fault: None when the source ended or the window asked."""

    fault: str | None


class ScanWorker(QObject):
    """Runs in a QThread. All methods but `run` may be called from any thread."""

    stepped = Signal(object)  # ScanStep
    state_changed = Signal(object)  # StationState
    text_scanned = Signal(object)  # TextScan
    acted = Signal(object)  # ActionDone
    undecided = Signal(object)  # tuple[ScanResult, ...]
    finished = Signal(object)  # ScanEnd

    def __init__(
        self,
        factory: Callable[[], ScanLoop],
        *,
        once: bool = False,
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._mono_s = mono_s
        self._texts: SimpleQueue[str] = SimpleQueue()
        self._actions: SimpleQueue[Action] = SimpleQueue()
        self._factory = factory
        self._once = once
        self._stop = threading.Event()
        self._watchers: tuple[Watcher, ...] = ()
        self._screen_free = threading.Event()
        self._screen_free.set()
        self._state: StationState | None = None
        self._last_hint: str | None = None
        self._checks: CheckMemory | None = None

    def stop(self) -> None:
        """Ask the loop to end after the step it is in."""
        self._stop.set()

    def frame_painted(self) -> None:
        """Say that the last frame is on the screen and the next one is welcome."""
        self._screen_free.set()

    def take_text(self, text: str) -> None:
        """Have a text judged that a hand scanner read."""
        self._texts.put(text)

    def take_action(self, action: Action) -> None:
        """Have an action done between two frames."""
        self._actions.put(action)

    def be_watched(self, watchers: tuple[Watcher, ...]) -> None:
        """Show every step from now on to these, and to nobody else."""
        self._watchers = watchers

    @Slot()
    def run(self) -> None:
        """Scan until stopped, or with `once` until the source ends."""
        fault: str | None = None
        while not self._stop.is_set():
            fault = self._drive_once()
            if fault is None or self._once:
                break
            self._tell(StationState(freshness=self._last_freshness(), camera_fault=fault))
            self._wait_refusing(fault)
        self.finished.emit(ScanEnd(fault=fault))

    def _wait_refusing(self, fault: str) -> None:
        """Wait for the next try; who asks for something meanwhile is told at once that it cannot
        be: an emergency must not wait for a station to come back.
        """
        since = QElapsedTimer()
        since.start()
        while since.elapsed() < _RETRY_S * 1000 and not self._stop.wait(_STEP_S):
            while not self._actions.empty():
                self.acted.emit(ActionDone(action=self._actions.get(), fault=fault))

    def _drive_once(self) -> str | None:
        """Build a loop and drive it to its end; returns the code of what broke, None if nothing."""
        loop: ScanLoop | None = None
        try:
            loop = self._factory()
            self._drive(loop)
        except Exception as error:  # the one place that keeps a gate alive through anything
            log.exception("the scan loop broke")
            return str(getattr(error, "code", STATION_FAULT))
        finally:
            self._close(loop)
        return None

    def _close(self, loop: ScanLoop | None) -> None:
        try:
            if loop is not None:
                loop.close()
        except Exception:
            # What is closed has broken already; building anew is what helps.
            log.exception("the scan loop did not close")

    def _drive(self, loop: ScanLoop) -> None:
        since_state = QElapsedTimer()
        while not self._stop.is_set():
            if not since_state.isValid() or since_state.elapsed() >= _STATE_EVERY_MS:
                self._tell(_state_of(loop))
                # Not before the first frame: who stands there now comes first.
                if since_state.isValid():
                    self._tell_checks(loop)
                since_state.start()
            self._do_actions(loop)
            self._scan_texts(loop)
            step = loop.step(_STEP_S)
            if step is not None:
                self._show_watchers(step)
                self._pass_on(step)
            elif loop.ended():
                if self._once:
                    return
                # A file has ended; hand scanner and actions go on.
                self._stop.wait(_STEP_S)

    def _tell_checks(self, loop: ScanLoop) -> None:
        if self._checks is None:
            from scanner.screen.check_memory import CheckMemory

            self._checks = CheckMemory()
        waiting = self._checks.news(loop)
        if waiting is not None:
            self.undecided.emit(waiting)

    def _somebody_came(self) -> None:
        if self._checks is not None:
            self._checks.somebody_came()

    def _do_actions(self, loop: ScanLoop) -> None:
        while isinstance(loop, TakesActions) and not self._actions.empty():
            action = self._actions.get()
            try:
                done = ActionDone(action=action, result=loop.act(action))
            except Exception as error:  # told to the guard, who asked; scanning goes on
                log.exception("an action was not done")
                done = ActionDone(action=action, fault=str(getattr(error, "code", STATION_FAULT)))
            self._somebody_came()
            self.acted.emit(done)

    def _scan_texts(self, loop: ScanLoop) -> None:
        while isinstance(loop, ScansTexts) and not self._texts.empty():
            result = loop.scan(self._texts.get(), self._mono_s())
            hint = None if result is not None else QUIET_HINT
            self._somebody_came()
            self.text_scanned.emit(TextScan(result=result, hint=hint))

    def _show_watchers(self, step: ScanStep) -> None:
        for watcher in self._watchers:
            try:
                watcher(step)
            except Exception:  # who only watches never keeps the gate from scanning
                log.exception("a watcher broke")

    def _pass_on(self, step: ScanStep) -> None:
        if step.results:
            self._somebody_came()
        news = step.results or step.hint not in {None, self._last_hint}
        if news or self._screen_free.is_set():
            self._last_hint = step.hint
            self._screen_free.clear()
            self.stepped.emit(step)

    def _tell(self, state: StationState) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)

    def _last_freshness(self) -> Freshness | None:
        return self._state.freshness if self._state is not None else None


def _state_of(loop: ScanLoop) -> StationState:
    return StationState(
        freshness=loop.freshness(),
        camera_fault=loop.camera_fault(),
        outlook=loop.outlook() if isinstance(loop, TellsOutlook) else None,
    )
