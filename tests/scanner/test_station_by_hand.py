"""Hand scanners beside the camera: over a real pseudo-terminal, as a serial scanner writes."""

from __future__ import annotations

import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from keys.passages import Reason, Verdict
from scanner.capture.handscan import HandScanner
from scanner.capture.handscan_serial import serial_opener
from scanner.station import ScanStep, Station
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import (
    NOW,
    PAYMENT,
    World,
    beliefs_of,
    frames_of,
    station_with,
    write_frames,
)
from tests.scanner.sync.rigs import wait_until


@contextmanager
def plugged_in() -> Iterator[tuple[int, HandScanner]]:
    """Give the scanner's end of a serial line, and the station's."""
    scanner, line = pty.openpty()
    hand = HandScanner(serial_opener(os.ttyname(line)))
    try:
        wait_until(lambda: hand.state.value == "live", "the hand scanner is open")
        yield scanner, hand
    finally:
        hand.close()
        os.close(scanner)
        os.close(line)


def step_of(station: Station) -> ScanStep:
    """Return the first step that gave anything."""
    steps: list[ScanStep] = []

    def gave() -> bool:
        step = station.step(0.01)
        if step is not None and (step.results or step.hint):
            steps.append(step)
        return bool(steps)

    wait_until(gave, "something was scanned")
    return steps[0]


def test_both_carriers_and_a_poster_by_a_serial_hand_scanner(tmp_path: Path) -> None:
    office = Publisher(NOW)
    frames = write_frames(tmp_path / "frames", frames_of(None))
    world = World(beliefs_of(office))
    with (
        plugged_in() as (line, hand),
        station_with(world, tmp_path / "gate", frames, hand=hand) as station,
    ):
        for number, text in enumerate((office.mint(1).dense, office.mint(2).full), 1):
            assert text is not None
            os.write(line, text.encode() + b"\r\n")
            step = step_of(station)
            answers = [(r.judgement.verdict, r.judgement.reason, r.counted) for r in step.results]
            assert answers == [(Verdict.ADMIT, Reason.GREEN, True)]
            assert world.stored == number
        os.write(line, PAYMENT.encode() + b"\r")
        assert step_of(station).hint == "not_a_pass"
        assert world.stored == 2


def test_a_keyboard_that_shifts_its_digits_is_mended(tmp_path: Path) -> None:
    office = Publisher(NOW)
    dense = office.mint(1).dense
    assert dense is not None
    shifted = dense.translate(str.maketrans("1234567890", "&é\"'(-è_çà"))
    frames = write_frames(tmp_path / "frames", frames_of(None))
    with station_with(World(beliefs_of(office)), tmp_path / "gate", frames) as station:
        result = station.scan(shifted, 0.0)
    assert result is not None
    assert result.judgement.reason is Reason.GREEN
