"""`verify_log`: whatever is changed without the station's key is found, and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from keys.batches import Receipt
from keys.heads import LogRecord, Taken, row_signer, seal_record
from keys.passages import FIRST_HASH, Verdict, row_hash
from scanner.errors import StationFault
from scanner.record.database import FILE_NAME
from scanner.record.heads import HEADS_KEPT, Owner
from scanner.record.retention import KEEP_DAYS, retain
from scanner.record.rows import read_row
from scanner.record.verifying import Found
from tests.keys.makers import THIEF
from tests.scanner.record.logs import (
    BEGAN_S,
    CHAIN,
    DAY_S,
    OWNER,
    STATION,
    KeptLog,
    kept_log,
    person,
)

LATER_S = BEGAN_S + (KEEP_DAYS + 1) * DAY_S
# The columns that a hash, a record or a signature covers.
COVERED = {
    "passage_id": st.binary(min_size=16, max_size=16),
    "seen_at_ms": st.integers(0, 1 << 41),
    "clock": st.sampled_from(["confirmed", "not_confirmed", "rolled_back", "?"]),
    "verdict": st.sampled_from(["admit", "refuse", "hand_check", ""]),
    "reason": st.sampled_from(["green", "red", "yellow"]),
    "direction": st.sampled_from(["entry", "exit"]),
    "tag": st.none() | st.binary(min_size=16, max_size=16),
    "trace_digest": st.none() | st.binary(min_size=32, max_size=32),
    "body": st.binary(max_size=200),
    "body_hash": st.binary(min_size=32, max_size=32),
    "hash": st.binary(min_size=32, max_size=32),
    "emptied": st.integers(0, 1),
}
ROWS, EMPTIED = 40, 12


def written(folder: Path) -> KeptLog:
    """Return a log with heads, delivered rows, and the oldest ones emptied."""
    kept = kept_log(folder)
    kept.fill(20)
    kept.head()
    kept.fill(ROWS - 20, first=21)
    kept.log.mark(delivered=range(1, EMPTIED + 1), set_aside=[])
    retain(kept.database, OWNER, now_s=LATER_S)
    kept.head(LATER_S)
    return kept


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptLog]:
    kept = written(tmp_path_factory.mktemp("log"))
    yield kept
    kept.log.close()


def copy_of(kept: KeptLog) -> KeptLog:
    """Return the log as it lies on a stolen disk: to be changed at will."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    kept.sql.backup(connection)
    return KeptLog(database=Database(connection), log=kept.log)


def receipt(kept: KeptLog, first: int, last: int, **changes: Any) -> Receipt:
    query = "SELECT passage_id FROM passages WHERE sequence BETWEEN ? AND ? ORDER BY sequence"
    ids = tuple(bytes(row[0]) for row in kept.sql.execute(query, (first, last)))
    fields: dict[str, Any] = {
        "station": STATION,
        "batch_hash": bytes(32),
        "stored": ids,
        "set_aside": (),
        "received_at": LATER_S,
    }
    return Receipt(**fields | changes)


def chain_anew(kept: KeptLog, first: int) -> None:
    """Make all hashes from the row `first` on anew, as a thief who read the documents does."""
    rows = kept.sql.execute("SELECT * FROM logged WHERE sequence >= ? ORDER BY 1", (first,))
    query = "SELECT hash FROM passages WHERE sequence = ?"
    found = kept.sql.execute(query, (first - 1,)).fetchone()
    previous = found[0] if found else FIRST_HASH
    for row in [read_row(values) for values in rows.fetchall()]:
        previous = row_hash(STATION, row.sequence, previous, row.passage)
        kept.sql.execute(
            "UPDATE passages SET hash = ?, body_hash = sha256(body) WHERE sequence = ?",
            (previous, row.sequence),
        )


def test_an_untouched_log_holds(original: KeptLog) -> None:
    report = original.report([receipt(original, 1, ROWS)])

    assert report.holds
    assert (report.rows, report.first, report.last) == (ROWS, 1, ROWS)
    assert (report.emptied, report.signed_to, report.receipts) == (EMPTIED, ROWS, 1)


def test_an_empty_log_holds(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)

    report = kept.report()

    assert report.holds
    assert (report.rows, report.first, report.last, report.signed_to) == (0, 0, 0, 0)
    assert kept.head() is None
    assert kept.log.last_head() is None
    kept.log.close()


@settings(max_examples=300)
@given(data=st.data())
def test_any_edit_of_what_a_row_says_is_found_at_its_place(
    original: KeptLog, data: st.DataObject
) -> None:
    stolen = copy_of(original)
    column = data.draw(st.sampled_from(sorted(COVERED)))
    place = data.draw(st.integers(1, ROWS))
    new = data.draw(COVERED[column])
    query = f"SELECT {column} FROM passages WHERE sequence = ?"  # noqa: S608 a name of our own
    old = stolen.sql.execute(query, (place,)).fetchone()[0]

    change = f"UPDATE passages SET {column} = ? WHERE sequence = ?"  # noqa: S608 the same name
    stolen.sql.execute(change, (new, place))

    # What was in an emptied row's body and tag is zeros, and nothing is said of them.
    told = old != new and not (place <= EMPTIED and column in {"body", "tag"})
    findings = stolen.found()
    assert bool(findings) == told
    assert not told or any(first <= place <= last for _, first, last in findings)
    stolen.database.close()


