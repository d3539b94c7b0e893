"""An emergency opens before anything else, and is written down as soon as there is room."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from keys.passages import ClockGrade, Reason, Verdict
from scanner.decide.actions import (
    EmergencyCause,
    GiveCause,
    OpenForEmergency,
)
from scanner.decide.judge import Beliefs
from scanner.record.database import FILE_NAME
from scanner.scan.desk import HELD_OPEN_S
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import World
from tests.scanner.scan.acting import (
    GREEN,
    NOBODYS,
    RED,
    gate,
    reasons,
    refused,
    rows,
    scan,
    scanned,
)


def test_an_emergency_opens_first_is_written_down_and_asks_why_later(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        result = station.act(OpenForEmergency())
        assert result is not None
        assert (result.judgement.verdict, result.judgement.reason) == (
            Verdict.ADMIT,
            Reason.EMERGENCY,
        )
        assert result.passage_id is not None
        assert world.gate.held == [True]
        station.step(0.01)
        cause = GiveCause(passage_id=result.passage_id, cause=EmergencyCause.CHILDBIRTH)
        assert station.act(cause) is None
        world.mono_now_s += HELD_OPEN_S
        station.step(0.01)
        assert world.gate.held == [True, False]
    (opened, _), (caused, body) = rows(tmp_path)
    assert (opened.reason, opened.verdict, opened.tag) == (Reason.EMERGENCY, Verdict.ADMIT, None)
    assert (caused.reason, caused.verdict) == (Reason.CAUSE_GIVEN, Verdict.ADMIT)
    assert (body.cause, body.about) == ("childbirth", opened.passage_id)


def test_an_emergency_needs_no_list_no_clock_and_no_pass(tmp_path: Path) -> None:
    world = World(Beliefs(None, {}), grade=ClockGrade.ROLLED_BACK)
    with gate(world, tmp_path) as station:
        result = station.act(OpenForEmergency())
    assert result is not None
    assert result.judgement.verdict is Verdict.ADMIT
    assert reasons(tmp_path) == [Reason.EMERGENCY]


def test_who_was_refused_a_moment_before_stands_in_the_emergencys_trace(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        scan(station, world, office.mint(RED).dense)
        soon = station.act(OpenForEmergency())
        world.mono_now_s += 300
        later = station.act(OpenForEmergency())
    assert soon is not None
    assert later is not None
    assert ("instead_of", "refuse") in soon.judgement.trace
    assert ("instead_of", "refuse") not in later.judgement.trace


def test_an_emergency_on_a_locked_disk_opens_now_and_is_stored_later(
    world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, lasting=True) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / "gate" / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        result = station.act(OpenForEmergency())
        station.step(0.01)
        assert result is not None
        assert (result.judgement.verdict, world.gate.held) == (Verdict.ADMIT, [True])
        fresh = station.freshness()
        assert (fresh.owed_rows, fresh.fault) == (1, "disk_unusable")
        assert result.passage_id is not None
        station.act(GiveCause(passage_id=result.passage_id, cause=EmergencyCause.MEDICAL))
        assert reasons(tmp_path) == []
        other.execute("ROLLBACK")
        other.close()
        station.step(0.01)
        fresh = station.freshness()
        assert (fresh.owed_rows, fresh.fault) == (0, None)
    assert reasons(tmp_path) == [Reason.EMERGENCY, Reason.CAUSE_GIVEN]
    assert rows(tmp_path)[1][1].cause == "medical"


def test_a_cause_is_for_an_emergency(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        passed = scanned(station, world, office.mint(GREEN).dense)
        for passage_id, code in ((passed, "not_an_emergency"), (NOBODYS, "unknown_passage")):
            cause = GiveCause(passage_id=passage_id, cause=EmergencyCause.OTHER)
            assert refused(station, cause) == code
    assert reasons(tmp_path) == [Reason.GREEN]


def test_on_a_dead_disk_fire_still_sends_nobody_away(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, lasting=True) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / "gate" / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        world.gate.burns = True
        told = scan(station, world, office.mint(GREEN).dense)
        assert (told.judgement.verdict, told.judgement.reason, told.counted) == (
            Verdict.ADMIT,
            Reason.FIRE_RELEASE,
            False,
        )
        other.execute("ROLLBACK")
        other.close()
