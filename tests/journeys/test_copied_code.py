"""A copied code is caught on the next lane within two seconds, with the internet down.

Two stations of one checkpoint and nothing else: no office, no server, no name service. What a
station does with a scan is done here with its real parts: judge, tag, neighbours, datagrams.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.passages import Direction, Reason, Verdict
from keys.tags import CheckpointKeys, day_keys, day_of, split_secret, tag_of
from scanner.decide.judgement import Judgement
from scanner.decide.neighbours import with_neighbour
from tests.conftest import ROOT
from tests.keys.makers import NOW
from tests.scanner.decide import makers
from tests.scanner.sync.lanes import Lane, message, until

KEYS: CheckpointKeys = split_secret(bytes(range(32)), day_of(NOW))
ADMITTED = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE, Verdict.HAND_CHECK}


class Gate:
    """One lane's guard: scans, asks the neighbours, tells them."""

    def __init__(self, lane: Lane, direction: Direction = Direction.ENTRY) -> None:
        self.lane = lane
        self.direction = direction
        self.sequence = 0

    def scan(self, text: str) -> Judgement:
        judgement = makers.judged(text)
        if judgement.identity is None:
            return judgement
        tag = tag_of(day_keys(KEYS)[0], judgement.identity)
        seen = self.lane.neighbours.seen_elsewhere(tag, time.monotonic())
        if seen is not None:
            judgement = with_neighbour(
                judgement,
                lane=seen.lane,
                age_s=seen.age_s,
                theirs=seen.direction,
                ours=self.direction,
            )
        if judgement.verdict in ADMITTED:
            self.sequence += 1
            told = message(self.sequence, tag=tag, direction=self.direction)
            self.lane.mesh.publish(told)
        return judgement


@pytest.fixture
def lanes() -> Iterator[tuple[Lane, Lane]]:
    with Lane("west-1") as first, Lane("west-2", peers=(first.address,)) as second:
        first.mesh.found(second.address)
        yield first, second


def test_a_copied_code_is_caught_on_the_next_lane_within_two_seconds(
    lanes: tuple[Lane, Lane],
) -> None:
    first, second = Gate(lanes[0]), Gate(lanes[1])
    code = makers.digits()
    assert first.scan(code).verdict is Verdict.ADMIT
    shown_s = time.monotonic()
    # The second phone is held up again and again, as people do.
    until(lambda: len(lanes[1].neighbours) == 1)
    caught = second.scan(code)
    assert time.monotonic() - shown_s < 2
    assert (caught.verdict, caught.reason) == (Verdict.HAND_CHECK, Reason.SEEN_ELSEWHERE)
    assert caught.trace[0] == ("seen_on_lane", "west-1")


def test_another_persons_code_passes_as_ever(lanes: tuple[Lane, Lane]) -> None:
    first, second = Gate(lanes[0]), Gate(lanes[1])
    first.scan(makers.digits())
    until(lambda: len(lanes[1].neighbours) == 1)
    assert second.scan(makers.digits(entry=6)).verdict is Verdict.ADMIT


def test_who_came_in_by_one_lane_leaves_by_the_other(lanes: tuple[Lane, Lane]) -> None:
    first, second = Gate(lanes[0]), Gate(lanes[1], Direction.EXIT)
    first.scan(makers.digits())
    until(lambda: len(lanes[1].neighbours) == 1)
    assert second.scan(makers.digits()).verdict is Verdict.ADMIT


# --- on two machines with a network between them and no way out of it


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=30)


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


def _station(space: str, role: str, folder: Path) -> subprocess.Popen[str]:
    command = ["ip", "netns", "exec", space, sys.executable, "-m", "tests.journeys.lane_program"]
    return subprocess.Popen(
        [*command, role], cwd=ROOT, text=True, stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )


def test_two_machines_on_one_cable_find_each_other_and_catch_the_copy(
    cable: tuple[str, str], tmp_path: Path
) -> None:
    first, second = (_station(space, f"west-{n}", tmp_path) for n, space in enumerate(cable, 1))
    try:
        answers = [json.loads(_line(station)) for station in (first, second)]
        assert all(answer["peers"] for answer in answers)
        _tell(first, "scan")
        assert json.loads(_line(first))["verdict"] == "admit"
        began_s = time.monotonic()
        _tell(second, "wait")
        _line(second)
        assert time.monotonic() - began_s < 2
        _tell(second, "scan")
        caught = json.loads(_line(second))
        assert (caught["verdict"], caught["reason"]) == ("hand_check", "seen_elsewhere")
    finally:
        for station in (first, second):
            station.communicate("end\n", timeout=30)


def _tell(station: subprocess.Popen[str], word: str) -> None:
    assert station.stdin is not None
    station.stdin.write(word + "\n")
    station.stdin.flush()


def _line(station: subprocess.Popen[str]) -> str:
    assert station.stdout is not None
    return station.stdout.readline()
