"""Logs that are damaged under a running station: it goes on, and what can be read arrives once."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as options
from hypothesis import strategies as st

from keys.errors import MalformedBytes
from keys.passages import FIRST_HASH, encode_row
from scanner.commands.log_checking import DAMAGED_LOG_KEPT, verify_lines
from scanner.errors import StationFault
from scanner.record.database import DATABASE_ERRORS, FILE_NAME
from scanner.record.rows import read_row
from scanner.record.stationrecord import RECORD_FILE, read_record
from scanner.scan.logkeeping import RETRY_S
from scanner.surroundings.known import open_known
from scanner.surroundings.syncing import upkeep
from tests.fakes.office import Office
from tests.keys.makers import passage
from tests.scanner.surroundings.boxes import (
    DELIVERED,
    WAITING,
    box_of,
    doctor_on_log,
    ids,
    overwrite,
)


def stored(data: Path) -> set[bytes]:
    """Return the ids of the rows that can be read as waiting in a log, before it is touched."""
    with TemporaryDirectory() as folder:
        for file in data.glob("station.db*"):
            shutil.copy(file, folder)
        with closing(sqlite3.connect(Path(folder) / FILE_NAME)) as connection:
            try:
                query = "SELECT l.* FROM waiting w JOIN logged l ON l.sequence = w.sequence"
                return {row[1] for row in connection.execute(query) if _is_row(row)}
            except DATABASE_ERRORS:
                return set()


def _is_row(values: tuple[Any, ...]) -> bool:
    try:
        encode_row(read_row(values))
    except (MalformedBytes, ValueError, TypeError):
        return False
    return True


def without_tables(path: Path) -> None:
    """Leave a database in which nothing is named any more."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("DELETE FROM sqlite_master")


SPOILT: dict[str, Callable[[Path], object]] = {
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "nonsense": lambda path: path.write_bytes(b"nonsense" * 1000),
    "magic": lambda path: overwrite(path, 0, b"nonsense"),
    "schema format": lambda path: overwrite(path, 44, b"\x00\x00\x00\x05"),
    "first page": lambda path: overwrite(path, 0, random.Random(1).randbytes(4096)),
    "read only mode": lambda path: overwrite(path, 18, b"\x07"),
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "no tables": without_tables,
}
# Whatever stood behind it is still there: the salvage brings every row.
WHOLE = {"magic", "schema format", "first page", "read only mode"}


@pytest.mark.parametrize("how", SPOILT)
def test_a_damaged_log_closes_no_gate_and_loses_no_row_that_can_be_read(
    copy: Path, office: Office, how: str
) -> None:
    path = copy / FILE_NAME
    SPOILT[how](path)
    office.rows = {key: row for key, row in office.rows.items() if key[1] in ids(0, DELIVERED)}
    with box_of(copy) as box:
        new = box.store(500)
        box.send()
        record = box.known.identity.record
        assert box.writer.ask(lambda log: log.waiting_count()) == 0
    kept = {passage_id for _, passage_id in office.rows}

    assert new in kept
    if how in WHOLE:
        assert kept == ids(0, DELIVERED + WAITING) | {new}
    assert [one.log for one in record.earlier] == [FILE_NAME]
    assert path.exists()
    assert open_known(copy).identity.record == record


