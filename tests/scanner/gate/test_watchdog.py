"""The watchdog is petted while frames and window both live, and by nothing less."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.gate.watchdog import (
    FRAMES,
    PET,
    READY,
    STOPPING,
    WINDOW,
    Liveness,
    Watchdog,
    notify,
    notify_socket,
    system_watchdog,
    watchdog_period_s,
)

LIMITS = {FRAMES: 5.0, WINDOW: 2.0}


class Systemd:
    """The end of the socket that systemd holds."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address)
        self._socket.settimeout(60)

    def hears(self) -> str:
        return self._socket.recv(256).decode()

    def hears_nothing(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(256)
        except BlockingIOError:
            self._socket.settimeout(60)
            return True
        return False

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    end = Systemd(str(tmp_path / "notify"))
    yield end
    end.close()


class Clock:
    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


def test_it_pets_while_both_live_and_stops_when_one_falls_silent(systemd: Systemd) -> None:
    clock = Clock()
    dog = Watchdog(LIMITS, clock, address=systemd.address, period_s=10.0)
    assert dog.pet()
    assert systemd.hears() == PET
    clock.at_s += 2.1
    dog.beat(FRAMES)
    assert dog.silent() == (WINDOW,)
    assert not dog.pet()
    dog.beat(WINDOW)
    assert dog.pet()
    assert systemd.hears() == PET
    clock.at_s += 5.1
    dog.beat(WINDOW)
    assert dog.silent() == (FRAMES,)
    assert not dog.pet()
    assert systemd.hears_nothing()


def test_it_says_when_the_station_is_ready_and_when_it_ends(systemd: Systemd) -> None:
    dog = Watchdog(LIMITS, Clock(), address=systemd.address, period_s=0.02)
    dog.start()
    assert systemd.hears() == READY
    assert systemd.hears() == PET
    assert systemd.hears() == PET
    dog.stop()
    heard = systemd.hears()
    while heard == PET:
        heard = systemd.hears()
    assert heard == STOPPING
    dog.stop()


def test_without_a_period_it_pets_nobody_by_itself(systemd: Systemd) -> None:
    dog = Watchdog(LIMITS, Clock(), address=systemd.address, period_s=None)
    dog.start()
    assert systemd.hears() == READY
    assert not dog._thread.is_alive()
    dog.stop()
    assert systemd.hears() == STOPPING


def test_without_a_systemd_nothing_happens() -> None:
    dog = Watchdog(LIMITS, Clock(), address=None, period_s=1.0)
    dog.start()
    assert not dog.pet()
    assert not dog._thread.is_alive()
    dog.stop()


def test_a_systemd_that_is_gone_is_no_error(tmp_path: Path) -> None:
    assert not notify(str(tmp_path / "nobody"), READY)


@pytest.mark.skipif(not Path("/proc/net/unix").exists(), reason="names that are no files")
def test_a_name_that_is_no_file_is_reached_too() -> None:
    end = Systemd(f"\0kakou-watchdog-{os.getpid()}")
    address = notify_socket({"NOTIFY_SOCKET": f"@kakou-watchdog-{os.getpid()}"})
    assert notify(address, READY)
    assert end.hears() == READY
    end.close()


@pytest.mark.parametrize(
    ("value", "address"),
    [("/run/x", "/run/x"), ("@x", "\0x"), ("@", None), ("", None), ("relative", None)],
)
def test_the_address_is_read_as_systemd_writes_it(value: str, address: str | None) -> None:
    assert notify_socket({"NOTIFY_SOCKET": value}) == address
    assert notify_socket({}) is None


@pytest.mark.parametrize(
    ("environment", "period_s"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "77"}, 0.5),
        ({"WATCHDOG_USEC": "500000", "WATCHDOG_PID": "78"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-1"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "٣"}, None),
        ({"WATCHDOG_USEC": "9" * 16}, None),
        ({}, None),
    ],
)
def test_the_period_is_read_as_systemd_writes_it(
    environment: dict[str, str], period_s: float | None
) -> None:
    assert watchdog_period_s(environment, 77) == period_s


def test_this_process_is_watched_if_its_environment_says_so(
    systemd: Systemd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", systemd.address)
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    dog = system_watchdog(LIMITS, Clock())
    dog.start()
    assert [systemd.hears(), systemd.hears()] == [READY, PET]
    dog.stop()


def test_a_part_that_nobody_watches_is_ignored() -> None:
    alive = Liveness(LIMITS, 0.0)
    alive.beat("doorbell", 1.0)
    assert alive.silent(1.0) == ()
    assert alive.silent(3.0) == (WINDOW,)
    assert alive.silent(6.0) == (FRAMES, WINDOW)
