"""Two stations of one checkpoint, each as its users run it, with the office down: a code that was
copied is caught on the other lane within two seconds.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from demo.proxy import free_port
from issuer.people.actions.stations import invite
from scanner.commands import everyday
from scanner.settings import StationSettings, write_settings
from tests.conftest import ROOT
from tests.journeys.in_process import served_office
from tests.journeys.programs import TIMEOUT_S, until
from tests.scanner.rigs import frames_of, write_frames

pytestmark = pytest.mark.usefixtures("uncounted")

# From one lane to the next with a copied code; the lanes must know by then.
WALK_S = 1.5


class Lane:
    """One station process whose codes come by a serial hand scanner. `told`: the verdict lines that
    it printed. within: the command that it is started by, for a network of its own.
    """

    def __init__(self, data: Path, within: Sequence[str] = ()) -> None:
        self.data = data
        self._within = within
        self._scanner, self._line = pty.openpty()
        self._as_new = termios.tcgetattr(self._line)
        self.port = os.ttyname(self._line)
        self._street = write_frames(data.with_name(f"{data.name}-street"), frames_of(None))
        self.told: list[dict[str, Any]] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        """Run the station."""
        termios.tcsetattr(self._line, termios.TCSANOW, self._as_new)
        command = [*self._within, sys.executable, "-m", "scanner", "--data", str(self.data)]
        self._process = subprocess.Popen(
            [*command, "--json", "run", "--headless", "--camera", str(self._street)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._ready.clear()
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def wait(self) -> None:
        """Return when the station says that it is at work, and reads its hand scanner."""
        assert self._ready.wait(TIMEOUT_S), "the station is at work"
        until(self._is_raw, "the hand scanner's port is open")

    def _is_raw(self) -> bool:
        """Return whether somebody opened the port: that makes it one without lines and echo."""
        return not termios.tcgetattr(self._line)[3] & termios.ICANON

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                said = json.loads(line)
                if "verdict" in said:
                    self.told.append(said)
                if "network" in said:
                    self._ready.set()

    def show(self, text: str) -> dict[str, Any]:
        """Scan a code and return what it was told."""
        before = len(self.told)
        os.write(self._scanner, text.encode() + b"\r")
        until(lambda: len(self.told) > before, "the code is answered")
        return self.told[before]

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        if self._reader is not None:
            self._reader.join(TIMEOUT_S)

    def close(self) -> None:
        """End station and camera."""
        self.kill()
        os.close(self._scanner)
        os.close(self._line)


def enrolled(folder: Path, lanes: Sequence[Lane], settings: Sequence[StationSettings]) -> list[str]:
    """Enrol the lanes at one checkpoint and return codes; the office has gone then."""
    with served_office(folder) as office:
        codes = office.mint(60, hours=24)
        office.publish()
        for lane, chosen in zip(lanes, settings, strict=True):
            name = lane.data.name
            added = invite(office.office, name=name, checkpoint="west", zone=None, url=None, by="t")
            everyday.enrol(lane.data, added.code, office.url)
            write_settings(lane.data, replace(chosen, lanes=True, hand_scanner=lane.port))
    return codes


@contextmanager
def running(*lanes: Lane) -> Iterator[None]:
    """Run the lanes."""
    try:
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.wait()
        yield
    finally:
        for lane in lanes:
            lane.close()


def walk_over() -> None:
    """Let as much time pass as the limit gives the lanes to tell each other: less than 2 s."""
    left_s = time.monotonic()
    until(lambda: time.monotonic() - left_s > WALK_S, "time passes")


def test_a_copied_code_is_caught_on_the_next_lane_with_the_office_down(tmp_path: Path) -> None:
    first, second = Lane(tmp_path / "lane-1"), Lane(tmp_path / "lane-2")
    ports = free_port(), free_port()
    # One side knows the other's address; who speaks well is answered.
    settings = (
        StationSettings(lane_port=ports[0], lane_peers=f"127.0.0.1:{ports[1]}"),
        StationSettings(lane_port=ports[1]),
    )
    codes = enrolled(tmp_path, (first, second), settings)
    with running(first, second):
        assert first.show(codes[0])["verdict"] == "admit"
        walk_over()
        caught = second.show(codes[0])
        assert (caught["verdict"], caught["reason"]) == ("hand_check", "seen_elsewhere")
        # Another person is nobody's copy.
        assert second.show(codes[1])["verdict"] == "admit"
        walk_over()
        # The second lane speaks as well, though it was told no address.
        assert first.show(codes[1])["reason"] == "seen_elsewhere"

        # A lane that was cut off goes on where its log ended: what it says is new.
        first.kill()
        first.start()
        first.wait()
        assert first.show(codes[2])["verdict"] == "admit"
        walk_over()
        assert second.show(codes[2])["reason"] == "seen_elsewhere"


# --- on two machines with a network between them and no way out of it


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT_S)


@pytest.fixture
def cable() -> Iterator[tuple[str, str]]:
    """Two network name spaces joined by a cable, with no route to anywhere else."""
    spaces = (f"kakou-a-{os.getpid()}", f"kakou-b-{os.getpid()}")
    if sys.platform != "linux" or shutil.which("ip") is None:
        pytest.skip("no network name spaces on this system")
    ends = [f"veth{number}-{os.getpid() % 100000}" for number in range(2)]
    try:
        for space in spaces:
            _run("ip", "netns", "add", space)
        _run("ip", "link", "add", ends[0], "type", "veth", "peer", "name", ends[1])
        for number, (space, end) in enumerate(zip(spaces, ends, strict=True), start=1):
            _run("ip", "link", "set", end, "netns", space)
            _run("ip", "-n", space, "addr", "add", f"10.77.0.{number}/24", "dev", end)
            _run("ip", "-n", space, "link", "set", "lo", "up")
            _run("ip", "-n", space, "link", "set", end, "up", "multicast", "on")
        yield spaces
    except (subprocess.SubprocessError, OSError) as error:
        pytest.skip(f"network name spaces need more rights than these: {error}")
    finally:
        # The cable goes with the last space that holds an end of it.
        for space in spaces:
            subprocess.run(("ip", "netns", "del", space), check=False, capture_output=True)
        subprocess.run(("ip", "link", "del", ends[0]), check=False, capture_output=True)


def test_two_machines_on_one_cable_find_each_other_and_catch_the_copy(
    cable: tuple[str, str], tmp_path: Path
) -> None:
    lanes = tuple(
        Lane(tmp_path / f"lane-{number}", ("ip", "netns", "exec", space))
        for number, space in enumerate(cable, 1)
    )
    first, second = lanes
    codes = iter(enrolled(tmp_path, lanes, (StationSettings(), StationSettings())))
    with running(first, second):

        def copied() -> str:
            code = next(codes)
            first.show(code)
            walk_over()
            return str(second.show(code)["reason"])

        # Nobody told them where the other one is.
        until(lambda: copied() == "seen_elsewhere", "they find each other")
        code = next(codes)
        assert first.show(code)["verdict"] == "admit"
        walk_over()
        caught = second.show(code)
        assert (caught["verdict"], caught["reason"]) == ("hand_check", "seen_elsewhere")
