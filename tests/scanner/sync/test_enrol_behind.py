"""A box that takes the place of another one of the same station, and a folder enrolled anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.enrolment import LastHead
from keys.passages import FIRST_HASH
from scanner.commands import everyday
from scanner.commands.log_checking import verify_lines
from scanner.record.database import FILE_NAME
from scanner.record.stationrecord import RECORD_FILE, Ended, read_record
from scanner.settings import StationSettings
from scanner.surroundings.known import open_known
from scanner.surroundings.newlog import CurrentLog, NewLog
from scanner.surroundings.syncing import end_well
from scanner.wiring import Running
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer
from tests.keys.makers import passage
from tests.scanner.sync.rigs import NOW, enrolling

LAST = LastHead(chain=b"c" * 16, sequence=41, hash=b"h" * 32)


def write(folder: Path, *numbers: int) -> tuple[list[int], str | None]:
    """Let the station write rows; return their places, and what it tells of its log."""
    new_log = NewLog(open_known(folder))
    log = CurrentLog(new_log, lambda: 0.0, writes=True)
    try:
        rows = [log.store(lambda kept, n=n: kept.append(passage(n))) for n in numbers]  # type: ignore[misc]
    finally:
        log.close()
    return [row.sequence for row in rows], new_log.news()


def test_a_new_box_goes_on_behind_the_last_row_of_the_old_one(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.last_heads["west-1"] = LAST
    record = enrolling(tmp_path, server, code)
    assert (record.behind, record.behind_hash) == (41, LAST.hash.hex())
    assert record.remembers_since_s == NOW
    assert read_record(tmp_path) == record
    places, news = write(tmp_path, 1, 2)
    assert places == [42, 43]
    assert news == "new box: goes on behind 41"
    [report] = verify_lines(tmp_path, [])
    assert (report["holds"], report["first"], report["behind"]) == (True, 42, 41)
    assert report["begun_at"] == NOW


def test_a_new_box_of_a_station_whose_old_one_sent_nothing_begins_at_one_and_knows_nobody(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.last_heads["west-1"] = LastHead()
    record = enrolling(tmp_path, server, code)
    assert record.goes_on_from == (0, FIRST_HASH)
    assert record.remembers_since_s == NOW
    assert write(tmp_path, 1)[0] == [1]
    [report] = verify_lines(tmp_path, [])
    assert report["holds"]


def test_a_new_box_says_since_when_it_knows_who_passed(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.last_heads["west-1"] = LAST
    enrolling(tmp_path / "data", server, code)
    running = Running(tmp_path / "data", open_known(tmp_path / "data"), StationSettings())
    # Policies that look back further are a hand check (tests/scanner/test_station_memory.py).
    assert running._surroundings().log_begun_s() == NOW


def test_a_first_box_knows_all_there_is_to_know(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    record = enrolling(tmp_path, server, office.add_station())
    assert record.remembers_since_s is None
    places, news = write(tmp_path, 1)
    assert (places, news) == ([1], None)
    [report] = verify_lines(tmp_path, [])
    assert "behind" not in report


def test_an_enrolment_that_was_cut_before_its_record_is_made_whole_by_the_same_code(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.last_heads["west-1"] = LAST
    first = enrolling(tmp_path, server, code)
    (tmp_path / RECORD_FILE).unlink()
    record = enrolling(tmp_path, server, code)
    assert record.log != first.log
    assert record.earlier == ()  # nothing stands in the file that was made then
    assert write(tmp_path, 1)[0] == [42]


@pytest.mark.parametrize("ends_well", [True, False])
def test_a_folder_that_lost_its_record_keeps_its_rows_and_goes_on(
    office: Office, server: OfficeServer, tmp_path: Path, *, ends_well: bool
) -> None:
    first = enrolling(tmp_path, server, office.add_station())
    write(tmp_path, 1, 2, 3)
    if ends_well:
        end_well(open_known(tmp_path))
    (tmp_path / RECORD_FILE).unlink()
    code = office.add_station()
    office.last_heads["west-1"] = LAST
    record = enrolling(tmp_path, server, code)
    [left] = record.earlier
    assert (left.log, left.why) == (FILE_NAME, Ended.LEFT)
    assert left.chain == (first.chain if ends_well else LAST.chain.hex())
    places, news = write(tmp_path, 4)
    assert places == [42]
    assert news is not None
    assert "enrolled anew" in news


def test_a_damaged_log_that_was_left_keeps_no_folder_from_being_enrolled(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    enrolling(tmp_path, server, office.add_station())
    write(tmp_path, 1)
    (tmp_path / FILE_NAME).write_bytes(b"nonsense" * 1000)
    (tmp_path / "station.head").unlink(missing_ok=True)
    (tmp_path / RECORD_FILE).unlink()
    record = enrolling(tmp_path, server, office.add_station())
    [left] = record.earlier
    assert left.chain == record.chain
    assert write(tmp_path, 2)[0] == [1]


def test_the_command_says_behind_which_row_a_new_box_goes_on(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    first = everyday.enrol(tmp_path / "first", office.add_station(), server.url)
    assert "behind" not in first
    code = office.add_station()
    office.last_heads["west-1"] = LAST
    assert everyday.enrol(tmp_path / "second", code, server.url)["behind"] == 41
