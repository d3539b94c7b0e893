"""Opening the station's file: safe settings, one schema, and a code for every way it can fail."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from scanner.errors import StationFault
from scanner.record import database as database_module
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.record.schema import SCHEMA_VERSION
from tests.keys.makers import passage


def code_of(folder: Path) -> str:
    """Return the code with which opening fails."""
    with pytest.raises(StationFault) as caught:
        open_database(folder)
    assert caught.value.next_step
    return caught.value.code


def test_a_commit_survives_a_power_cut_because_of_settings_that_were_read_back(
    tmp_path: Path,
) -> None:
    database = open_database(tmp_path / "new" / "folder")

    assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert database.execute("PRAGMA busy_timeout").fetchone() == (5000,)
    database.close()


def test_a_file_is_opened_again_with_the_same_settings(tmp_path: Path) -> None:
    for _ in range(2):
        database = open_database(tmp_path)
        assert database.execute("PRAGMA synchronous").fetchone() == (2,)
        database.close()


def test_threads_that_open_a_new_file_at_one_moment_all_get_it(tmp_path: Path) -> None:
    for turn in range(8):
        folder = tmp_path / str(turn)
        start = threading.Barrier(4)
        opened: list[str] = []

        def open_one(folder: Path = folder, start: threading.Barrier = start) -> None:
            start.wait()
            database = open_database(folder)
            opened.append(database.execute("PRAGMA journal_mode").fetchone()[0])  # noqa: B023
            database.close()

        threads = [threading.Thread(target=open_one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert opened == ["wal"] * 4


def test_a_file_that_stays_locked_is_a_fault_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_MS", 30)
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("CREATE TABLE a (b)")
    other.execute("BEGIN EXCLUSIVE")

    assert code_of(tmp_path) == "disk_unusable"
    other.close()


def test_a_file_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    database = open_database(tmp_path)
    database.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    database.close()
    before = (tmp_path / FILE_NAME).read_bytes()

    assert code_of(tmp_path) == "log_too_new"
    assert (tmp_path / FILE_NAME).read_bytes() == before


@pytest.mark.parametrize(
    "raw", [b"no database at all" * 100, b"\0" * 8192, b"SQLite format 3\0junk"]
)
def test_a_file_that_is_no_database_is_told_as_damage_and_not_written_over(
    tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / FILE_NAME).write_bytes(raw)

    assert code_of(tmp_path) == "log_damaged"
    assert (tmp_path / FILE_NAME).read_bytes() == raw


def test_another_programs_database_is_not_taken_over(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / FILE_NAME)
    other.execute("CREATE TABLE passages (a)")
    other.close()

    assert code_of(tmp_path) == "disk_unusable"


def test_a_folder_that_is_a_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")

    assert code_of(tmp_path / "taken") == "disk_unusable"
    assert code_of(tmp_path / "taken" / "below") == "disk_unusable"


def test_a_folder_in_the_place_of_the_file_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()

    assert code_of(tmp_path) == "disk_unusable"


def _told(folder: Path) -> str:
    """Return how many rows wait, or the code of the fault."""
    try:
        log = PassageLog(open_database(folder), "west-1")
        try:
            return str(log.waiting_count())
        finally:
            log.close()
    except StationFault as fault:
        return fault.code


def test_a_truncated_log_keeps_its_rows_or_says_that_it_is_damaged(tmp_path: Path) -> None:
    log = PassageLog(open_database(tmp_path), "west-1")
    for number in range(1, 50):
        log.append(passage(number))
    log._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.close()
    whole = (tmp_path / FILE_NAME).read_bytes()

    for size in range(0, len(whole), 1024):
        (tmp_path / FILE_NAME).write_bytes(whole[:size])
        for rest in (tmp_path / f"{FILE_NAME}-wal", tmp_path / f"{FILE_NAME}-shm"):
            rest.unlink(missing_ok=True)
        assert _told(tmp_path) in {"0", "49", "log_damaged", "disk_unusable"}
