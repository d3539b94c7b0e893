"""What guards add: decisions by hand, notes, rows taken back; shown, counted as what they are."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

import issuer.database.migrate
from issuer.database.engine import Database, open_database
from issuer.database.migrate import migrate
from issuer.overview.actions import figures
from issuer.passages.actions.search import export, search
from issuer.passages.rules.opening import observed_text
from issuer.passages.rules.searching import Search
from issuer.passages.store.found import StoredPassage
from issuer.passages.web.said import said_texts
from issuer.people.office import Office
from keys.bodies import PassageBody, encode_body
from keys.passages import NOTE_REASONS, Reason, Verdict
from tests.issuer.conftest import Served
from tests.issuer.rigs import StationRig, enrolled

ALL = Search(purpose="test")


def add(station: StationRig, reason: Reason, verdict: Verdict, body: PassageBody) -> None:
    station.write(1, reason=reason.value, verdict=verdict, body=encode_body(body))


@pytest.fixture
def noted(any_office: Office) -> Office:
    """An office with two passages, one of them taken back, and every kind of note."""
    fill(any_office)
    return any_office


def fill(office: Office) -> None:
    station = enrolled(office)
    first, second = (row.passage.passage_id for row in station.write(2))
    add(station, Reason.TAKEN_BACK, Verdict.ADMIT, PassageBody(about=first, operator="home/0/9"))
    decided = PassageBody(about=second, operator="home/0/9", papers_seen=True, party=3)
    add(station, Reason.HAND_CHECKED, Verdict.REFUSE, decided)
    measured = PassageBody(temperatures=(375, 368), note="=1+1", cause="急病")
    add(station, Reason.INCIDENT, Verdict.HAND_CHECK, measured)
    for reason in sorted(NOTE_REASONS - {Reason.TAKEN_BACK, Reason.INCIDENT}):
        add(station, reason, Verdict.HAND_CHECK, PassageBody(operator="home/0/9"))
    station.send(station.batch(station.rows))


def found(office: Office, asked: Search = ALL) -> list[StoredPassage]:
    rows = search(office, asked, below=None, by="test").passages
    return sorted(rows, key=lambda row: row.sequence)


def test_notes_are_found_and_counted_as_nobodys_passage(noted: Office) -> None:
    page = search(noted, ALL, below=None, by="test")
    assert (page.total, page.notes) == (8, 5)
    assert page.verdicts == {"admit": 2, "refuse": 1}
    assert figures(noted).verdicts == page.verdicts
    assert [row.is_note for row in found(noted)] == [False, False, True, False, *[True] * 4]
    only = search(noted, Search(purpose="test", reason="incident"), below=None, by="test")
    assert (only.total, only.notes, only.verdicts) == (1, 1, {})


def test_a_row_that_was_taken_back_is_marked_and_no_other(noted: Office) -> None:
    assert [row.taken_back for row in found(noted)] == [True, *[False] * 7]


def test_another_station_takes_nothing_back_here(noted: Office) -> None:
    other = enrolled(noted, "other")
    about = found(noted)[1].passage_id
    add(other, Reason.TAKEN_BACK, Verdict.ADMIT, PassageBody(about=about))
    other.send(other.batch(other.rows))
    rows = [row for row in found(noted) if row.station == "gate 1"]
    assert [row.taken_back for row in rows] == [True, *[False] * 7]


def test_what_a_guard_added_is_exported(noted: Office) -> None:
    lines = [json.loads(line) for line in export(noted, ALL, kind="jsonl", by="w")]
    assert lines[3]["about"] == lines[1]["passage_id"]
    assert (lines[3]["operator"], lines[3]["papers_seen"], lines[3]["party"]) == (
        "home/0/9",
        True,
        3,
    )
    assert (lines[4]["temperatures"], lines[4]["cause"]) == ([37.5, 36.8], "急病")
    rows = list(csv.DictReader(io.StringIO("".join(export(noted, ALL, kind="csv", by="w")))))
    assert (rows[4]["temperatures"], rows[4]["note"]) == ("37.5 36.8", "'=1+1")
    assert [row["taken_back"] for row in rows] == ["1", *[""] * 7]
    assert [row["is_note"] for row in rows[:4]] == ["", "", "1", ""]


def test_the_page_says_what_was_added_in_both_languages(noted: Office) -> None:
    rows = found(noted)
    decided = said_texts(rows[3], "en", str)
    assert decided[0] == f"about the passage of {rows[1].seen_at_ms}"
    assert decided[1:] == ["on duty: home/0/9", "papers seen", "3 people"]
    assert said_texts(rows[4], "zh", str) == ["体温: 37.5, 36.8 °C", "原因: 急病", "备注: =1+1"]
    assert said_texts(rows[0], "en", str) == []


def test_a_note_before_what_it_speaks_of_says_so(any_office: Office) -> None:
    station = enrolled(any_office)
    add(station, Reason.TAKEN_BACK, Verdict.ADMIT, PassageBody(about=bytes(16)))
    station.send(station.batch(station.rows))
    row = found(any_office)[0]
    assert row.about_seen_at_ms is None
    assert said_texts(row, "en", str) == ["about a passage that is not here yet"]
    assert said_texts(row, "zh", str) == ["关于一条尚未上传的记录"]


def test_nothing_added_is_nothing_kept() -> None:
    assert observed_text(PassageBody(name="张*")) == ""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_notes_and_what_was_taken_back(served: Served, language: str) -> None:
    fill(served.office)
    with served.logged_in("supervisor") as client:
        client.headers["Accept-Language"] = language
        shown = client.get("/office/passages", params={"purpose": "test"})
    assert shown.status_code == 200
    assert "急病" in shown.text
    word = "已撤回" if language == "zh" else "taken back"
    assert shown.text.count(f'<span class="mark">{word}</span>') == 1


def test_rows_of_before_are_kept_by_the_migration(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    database = Database(url)
    config = Config()
    migrations = Path(issuer.database.migrate.__file__).with_name("migrations")
    config.set_main_option("script_location", str(migrations))
    columns = (
        "station, passage_id, chain, sequence, seen_at_ms, clock, verdict, reason, direction, "
        "body, hash, name, id_tail, carrier, marks, batch_hash, received_at"
    )
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                f"INSERT INTO passages ({columns}) VALUES ('a', x'01', x'02', 1, 2, 'confirmed', "  # noqa: S608 - our own words
                "'admit', 'green', 'entry', x'a0', x'03', 'n', '', '', '', x'04', 5)"
            )
        )
    migrate(database)
    database.close()
    opened = open_database(url)
    with opened.read() as connection:
        row = connection.execute(text("SELECT name, about, observed FROM passages")).one()
    assert tuple(row) == ("n", None, "")
    opened.close()
