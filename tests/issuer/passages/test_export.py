from __future__ import annotations

import csv
import io
import json

import pytest

from issuer import audit
from issuer.errors import BadInput, Code
from issuer.passages.actions.search import COLUMNS, export, search, time_text
from issuer.passages.rules.searching import PAGE_ROWS, Search, read_place
from issuer.people.office import Office
from keys.bodies import PassageBody, encode_body
from keys.passages import Direction, PassIdentity, Verdict
from tests.issuer.rigs import START_S, enrolled

ALL = Search(purpose="test")


@pytest.fixture
def filled(any_office: Office) -> Office:
    for name in ("east", "west"):
        station = enrolled(any_office, name)
        station.write(5)
        station.write(2, verdict=Verdict.REFUSE, reason="red", direction=Direction.EXIT)
        station.send(station.batch(station.rows))
    return any_office


def test_json_lines_hold_every_passage_oldest_first(filled: Office) -> None:
    lines = [json.loads(line) for line in export(filled, ALL, kind="jsonl", by="wang")]
    assert len(lines) == 14
    assert [line["seen_at"] for line in lines] == sorted(line["seen_at"] for line in lines)
    assert set(lines[0]) == set(COLUMNS)
    assert lines[0]["seen_at"] == time_text((START_S + 1) * 1000)


def test_csv_holds_the_same(filled: Office) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(export(filled, ALL, kind="csv", by="wang")))))
    lines = [json.loads(line) for line in export(filled, ALL, kind="jsonl", by="wang")]
    assert tuple(rows[0]) == COLUMNS
    assert [row["passage_id"] for row in rows] == [line["passage_id"] for line in lines]


def test_an_empty_export_is_a_head_or_nothing(any_office: Office) -> None:
    assert "".join(export(any_office, ALL, kind="csv", by="w")).strip() == ",".join(COLUMNS)
    assert "".join(export(any_office, ALL, kind="jsonl", by="w")) == ""


@pytest.mark.parametrize("begins", list("=+-@\uff1d\uff0b\uff0d\uff20"))
def test_no_cell_is_a_formula(office: Office, begins: str) -> None:
    station = enrolled(office)
    body = PassageBody(name=f"{begins}HYPERLINK(1)", id_tail=f"{begins}a")
    station.write(1, body=encode_body(body))
    station.send(station.batch(station.rows))
    text = "".join(export(office, ALL, kind="csv", by="w"))
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["name"], row["id_tail"]) == (f"'{body.name}", f"'{body.id_tail}")


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (Search(purpose="test", station="east"), 7),
        (Search(purpose="test", verdict=Verdict.REFUSE), 4),
        (Search(purpose="test", reason="red", station="west"), 2),
        (Search(purpose="test", direction=Direction.ENTRY), 10),
        (Search(purpose="test", identity=PassIdentity("home", 0, 3)), 2),
        (Search(purpose="test", identity=PassIdentity("else", 0, 3)), 0),
        (Search(purpose="test", from_s=START_S + 2, to_s=START_S + 4), 4),
    ],
)
def test_a_search_finds_what_fits_and_counts_it(filled: Office, asked: Search, count: int) -> None:
    page = search(filled, asked, below=None, by="wang")
    assert len(page.passages) == page.total == count
    assert len("".join(export(filled, asked, kind="jsonl", by="w")).splitlines()) == count


@pytest.mark.parametrize("name", ["est", "x' OR 1=1 --"])
def test_a_station_that_nobody_knows_is_refused_and_not_found_empty(
    filled: Office, name: str
) -> None:
    asked = Search(purpose="test", station=name)
    for ask in (
        lambda: search(filled, asked, below=None, by="wang"),
        lambda: export(filled, asked, kind="csv", by="wang"),
    ):
        with pytest.raises(BadInput) as told:
            ask()
        assert told.value.code is Code.UNKNOWN_STATION


def test_who_searches_and_exports_and_why_is_in_the_audit_before_anything_is_read(
    filled: Office,
) -> None:
    search(filled, Search(purpose="lost child", station="east"), below=None, by="wang")
    export(filled, Search(purpose="monthly report"), kind="csv", by="chen")
    with filled.database.read() as connection:
        second, first = audit.newest(connection, before=None, limit=2)
    assert (first.operator, first.action) == ("wang", "passages.search")
    assert json.loads(first.details) == {"purpose": "lost child", "station": "east", "found": 7}
    assert (second.operator, second.action) == ("chen", "passages.export")
    assert json.loads(second.details)["kind"] == "csv"


def test_pages_join_without_a_gap_or_a_double(any_office: Office) -> None:
    station = enrolled(any_office)
    # Many passages of one moment: the order must hold among them as well.
    station.write(PAGE_ROWS + 50, seen_at_ms=START_S * 1000)
    station.write(60)
    station.send(station.batch(station.rows))
    seen: list[bytes] = []
    place = None
    for _ in range(3):
        page = search(any_office, ALL, below=place, by="wang")
        assert page.total == PAGE_ROWS + 110
        seen += [passage.passage_id for passage in page.passages]
        place = read_place(page.next_place)
    assert place is None
    assert len(seen) == len(set(seen)) == PAGE_ROWS + 110
    with any_office.database.read() as connection:
        searches = audit.newest(connection, before=None, limit=9)
    assert [entry.action for entry in searches].count("passages.search") == 1
