"""The log: what is appended stays, in a chain, until a receipt takes it off the queue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.passages import (
    FIRST_HASH,
    ClockGrade,
    Direction,
    Verdict,
    decode_row,
    row_hash,
)
from scanner.errors import StationFault
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from tests.keys.makers import passage

STATION = "west-1"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[PassageLog]:
    opened = PassageLog(open_database(tmp_path), STATION)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def growing_log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PassageLog]:
    """One log for many drawn passages: opening a new one costs more than the rest of a case."""
    opened = PassageLog(open_database(tmp_path_factory.mktemp("log")), STATION)
    yield opened
    opened.close()


def fill(log: PassageLog, count: int) -> None:
    for number in range(1, count + 1):
        log.append(passage(number))


def damage(log: PassageLog, statement: str) -> None:
    """Change the file as a failing disk or a stranger might."""
    log._connection.execute(statement)


def test_rows_are_numbered_and_chained_from_the_first(log: PassageLog) -> None:
    rows = [log.append(passage(number)) for number in range(1, 6)]

    assert [row.sequence for row in rows] == [1, 2, 3, 4, 5]
    previous = FIRST_HASH
    for row in rows:
        assert row.hash == row_hash(STATION, row.sequence, previous, row.passage)
        previous = row.hash
    assert [entry.row for entry in log.entries()] == rows


def test_a_chain_goes_on_where_it_was_after_a_restart(tmp_path: Path) -> None:
    first = PassageLog(open_database(tmp_path), STATION)
    last = first.append(passage(1))
    first.close()

    again = PassageLog(open_database(tmp_path), STATION)
    row = again.append(passage(2))
    again.close()

    assert row.sequence == 2
    assert row.hash == row_hash(STATION, 2, last.hash, row.passage)


@settings(max_examples=50)
@given(
    verdict=st.sampled_from(list(Verdict)),
    clock=st.sampled_from(list(ClockGrade)),
    direction=st.sampled_from(list(Direction)),
    reason=st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True),
    tag=st.none() | st.binary(min_size=16, max_size=16),
    trace_digest=st.none() | st.binary(min_size=32, max_size=32),
    body=st.binary(max_size=300),
)
def test_every_field_comes_back_as_it_was_written(
    growing_log: PassageLog, **fields: object
) -> None:
    before = growing_log.waiting_count()

    row = growing_log.append(passage(before + 1, **fields))

    assert [entry.row for entry in growing_log.entries()][-1] == row
    waiting = growing_log.waiting_rows(1, after=before)
    assert waiting is not None
    assert [decode_row(one.raw) for one in waiting.rows] == [row]


def test_an_empty_log_has_nothing_waiting(log: PassageLog) -> None:
    assert log.waiting_rows(500) is None
    assert (log.waiting_count(), log.set_aside_count()) == (0, 0)
    assert list(log.entries()) == []


def test_the_oldest_rows_wait_first_and_no_more_than_asked_for(log: PassageLog) -> None:
    fill(log, 7)

    waiting = log.waiting_rows(3)

    assert waiting is not None
    assert [row.sequence for row in waiting.rows] == [1, 2, 3]
    assert (waiting.first_sequence, waiting.previous_hash) == (1, FIRST_HASH)
    behind = log.waiting_rows(3, after=5)
    assert behind is not None
    assert [row.sequence for row in behind.rows] == [6, 7]
    assert log.waiting_count() == 7


def test_a_marked_row_waits_no_longer_and_stays_in_the_log(log: PassageLog) -> None:
    fill(log, 4)

    log.mark(delivered=[1, 3], set_aside=[(2, "conflict")])

    assert (log.waiting_count(), log.set_aside_count()) == (1, 1)
    assert [(entry.row.sequence, entry.state, entry.code) for entry in log.entries()] == [
        (1, "delivered", None),
        (2, "set_aside", "conflict"),
        (3, "delivered", None),
        (4, "waiting", None),
    ]


def test_the_newest_rows_set_aside_are_told_with_time_and_code(log: PassageLog) -> None:
    fill(log, 5)
    log.mark(delivered=[1], set_aside=[(2, "conflict"), (3, "malformed_row"), (5, "conflict")])

    told = log.newest_set_aside(2)

    assert [(sequence, code) for sequence, _, code in told] == [
        (5, "conflict"),
        (3, "malformed_row"),
    ]
    assert told[0][1] == passage(5).seen_at_ms


def test_marking_twice_or_what_is_not_there_changes_nothing(log: PassageLog) -> None:
    fill(log, 2)
    for _ in range(2):
        log.mark(delivered=[1, 99], set_aside=[(2, "conflict")])

    assert (log.waiting_count(), log.set_aside_count()) == (0, 1)


def test_a_mark_that_cannot_be_written_whole_is_not_written_at_all(log: PassageLog) -> None:
    fill(log, 2)
    damage(log, "CREATE TRIGGER no BEFORE INSERT ON set_aside BEGIN SELECT RAISE(ABORT, 'no'); END")

    with pytest.raises(StationFault):
        log.mark(delivered=[1], set_aside=[(2, "conflict")])
    assert (log.waiting_count(), log.set_aside_count()) == (2, 0)


def test_a_batch_ends_at_a_gap_and_the_next_one_names_the_hash_before_it(log: PassageLog) -> None:
    rows = [log.append(passage(number)) for number in range(1, 6)]
    log.mark(delivered=[1, 3], set_aside=[])

    first = log.waiting_rows(500)
    assert first is not None
    assert ([row.sequence for row in first.rows], first.previous_hash) == ([2], rows[0].hash)
    log.mark(delivered=[2], set_aside=[])
    second = log.waiting_rows(500)
    assert second is not None
    assert ([row.sequence for row in second.rows], second.previous_hash) == ([4, 5], rows[2].hash)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET verdict = 'let them in' WHERE sequence = 2",
        "UPDATE passages SET clock = '' WHERE sequence = 2",
        "UPDATE passages SET direction = 'sideways' WHERE sequence = 2",
        "UPDATE passages SET body = zeroblob(4096) WHERE sequence = 2",
        "UPDATE passages SET seen_at_ms = -1 WHERE sequence = 2",
        "UPDATE passages SET seen_at_ms = 1 << 60 WHERE sequence = 2",
        "DELETE FROM passages WHERE sequence = 2",
    ],
)
def test_a_damaged_row_ends_the_batch_and_then_stands_alone(
    log: PassageLog, statement: str
) -> None:
    fill(log, 4)
    damage(log, statement)

    before = log.waiting_rows(500)
    assert before is not None
    assert ([row.sequence for row in before.rows], before.unreadable) == ([1], (2,))
    log.mark(delivered=[1], set_aside=[])
    alone = log.waiting_rows(500)
    assert alone is not None
    assert (alone.rows, alone.unreadable) == ((), (2,))
    log.mark(delivered=[], set_aside=[(2, "damaged_here")])
    rest = log.waiting_rows(500)
    assert rest is not None
    assert [row.sequence for row in rest.rows] == [3, 4]


def test_a_row_that_cannot_be_read_is_left_out_of_the_list_and_hides_no_other(
    log: PassageLog,
) -> None:
    fill(log, 3)
    damage(log, "UPDATE passages SET verdict = 'let them in' WHERE sequence = 2")

    assert [entry.row.sequence for entry in log.entries()] == [1, 3]


def _append_for_ever(log: PassageLog) -> None:
    for number in range(4, 400):
        log.append(passage(number))


def test_a_full_disk_is_told_as_such_and_keeps_what_was_stored(log: PassageLog) -> None:
    fill(log, 3)
    pages = log._connection.execute("PRAGMA page_count").fetchone()[0]
    log._connection.execute(f"PRAGMA max_page_count={pages}")

    with pytest.raises(StationFault) as caught:
        _append_for_ever(log)
    assert caught.value.code == "disk_full"

    stored = [entry.row.sequence for entry in log.entries()]
    assert stored == list(range(1, len(stored) + 1))
    assert len(stored) == log.waiting_count() >= 3
    log._connection.execute("PRAGMA max_page_count=100000")
    assert log.append(passage(999)).sequence == len(stored) + 1


def test_an_id_that_is_there_already_is_not_stored_twice(log: PassageLog) -> None:
    log.append(passage(1))

    with pytest.raises(StationFault):
        log.append(passage(1))
    assert log.waiting_count() == 1
    assert log.append(passage(2)).sequence == 2


def test_a_log_that_another_holds_locked_is_a_fault_and_not_a_lost_row(
    tmp_path: Path, log: PassageLog
) -> None:
    log._connection.execute("PRAGMA busy_timeout=20")
    other = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StationFault) as appending:
        log.append(passage(1))
    with pytest.raises(StationFault) as marking:
        log.mark(delivered=[1], set_aside=[])
    other.execute("ROLLBACK")
    other.close()

    assert (appending.value.code, marking.value.code) == ("disk_unusable", "disk_unusable")
    assert log.append(passage(1)).sequence == 1


def test_a_closed_log_answers_with_a_fault(tmp_path: Path) -> None:
    log = PassageLog(open_database(tmp_path), STATION)
    log.close()

    for ask in (
        lambda: log.append(passage(1)),
        log.waiting_count,
        log.set_aside_count,
        lambda: log.waiting_rows(1),
        lambda: list(log.entries()),
    ):
        with pytest.raises(StationFault):
            ask()


def test_a_file_damaged_below_the_log_is_told_as_damage(tmp_path: Path) -> None:
    log = PassageLog(open_database(tmp_path), STATION)
    fill(log, 200)
    log._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.close()
    raw = bytearray((tmp_path / FILE_NAME).read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    (tmp_path / FILE_NAME).write_bytes(raw)

    log = PassageLog(open_database(tmp_path), STATION)
    for ask in (lambda: log.waiting_rows(500), lambda: list(log.entries()), log.waiting_count):
        with pytest.raises(StationFault) as caught:
            ask()
        assert caught.value.code == "log_damaged"
    with pytest.raises(StationFault) as caught:
        log.append(passage(1000))
    assert caught.value.code == "log_damaged"
    log.close()
