"""A log that comes and goes with its disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scanner.errors import StationFault
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.scan.logkeeping import RETRY_S, KeptLog, same_file


class Bench:
    """A kept log in a folder, and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now_s = 0.0
        self.opened = 0
        self.log = KeptLog(self._open, lambda: self.now_s, same_file(folder / FILE_NAME))

    def _open(self) -> PassageLog:
        self.opened += 1
        database = open_database(self.folder)
        database.conn.execute("PRAGMA busy_timeout=10")
        return PassageLog(database, "west-1")

    def inside(self) -> int:
        """Ask the log something."""
        return self.log.ask(lambda log: log.inside())

    def count(self, people: int) -> None:
        """Store something."""
        self.log.store(lambda log: log.set_inside(people))

    def standing(self) -> str | None:
        """Return the fault that stands now."""
        return self.log.fault

    def fault(self) -> str:
        """Return the code with which it cannot be asked."""
        with pytest.raises(StationFault) as caught:
            self.inside()
        return caught.value.code


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "gate")
    yield made
    made.log.close()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep everybody else from writing."""
    other = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_it_is_opened_when_it_is_first_asked_and_kept_open(bench: Bench) -> None:
    assert bench.opened == 0
    assert [bench.inside(), bench.inside()] == [0, 0]
    assert (bench.opened, bench.log.fault) == (1, None)


def test_a_log_that_is_written_by_somebody_else_is_waited_for(bench: Bench) -> None:
    bench.count(1)
    with locked(bench.folder):
        with pytest.raises(StationFault):
            bench.count(2)
        assert bench.log.fault == "disk_unusable"
        assert bench.inside() == 1  # what can be read is read; the fault stays
        assert bench.log.fault == "disk_unusable"
    bench.log.probe()
    assert bench.log.fault == "disk_unusable"  # not before the pause is over
    bench.now_s += RETRY_S
    bench.log.probe()
    assert bench.standing() is None
    assert (bench.inside(), bench.opened) == (1, 1)


def test_a_probe_that_fails_is_silent(bench: Bench) -> None:
    bench.count(1)
    with locked(bench.folder):
        with pytest.raises(StationFault):
            bench.count(2)
        bench.now_s += RETRY_S
        bench.log.probe()
        assert bench.log.fault == "disk_unusable"


def test_a_log_that_was_removed_is_begun_anew(bench: Bench) -> None:
    bench.count(5)
    for file in bench.folder.glob(f"{FILE_NAME}*"):
        file.unlink()
    assert bench.fault() == "log_replaced"
    bench.now_s += RETRY_S
    assert bench.inside() == 0
    bench.log.probe()
    assert bench.log.fault is None


def test_a_damaged_log_is_told_by_its_code_and_mended_by_a_good_file(bench: Bench) -> None:
    bench.folder.mkdir()
    (bench.folder / FILE_NAME).write_bytes(b"no database at all" * 100)
    assert bench.fault() == "log_damaged"
    assert bench.fault() == "log_damaged"
    assert bench.opened == 1  # nobody waits twice for the same fault
    (bench.folder / FILE_NAME).unlink()
    bench.now_s += RETRY_S
    assert bench.inside() == 0
