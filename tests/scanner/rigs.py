"""A whole station for tests: frames of a folder, real readers, a log on disk, an office's lists."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import numpy as np

from keys.clock import ClockState
from keys.passages import ClockGrade, Direction
from keys.trustlist import keyring_of
from scanner.capture.camera import CameraSettings, open_camera
from scanner.capture.codes import CodeReader
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey
from scanner.decide.judge import Beliefs, Moment, Universe
from scanner.decide.policy import Rules
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.station import Freshness, HandReader, ScanResult, ScanStep, Station, Surroundings
from tests.fakes.publisher import ISSUER, ZONE, Publisher
from tests.scanner.capture.rigs import code_picture

NOW = 1_780_000_020
FRAME_S = 0.04
PAYMENT = "https://qr.example/pay?to=shop&amount=12"


def beliefs_of(office: Publisher) -> Beliefs:
    """Return what a station believes that has just pulled from `office`."""
    universe = Universe(office.universe.tobytes(), office.now_s, max(1, office.version))
    return Beliefs(keyring_of(office.trust), {ISSUER: universe})


@dataclass
class World:
    """What is around a station, as a test sets it. stored: how often a row was said to be there."""

    beliefs: Beliefs
    grade: ClockGrade = ClockGrade.CONFIRMED
    now_s: int = NOW
    is_look_only: bool = False
    stored: int = 0
    on_stored: Callable[[], None] = lambda: None
    numbers: Iterator[int] = field(default_factory=count)
    clock: ClockState = field(default_factory=ClockState)

    def surroundings(self) -> Surroundings:
        """Return the functions that a station asks."""
        return Surroundings(
            beliefs=lambda: self.beliefs,
            moment=lambda: Moment(self.now_s, self.grade, self.now_s - 3600, 12),
            utc_now=lambda: datetime.fromtimestamp(self.now_s, UTC),
            mono_s=lambda: 0.0,
            passage_id=lambda: hashlib.sha256(b"%d" % next(self.numbers)).digest()[:16],
            freshness=self._freshness,
            stored=self._count,
            look_only=lambda: self.is_look_only,
        )

    def _count(self) -> None:
        self.stored += 1
        self.on_stored()

    def _freshness(self, waiting: int, set_aside: int) -> Freshness:
        return Freshness(
            online=True,
            offline_reason=None,
            list_age_s=0,
            waiting_rows=waiting,
            set_aside_rows=set_aside,
            clock=self.grade,
        )


def write_frames(folder: Path, frames: list[Grey]) -> Path:
    """Write frames as images, in order; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(frames):
        assert cv2.imwrite(str(folder / f"{number:05}.png"), frame)
    return folder


def frames_of(*texts: str | None) -> list[Grey]:
    """Return one frame a text; None is a frame without a code."""
    empty = np.full((480, 640), 120, np.uint8)
    return [empty if text is None else code_picture(text) for text in texts]


@contextmanager
def station_with(
    world: World,
    data: Path,
    frames: Path,
    frame_s: float = FRAME_S,
    hand: HandReader | None = None,
) -> Iterator[Station]:
    """Give a station that plays the images of `frames`, one every `frame_s`, and logs in `data`."""
    ticks = count()
    camera = open_camera(
        str(frames), CameraSettings(colour=False), mono_s=lambda: next(ticks) * frame_s
    )
    station = Station(
        camera=camera,
        reader=CodeReader(),
        log=PassageLog(open_database(data), "west-1"),
        rules=Rules(zone=ZONE),
        direction=Direction.ENTRY,
        around=world.surroundings(),
        hand=hand,
    )
    try:
        yield station
    finally:
        station.close()


def steps_of(station: Station) -> list[ScanStep]:
    """Play the source to its end and return every step."""
    steps: list[ScanStep] = []
    while (step := station.step(1.0)) is not None:
        steps.append(step)
    assert station.ended()
    return steps


def results_of(steps: list[ScanStep]) -> list[ScanResult]:
    """Return every result, in order, without what was seen where."""
    return [replace(result, seen=None) for step in steps for result in step.results]