@settings(max_examples=60)
@given(first=st.integers(1, ROWS), count=st.integers(1, ROWS - 1))
def test_dropped_rows_are_found(original: KeptLog, first: int, count: int) -> None:
    stolen = copy_of(original)
    last = min(ROWS, first + count - 1)

    stolen.sql.execute("DELETE FROM passages WHERE sequence BETWEEN ? AND ?", (first, last))

    code = Found.TAIL_CUT if last == ROWS else Found.ROWS_MISSING
    assert (code.value, first, last) in stolen.found()
    stolen.database.close()


@settings(max_examples=60)
@given(places=st.lists(st.integers(1, ROWS), min_size=2, max_size=2, unique=True))
def test_rows_that_changed_places_are_found(original: KeptLog, places: list[int]) -> None:
    stolen = copy_of(original)
    one, other = places
    for old, new in ((one, -1), (other, one), (-1, other)):
        stolen.sql.execute("UPDATE passages SET sequence = ? WHERE sequence = ?", (new, old))

    assert stolen.found()
    stolen.database.close()


@settings(max_examples=60)
@given(place=st.integers(EMPTIED + 1, ROWS), keep_heads=st.booleans(), sign=st.booleans())
def test_an_edit_with_all_hashes_made_anew_is_found_by_what_was_signed(
    original: KeptLog, place: int, keep_heads: bool, sign: bool
) -> None:
    stolen = copy_of(original)
    stolen.sql.create_function("sha256", 1, lambda raw: __import__("hashlib").sha256(raw).digest())
    stolen.sql.execute("UPDATE passages SET reason = 'red' WHERE sequence = ?", (place,))
    chain_anew(stolen, place)
    if sign:
        signer = row_signer(THIEF, STATION, CHAIN)
        stolen.sql.create_function("sign", 3, signer)
        stolen.sql.execute(
            "UPDATE passages SET signature = sign(sequence, hash, seen_at_ms / 1000)"
        )
    if not keep_heads:
        stolen.sql.execute("DELETE FROM heads")

    codes = {code for code, _, _ in stolen.found()}
    assert Found.SIGNATURE_WRONG in codes
    assert Found.TAIL_UNSIGNED in codes
    assert (Found.HEAD_CONTRADICTED in codes) == keep_heads
    stolen.database.close()


def test_without_any_signature_the_whole_log_is_unsigned(original: KeptLog) -> None:
    stolen = copy_of(original)
    stolen.sql.execute("UPDATE passages SET signature = NULL")
    assert not stolen.found()  # the head kept aside says the same

    stolen.sql.execute("DELETE FROM heads")
    assert stolen.found() == [("tail_unsigned", 1, ROWS)]
    stolen.database.close()


def test_rows_behind_the_last_head_are_unsigned_where_rows_are_not_signed(
    original: KeptLog,
) -> None:
    stolen = copy_of(original)
    stolen.sql.execute("UPDATE passages SET signature = NULL")
    stolen.sql.execute("DELETE FROM heads WHERE sequence > 20")

    assert stolen.found() == [("tail_unsigned", 21, ROWS)]
    stolen.database.close()


@pytest.mark.parametrize("place", [-5, 0, ROWS + 1])
def test_an_added_row_is_found(original: KeptLog, place: int) -> None:
    stolen = copy_of(original)
    stolen.sql.execute(
        "INSERT INTO passages SELECT ?, randomblob(16), seen_at_ms, clock, verdict, reason,"
        " direction, tag, trace_digest, body, body_hash, hash, signature, 0, 0, 0, 0"
        " FROM passages WHERE sequence = 30",
        (place,),
    )

    code = Found.ROW_ADDED if place < 1 else Found.ROW_EDITED
    assert (code.value, place, place) in stolen.found()
    stolen.database.close()


def test_a_cut_tail_without_a_trace_on_the_disk_is_found_by_its_receipt(
    original: KeptLog,
) -> None:
    stolen = copy_of(original)
    stolen.sql.execute("DELETE FROM passages WHERE sequence > 35")
    assert stolen.found() == [("tail_cut", 36, ROWS)]
    stolen.sql.execute("DELETE FROM heads WHERE sequence > 35")
    assert not stolen.found()

    report = stolen.report([receipt(original, 31, ROWS)])
    assert [(one.code, one.first, one.count) for one in report.findings] == [
        (Found.TAIL_CUT, 36, 5)
    ]
    assert not stolen.found([receipt(original, 21, 30)])
    assert not stolen.found([receipt(original, 31, ROWS, station="east-1")])
    stolen.database.close()


