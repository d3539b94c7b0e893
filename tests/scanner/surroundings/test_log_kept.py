"""What looks like damage and is none: the station stays with its log."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scanner.errors import StationFault
from scanner.record.database import FILE_NAME
from scanner.record.succession import KEPT_MAX
from scanner.scan.logkeeping import RETRY_S
from scanner.surroundings.known import open_known
from tests.fakes.disks import fill_up, small_disk
from tests.keys.makers import passage
from tests.scanner.surroundings.boxes import Box, box_of, overwrite


def store_many(box: Box) -> None:
    """Store rows until there is no room."""
    for number in range(600, 2000):
        made = passage(number)
        box.writer.store(lambda log, made=made: log.append(made))  # type: ignore[misc]


def unchanged(box: Box) -> bool:
    return box.known.identity.record.log == FILE_NAME and not list(box.data.glob("station-*"))


def test_a_locked_log_is_no_damaged_one(copy: Path) -> None:
    with box_of(copy) as box:
        box.store(600)
        with closing(sqlite3.connect(copy / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")

            def locked() -> None:
                box.writer.ask(lambda log: log._connection.execute("PRAGMA busy_timeout=10"))
                box.writer.store(lambda log: log.append(passage(601)))

            for _ in range(3):
                with pytest.raises(StationFault):
                    locked()
            other.execute("ROLLBACK")
        assert unchanged(box)


def test_a_log_of_a_later_program_is_no_damaged_one(copy: Path) -> None:
    with closing(sqlite3.connect(copy / FILE_NAME, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version=99")
    with box_of(copy) as box:
        for _ in range(3):
            with pytest.raises(StationFault) as caught:
                box.writer.ask(lambda log: log.inside())
            assert caught.value.code == "log_too_new"
            box.now_s += RETRY_S
        assert unchanged(box)


def test_a_full_disk_is_no_damaged_log(data: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2048) as disk:
        copied = Path(shutil.copytree(data, disk / "data"))
        with box_of(copied) as box:
            filling = fill_up(disk)
            with pytest.raises(StationFault):
                store_many(box)
            assert unchanged(box)
            filling.unlink()
            box.now_s += RETRY_S
            box.writer.store(lambda log: log.append(passage(5000)))
            assert unchanged(box)


def test_a_damaged_log_on_a_full_disk_stays_as_it_is_until_there_is_room(
    data: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 2048) as disk:
        copied = Path(shutil.copytree(data, disk / "data"))
        overwrite(copied / FILE_NAME, 0, b"nonsense")
        with box_of(copied) as box:
            filling = fill_up(disk)
            with pytest.raises(StationFault):
                box.writer.store(lambda log: log.append(passage(600)))
            assert box.known.identity.record == open_known(copied).identity.record
            assert box.known.identity.record.log == FILE_NAME
            filling.unlink()
            box.now_s += RETRY_S
            box.store(601)


def test_so_many_damaged_logs_are_kept_and_no_more(copy: Path) -> None:
    with box_of(copy) as box:
        for _ in range(KEPT_MAX):
            box.store(600 + len(box.known.identity.record.earlier))
            box.writer.close()
            overwrite(copy / box.known.identity.record.log, 0, b"nonsense")
        box.store(700)
        box.writer.close()
        overwrite(copy / box.known.identity.record.log, 0, b"nonsense")
        with pytest.raises(StationFault) as caught:
            box.writer.store(lambda log: log.append(passage(701)))
        assert caught.value.code == "log_damaged"
