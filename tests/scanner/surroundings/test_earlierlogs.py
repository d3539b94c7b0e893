"""Rows that were saved of a damaged log: sent, counted, carried on a stick, and deleted in time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from keys.batches import BATCH_MAX_BYTES
from keys.clock import ClockReading
from scanner.commands import everyday
from scanner.commands.log import export_log
from scanner.errors import NetworkDown
from scanner.record.database import FILE_NAME
from scanner.record.stationrecord import RECORD_FILE
from scanner.record.wiping import empty_old_rows, wipe
from scanner.settings import StationSettings
from scanner.surroundings.earlierlogs import (
    push_salvaged,
    retain_earlier,
    salvaged_waiting,
    save,
)
from scanner.surroundings.known import Known, open_known
from scanner.sync.folder import FolderFetcher, FolderWriter
from scanner.wiring import Running
from tests.fakes.office import Office
from tests.keys.makers import passage
from tests.scanner.surroundings.boxes import (
    DELIVERED,
    WAITING,
    box_of,
    doctor_on_log,
    ids,
    leaf_of,
    overwrite,
)

SAVED = "station-salvaged.db"
DAY_S = 86_400


class NoNetwork:
    """An office that is not reached."""

    def post(self, *_: object) -> bytes:
        """Fail as a cut cable does."""
        raise NetworkDown("cut")


@pytest.fixture
def damaged(copy: Path, office: Office) -> Path:
    """Return the folder of a station that went on from a damaged log, and saved it."""
    office.rows.clear()
    overwrite(copy / FILE_NAME, 0, b"nonsense")
    with box_of(copy) as box:
        box.store(500)
        save(box.known)
    return copy


def test_what_was_saved_waits_and_is_counted_wherever_waiting_rows_are(
    damaged: Path, tmp_path: Path
) -> None:
    known = open_known(damaged)
    record = replace(known.identity.record, issuer_url="http://127.0.0.1:9")
    known.identity = replace(known.identity, record=record)
    assert salvaged_waiting(known) == WAITING
    assert f"{WAITING + 1} waiting" in doctor_on_log(damaged).seen
    running = Running(damaged, known, StationSettings())
    task = running._push_once()
    try:
        with pytest.raises(NetworkDown):
            task.run()
        station = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
        assert station.freshness().waiting_rows == WAITING + 1
        station.close()
    finally:
        task.close()


def test_without_a_network_what_can_be_saved_is_saved_all_the_same(damaged: Path) -> None:
    known = open_known(damaged)
    with pytest.raises(NetworkDown):
        push_salvaged(known, NoNetwork())
    assert salvaged_waiting(known) == WAITING


def test_saved_rows_go_by_stick_and_are_delivered_when_the_receipts_come_back(
    damaged: Path, office: Office, tmp_path: Path
) -> None:
    office.rows.clear()
    stick = tmp_path / "stick"
    report = export_log(damaged, stick)
    assert (report["rows"], report["unreadable"]) == (WAITING + 1, 0)
    assert len(set(report["files"])) == 2
    fetcher = FolderFetcher(stick / "kakou")
    for name in fetcher.names("passages"):
        raw = fetcher.fetch(f"passages/{name}", BATCH_MAX_BYTES)
        FolderWriter(stick / "kakou").put(f"receipts/{name}", office.receive(raw))
    assert {passage_id for _, passage_id in office.rows} == ids(DELIVERED, DELIVERED + WAITING) | {
        passage(500).passage_id
    }
    back = everyday.sync_from(damaged, stick)["receipts"]
    assert back == {
        "ok": True,
        "taken": 2,
        "delivered": WAITING + 1,
        "set_aside": 0,
        "refused": [],
        "waiting": 0,
    }


def test_two_boxes_of_one_station_do_not_write_over_each_other_on_a_stick(
    copy: Path, damaged: Path, tmp_path: Path
) -> None:
    with box_of(damaged) as box:
        for number in range(501, 510):
            box.store(number)
    first = export_log(damaged, tmp_path)["files"]
    record = open_known(damaged).identity.record
    assert f"-{record.chain[:8]}" in first[0]
    assert first[1] == f"west-1-{DELIVERED + 1}-{DELIVERED + WAITING}"


# --- retention


def at(known: Known, ahead_s: int) -> Known:
    """Let a station live so much later, with its clock confirmed."""
    read = known.read

    def later() -> ClockReading:
        now = read()
        return ClockReading(
            wall_s=now.wall_s + ahead_s, boot_s=now.boot_s + ahead_s, boot_id=now.boot_id
        )

    known.read = later
    return known


def bodies_in(path: Path) -> list[bytes]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT body FROM passages")]


def deliver(data: Path, office: Office) -> None:
    with box_of(data) as box:
        box.send()
    assert salvaged_waiting(open_known(data)) == 0
    assert ids(DELIVERED, DELIVERED + WAITING) <= {passage_id for _, passage_id in office.rows}


def test_bodies_of_saved_rows_go_after_their_time_and_the_files_with_them(
    damaged: Path, office: Office
) -> None:
    deliver(damaged, office)
    known = open_known(damaged)
    retain_earlier(at(known, 20 * DAY_S), {})
    assert any(map(any, bodies_in(damaged / SAVED)))
    retain_earlier(at(known, 13 * DAY_S), {})
    assert not (damaged / SAVED).exists()
    assert not list(damaged.glob(f"{FILE_NAME}*"))
    assert doctor_on_log(damaged).well
    save(known)
    assert salvaged_waiting(known) == 0


def test_what_was_not_delivered_is_kept_however_old_it_is(damaged: Path, office: Office) -> None:
    known = at(open_known(damaged), 90 * DAY_S)
    retain_earlier(known, {})
    assert not (damaged / FILE_NAME).exists()
    assert salvaged_waiting(known) == WAITING
    deliver(damaged, office)


def test_old_rows_of_a_damaged_file_are_emptied_while_it_is_kept(copy: Path) -> None:
    path = copy / FILE_NAME
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(
            "UPDATE passages SET seen_at_ms = seen_at_ms - ? WHERE sequence <= 10",
            (40 * DAY_S * 1000,),
        )
    overwrite(path, leaf_of(path, DELIVERED + WAITING - 1), bytes(4096))
    with box_of(copy) as box:
        box.store(500)
        save(box.known)
        assert [one.log for one in box.known.identity.record.earlier] == [FILE_NAME]
        done: dict[str, int] = {}
        retain_earlier(box.known, done)
        retain_earlier(box.known, done)
        assert list(done) == [FILE_NAME]
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT emptied, body FROM passages WHERE sequence <= 12 ORDER BY sequence"
        kept = connection.execute(query).fetchall()
    assert [emptied for emptied, _ in kept] == [1] * 10 + [0] * 2
    assert not any(any(body) for emptied, body in kept if emptied)


def test_old_bodies_are_written_over_in_a_file_that_can_still_be_written(copy: Path) -> None:
    with closing(sqlite3.connect(copy / FILE_NAME)) as connection:
        [newest] = connection.execute("SELECT max(seen_at_ms) FROM passages").fetchone()
    assert empty_old_rows(copy / FILE_NAME, before_s=newest // 1000 + 1) == DELIVERED + WAITING
    assert not any(map(any, bodies_in(copy / FILE_NAME)))


def test_a_file_that_nothing_can_be_read_of_is_left_until_it_goes_as_a_whole(copy: Path) -> None:
    (copy / FILE_NAME).write_bytes(b"nonsense" * 1000)
    assert empty_old_rows(copy / FILE_NAME, before_s=1 << 31) == 0
    assert empty_old_rows(copy / "none.db", before_s=1 << 31) == 0
    wipe(copy / FILE_NAME)
    wipe(copy / FILE_NAME)
    assert not list(copy.glob(f"{FILE_NAME}*"))


def test_with_a_clock_that_is_not_confirmed_nothing_is_deleted(
    damaged: Path, office: Office
) -> None:
    deliver(damaged, office)
    known = open_known(damaged)
    read = known.read
    known.read = lambda: replace(read(), wall_s=read().wall_s + 90 * DAY_S, boot_id="another")
    retain_earlier(known, {})
    assert (damaged / FILE_NAME).exists()


def test_a_saved_file_that_is_damaged_itself_holds_up_nothing(damaged: Path) -> None:
    (damaged / SAVED).write_bytes(b"nonsense" * 100)
    known = at(open_known(damaged), 40 * DAY_S)
    assert salvaged_waiting(known) == 0
    assert push_salvaged(known, NoNetwork()) == 0
    retain_earlier(known, {})
    assert (damaged / FILE_NAME).exists()


def test_a_log_that_cannot_be_saved_yet_holds_up_nothing(damaged: Path) -> None:
    (damaged / SAVED).unlink()
    (damaged / f"{SAVED}.part").mkdir()
    known = open_known(damaged)
    save(known)
    assert salvaged_waiting(known) == 0
    retain_earlier(at(known, 90 * DAY_S), {})
    assert (damaged / FILE_NAME).exists()
    assert json.loads((damaged / RECORD_FILE).read_text())["earlier"]
