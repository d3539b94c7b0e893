"""Logs that were removed by hand, or replaced by an older copy of theirs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from keys.passages import FIRST_HASH
from scanner.commands import everyday
from scanner.commands.log import export_log, log_lines
from scanner.commands.log_checking import LOG_REMOVED, ROLLED_BACK_LOG, verify_lines
from scanner.errors import StationFault
from scanner.record.database import FILE_NAME
from scanner.record.stationrecord import RECORD_FILE, Ended, StationRecord, read_record
from scanner.record.succession import REMEMBERED_MAX
from scanner.scan.logkeeping import RETRY_S
from scanner.surroundings.known import open_known
from scanner.surroundings.syncing import end_well, upkeep
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer
from tests.scanner.surroundings.boxes import (
    DELIVERED,
    WAITING,
    box_of,
    doctor_on_log,
    ids,
)

HEAD = "station.head"


def remove_log(data: Path, name: str = FILE_NAME) -> None:
    for file in data.glob(f"{name}*"):
        file.unlink()


def put_back(older: Path, data: Path) -> None:
    """Put the log of another copy of the folder in the place of this one's."""
    remove_log(data)
    for file in older.glob(f"{FILE_NAME}*"):
        shutil.copy(file, data)


def written_on(data: Path) -> None:
    """Let the station write some rows more, and end well."""
    with box_of(data) as box:
        for number in range(700, 705):
            box.store(number)
        end_well(box.known)


def gone_on(data: Path, number: int = 500) -> StationRecord:
    """Let the station write a row, and return its record then."""
    with box_of(data) as box:
        box.store(number)
        return box.known.identity.record


def codes(data: Path) -> list[str]:
    return [line["code"] for line in verify_lines(data, []) if "code" in line]


def test_a_log_that_was_removed_is_no_new_beginning(copy: Path, office: Office) -> None:
    remove_log(copy)
    with box_of(copy) as box:
        new = box.store(500)
        news = box.new_log.news()
        box.send()
        record = box.known.identity.record
    [earlier] = record.earlier
    assert (earlier.log, earlier.why) == (FILE_NAME, Ended.MISSING)
    assert record.behind > DELIVERED
    assert record.behind_hash == FIRST_HASH.hex()
    assert news is not None
    assert "log removed" in news
    assert new in {passage_id for _, passage_id in office.rows}
    assert record.remembers_since_s == earlier.ended_at


def test_nothing_makes_a_log_in_the_place_of_one_that_was_removed(copy: Path) -> None:
    remove_log(copy)
    known = open_known(copy)
    for ask in (
        lambda: list(log_lines(copy)),
        lambda: export_log(copy, copy / "stick"),
        lambda: everyday.sync(copy),
        lambda: upkeep(known),
    ):
        with pytest.raises(StationFault) as caught:
            ask()
        assert caught.value.code == "log_missing"
        assert caught.value.next_step
    end_well(known)
    assert codes(copy) == ["log_missing"]
    assert not doctor_on_log(copy).well
    assert not list(copy.glob(f"{FILE_NAME}*"))


def test_that_a_log_was_removed_is_told_for_a_month(copy: Path) -> None:
    remove_log(copy)
    record = gone_on(copy)
    assert codes(copy) == [LOG_REMOVED]
    assert LOG_REMOVED in doctor_on_log(copy).seen
    path = copy / RECORD_FILE
    told = json.loads(path.read_text())
    told["earlier"][0]["ended_at"] = record.earlier[0].ended_at - 32 * 86_400
    path.write_text(json.dumps(told))
    assert codes(copy) == []
    assert doctor_on_log(copy).well


def test_a_log_that_is_removed_under_a_running_station_goes_on_behind_its_last_row(
    copy: Path,
) -> None:
    with box_of(copy) as box:
        box.store(600)
        inside = box.writer.ask(lambda log: log.inside())
        remove_log(copy)
        box.store(601)
        record = box.known.identity.record
        assert record.behind == DELIVERED + WAITING + 1
        assert record.behind_hash != FIRST_HASH.hex()
        assert box.writer.ask(lambda log: log.inside()) == inside + 1
    assert record.earlier[-1].why is Ended.MISSING


def test_rows_that_waited_in_a_log_that_is_removed_under_a_running_station_are_rescued(
    copy: Path, office: Office
) -> None:
    office.rows.clear()
    with box_of(copy) as box:
        before = box.store(600)
        remove_log(copy)
        after = box.store(601)
        news = [box.new_log.news(), box.new_log.news()]
        box.send()
    assert f"{FILE_NAME}: {WAITING + 1} rows rescued" in news
    assert {passage_id for _, passage_id in office.rows} == ids(DELIVERED, DELIVERED + WAITING) | {
        before,
        after,
    }


def test_where_rows_cannot_be_rescued_the_gate_goes_on_all_the_same(copy: Path) -> None:
    with box_of(copy) as box:
        box.store(600)
        remove_log(copy)
        (copy / "station-salvaged.db.part").mkdir()
        box.store(601)
        assert box.known.identity.record.earlier[-1].why is Ended.MISSING


def test_an_older_copy_that_was_put_back_is_not_written_on(
    copy: Path, office: Office, tmp_path: Path
) -> None:
    older = Path(shutil.copytree(copy, tmp_path / "older"))
    written_on(copy)
    put_back(older, copy)
    assert "tail_cut" in codes(copy)
    assert not doctor_on_log(copy).well
    office.rows.clear()
    with box_of(copy) as box:
        new = box.store(500)
        news = [box.new_log.news(), box.new_log.news()]
        box.send()
        record = box.known.identity.record
    assert record.earlier[-1].why is Ended.ROLLED_BACK
    assert record.behind >= DELIVERED + WAITING + 5
    assert news[0] is not None
    assert "rolled back" in news[0]
    # What waited in the older copy is sent under the old chain: the office knows what it has.
    assert {passage_id for _, passage_id in office.rows} == ids(DELIVERED, DELIVERED + WAITING) | {
        new
    }
    assert codes(copy) == [ROLLED_BACK_LOG]
    assert ROLLED_BACK_LOG in doctor_on_log(copy).seen