def fill(path: Path, raw: bytes) -> None:
    """Write `raw` over the whole of a file that somebody has open."""
    overwrite(path, 0, raw * (path.stat().st_size // len(raw)))


SPOILT_OPEN: dict[str, Callable[[Path], object]] = {
    "zeros": lambda path: fill(path, bytes(8)),
    "nonsense": lambda path: fill(path, b"nonsense"),
    "cut": lambda path: os.truncate(path, 1000),
}


@pytest.mark.parametrize("name", [FILE_NAME, f"{FILE_NAME}-wal"])
@pytest.mark.parametrize("how", SPOILT_OPEN)
def test_wrong_bytes_under_an_open_log_close_no_gate(
    copy: Path, office: Office, name: str, how: str
) -> None:
    with box_of(copy) as box:
        box.store(600)
        SPOILT_OPEN[how](copy / name)
        new = {box.store(number) for number in range(601, 610)}
        for _ in range(3):
            box.send()
            box.now_s += RETRY_S
    assert new <= {passage_id for _, passage_id in office.rows}


@options(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    place=st.integers(0, 1 << 20),
    raw=st.binary(min_size=1, max_size=4096),
    near=st.sampled_from((1, 4096, 1 << 20)),
)
def test_wrong_bytes_anywhere_close_no_gate(
    data: Path, office: Office, place: int, raw: bytes, near: int
) -> None:
    with TemporaryDirectory() as folder:
        copied = Path(shutil.copytree(data, Path(folder) / "data"))
        path = copied / FILE_NAME
        at = place % min(near, path.stat().st_size)
        if at < 64 and at + len(raw) > 60:
            raw = raw[: max(0, 60 - at)]
        overwrite(path, at, raw)
        readable = stored(copied)
        office.rows.clear()
        with box_of(copied) as box:
            new = box.store(500)
            box.send()
            box.now_s += RETRY_S
            box.send()
            assert box.known.identity.record.station == "west-1"
        kept = {passage_id for _, passage_id in office.rows}
        assert new in kept
        assert readable <= kept


def test_a_row_that_was_told_of_is_in_the_old_log_or_the_new_one(
    copy: Path, office: Office
) -> None:
    office.rows.clear()
    with box_of(copy) as box:
        before = box.store(600)
        with closing(sqlite3.connect(copy / FILE_NAME)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        box.writer.close()
        overwrite(copy / FILE_NAME, 0, b"nonsense")
        after = box.store(601)
        box.send()
        record = box.known.identity.record
    assert {before, after} <= {passage_id for _, passage_id in office.rows}
    assert record.behind == DELIVERED + WAITING + 1
    taken = [batch for batch in office.batches if batch.chain.hex() == record.chain][-1]
    assert taken.first_sequence == record.behind + 1
    assert taken.previous_hash.hex() == record.behind_hash


def test_the_new_log_holds_and_the_kept_one_is_told(copy: Path) -> None:
    overwrite(copy / FILE_NAME, 0, b"nonsense")
    with box_of(copy) as box:
        box.store(500)
        box.send()
        news = [box.new_log.news() for _ in range(3)]
        upkeep(box.known)
    assert news[0] is not None
    assert "log damaged" in news[0]
    assert news[1] == f"{FILE_NAME}: {WAITING} rows salvaged, 0 unreadable"
    assert news[2] is None
    finding, report = verify_lines(copy, [])
    assert finding["code"] == DAMAGED_LOG_KEPT
    assert (report["holds"], report["rows"]) == (True, 1)


def test_an_event_that_was_not_written_down_is_told_after_the_next_start(copy: Path) -> None:
    overwrite(copy / FILE_NAME, 0, b"nonsense")
    with box_of(copy) as box:
        box.writer.ask(lambda log: log.inside())
    with box_of(copy) as again:
        again.writer.ask(lambda log: log.inside())
        assert again.new_log.news() is not None
        again.store(500)
    with box_of(copy) as later:
        later.writer.ask(lambda log: log.inside())
        assert later.new_log.news() is None


def test_how_many_are_inside_is_not_forgotten(copy: Path) -> None:
    with box_of(copy) as box:
        box.store(600)
        inside = box.writer.ask(lambda log: log.inside())
        box.writer.close()
        overwrite(copy / FILE_NAME, 0, b"nonsense")
        assert box.writer.ask(lambda log: log.inside()) == inside > 0


def test_the_pushing_thread_finds_the_damage_first_and_the_scanning_one_goes_on(
    copy: Path,
) -> None:
    with box_of(copy) as box:
        box.store(600)
        overwrite(copy / FILE_NAME, 0, b"nonsense")
        fault = StationFault("corrupt", code="log_damaged")
        fault.__cause__ = _corrupt()
        assert box.new_log.replaces(fault, box.sender.record)
        box.writer.store(lambda log: log.append(passage(601)))
        assert box.writer.record == box.known.identity.record
        assert box.writer.record.behind == DELIVERED + WAITING + 1


def _corrupt() -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("database disk image is malformed")
    error.sqlite_errorname = "SQLITE_CORRUPT"
    return error


def test_wrong_bytes_that_are_met_twice_are_believed_though_a_look_finds_none(copy: Path) -> None:
    with box_of(copy) as box:
        fault = StationFault("corrupt", code="log_damaged")
        fault.__cause__ = _corrupt()
        assert not box.new_log.replaces(fault, box.new_log.record)
        assert box.new_log.replaces(fault, box.new_log.record)


def test_a_log_that_nothing_is_known_of_is_left_well_behind(copy: Path) -> None:
    (copy / FILE_NAME).write_bytes(b"nonsense" * 1000)
    with box_of(copy) as box:
        box.store(500)
        record = box.known.identity.record
    assert record.behind > DELIVERED
    assert record.behind_hash == FIRST_HASH.hex()


@pytest.mark.parametrize(
    "change",
    [
        {"log": "../station.db"},
        {"log": "station-1.db"},
        {"behind": -1},
        {"behind": 5},
        {"behind_hash": "00"},
        {"earlier": [{"log": "x", "chain": "00" * 16, "ended_at": 1}]},
        {"earlier": [{"log": FILE_NAME, "chain": "00", "ended_at": 1}]},
        {"earlier": [{"log": FILE_NAME, "chain": "00" * 16, "ended_at": "now"}]},
        {"earlier": [{"log": FILE_NAME, "chain": "00" * 16, "ended_at": 1, "why": "boredom"}]},
        {"earlier": 7},
        {"begun_at": -1},
        {"begun_at": "now"},
    ],
)
def test_a_record_that_names_no_log_of_ours_is_refused(
    copy: Path, change: dict[str, object]
) -> None:
    path = copy / RECORD_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(StationFault) as caught:
        read_record(copy)
    assert caught.value.code == "identity_damaged"


def test_the_doctor_names_the_damaged_file_until_it_is_taken_away(copy: Path) -> None:
    overwrite(copy / FILE_NAME, 0, b"nonsense")
    with box_of(copy) as box:
        box.store(600)
        assert FILE_NAME in doctor_on_log(copy).seen
        assert not doctor_on_log(copy).well
        (copy / FILE_NAME).unlink()
        assert doctor_on_log(copy).well
