"""Incidents, shifts and the count of people: rows that no scan made."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from keys.claims import Kind
from keys.passages import Reason, Verdict
from scanner.decide.actions import (
    BeginShift,
    EndShift,
    NoteIncident,
    SetInside,
)
from scanner.errors import StationFault
from scanner.record.database import FILE_NAME
from tests.fakes.publisher import ISSUER, Publisher
from tests.scanner.rigs import World
from tests.scanner.scan.acting import (
    GREEN,
    NOBODYS,
    RED,
    STAFF,
    gate,
    reasons,
    refused,
    rows,
    scan,
    scanned,
)


def test_an_incident_is_written_down_with_the_row_it_is_about(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        red = scanned(station, world, office.mint(RED).dense)
        station.act(NoteIncident(text="shouted", about=red))
        station.act(NoteIncident(text="a broken pane"))
        assert refused(station, NoteIncident(text=" ")) == "name_missing"
        assert refused(station, NoteIncident(text="x" * 201)) == "text_too_long"
        assert refused(station, NoteIncident(text="x", about=NOBODYS)) == "unknown_passage"
    _, (first, body), (second, other) = rows(tmp_path)
    assert (first.reason, first.verdict, body.note, body.about) == (
        Reason.INCIDENT,
        Verdict.REFUSE,
        "shouted",
        red,
    )
    assert (second.verdict, other.about) == (Verdict.HAND_CHECK, None)


def test_every_row_of_a_shift_says_whose_it_was(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    staff = office.mint(STAFF, kind=int(Kind.STAFF)).full
    with gate(world, tmp_path) as station:
        assert staff is not None
        station.act(BeginShift(text=staff))
        assert station.freshness().operator == f"{ISSUER}/0/{STAFF}"
        scan(station, world, office.mint(GREEN).dense)
        station.act(EndShift())
        station.act(EndShift())
        assert station.freshness().operator == ""
        scan(station, world, office.mint(GREEN).dense)
    assert reasons(tmp_path) == [
        Reason.SHIFT_BEGUN,
        Reason.GREEN,
        Reason.SHIFT_ENDED,
        Reason.GREEN,
    ]
    on_duty = f"{ISSUER}/0/{STAFF}"
    assert [body.operator for _, body in rows(tmp_path)] == [on_duty, on_duty, on_duty, ""]


def test_only_a_staff_pass_that_is_admitted_begins_a_shift(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        for text in (office.mint(GREEN).full, "https://qr.example/pay", "KK1:AAAA"):
            assert text is not None
            assert refused(station, BeginShift(text=text)) == "not_a_staff_pass"
        red = office.mint(RED, kind=int(Kind.STAFF)).full
        assert red is not None
        assert refused(station, BeginShift(text=red)) == "shift_refused"
        assert station.freshness().operator == ""
    assert reasons(tmp_path) == []


def test_a_shift_that_cannot_be_written_down_does_not_begin(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    staff = office.mint(STAFF, kind=int(Kind.STAFF)).full
    assert staff is not None
    with gate(world, tmp_path) as station:
        station._log._opened()._connection.execute("PRAGMA busy_timeout=10")
        other = sqlite3.connect(tmp_path / "gate" / FILE_NAME, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StationFault):
            station.act(BeginShift(text=staff))
        assert world.shift.operator == ""
        other.execute("ROLLBACK")
        other.close()


def test_somebody_at_the_door_counts_anew(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        assert station.act(SetInside(count=12)) is None
        assert station.freshness().inside == 12
    with gate(world, tmp_path) as station:
        assert station.freshness().inside == 12
