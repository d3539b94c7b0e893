"""A serial port with somebody at its other end: a pseudo terminal that answers as a device."""

from __future__ import annotations

import os
import select
import threading
import time
import tty
from collections.abc import Callable
from typing import Self


class FarEnd:
    """The device on the other end of a real serial port. `path` is what the station opens.

    answer(request) is called with what came in and returns what the device says, if anything.
    """

    def __init__(self, answer: Callable[[bytes], bytes] = lambda _: b"") -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.heard = b""
        self._answer = answer
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def say(self, raw: bytes) -> None:
        """Send bytes to the station."""
        os.write(self._master, raw)

    def unplug(self) -> None:
        """Go away, as a cable that is pulled."""
        # First the thread: a read that is under way would keep the terminal alive.
        self._gone.set()
        self._thread.join(60)
        for handle in (self._slave, self._master):
            if handle >= 0:
                os.close(handle)
        self._slave = self._master = -1

    def _run(self) -> None:
        while not self._gone.is_set():
            if not select.select([self._master], [], [], 0.02)[0]:
                continue
            raw = os.read(self._master, 256)
            self.heard += raw
            if reply := self._answer(raw):
                os.write(self._master, reply)


def until(holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait until something holds; fail if it does not in time."""
    end_s, pause = time.monotonic() + timeout_s, threading.Event()
    while not holds():
        assert time.monotonic() < end_s
        pause.wait(0.005)
