"""A disk with no room, or that may not be written: a fault with a code, and nothing lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.errors import StationFault
from scanner.record.database import open_database
from scanner.record.files import read_whole, write_whole
from scanner.record.identity import own_key
from scanner.record.passages import PassageLog
from tests.fakes.disks import as_nobody, fill_up, small_disk
from tests.keys.makers import passage


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder below which another user may look, unlike pytest's own, whatever umask tests run
    under.
    """
    folder = Path(tempfile.mkdtemp(prefix="kakou-test-"))
    folder.chmod(0o755)
    before = os.umask(0o022)
    yield folder
    os.umask(before)
    folder.chmod(0o755)
    shutil.rmtree(folder)


def code_of_fault(ask: object) -> str:
    """Return the code of the fault that `ask()` raises."""
    try:
        ask()  # type: ignore[operator]
    except StationFault as fault:
        return fault.code
    return "no fault"


def test_a_really_full_disk_takes_no_row_and_loses_none(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 512) as folder:
        log = PassageLog(open_database(folder), "west-1")
        stored = [log.append(passage(number)).sequence for number in range(1, 20)]
        filling = fill_up(folder)

        told = ""
        while not told:
            try:
                stored.append(log.append(passage(100 + len(stored))).sequence)
            except StationFault as fault:
                told = fault.code
        assert told in {"disk_full", "disk_unusable"}
        assert log.waiting_count() == len(stored)

        filling.unlink()
        stored.append(log.append(passage(2000)).sequence)
        assert stored == list(range(1, len(stored) + 1))
        assert [entry.row.sequence for entry in log.entries()] == stored
        log.close()


def test_a_file_that_found_no_room_leaves_the_old_one_and_gives_its_half_back(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", 256) as folder:
        write_whole(folder / "state", b"old")
        filling = fill_up(folder)

        with pytest.raises(StationFault) as caught:
            write_whole(folder / "state", bytes(1 << 20))

        assert caught.value.code == "disk_full"
        assert read_whole(folder / "state", 10) == b"old"
        assert sorted(path.name for path in folder.iterdir()) == ["filling", "state"]
        filling.unlink()
        write_whole(folder / "state", b"new")
        assert read_whole(folder / "state", 10) == b"new"


def test_a_folder_that_may_not_be_written_is_told_by_every_part(open_folder: Path) -> None:
    PassageLog(open_database(open_folder), "west-1").close()
    write_whole(open_folder / "state", b"old", mode=0o644)
    open_folder.chmod(0o555)

    def ask() -> str:
        return " ".join(
            (
                code_of_fault(lambda: open_database(open_folder)),
                code_of_fault(lambda: write_whole(open_folder / "state", b"new")),
                code_of_fault(lambda: own_key(open_folder, bytes(32))),
                str(read_whole(open_folder / "state", 10)),
            )
        )

    assert as_nobody(ask) == "disk_unusable disk_unusable key_file_unwritable b'old'"


def test_a_file_that_may_not_be_read_is_a_fault_and_not_an_absence(open_folder: Path) -> None:
    write_whole(open_folder / "state", b"old", mode=0o600)

    if as_nobody(lambda: "x") == "x":
        (open_folder / "state").chmod(0o000)
    told = as_nobody(lambda: code_of_fault(lambda: read_whole(open_folder / "state", 10)))
    assert told == "disk_unusable"


def test_a_file_larger_than_it_may_be_is_not_read_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "state", bytes(11))

    assert code_of_fault(lambda: read_whole(tmp_path / "state", 10)) == "cache_damaged"
    assert read_whole(tmp_path / "state", 11) == bytes(11)
    assert read_whole(tmp_path / "nothing", 10) is None