def test_a_receipt_for_a_row_that_was_dropped_between_says_so(original: KeptLog) -> None:
    stolen = copy_of(original)
    proof = receipt(original, 25, 35)
    stolen.sql.execute("DELETE FROM passages WHERE sequence = 30")

    found = stolen.found([proof])
    assert ("rows_missing", 30, 30) in found
    assert ("receipt_contradicted", 0, 0) in found
    stolen.database.close()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE heads SET signed = zeroblob(100) WHERE sequence = 20", Found.HEAD_NOT_OURS),
        ("UPDATE records SET signed = zeroblob(100)", Found.RECORD_NOT_OURS),
        ("DELETE FROM records", Found.EMPTIED_UNSIGNED),
        ("UPDATE passages SET emptied = 1 WHERE sequence = 30", Found.EMPTIED_UNSIGNED),
        ("UPDATE passages SET seen_at_ms = 1 << 60 WHERE sequence = 30", Found.ROW_UNREADABLE),
        ("UPDATE passages SET seen_at_ms = -1 WHERE sequence = 5", Found.ROW_UNREADABLE),
        ("UPDATE passages SET signature = zeroblob(64) WHERE sequence = 40", "signature_wrong"),
        ("UPDATE passages SET signature = zeroblob(3) WHERE sequence = 40", "signature_wrong"),
        ("UPDATE passages SET clock = '' WHERE sequence = 40", Found.ROW_UNREADABLE),
    ],
)
def test_what_stands_beside_the_rows_is_watched_too(
    original: KeptLog, statement: str, code: str
) -> None:
    stolen = copy_of(original)
    stolen.sql.execute(statement)

    assert code in {found for found, _, _ in stolen.found()}
    stolen.database.close()


def test_words_of_the_same_key_about_another_log_prove_nothing(tmp_path: Path) -> None:
    kept = written(tmp_path)
    elsewhere = Owner(station="east-1", chain=CHAIN, key=OWNER.key)
    kept.log._station = "east-1"
    kept.sql.execute("DELETE FROM heads")
    kept.head()
    kept.log._station = STATION
    record = LogRecord(
        kind=Taken.BEGINS,
        station=elsewhere.station,
        chain=CHAIN,
        first=1,
        last=5,
        hash_before=FIRST_HASH,
        hash_last=bytes(32),
        digest=bytes(32),
        made_at=LATER_S,
        why="retention",
    )
    signed = seal_record(OWNER.key, record)
    kept.sql.execute("INSERT INTO records VALUES (99, 1, 5, ?)", (signed,))

    assert kept.found() == [("record_not_ours", 0, 0), ("head_not_ours", 0, 0)]
    kept.log.close()


def test_a_dropped_prefix_with_an_old_record_of_the_beginning_is_found(tmp_path: Path) -> None:
    kept = written(tmp_path)
    kept.log.mark(delivered=range(1, ROWS + 1), set_aside=[])
    old = kept.sql.execute("SELECT * FROM records").fetchall()
    retain(kept.database, OWNER, now_s=LATER_S + 32 * DAY_S)
    assert kept.report().holds
    assert kept.report().first == EMPTIED + 1

    kept.sql.execute("DELETE FROM records")
    kept.sql.executemany("INSERT INTO records VALUES (?, ?, ?, ?)", old)
    assert ("rows_missing", 1, EMPTIED) in kept.found()
    kept.log.close()


def test_a_head_is_signed_once_a_row_and_a_bounded_number_is_kept(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.fill(1)
    first = kept.head()
    assert first is not None
    assert kept.head(BEGAN_S + 300) == first == kept.log.last_head()

    for number in range(2, HEADS_KEPT + 10):
        kept.log.append(person(number, verdict=Verdict.REFUSE))
        kept.head()
    assert kept.sql.execute("SELECT count(*), max(sequence) FROM heads").fetchone() == (
        HEADS_KEPT,
        HEADS_KEPT + 9,
    )
    assert kept.report().holds
    kept.log.close()


def test_a_damaged_file_is_a_fault_and_no_report(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.fill(3)
    kept.sql.execute("DROP VIEW logged")
    with pytest.raises(StationFault):
        kept.report()
    kept.log.close()
    with pytest.raises(StationFault):
        kept.report()


def test_a_file_that_is_not_whole_is_told_even_if_every_row_stands(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.fill(300)
    kept.sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    query = "SELECT rootpage FROM sqlite_schema WHERE name = 'set_aside'"
    page = kept.sql.execute(query).fetchone()[0]
    kept.log.close()
    path = tmp_path / FILE_NAME
    raw = bytearray(path.read_bytes())
    raw[4096 * (page - 1) : 4096 * page] = bytes(4096)
    path.write_bytes(raw)

    kept = kept_log(tmp_path)
    assert kept.found() == [("file_damaged", 0, 0)]
    kept.log.close()


def test_an_old_head_from_before_the_beginning_says_nothing(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.fill(5)
    old = kept.head()
    kept.fill(ROWS, first=6)
    kept.log.mark(delivered=range(1, 21), set_aside=[])
    retain(kept.database, OWNER, now_s=LATER_S)
    retain(kept.database, OWNER, now_s=LATER_S + 32 * DAY_S)
    assert kept.report().first == 21

    kept.sql.execute("INSERT INTO heads VALUES (5, ?)", (old,))
    assert kept.report().holds
    kept.log.close()
