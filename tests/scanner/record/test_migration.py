"""A folder of the first version goes on in the second: no row lost, every hash as it was, and its
bodies sealed as soon as there is a passage key.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from keys.passages import Verdict, decode_row
from keys.sealing import is_sealed, open_body
from scanner.errors import StationFault
from scanner.record.database import FILE_NAME, open_database
from scanner.record.resealing import STEP_ROWS, Resealed, seal_stored
from scanner.record.retention import KEEP_DAYS, retain
from tests.fakes.disks import fill_up, small_disk
from tests.scanner.record.logs import (
    BEGAN_S,
    DAY_S,
    OWNER,
    PASSAGE_KEY,
    SECRET,
    KeptLog,
    bytes_on_disk,
    kept_log,
    name,
    person,
    seal,
)
from tests.scanner.record.schema_1 import write_folder

COUNT = 40
WAITING = [20, *range(31, COUNT + 1)]
NOW_S = BEGAN_S + DAY_S
RING = {PASSAGE_KEY.kid: SECRET}


def old_folder(folder: Path, count: int = COUNT) -> list[object]:
    verdicts = (Verdict.ADMIT, Verdict.REFUSE)
    passages = [person(number, verdict=verdicts[number % 2]) for number in range(1, count + 1)]
    return list(write_folder(folder, passages, waiting=WAITING, set_aside={7: "conflict"}))


def reseal(kept: KeptLog) -> Resealed:
    return seal_stored(kept.database, OWNER, seal, now_s=NOW_S)


def bodies(kept: KeptLog) -> dict[int, bytes]:
    return {entry.row.sequence: entry.row.passage.body for entry in kept.log.entries()}


def test_every_row_of_the_first_version_is_there_with_its_state(tmp_path: Path) -> None:
    rows = old_folder(tmp_path)

    kept = kept_log(tmp_path)

    assert [entry.row for entry in kept.log.entries()] == rows
    states = {entry.row.sequence: (entry.state, entry.code) for entry in kept.log.entries()}
    assert [number for number, (state, _) in states.items() if state == "waiting"] == WAITING
    assert states[7] == ("set_aside", "conflict")
    assert kept.log.inside() == 0
    kept.log.append(person(COUNT + 1))
    assert kept.report().holds
    assert kept.log.inside() == 1
    kept.log.close()


def test_delivered_rows_are_sealed_in_place_and_waiting_ones_are_sent_as_they_were(
    tmp_path: Path,
) -> None:
    rows = old_folder(tmp_path)
    kept = kept_log(tmp_path)
    kept.head()

    assert reseal(kept) == Resealed(rows=COUNT - len(WAITING), file_cleaned=True)

    for number, body in bodies(kept).items():
        assert is_sealed(body) == (number not in WAITING)
        assert open_body(body, RING) == person(number).body
    waiting = kept.log.waiting_rows(100, after=20)
    assert waiting is not None
    assert [decode_row(row.raw) for row in waiting.rows] == rows[30:]
    assert kept.report().holds
    assert reseal(kept) == Resealed(rows=0, file_cleaned=True)
    kept.log.close()


def test_what_waited_is_sealed_after_its_delivery(tmp_path: Path) -> None:
    old_folder(tmp_path)
    kept = kept_log(tmp_path)
    reseal(kept)

    kept.log.mark(delivered=WAITING, set_aside=[])
    kept.head()

    assert reseal(kept).rows == len(WAITING)
    assert all(is_sealed(body) for body in bodies(kept).values())
    assert kept.report().holds
    kept.log.close()


def test_no_plain_copy_is_left_anywhere_in_the_folder(tmp_path: Path) -> None:
    old_folder(tmp_path, 1000)
    kept = kept_log(tmp_path)
    kept.log.mark(delivered=WAITING, set_aside=[])
    assert name(500) in bytes_on_disk(tmp_path)

    assert reseal(kept) == Resealed(rows=1000, file_cleaned=True)

    left = bytes_on_disk(tmp_path)
    assert not any(name(number) in left for number in range(1, 1001))
    kept.log.close()


def test_bodies_of_a_station_that_had_no_key_yet_are_sealed_too(tmp_path: Path) -> None:
    kept = kept_log(tmp_path, sealed=False)
    kept.fill(STEP_ROWS + 5)
    kept.log.mark(delivered=range(1, STEP_ROWS + 6), set_aside=[])

    assert reseal(kept).rows == STEP_ROWS + 5
    assert kept.report().holds
    kept.log.close()


def test_a_body_that_was_edited_while_it_lay_open_is_closed_but_not_signed_for(
    tmp_path: Path,
) -> None:
    old_folder(tmp_path)
    kept = kept_log(tmp_path)
    kept.head()
    kept.sql.execute("UPDATE passages SET body = x'a0' WHERE sequence = 5")
    kept.sql.execute("DELETE FROM passages WHERE sequence = 11")

    assert reseal(kept).rows == COUNT - len(WAITING) - 1

    found = kept.found()
    assert ("body_edited", 5, 5) in found
    assert ("rows_missing", 11, 11) in found
    assert not any(first == 6 for _, first, _ in found)
    kept.log.close()


@pytest.mark.parametrize("place", [3, 19])
def test_a_body_swapped_after_it_was_sealed_is_found(tmp_path: Path, place: int) -> None:
    old_folder(tmp_path)
    kept = kept_log(tmp_path)
    kept.head()
    reseal(kept)

    kept.sql.execute(
        "UPDATE passages SET body = ? WHERE sequence = ?", (seal(b"\xa1\x01\x01"), place)
    )

    assert [(code, first <= place <= last) for code, first, last in kept.found()] == [
        ("body_edited", True)
    ]
    kept.log.close()


def test_retention_shortens_the_record_of_what_was_sealed_in_place(tmp_path: Path) -> None:
    a_day = [person(n, seen_at_ms=(BEGAN_S + n * DAY_S) * 1000) for n in range(1, COUNT + 1)]
    write_folder(tmp_path, a_day, waiting=[20], set_aside={})
    kept = kept_log(tmp_path)
    kept.head()
    reseal(kept)
    limit_s = BEGAN_S + (KEEP_DAYS + 1) * DAY_S

    for places in (5, 6, 19):
        retain(kept.database, OWNER, now_s=limit_s + places * DAY_S)
        report = kept.report()
        assert report.holds
        assert report.emptied == places
    kept.sql.execute("UPDATE passages SET body = ? WHERE sequence = 25", (seal(b"\xa0"),))
    kept.log.mark(delivered=[20], set_aside=[])
    retain(kept.database, OWNER, now_s=limit_s + 24 * DAY_S)
    assert kept.report().emptied == 24
    found = kept.found()
    # The record does not stand any more, so nothing of it is signed anew: each row shows.
    assert ("body_edited", 25, 25) in found
    assert ("emptied_unsigned", 21, 21) in found
    assert ("emptied_unsigned", 20, 20) not in found
    kept.log.close()


def test_a_full_disk_leaves_the_first_version_and_the_next_start_migrates(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8192) as folder:
        passages = [person(number) for number in range(1, 3001)]
        write_folder(folder, passages, waiting=[3000], set_aside={})
        filling = fill_up(folder)
        with filling.open("r+b") as file:
            file.truncate(filling.stat().st_size - (600 << 10))

        with pytest.raises(StationFault) as caught:
            open_database(folder)
        assert caught.value.code == "disk_full"
        look = sqlite3.connect(folder / FILE_NAME)
        assert look.execute("PRAGMA user_version").fetchone() == (1,)
        assert look.execute("SELECT count(*) FROM passages").fetchone() == (3000,)
        look.close()
        filling.unlink()

        kept = kept_log(folder)
        assert kept.log.waiting_count() == 1
        kept.log.close()


def test_without_room_to_write_the_file_anew_bodies_are_sealed_and_it_is_tried_again(
    tmp_path: Path,
) -> None:
    old_folder(tmp_path)
    kept = kept_log(tmp_path)
    kept.sql.execute("PRAGMA busy_timeout=20")
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    reading = other.execute("SELECT * FROM passages")
    reading.fetchone()

    done = reseal(kept)
    assert done == Resealed(rows=COUNT - len(WAITING), file_cleaned=False)
    reading.close()
    other.execute("BEGIN IMMEDIATE")
    assert reseal(kept) == Resealed(rows=0, file_cleaned=False)
    other.execute("ROLLBACK")
    other.close()
    assert reseal(kept) == Resealed(rows=0, file_cleaned=True)
    kept.log.close()


def test_on_a_full_disk_bodies_are_sealed_as_far_as_there_is_room(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 8192) as folder:
        passages = [person(number) for number in range(1, 3001)]
        write_folder(folder, passages, waiting=[3000], set_aside={})
        kept = kept_log(folder, quick=False)
        kept.head()
        kept.sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        filling = fill_up(folder)
        with filling.open("r+b") as file:
            file.truncate(filling.stat().st_size - (1 << 20))

        with suppress(StationFault):
            assert not reseal(kept).file_cleaned
        assert kept.report().holds

        filling.unlink()
        assert reseal(kept).file_cleaned
        assert kept.report().holds
        assert sum(is_sealed(body) for body in bodies(kept).values()) == 2999
        kept.log.close()


def test_a_damaged_row_in_a_sealed_stretch_makes_its_record_worthless(tmp_path: Path) -> None:
    old_folder(tmp_path)
    kept = kept_log(tmp_path)
    kept.head()
    reseal(kept)
    kept.sql.execute("UPDATE passages SET clock = '?' WHERE sequence = 3")

    retain(kept.database, OWNER, now_s=BEGAN_S + (KEEP_DAYS + 1) * DAY_S)

    codes = {code for code, first, last in kept.found() if first <= 3 <= last}
    assert codes == {"row_unreadable"}
    assert kept.report().emptied == 18
    kept.log.close()
