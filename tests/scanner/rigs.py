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
from keys.passages import ClockGrade, Direction, PassageRow, PassIdentity, Verdict
from keys.tags import day_keys, day_of, split_secret, tag_of
from keys.trustlist import keyring_of
from scanner.capture.camera import CameraSettings, open_camera
from scanner.capture.codes import CodeReader
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey
from scanner.decide.judge import Beliefs, Moment, Universe
from scanner.decide.neighbours import Sighting
from scanner.decide.policy_prepared import PLAIN_POLICY, Prepared, prepare
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.scan.around import HandReader, NoShift
from scanner.scan.logkeeping import KeptLog
from scanner.station import Freshness, ScanResult, ScanStep, Station, Surroundings
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
class StandingGate:
    """A gate that a test looks at: what it was told, and what it has to say."""

    shown: list[tuple[Verdict, int]] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)
    burns: bool = False
    tenths: int | None = None
    events: list[str] = field(default_factory=list)

    def show(self, verdict: Verdict, people: int) -> None:
        """Remember what was shown."""
        self.shown.append((verdict, people))

    def hold_open(self, on: bool) -> None:
        """Remember that it was held open, or let go of."""
        self.held.append(on)

    def is_held(self) -> bool:
        """Return what it was told last."""
        return bool(self.held) and self.held[-1]

    def fire(self) -> bool:
        """Return what the test says."""
        return self.burns

    def measured(self) -> int | None:
        """Return what the test says."""
        return self.tenths

    def news(self) -> str | None:
        """Return the oldest event."""
        return self.events.pop(0) if self.events else None


@dataclass
class OtherLanes:
    """Neighbour lanes that a test speaks for."""

    word: Sighting | None = None
    told: list[PassageRow] = field(default_factory=list)

    def seen_elsewhere(self, tags: tuple[bytes, ...], mono_s: float) -> Sighting | None:
        """Return the word of the test."""
        return self.word

    def tell(self, row: PassageRow) -> None:
        """Remember what was told."""
        self.told.append(row)


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
    mono_now_s: float = 0.0
    direction: Direction = Direction.ENTRY
    secret: bytes | None = None
    gate: StandingGate = field(default_factory=StandingGate)
    others: OtherLanes = field(default_factory=OtherLanes)
    shift: NoShift = field(default_factory=NoShift)
    prepared: Prepared = field(default_factory=lambda: prepare(PLAIN_POLICY, ZONE))

    def surroundings(self) -> Surroundings:
        """Return the functions that a station asks."""
        return Surroundings(
            beliefs=lambda: self.beliefs,
            moment=lambda: Moment(self.now_s, self.grade, self.now_s - 3600, 12),
            utc_now=lambda: datetime.fromtimestamp(self.now_s, UTC),
            mono_s=lambda: self.mono_now_s,
            passage_id=lambda: hashlib.sha256(b"%d" % next(self.numbers)).digest()[:16],
            freshness=self._freshness,
            stored=self._count,
            look_only=lambda: self.is_look_only,
            issuer=ISSUER,
            prepared=lambda: self.prepared,
            direction=lambda: self.direction,
            tags=self._tags,
            entrance=self.gate,
            lanes=self.others,
            shift=self.shift,
        )

    def _tags(self, identity: PassIdentity, moment: Moment) -> tuple[bytes, ...]:
        if self.secret is None:
            return ()
        keys = split_secret(self.secret, day_of(moment.now_s))
        return tuple(tag_of(key, identity) for key in day_keys(keys))

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
    *,
    lasting: bool = False,
) -> Iterator[Station]:
    """Give a station that plays the images of `frames`, one every `frame_s`, and logs in `data`."""
    ticks, asked = count(), count()
    camera = open_camera(
        str(frames), CameraSettings(colour=False), mono_s=lambda: next(ticks) * frame_s
    )
    station = Station(
        camera=camera,
        reader=CodeReader(),
        log=KeptLog(lambda: PassageLog(open_database(data), "west-1"), lambda: next(asked) * 1.0),
        around=world.surroundings(),
        hand=hand,
        lasting=lasting,
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
