"""Searching and exporting passages: purpose asked, access logged before anything is shown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from issuer import audit
from issuer.errors import BadInput, Code
from issuer.passages.rules.searching import PAGE_ROWS, Place, Search, write_place
from issuer.passages.store import found as store
from issuer.passages.store.found import StoredPassage
from issuer.people.office import Office
from issuer.people.store.stations import find_station

COLUMNS: Final = (
    "passage_id",
    "seen_at",
    "station",
    "checkpoint",
    "direction",
    "verdict",
    "reason",
    "pass",
    "name",
    "id_tail",
    "carrier",
    "clock",
    "sequence",
    "marks",
    "received_at",
    "about",
    "is_note",
    "taken_back",
    "operator",
    "temperatures",
    "note",
    "cause",
    "papers_seen",
    "party",
)
_LAST_MS: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
# A spreadsheet runs what begins with these; a station's name or a masked name could.
# Full-width signs too: spreadsheets of Chinese and Japanese users read them as the others.
_FORMULA_STARTS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a search. total: all that it finds, of them `notes` rows that are nobody's
    passage; verdicts: of the others. next_place: text for the next page, empty on the last.
    """

    passages: list[StoredPassage]
    total: int
    notes: int
    verdicts: dict[str, int]
    next_place: str


def search(office: Office, asked: Search, *, below: Place | None, by: str) -> Page:
    """Return one page, newest first. The first page of a search is logged with its purpose before
    it is read. BadInput unknown_station.
    """
    if below is None:
        _log(office, asked, action="passages.search", by=by)
    with office.database.read() as connection:
        found = store.search_passages(connection, asked, below=below, limit=PAGE_ROWS + 1)
        total = store.count_passages(connection, asked)
        verdicts = store.count_verdicts(connection, asked)
    shown = found[:PAGE_ROWS]
    place = ""
    if len(found) > PAGE_ROWS:
        last = shown[-1]
        place = write_place(
            Place(seen_at_ms=last.seen_at_ms, station=last.station, passage_id=last.passage_id)
        )
    return Page(
        passages=shown,
        total=total,
        notes=total - sum(verdicts.values()),
        verdicts=verdicts,
        next_place=place,
    )


def export(office: Office, asked: Search, *, kind: str, by: str) -> Iterator[str]:
    """Give an export as pieces of text, oldest first. kind: `csv` or `jsonl`. Logged before the
    first piece. BadInput unknown_station.
    """
    _log(office, asked, action="passages.export", by=by, kind=kind)
    return _csv(office, asked) if kind == "csv" else _json_lines(office, asked)


def _log(office: Office, asked: Search, *, action: str, by: str, **more: str) -> None:
    with office.database.write() as connection:
        # A slip in the name must not read as "nobody passed there".
        if asked.station and find_station(connection, asked.station) is None:
            raise BadInput(Code.UNKNOWN_STATION, f"no station {asked.station}")
        total = store.count_passages(connection, asked)
        details = asked.as_logged() | more | {"found": total}
        audit.append(
            connection, at=office.now(), operator=by, action=action, subject="", details=details
        )


def passage_json(passage: StoredPassage) -> dict[str, Any]:
    """Return a passage under its public names; times in UTC, temperatures in degrees Celsius."""
    observed = passage.observed
    return {
        "passage_id": passage.passage_id.hex(),
        "seen_at": time_text(passage.seen_at_ms),
        "station": passage.station,
        "checkpoint": passage.checkpoint,
        "direction": passage.direction,
        "verdict": passage.verdict,
        "reason": passage.reason,
        "pass": passage.pass_text or None,
        "name": passage.name,
        "id_tail": passage.id_tail,
        "carrier": passage.carrier,
        "clock": passage.clock,
        "sequence": passage.sequence,
        "marks": passage.marks.split(),
        "received_at": time_text(passage.received_at * 1000),
        "about": passage.about.hex() if passage.about else None,
        "is_note": passage.is_note,
        "taken_back": passage.taken_back,
        "operator": observed.get("operator", ""),
        "temperatures": [tenths / 10 for tenths in observed.get("temperatures", ())],
        "note": observed.get("note", ""),
        "cause": observed.get("cause", ""),
        "papers_seen": observed.get("papers_seen", False),
        "party": observed.get("party", 1),
    }


def time_text(at_ms: int) -> str:
    """Return a time as `2026-11-21T22:38:00.000Z`; what no calendar holds (a station may send it)
    as the last one.
    """
    at = datetime.fromtimestamp(min(at_ms, _LAST_MS) // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{min(at_ms, _LAST_MS) % 1000:03}Z"


def _json_lines(office: Office, asked: Search) -> Iterator[str]:
    with office.database.read() as connection:
        for passage in store.stream_passages(connection, asked):
            yield json.dumps(passage_json(passage), ensure_ascii=False) + "\n"


def _csv(office: Office, asked: Search) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    with office.database.read() as connection:
        for passage in store.stream_passages(connection, asked):
            value = passage_json(passage)
            writer.writerow([_cell(value[column]) for column in COLUMNS])
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, list):
        text = " ".join(map(str, value))
    elif isinstance(value, bool):
        text = "1" if value else ""
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
