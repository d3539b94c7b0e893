"""Retention: what is old and delivered goes, nothing else, and the log can still be verified."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.batches import Receipt
from keys.passages import ClockGrade
from scanner.errors import StationFault
from scanner.record.counting import NEVER
from scanner.record.retention import KEEP_DAYS, STEP_ROWS, Retained, retain
from tests.fakes.disks import fill_up, small_disk
from tests.scanner.record.logs import (
    BEGAN_S,
    DAY_S,
    OWNER,
    STATION,
    KeptLog,
    bytes_on_disk,
    kept_log,
    person,
    tag,
)

COUNT = 60
# All of the first day's rows are older than 31 whole days.
OLD_S = (BEGAN_S // DAY_S + 1 + KEEP_DAYS) * DAY_S
MONTH_S = 31 * DAY_S


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptLog]:
    opened = kept_log(tmp_path)
    yield opened
    opened.log.close()


def run(kept: KeptLog, now_s: int = OLD_S, **more: int) -> Retained:
    return retain(kept.database, OWNER, now_s=now_s, **more)


def emptied(kept: KeptLog) -> list[int]:
    return [entry.row.sequence for entry in kept.log.entries() if entry.emptied]


def deliver(kept: KeptLog, first: int, last: int) -> None:
    kept.log.mark(delivered=range(first, last + 1), set_aside=[])


def test_bodies_and_tags_of_old_delivered_rows_go_and_the_rest_of_the_row_stays(
    kept: KeptLog,
) -> None:
    rows = kept.fill(COUNT)
    deliver(kept, 1, COUNT)

    done = run(kept)

    assert done == Retained(emptied=COUNT, removed=0, unproven=0, journal_emptied=True)
    for entry, row in zip(kept.log.entries(), rows, strict=True):
        passage = entry.row.passage
        assert (entry.emptied, passage.body, passage.tag) == (True, b"", None)
        assert (entry.row.hash, passage.passage_id) == (row.hash, row.passage.passage_id)
        assert passage.seen_at_ms == row.passage.seen_at_ms
    assert kept.report().holds
    assert kept.report().emptied == COUNT


def test_nothing_of_a_deleted_body_or_tag_is_left_in_any_file(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    rows = kept.fill(400)
    deliver(kept, 1, 300)
    bodies = [row.passage.body[9:60] for row in rows]
    tags = [tag(number) for number in range(1, 401)]
    assert all(one in bytes_on_disk(tmp_path) for one in bodies + tags)

    run(kept)

    left = bytes_on_disk(tmp_path)
    assert not any(one in left for one in bodies[:300] + tags[:300])
    assert all(one in left for one in bodies[300:] + tags[300:])
    kept.log.close()


def test_a_row_that_waits_keeps_everything_behind_it(kept: KeptLog) -> None:
    kept.fill(COUNT)
    deliver(kept, 1, 20)
    deliver(kept, 22, COUNT)

    assert run(kept).emptied == 20
    kept.log.mark(delivered=[], set_aside=[(21, "conflict")])
    assert run(kept).emptied == COUNT - 20
    assert kept.report().holds


def test_what_is_younger_than_the_limit_stays(kept: KeptLog) -> None:
    for number in range(1, COUNT + 1):
        day = 0 if number < 25 else 1
        kept.log.append(person(number, seen_at_ms=(BEGAN_S + day * DAY_S) * 1000 + number))
    deliver(kept, 1, COUNT)

    assert run(kept, OLD_S - 1).emptied == 0
    assert run(kept, OLD_S).emptied == 24
    assert emptied(kept) == list(range(1, 25))
    assert run(kept, OLD_S + DAY_S - 1).emptied == 0
    assert run(kept, OLD_S, keep_days=30).emptied == COUNT - 24


def test_a_row_of_a_clock_far_ahead_keeps_nobody_for_ever(kept: KeptLog) -> None:
    kept.fill(5)
    broken = (OLD_S + 90 * DAY_S) * 1000
    kept.log.append(person(6, seen_at_ms=broken, clock=ClockGrade.NOT_CONFIRMED))
    kept.fill(5, first=7)
    deliver(kept, 1, 11)

    assert run(kept).emptied == 11


def test_a_month_after_its_body_a_row_leaves_the_log_behind_a_signed_record(
    kept: KeptLog,
) -> None:
    rows = kept.fill(COUNT)
    kept.head()
    deliver(kept, 1, 50)
    kept.log.mark(delivered=[], set_aside=[(30, "conflict")])
    assert run(kept).removed == 0
    assert run(kept, OLD_S + MONTH_S - 1).removed == 0

    assert run(kept, OLD_S + MONTH_S).removed == 50

    report = kept.report()
    assert report.holds
    assert (report.first, report.rows, report.signed_to) == (51, 10, COUNT)
    assert [entry.row for entry in kept.log.entries()] == rows[50:]
    assert kept.log.set_aside_count() == 0
    assert kept.log.append(person(COUNT + 1)).sequence == COUNT + 1
    assert kept.report().holds


def test_the_newest_row_stays_so_that_the_chain_goes_on(kept: KeptLog) -> None:
    kept.fill(5)
    deliver(kept, 1, 5)
    run(kept)

    assert run(kept, OLD_S + MONTH_S).removed == 0
    assert kept.log.append(person(6)).sequence == 6
    assert run(kept, OLD_S + MONTH_S).removed == 5
    assert kept.report().holds
    assert kept.log.append(person(7)).sequence == 7
    assert kept.report().holds
    deliver(kept, 6, 7)
    assert run(kept).emptied == 2
    assert kept.report().holds


def test_prefix_after_prefix_leaves_one_record_of_the_beginning(kept: KeptLog) -> None:
    for week in range(12):
        first = 10 * week + 1
        for number in range(first, first + 10):
            seen_at_ms = (BEGAN_S + week * 7 * DAY_S) * 1000
            kept.log.append(person(number, seen_at_ms=seen_at_ms))
        deliver(kept, first, first + 9)
        run(kept, BEGAN_S + week * 7 * DAY_S)
        assert kept.report().holds
    report = kept.report()
    assert (report.first, report.last) == (21, 120)
    records = kept.sql.execute("SELECT count(*) FROM records").fetchone()[0]
    assert records == 1 + report.emptied // 10


def test_facts_of_a_deleted_tag_are_gone_and_of_others_stay(kept: KeptLog) -> None:
    kept.fill(COUNT)
    deliver(kept, 1, 20)
    run(kept)

    def ago(number: int) -> int:
        asked = kept.log.tag_facts([tag(number)], now_ms=OLD_S * 1000, midnight_ms=0)
        return asked.entry_ago_s

    assert ago(20) == NEVER
    assert ago(21) > 0
    assert kept.log.tag_facts([bytes(16)], now_ms=OLD_S * 1000, midnight_ms=0).entries_today == 0
    assert kept.log.inside() == COUNT


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE passages SET verdict = 'refuse' WHERE sequence = 17",
        "UPDATE passages SET body = x'a0' WHERE sequence = 17",
        "UPDATE passages SET clock = '?' WHERE sequence = 17",
        "UPDATE passages SET emptied = 1 WHERE sequence = 17",
    ],
)
def test_an_edited_row_loses_its_body_but_is_never_signed_for_and_never_leaves(
    kept: KeptLog, edit: str
) -> None:
    kept.fill(COUNT)
    deliver(kept, 1, COUNT)
    kept.sql.execute(edit)

    # A row that says it was emptied hides nobody: those before it are looked at too.
    run(kept)
    assert {first for _, first, _ in kept.found()} >= {17}
    run(kept, OLD_S + MONTH_S)
    assert kept.report().first <= 17
    assert {first for _, first, _ in kept.found()} >= {17}
    assert not any(
        entry.row.passage.body for entry in kept.log.entries() if entry.row.sequence != 17
    )


def test_a_missing_row_is_not_signed_away(kept: KeptLog) -> None:
    kept.fill(COUNT)
    deliver(kept, 1, COUNT)
    kept.sql.execute("DELETE FROM passages WHERE sequence = 17")

    assert run(kept) == Retained(emptied=59, removed=0, unproven=1, journal_emptied=True)
    assert run(kept) == Retained(emptied=0, removed=0, unproven=0, journal_emptied=True)
    assert run(kept, OLD_S + MONTH_S).removed == 16
    assert ("rows_missing", 17, 17) in kept.found()


def test_the_hash_before_an_emptied_stretch_is_fixed_by_its_record(kept: KeptLog) -> None:
    kept.fill(COUNT)
    deliver(kept, 1, COUNT)
    kept.sql.execute("UPDATE passages SET verdict = 'refuse' WHERE sequence = 17")
    run(kept)
    assert kept.found() == [("emptied_unsigned", 17, 17)]

    kept.sql.execute("UPDATE passages SET hash = zeroblob(32) WHERE sequence = 17")
    assert kept.found() == [("emptied_unsigned", 17, 17), ("row_edited", 18, 18)]


def test_many_rows_go_in_steps_each_with_its_record(kept: KeptLog) -> None:
    count = STEP_ROWS + 10
    for number in range(1, count + 1):
        kept.log.append(person(number, seen_at_ms=BEGAN_S * 1000, tag=None))
    deliver(kept, 1, count)

    assert run(kept).emptied == count
    assert kept.sql.execute("SELECT first, last FROM records ORDER BY first").fetchall() == [
        (1, STEP_ROWS),
        (STEP_ROWS + 1, count),
    ]
    assert kept.report().holds


def test_a_receipt_from_before_the_beginning_accuses_nobody(kept: KeptLog) -> None:
    rows = kept.fill(COUNT)
    deliver(kept, 1, 50)
    run(kept)
    run(kept, OLD_S + MONTH_S)

    def receipt(received_at: int, stored: slice) -> Receipt:
        ids = tuple(row.passage.passage_id for row in rows[stored])
        return Receipt(
            station=STATION,
            batch_hash=bytes(32),
            stored=ids,
            set_aside=(),
            received_at=received_at,
        )

    assert not kept.found([receipt(OLD_S, slice(50)), receipt(OLD_S + DAY_S, slice(50, None))])
    kept.sql.execute("DELETE FROM passages WHERE sequence > 55")
    assert kept.found([receipt(OLD_S + DAY_S, slice(50, None))]) == [("tail_cut", 56, 56)]


def test_a_reader_keeps_the_journal_and_the_next_run_empties_it(
    tmp_path: Path, kept: KeptLog
) -> None:
    kept.fill(COUNT)
    deliver(kept, 1, COUNT)
    kept.sql.execute("PRAGMA busy_timeout=20")
    other = kept_log(tmp_path)
    reading = other.sql.execute("SELECT * FROM passages")
    reading.fetchone()

    assert run(kept).journal_emptied is False
    reading.close()
    other.log.close()
    assert run(kept) == Retained(emptied=0, removed=0, unproven=0, journal_emptied=True)


def test_a_full_disk_during_retention_is_a_fault_and_the_log_still_holds(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 16_384) as folder:
        kept = kept_log(folder, quick=False)
        kept.fill(300)
        deliver(kept, 1, 300)
        kept.sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        filling = fill_up(folder)

        with pytest.raises(StationFault) as caught:
            run(kept)
        assert caught.value.code in {"disk_full", "disk_unusable"}
        assert kept.report().holds
        assert emptied(kept) == []

        filling.unlink()
        assert run(kept).emptied == 300
        assert kept.report().holds
        kept.log.close()
