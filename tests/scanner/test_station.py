"""One scan from frame to stored verdict, with real images, a real reader and a real log."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keys.bodies import decode_body
from keys.claims import Status
from keys.passages import ClockGrade, Direction, PassIdentity, Reason, Verdict
from scanner.decide.judge import Beliefs
from scanner.errors import StationFault
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.station import QUIET_HINT
from tests.fakes.publisher import ISSUER, Publisher, signing_key
from tests.scanner.capture.rigs import code_picture
from tests.scanner.rigs import (
    NOW,
    PAYMENT,
    World,
    beliefs_of,
    frames_of,
    results_of,
    station_with,
    steps_of,
    write_frames,
)

GREEN, RED, WITHDRAWN, YELLOW = 1, 2, 3, 4


@pytest.fixture(scope="module")
def office() -> Publisher:
    office = Publisher(NOW)
    office.set_status(RED, Status.RED)
    office.set_status(WITHDRAWN, Status.WITHDRAWN)
    office.set_status(YELLOW, Status.YELLOW)
    return office


@pytest.fixture
def world(office: Publisher) -> World:
    return World(beliefs_of(office))


def dense(office: Publisher, index: int = GREEN, **changes: Any) -> str:
    """Return the digits of a pass."""
    text = office.mint(index, **changes).dense
    assert text is not None
    return text


def rows(data: Path) -> list[tuple[str, str, PassIdentity | None]]:
    """Return verdict, reason and pass of every stored row, oldest first."""
    log = PassageLog(open_database(data), "west-1")
    passages = [entry.row.passage for entry in log.entries()]
    log.close()
    return [(p.verdict.value, str(p.reason), decode_body(p.body).identity) for p in passages]


def test_every_person_of_a_reel_is_judged_and_written_down_in_order(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    forged = office.mint(9, key=signing_key("thief")).full
    texts = [
        dense(office, GREEN),
        None,
        office.mint(RED).full,
        dense(office, WITHDRAWN),
        PAYMENT,
        office.mint(YELLOW, name="欧阳*").full,
        forged,
        dense(office, 5, iat=NOW - NOW % 60 - 7200, exp=NOW - NOW % 60 - 3600),
    ]
    frames = write_frames(tmp_path / "frames", frames_of(*texts))

    with station_with(world, tmp_path / "data", frames) as station:
        steps = steps_of(station)
        assert station.camera_fault() is None
        assert station.freshness().waiting_rows == 6

    expected = [
        ("admit", "green", PassIdentity(ISSUER, 0, GREEN)),
        ("refuse", "red", PassIdentity(ISSUER, 0, RED)),
        ("refuse", "withdrawn", PassIdentity(ISSUER, 0, WITHDRAWN)),
        ("hand_check", "yellow", PassIdentity(ISSUER, 0, YELLOW)),
        ("refuse", "bad_signature", None),
        ("refuse", "expired", PassIdentity(ISSUER, 0, 5)),
    ]
    assert rows(tmp_path / "data") == expected
    results = results_of(steps)
    assert [(r.judgement.verdict.value, r.judgement.reason.value) for r in results] == [
        row[:2] for row in expected
    ]
    assert all(result.counted and result.passage_id for result in results)
    assert [step.hint for step in steps].count(QUIET_HINT) == 1
    assert steps[4].hint == QUIET_HINT
    assert world.stored == 6


def test_a_result_knows_where_its_code_was_seen(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(dense(office)))

    with station_with(world, tmp_path, frames) as station:
        [step] = steps_of(station)

    [result] = step.results
    assert result.seen is step.seen[0]
    assert result.seen.text == dense(office)
    assert len(result.seen.quad) == 4


def test_one_person_with_both_carriers_paper_and_phone_is_counted_once(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    minted = office.mint(GREEN)
    again = office.mint(GREEN, kind=1, name="王*")  # another text of the same pass
    texts = [minted.dense, minted.full, again.dense, again.full, minted.dense]
    frames = write_frames(tmp_path / "frames", frames_of(*texts))

    with station_with(world, tmp_path, frames) as station:
        results = results_of(steps_of(station))

    assert [result.counted for result in results] == [True, False, False, False]
    assert [result.passage_id is not None for result in results] == [True, False, False, False]
    assert len(rows(tmp_path)) == 1


def test_a_code_held_up_for_long_is_one_passage_and_a_return_is_another(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    held = [dense(office)] * 30 + [None] * 3 + [dense(office)] * 2 + [None] * 25 + [dense(office)]
    frames = write_frames(tmp_path / "frames", frames_of(*held))

    # Half a second a frame: 15 s before the camera, a blink, then 12 s away and back.
    with station_with(world, tmp_path, frames, frame_s=0.5) as station:
        results = results_of(steps_of(station))

    assert [result.counted for result in results] == [True, False, True]
    assert len(rows(tmp_path)) == 2


def test_two_people_in_one_frame_are_told_apart(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    pair = [code_picture(dense(office, index), scale=3, size=(420, 480)) for index in (GREEN, RED)]
    frames = write_frames(tmp_path / "frames", [np.hstack(pair)])

    with station_with(world, tmp_path, frames) as station:
        [step] = steps_of(station)

    assert [result.judgement.reason for result in step.results] == [Reason.GREEN, Reason.RED]
    assert [row[1] for row in rows(tmp_path)] == ["green", "red"]


def test_the_row_is_on_the_disk_before_the_verdict_is_given(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    seen: list[int] = []

    def look() -> None:
        other = sqlite3.connect(tmp_path / FILE_NAME)
        seen.append(other.execute("SELECT count(*) FROM passages").fetchone()[0])
        other.close()

    world.on_stored = look
    frames = write_frames(tmp_path / "frames", frames_of(dense(office), dense(office, RED)))
    with station_with(world, tmp_path, frames) as station:
        steps_of(station)

    assert seen == [1, 2]


def test_look_only_shows_and_writes_nothing_and_counts_nobody(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(dense(office)))
    world.is_look_only = True
    with station_with(world, tmp_path, frames) as station:
        [looked] = results_of(steps_of(station))
        assert (looked.judgement.verdict, looked.counted) == (Verdict.ADMIT, False)
        assert looked.passage_id is None
        assert rows(tmp_path) == []

        world.is_look_only = False
        result = station.scan(dense(office), 100.0)
        assert result is not None
        assert result.counted
    assert len(rows(tmp_path)) == 1


def test_a_passage_remembers_direction_clock_and_time(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    world.grade = ClockGrade.NOT_CONFIRMED
    frames = write_frames(tmp_path / "frames", frames_of(dense(office)))
    with station_with(world, tmp_path, frames) as station:
        [result] = results_of(steps_of(station))

    log = PassageLog(open_database(tmp_path), "west-1")
    [entry] = log.entries()
    log.close()
    passage = entry.row.passage
    assert (passage.direction, passage.clock) == (Direction.ENTRY, ClockGrade.NOT_CONFIRMED)
    assert (passage.verdict, passage.reason) == (Verdict.HAND_CHECK, Reason.CLOCK_NOT_CONFIRMED)
    assert passage.seen_at_ms == round(result.seen_at.timestamp() * 1000) == NOW * 1000
    assert passage.passage_id == result.passage_id


def test_a_verdict_that_cannot_be_stored_is_not_given_and_tried_again(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(*[dense(office)] * 3))
    with station_with(world, tmp_path, frames) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(StationFault) as caught:
                station.step(1.0)
            assert caught.value.code == "disk_unusable"
        assert world.stored == 0

        other.execute("ROLLBACK")
        other.close()
        step = station.step(1.0)
    assert step is not None
    [result] = step.results
    assert (result.counted, result.judgement.verdict) == (True, Verdict.ADMIT)
    assert len(rows(tmp_path)) == 1


def test_a_station_that_knows_nothing_yet_says_so_and_keeps_the_fact(
    office: Publisher, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(dense(office), PAYMENT))
    with station_with(World(Beliefs(None, {})), tmp_path, frames) as station:
        steps = steps_of(station)

    assert rows(tmp_path) == [("cannot_judge", "trust_missing", None)]
    assert [step.hint for step in steps] == [None, QUIET_HINT]


def test_new_beliefs_hold_from_the_next_scan_on(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(*[dense(office), None, dense(office)]))
    with station_with(world, tmp_path, frames, frame_s=20.0) as station:
        first = station.step(1.0)
        newer = Publisher(NOW)
        newer.set_status(GREEN, Status.WITHDRAWN)
        world.beliefs = beliefs_of(newer)
        rest = steps_of(station)

    assert first is not None
    verdicts = [result.judgement.reason for result in results_of([first, *rest])]
    assert verdicts == [Reason.GREEN, Reason.WITHDRAWN]
