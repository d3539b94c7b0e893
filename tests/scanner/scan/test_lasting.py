"""A gate that nobody starts anew: it says what it cannot do, and goes on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from keys.passages import Direction, Reason, Verdict
from scanner.record.database import FILE_NAME
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import World, frames_of, station_with, write_frames
from tests.scanner.scan.acting import (
    GREEN,
    gate,
    reasons,
    rows,
    scan,
)


def test_a_lasting_station_says_that_it_cannot_judge_and_goes_on(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(*[office.mint(GREEN).dense] * 4))
    data = tmp_path / "gate"
    with station_with(world, data, frames, frame_s=0.6, lasting=True) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(data / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        step = station.step(1.0)
        assert step is not None
        [result] = step.results
        assert (result.judgement.verdict, result.judgement.reason, result.counted) == (
            Verdict.CANNOT_JUDGE,
            Reason.STATION_FAULT,
            False,
        )
        assert station.freshness().fault == "disk_unusable"
        other.execute("ROLLBACK")
        other.close()
        held_back, again = station.step(1.0), station.step(1.0)
        assert held_back is not None
        assert again is not None
        assert held_back.results == ()
        assert [one.judgement.verdict for one in again.results] == [Verdict.ADMIT]
        assert station.freshness().fault is None
    assert reasons(tmp_path) == [Reason.GREEN]


def test_the_way_is_switched_while_the_station_runs(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        scan(station, world, office.mint(GREEN).dense)
        world.direction = Direction.EXIT
        scan(station, world, office.mint(GREEN).dense)
    assert [passage.direction for passage, _ in rows(tmp_path)] == [
        Direction.ENTRY,
        Direction.EXIT,
    ]


def test_a_flood_of_made_up_codes_is_answered_and_written_down_a_dozen_times(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        for number in range(40):
            told = scan(station, world, "KK1:" + "A" * (number + 4), after_s=0.1)
            assert told.judgement.verdict is Verdict.REFUSE
        scan(station, world, office.mint(GREEN).dense, after_s=0.1)
        world.mono_now_s += 120
        station.step(0.01)
        scan(station, world, "KK1:AAAAAAA", after_s=0.1)
    found = rows(tmp_path)
    assert [passage.reason for passage, _ in found][-3:] == [
        Reason.GREEN,
        Reason.INCIDENT,
        Reason.MALFORMED_CODE,
    ]
    assert len(found) == 12 + 3
    assert found[-2][1].note == "left out: 28 codes that are no pass"


def test_what_was_left_out_is_written_down_at_the_end(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        for number in range(15):
            scan(station, world, "KK1:" + "A" * (number + 4), after_s=0.1)
    assert rows(tmp_path)[-1][1].note == "left out: 3 codes that are no pass"
