"""What the benchmarks of a whole station stand on: an enrolled data folder with millions of codes,
a video of people who hold up their passes, and the station's own command in a process of its own
that tells when what was painted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scenes_720p import empty_street, with_code
from keys.claims import Status
from keys.policies import PlaceType
from keys.policyfile import encode_policy, policy_path
from keys.policypresets import PRESETS
from scanner.commands import everyday
from tests.fakes.office_server import OfficeServer, serving
from tests.fakes.trust_office import TrustOffice
from tests.keys.trustmakers import STATIONS

LISTS: Final = 14
NOT_GREEN: Final = 0.01
FRAMES_PER_S: Final = 30
# A code is held up for a third of a second. The next one comes late enough (0.7 s) for the two not
# to be answered as people who came together.
HELD_FRAMES: Final = 10
LEFT_FRAMES: Final = 16
_LONGEST_S: Final = 120.0


def many_codes(office: TrustOffice) -> None:
    """Let 1 % of the universe be yellow or red; the first thousand entries stay green."""
    drawn = np.random.default_rng(5)
    entries = np.zeros(len(office.universe) * 4, np.uint8)
    places = drawn.choice(len(entries) - 1000, int(len(entries) * NOT_GREEN), replace=False) + 1000
    entries[places] = np.where(drawn.random(len(places)) < 0.7, Status.YELLOW, Status.RED)
    quads = entries.reshape(-1, 4)
    packed = quads[:, 0].copy()
    for place in range(1, 4):
        packed |= quads[:, place] << np.uint8(2 * place)
    office.universe = packed


@contextmanager
def served_office(lists: int = LISTS) -> Iterator[tuple[OfficeServer, TrustOffice]]:
    """Give an office that serves a million codes a list."""
    office = TrustOffice(int(time.time()), lists=lists)
    policy = PRESETS[PlaceType.ESTATE]
    office.repository.contents[STATIONS] = {policy_path(policy.name): encode_policy(policy)}
    office.repository.publish()
    many_codes(office)
    office.publish()
    with serving(office) as server:
        yield server, office


@contextmanager
def enrolled_gate(folder: Path, lists: int = LISTS) -> Iterator[tuple[Path, TrustOffice]]:
    """Give the data folder of an enrolled station that has pulled, and its office, which serves."""
    with served_office(lists) as (server, office):
        yield enrol_at(server, folder), office


def enrol_at(server: OfficeServer, folder: Path) -> Path:
    """Enrol a station of `folder` at a serving office, pull once, and return the folder."""
    report = everyday.enrol(folder, server.office.add_station(), server.url)
    assert report["pull"]["ok"], report
    return folder


def green_texts(office: TrustOffice, count: int) -> list[str]:
    """Return the digits of `count` green passes, each of another person."""
    texts = [office.mint(number).dense for number in range(1, count + 1)]
    return [text for text in texts if text is not None]


def street_frames(texts: Iterable[str]) -> Iterator[NDArray[np.uint8]]:
    """Yield BGR frames of 1280x720: for each person some with the code, some without."""
    drawn = np.random.default_rng(7)
    streets = [empty_street(drawn) for _ in range(4)]
    for text in texts:
        held = with_code(streets[0], text, drawn)
        for number in range(HELD_FRAMES + LEFT_FRAMES):
            # A moved picture is another frame to every filter, as a hand is never still.
            grey = np.roll(held, number, axis=1) if number < HELD_FRAMES else streets[number % 4]
            yield np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def write_pictures(folder: Path, texts: Iterable[str]) -> Path:
    """Write every fifth frame as an image into a new folder, of a camera that needs no opening."""
    folder.mkdir()
    for number, frame in enumerate(street_frames(texts)):
        if number % 5 == 0:
            cv2.imwrite(str(folder / f"{number:06}.bmp"), frame)
    return folder


def write_reel(path: Path, texts: Iterable[str]) -> Path:
    """Write the frames as a video of 30 frames a second."""
    size = (1280, 720)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FRAMES_PER_S, size)
    for frame in street_frames(texts):
        writer.write(frame)
    writer.release()
    return path


@dataclass(kw_only=True)
class GateProcess:
    """A running `kakou-scanner run`. news: what it told, oldest first; each has `what`, `mono_s`
    and `cpu_s`.
    """

    process: subprocess.Popen[str]
    began_s: float
    news: list[dict[str, Any]] = field(default_factory=list)

    def next_news(self) -> dict[str, Any] | None:
        """Return the next thing told; None when the process has ended."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):  # the station itself says things for people
                news: dict[str, Any] = json.loads(line)
                self.news.append(news)
                return news
        return None

    def until(self, what: str) -> dict[str, Any]:
        """Return the first news of that name."""
        while (news := self.next_news()) is not None:
            if news["what"] == what:
                return news
        raise AssertionError(f"the gate ended before {what}: {self.process.wait()}")

    def to_the_end(self) -> list[dict[str, Any]]:
        """Return all news when the process has ended well."""
        while self.next_news() is not None:
            pass
        assert self.process.wait(_LONGEST_S) == 0
        return self.news

    def status(self, name: str) -> float:
        """Return a figure of /proc/PID/status (VmRSS, VmHWM, ...) in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
        raise KeyError(name)


@contextmanager
def gate_process(data: Path, *arguments: str) -> Iterator[GateProcess]:
    """Run the station's command on `data` with its window on a screen without a monitor."""
    command = [sys.executable, "-m", "benchmarks._gate_process", "--data", str(data), "run"]
    with told_process([*command, *arguments]) as gate:
        yield gate


@contextmanager
def told_process(command: list[str]) -> Iterator[GateProcess]:
    """Run a command that tells its news as JSON lines; it is ended with the block."""
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # As installed: modules are compiled once, not at every start.
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    surroundings["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "kakou-bench-pycache")
    began_s = time.monotonic()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        text=True,
        env=surroundings,
    ) as process:
        try:
            yield GateProcess(process=process, began_s=began_s)
        finally:
            process.terminate()
