"""One person who is told several things at one door is counted once, whatever the order of them."""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest

from keys.passages import ClockGrade, Direction, Verdict
from scanner.decide.actions import Decide, TakeBack
from scanner.record.database import open_database
from scanner.record.marks import OddMarks, odd_marks
from scanner.record.passages import PassageLog
from scanner.station import Station
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames

ADMIT, HELD = Verdict.ADMIT, Verdict.HAND_CHECK
GRADES = {ADMIT: ClockGrade.CONFIRMED, HELD: ClockGrade.NOT_CONFIRMED}


class Door:
    """A station at which one person stands."""

    def __init__(self, station: Station, world: World, text: str) -> None:
        self.station = station
        self.world = world
        self.text = text
        self.row = b""

    def told(self, verdict: Verdict) -> None:
        """Let the person be told `verdict`, 2 s later."""
        self.world.grade = GRADES[verdict]
        self.world.mono_now_s += 2.0
        self.world.now_s += 2
        result = self.station.scan(self.text, self.world.mono_now_s)
        assert result is not None
        assert result.judgement.verdict is verdict
        if result.passage_id is not None:
            self.row = result.passage_id

    def decided(self, *, admitted: bool) -> None:
        """Let the guard decide."""
        act = Decide(passage_id=self.row, admitted=admitted, papers_seen=True)
        result = self.station.act(act)
        assert result is not None
        assert result.passage_id is not None
        self.row = result.passage_id


@pytest.fixture
def office() -> Publisher:
    return Publisher(NOW)


@pytest.fixture
def world(office: Publisher) -> World:
    return World(beliefs_of(office), secret=bytes(range(32)))


def counted(world: World, data: Path) -> tuple[int, int]:
    """Return how many are inside, and how often this person entered today."""
    with closing(open_database(data)) as database:
        log = PassageLog(database, "west-1")
        assert odd_marks(database.conn) == OddMarks((), ())
        tags = {entry.row.passage.tag for entry in log.entries()}
        now_ms = world.now_s * 1000
        facts = log.tag_facts([tag for tag in tags if tag], now_ms=now_ms, midnight_ms=0)
        return log.inside(), facts.entries_today


def test_who_was_let_through_then_held_and_let_through_by_hand_is_counted_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(None))
    with station_with(world, tmp_path / "gate", frames) as station:
        door = Door(station, world, office.mint(1).full or "")
        door.told(ADMIT)
        assert counted(world, tmp_path / "gate") == (1, 1)
        door.told(HELD)
        assert counted(world, tmp_path / "gate") == (1, 1)
        door.decided(admitted=True)
        assert counted(world, tmp_path / "gate") == (1, 1)
        station.act(TakeBack(passage_id=door.row))
        assert counted(world, tmp_path / "gate") == (0, 0)


def test_who_was_let_through_and_is_refused_at_the_second_look_stays_counted(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(None))
    with station_with(world, tmp_path / "gate", frames) as station:
        door = Door(station, world, office.mint(1).full or "")
        door.told(ADMIT)
        door.told(HELD)
        door.decided(admitted=False)
        # The gate had opened: nobody knows that they did not go through.
        assert counted(world, tmp_path / "gate") == (1, 1)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_one_person_is_told_in_whatever_order_they_are_counted_once(
    office: Publisher, world: World, tmp_path: Path, seed: int
) -> None:
    draw = random.Random(seed)
    frames = write_frames(tmp_path / "frames", frames_of(None))
    with station_with(world, tmp_path / "gate", frames) as station:
        door = Door(station, world, office.mint(1).full or "")
        was_admitted, verdict = False, ADMIT
        for _ in range(12):
            verdict = draw.choice((ADMIT, HELD))
            door.told(verdict)
            was_admitted |= verdict is ADMIT
            assert counted(world, tmp_path / "gate") == (was_admitted, was_admitted)
        if verdict is HELD:
            door.decided(admitted=True)
        assert counted(world, tmp_path / "gate") == (1, 1)


def test_who_goes_out_and_is_held_and_let_out_leaves_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(None))
    with station_with(world, tmp_path / "gate", frames) as station:
        Door(station, world, office.mint(1).full or "").told(ADMIT)
        Door(station, world, office.mint(2).full or "").told(ADMIT)
        world.direction = Direction.EXIT
        world.mono_now_s += 60
        door = Door(station, world, office.mint(1).full or "")
        door.told(ADMIT)
        door.told(HELD)
        door.decided(admitted=True)
        assert counted(world, tmp_path / "gate")[0] == 1
