"""Hand scanners that are read directly: one thread each, texts kept until they are taken."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from scanner.capture.handtext import mended
from scanner.capture.source import SourceState

log = logging.getLogger(__name__)
_RETRY_AFTER_S = 0.5
_MOST_WAITING = 16  # a scan is a person's act: none is replaced by a newer one, as frames are


class OpenScanner(Protocol):
    """A hand scanner that is plugged in."""

    def read(self) -> list[str]:
        """Return the texts scanned by now, waiting a moment. Raises OSError when it has gone."""

    def close(self) -> None:
        """Let go of the device."""


ScannerOpener = Callable[[], OpenScanner | SourceState]


class HandScanner:
    """A hand scanner that may be unplugged and plugged in again. Close it to stop its thread."""

    def __init__(self, opener: ScannerOpener) -> None:
        self._opener = opener
        self._texts: queue.Queue[str] = queue.Queue(_MOST_WAITING)
        self._stop = threading.Event()
        self._state = SourceState.OPENING
        self._thread = threading.Thread(target=self._run, name="hand scanner", daemon=True)
        self._thread.start()

    @property
    def state(self) -> SourceState:
        """LIVE, or why not: UNPLUGGED, BUSY, NO_RIGHTS."""
        return self._state

    def next_text(self, timeout_s: float) -> str | None:
        """Return the oldest text not taken, mended where a layout bent it; None after timeout_s."""
        try:
            return self._texts.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Stop the thread and let go of the device."""
        self._stop.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        told = False
        while not self._stop.is_set():
            try:
                self._state = self._used(self._opener())
                told = False
            except Exception:  # whatever a driver raises: the next try may find it well
                if not told:
                    log.exception("hand scanner")
                self._state, told = SourceState.UNPLUGGED, True
            self._stop.wait(_RETRY_AFTER_S)

    def _used(self, opened: OpenScanner | SourceState) -> SourceState:
        """Read until the scanner is gone, and return its state then."""
        if isinstance(opened, SourceState):
            return opened
        self._state = SourceState.LIVE
        try:
            self._read_until_gone(opened)
        finally:
            opened.close()
        return SourceState.UNPLUGGED

    def _read_until_gone(self, opened: OpenScanner) -> None:
        while not self._stop.is_set():
            try:
                texts = opened.read()
            except OSError:  # pyserial's and evdev's errors are OSErrors
                return
            for text in texts:
                if self._texts.full():  # nobody reads: the oldest scans mean nothing any more
                    self._texts.get_nowait()
                self._texts.put_nowait(mended(text))