def test_an_older_copy_is_found_by_a_receipt_where_the_head_is_gone(
    office: Office, server: OfficeServer, data: Path, tmp_path: Path
) -> None:
    copied = Path(shutil.copytree(data, tmp_path / "data"))
    older = Path(shutil.copytree(data, tmp_path / "older"))
    with box_of(copied) as box:
        box.send()
    put_back(older, copied)
    (copied / HEAD).unlink()
    shutil.copytree(copied / "receipts", tmp_path / "receipts")
    assert gone_on(copied).log == FILE_NAME  # the receipt is of rows that are all there
    with box_of(copied) as box:
        box.send()
    put_back(older, copied)
    (copied / HEAD).unlink()
    assert gone_on(copied).earlier[-1].why is Ended.ROLLED_BACK


def test_an_older_copy_that_is_put_back_under_a_running_station_is_not_written_on(
    copy: Path, office: Office, tmp_path: Path
) -> None:
    older = Path(shutil.copytree(copy, tmp_path / "older"))
    office.rows.clear()
    with box_of(copy) as box:
        rows = {box.store(600)}
        put_back(older, copy)
        rows.add(box.store(601))
        record = box.known.identity.record
        box.send()
    assert rows <= {passage_id for _, passage_id in office.rows}
    assert record.earlier[-1].why is Ended.ROLLED_BACK
    assert record.behind == DELIVERED + WAITING + 1


def test_other_rows_at_the_place_of_the_head_are_no_log_to_go_on_in(
    copy: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(copy, tmp_path / "other"))
    for folder, number in ((copy, 700), (other, 800)):
        with box_of(folder) as box:
            box.store(number)
            end_well(box.known)
    put_back(other, copy)
    assert "head_contradicted" in codes(copy)
    assert gone_on(copy).earlier[-1].why is Ended.ROLLED_BACK


@pytest.mark.parametrize("raw", [b"", b"nonsense", bytes(10_000), None], ids=str)
def test_a_head_that_is_damaged_or_not_there_keeps_no_station_from_its_log(
    copy: Path, raw: bytes | None
) -> None:
    written_on(copy)
    if raw is None:
        (copy / HEAD).unlink()
        (copy / HEAD).mkdir()
    else:
        (copy / HEAD).write_bytes(raw)
    with box_of(copy) as box:
        box.store(500)
        end_well(box.known)
        assert box.known.identity.record.log == FILE_NAME
    assert codes(copy) == []


def test_a_head_of_another_chain_says_nothing_of_this_log(copy: Path, tmp_path: Path) -> None:
    written_on(copy)
    head = (copy / HEAD).read_bytes()
    remove_log(copy)
    record = gone_on(copy)
    (copy / record.log).with_suffix(".head").write_bytes(head)
    assert gone_on(copy, 501).log == record.log


def test_a_folder_that_is_gone_as_a_whole_is_a_disk_that_was_taken_out(copy: Path) -> None:
    away = copy.with_name("away")
    with box_of(copy) as box:
        box.store(600)
        copy.rename(away)
        for _ in range(3):
            with pytest.raises(StationFault) as caught:
                box.writer.ask(lambda log: log.inside())
            assert caught.value.code in {"log_replaced", "disk_unusable"}
            box.now_s += RETRY_S
        assert not copy.exists()
        away.rename(copy)
        box.store(601)
        assert box.known.identity.record.log == FILE_NAME


def test_a_station_that_wrote_nothing_yet_has_lost_nothing(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert everyday.enrol(data, office.add_station("east-1"), server.url)["pull"]["ok"]
    assert not (data / FILE_NAME).exists()
    assert codes(data) == []
    assert gone_on(data).log == FILE_NAME
    assert read_record(data).log_made
    assert read_record(data).remembers_since_s is None


def test_a_folder_of_an_earlier_program_is_read_and_its_log_noted(copy: Path) -> None:
    path = copy / RECORD_FILE
    old = json.loads(path.read_text())
    for name in ("begun_at", "log_made"):
        old.pop(name)
    path.write_text(json.dumps(old))
    (copy / HEAD).unlink(missing_ok=True)
    assert gone_on(copy).log == FILE_NAME
    assert read_record(copy).log_made


def test_so_many_logs_are_remembered_and_no_more(copy: Path) -> None:
    path = copy / RECORD_FILE
    told = json.loads(path.read_text())
    gone = [
        {"log": f"station-{number:032x}.db", "chain": f"{number:032x}", "ended_at": number + 1}
        for number in range(REMEMBERED_MAX + 10)
    ]
    path.write_text(json.dumps(told | {"earlier": gone}))
    (copy / "station-00000000000000000000000000000003.db").write_bytes(b"kept")
    remove_log(copy)
    record = gone_on(copy)
    assert len(record.earlier) == REMEMBERED_MAX
    assert record.earlier[-1].why is Ended.MISSING
    assert record.earlier[0].log.endswith("3.db")


def test_a_record_that_cannot_be_written_keeps_no_station_from_its_log(copy: Path) -> None:
    path = copy / RECORD_FILE
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"log_made": False}))
    blocked = copy / f".{RECORD_FILE}.part"
    blocked.mkdir()
    assert gone_on(copy).log == FILE_NAME
    assert not read_record(copy).log_made
    blocked.rmdir()
    assert gone_on(copy, 501).log == FILE_NAME
    assert read_record(copy).log_made
