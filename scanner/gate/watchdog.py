"""Tells systemd that the station lives, only while all of it does (sd_notify(3)).

`WatchdogSec=` in the unit makes systemd restart a station that stops petting. The station pets only
while frames arrive and the window paints: a process that merely exists lets nobody in.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Final

FRAMES: Final = "frames"
WINDOW: Final = "window"
READY: Final = "READY=1"
PET: Final = "WATCHDOG=1"
STOPPING: Final = "STOPPING=1"
_PETS_A_PERIOD: Final = 4


def notify_socket(environment: Mapping[str, str]) -> str | None:
    """Return the address to notify, None where no systemd asked for it."""
    address = environment.get("NOTIFY_SOCKET", "")
    if address.startswith("/"):
        return address
    # Linux's names that are no files begin with a zero byte, written as @.
    return "\0" + address[1:] if address.startswith("@") and len(address) > 1 else None


def watchdog_period_s(environment: Mapping[str, str], process_id: int) -> float | None:
    """Return how long systemd waits for a sign of life, None where it does not.

    WATCHDOG_PID names the process that is meant: a program started by it inherits the variables.
    """
    meant, usec = environment.get("WATCHDOG_PID", ""), environment.get("WATCHDOG_USEC", "")
    if meant and meant != str(process_id):
        return None
    if not usec.isascii() or not usec.isdigit() or len(usec) > 15 or int(usec) == 0:
        return None
    return int(usec) / 1_000_000


def notify(address: str | None, message: str) -> bool:
    """Send one datagram to systemd; return whether it was taken. Never waits, never raises."""
    if address is None or not hasattr(socket, "AF_UNIX"):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto(message.encode(), address)
    except OSError:
        return False
    return True


class Liveness:
    """Which parts gave a sign of life, and when. Pure but for its lock-free dictionary: each part
    has one writer.
    """

    def __init__(self, limits_s: Mapping[str, float], now_s: float) -> None:
        """limits_s: how long each part may be silent. At start all count as alive."""
        self._limits_s = dict(limits_s)
        self._seen_s = dict.fromkeys(limits_s, now_s)

    def beat(self, part: str, now_s: float) -> None:
        """Take a sign of life of `part`; one that is not watched is ignored."""
        if part in self._seen_s:
            self._seen_s[part] = now_s

    def silent(self, now_s: float) -> tuple[str, ...]:
        """Return the parts that were silent for too long."""
        return tuple(
            part for part, limit_s in self._limits_s.items() if now_s - self._seen_s[part] > limit_s
        )


class Watchdog:
    """Pets systemd's watchdog from a thread of its own while no part is silent."""

    def __init__(
        self,
        limits_s: Mapping[str, float],
        now_s: Callable[[], float],
        *,
        address: str | None,
        period_s: float | None,
    ) -> None:
        self._now_s = now_s
        self._address = address
        self._period_s = period_s
        self._alive = Liveness(limits_s, now_s())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Say that the station is ready, and begin to pet if systemd waits for that."""
        notify(self._address, READY)
        if self._address is not None and self._period_s is not None:
            self._thread.start()

    def beat(self, part: str) -> None:
        """Take a sign of life of `part`, from any thread; returns at once."""
        self._alive.beat(part, self._now_s())

    def silent(self) -> tuple[str, ...]:
        """Return the parts that keep it from petting now."""
        return self._alive.silent(self._now_s())

    def pet(self) -> bool:
        """Pet once if every part lives; return whether it did."""
        return not self.silent() and notify(self._address, PET)

    def stop(self) -> None:
        """Say that the station ends on purpose. May be called twice."""
        if not self._stop.is_set():
            notify(self._address, STOPPING)
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        pause_s = (self._period_s or 1.0) / _PETS_A_PERIOD
        while not self._stop.wait(pause_s):
            self.pet()


def system_watchdog(limits_s: Mapping[str, float], now_s: Callable[[], float]) -> Watchdog:
    """Return the watchdog that this process was asked for by its environment; a quiet one where no
    systemd asked.
    """
    return Watchdog(
        limits_s,
        now_s,
        address=notify_socket(os.environ),
        period_s=watchdog_period_s(os.environ, os.getpid()),
    )
