"""What can be saved of a damaged log."""

from __future__ import annotations

from pathlib import Path

from scanner.record.database import FILE_NAME, open_database
from scanner.record.salvage import salvage, salvage_name
from scanner.record.stationrecord import EarlierLog
from scanner.surroundings.known import open_known
from tests.scanner.surroundings.boxes import (
    DELIVERED,
    WAITING,
    box_of,
    leaf_of,
    overwrite,
    page_of,
)


def test_a_new_file_that_nothing_names_yet_changes_nothing(copy: Path) -> None:
    open_database(copy, f"station-{bytes(16).hex()}.db").close()
    with box_of(copy) as box:
        box.store(600)
        assert box.known.identity.record.log == FILE_NAME


def test_a_salvage_that_was_cut_is_made_anew(copy: Path) -> None:
    overwrite(copy / FILE_NAME, 0, b"nonsense")
    with box_of(copy) as box:
        box.store(600)
        [earlier] = box.known.identity.record.earlier
        (copy / f"{salvage_name(earlier)}.part").write_bytes(b"half")
        done = salvage(copy, earlier)
        assert done is not None
        assert (done.waiting, done.unreadable) == (WAITING, 0)
        assert salvage(copy, earlier) is None
    assert not list(copy.glob("*.part*")) + list(copy.glob("*.copy*"))


def salvaged(copy: Path) -> tuple[int, int]:
    """Return what could be saved of a damaged log: rows that may wait, and unreadable ones."""
    record = open_known(copy).identity.record
    done = salvage(copy, EarlierLog(log=FILE_NAME, chain=record.chain, ended_at=1))
    assert done is not None
    return done.waiting, done.unreadable


def test_where_it_cannot_be_read_which_rows_waited_all_do(copy: Path) -> None:
    overwrite(copy / FILE_NAME, page_of(copy / FILE_NAME, "waiting"), bytes(4096))
    assert salvaged(copy) == (DELIVERED + WAITING, 0)


def test_rows_around_bad_pages_are_saved_though_it_is_not_known_which_waited(copy: Path) -> None:
    path = copy / FILE_NAME
    overwrite(path, page_of(path, "waiting"), bytes(4096))
    overwrite(path, leaf_of(path, 30), bytes(4096))
    waiting, unreadable = salvaged(copy)
    assert DELIVERED + WAITING - 30 < waiting < DELIVERED + WAITING
    assert unreadable == 0


def test_rows_that_waited_and_cannot_be_read_are_counted_and_set_aside(copy: Path) -> None:
    path = copy / FILE_NAME
    overwrite(path, leaf_of(path, DELIVERED + 20), bytes(4096))
    waiting, unreadable = salvaged(copy)
    assert waiting + unreadable == WAITING
    assert 0 < unreadable < 30
