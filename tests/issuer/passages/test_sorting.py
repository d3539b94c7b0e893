from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from issuer.passages.rules.sorting import Held, Mark, Sorted, shown_text, sort_rows
from keys.batches import Batch, SetAside
from keys.passages import FIRST_HASH, PassageRow, Verdict, row_hash
from tests.issuer.rigs import START_S, make_passage

NOTHING = Held(by_id={}, hashes={}, heads=frozenset(), begins_chain=True, is_second_chain=False)
CHAIN = bytes(16)


def make_rows(count: int, first: int = 1, previous: bytes = FIRST_HASH) -> list[PassageRow]:
    rows = []
    for sequence in range(first, first + count):
        passage = make_passage(sequence)
        previous = row_hash("gate", sequence, previous, passage)
        rows.append(PassageRow(sequence=sequence, passage=passage, hash=previous))
    return rows


def batch_of(
    rows: Sequence[PassageRow],
    *,
    first: int = 1,
    previous: bytes = FIRST_HASH,
    aside: tuple[SetAside, ...] = (),
) -> Batch:
    return Batch(
        station="gate",
        chain=CHAIN,
        first_sequence=first,
        previous_hash=previous,
        rows=tuple(rows),
        set_aside=aside,
        sent_at=START_S,
    )


def held_with(rows: Sequence[PassageRow], batch: Batch) -> Held:
    ids = {row.passage.passage_id for row in batch.rows}
    return Held(
        by_id={row.passage.passage_id: row for row in rows if row.passage.passage_id in ids},
        hashes={row.sequence: {row.hash} for row in rows},
        heads=frozenset(row.hash for row in rows if row.sequence == batch.first_sequence - 1),
        begins_chain=False,
        is_second_chain=False,
    )


def marks_of(done: Sorted) -> list[tuple[Mark, ...]]:
    return [new.marks for new in done.new]


def test_a_clean_batch_is_stored_whole_and_unmarked() -> None:
    rows = make_rows(5)
    done = sort_rows(batch_of(rows), NOTHING, ())
    assert [new.row for new in done.new] == rows
    assert done.stored == tuple(row.passage.passage_id for row in rows)
    assert (done.set_aside, done.evidence) == ((), ())
    assert marks_of(done) == [()] * 5


@given(st.integers(1, 6), st.integers(0, 6))
def test_whatever_was_stored_before_is_confirmed_and_not_stored_again(
    count: int, known: int
) -> None:
    rows = make_rows(count)
    batch = batch_of(rows)
    held = held_with(rows[:known], batch)
    done = sort_rows(batch, held, ())
    assert len(done.new) == max(0, count - known)
    assert len(done.stored) == count
    assert done.evidence == ()


def test_the_same_id_with_other_bytes_is_set_aside_as_a_conflict() -> None:
    rows = make_rows(3)
    other = replace(rows[1], passage=replace(rows[1].passage, verdict=Verdict.REFUSE))
    batch = batch_of(rows)
    done = sort_rows(batch, held_with([rows[0], other], batch), ())
    assert done.set_aside == (
        SetAside(sequence=2, passage_id=rows[1].passage.passage_id, code="conflict"),
    )
    assert "conflict" in done.evidence
    assert len(done.new) == 1


def test_the_same_row_twice_in_one_batch_is_stored_once() -> None:
    row = make_rows(1)[0]
    done = sort_rows(batch_of([row, row]), NOTHING, ())
    assert len(done.new) == 1
    assert done.stored == (row.passage.passage_id,)


def test_an_id_used_for_two_rows_of_one_batch_is_a_conflict() -> None:
    first, second = make_rows(2)
    twin = replace(second, passage=replace(second.passage, passage_id=first.passage.passage_id))
    done = sort_rows(batch_of([first, twin]), NOTHING, ())
    assert len(done.new) == 1
    assert done.set_aside[0].code == "conflict"


def test_rows_of_a_withdrawn_station_are_stored_and_marked() -> None:
    done = sort_rows(batch_of(make_rows(2)), NOTHING, (Mark.WITHDRAWN_STATION,))
    assert marks_of(done) == [(Mark.WITHDRAWN_STATION,)] * 2
    assert done.evidence == ()


def test_a_changed_row_is_stored_and_marked_as_breaking_the_chain() -> None:
    rows = make_rows(3)
    bent = replace(rows[1], passage=replace(rows[1].passage, verdict=Verdict.REFUSE))
    done = sort_rows(batch_of([rows[0], bent, rows[2]]), NOTHING, ())
    assert marks_of(done) == [(), (Mark.BROKEN_CHAIN,), ()]
    assert done.evidence == ("broken_chain",)


def test_a_row_out_of_its_place_breaks_the_chain() -> None:
    rows = make_rows(3)
    done = sort_rows(batch_of([rows[0], rows[2]]), NOTHING, ())
    assert marks_of(done) == [(), (Mark.BROKEN_CHAIN,)]


def test_behind_an_unreadable_row_the_chain_is_taken_up_again() -> None:
    rows = make_rows(4)
    aside = (SetAside(sequence=2, passage_id=None, code="malformed_row"),)
    done = sort_rows(batch_of([rows[0], rows[2], rows[3]], aside=aside), NOTHING, ())
    assert marks_of(done) == [(), (), ()]
    assert done.set_aside == aside


def test_another_row_at_a_known_place_is_a_fork_and_both_are_kept() -> None:
    known, other = make_rows(3), make_rows(3)
    batch = batch_of(other)
    done = sort_rows(batch, held_with(known, batch), ())
    assert marks_of(done) == [(Mark.FORK,)] * 3
    assert done.evidence == ("fork",)
    assert len(done.stored) == 3


def test_rows_that_are_missing_in_between_are_a_gap() -> None:
    rows = make_rows(6)
    batch = batch_of(rows[4:], first=5, previous=rows[3].hash)
    done = sort_rows(batch, held_with(rows[:2], batch), ())
    assert marks_of(done) == [(Mark.GAP,), ()]
    assert done.evidence == ("gap",)


def test_a_batch_behind_another_head_than_ours_is_a_fork() -> None:
    rows = make_rows(4)
    batch = batch_of(rows[2:], first=3, previous=os.urandom(32))
    done = sort_rows(batch, held_with(rows[:2], batch), ())
    assert done.new[0].marks == (Mark.BROKEN_CHAIN, Mark.FORK)


def test_a_first_row_behind_something_is_a_fork() -> None:
    previous = os.urandom(32)
    rows = make_rows(1, previous=previous)
    done = sort_rows(batch_of(rows, previous=previous), NOTHING, ())
    assert marks_of(done) == [(Mark.FORK,)]


def test_a_replaced_box_goes_on_behind_the_last_head_of_the_old_one() -> None:
    old = make_rows(3)
    rows = make_rows(2, first=4, previous=old[-1].hash)
    batch = batch_of(rows, first=4, previous=old[-1].hash)
    held = replace(NOTHING, heads=frozenset({old[-1].hash}))
    assert sort_rows(batch, held, ()).evidence == ()
    unknown = replace(NOTHING, heads=frozenset({os.urandom(32)}))
    assert sort_rows(batch, unknown, ()).evidence == ("gap",)


def test_a_replaced_box_that_lost_everything_begins_at_one() -> None:
    assert sort_rows(batch_of(make_rows(2)), NOTHING, ()).evidence == ()


def test_a_key_that_begins_a_second_chain_forks() -> None:
    held = replace(NOTHING, is_second_chain=True)
    done = sort_rows(batch_of(make_rows(2)), held, ())
    assert marks_of(done) == [(Mark.FORK,), ()]


def test_a_second_chain_is_told_where_it_begins_and_then_must_fit_itself() -> None:
    held_rows = make_rows(2)
    rows = make_rows(1, first=3, previous=held_rows[-1].hash)
    batch = batch_of(rows, first=3, previous=held_rows[-1].hash)
    held = replace(NOTHING, begins_chain=False, is_second_chain=True)
    fits = replace(held, hashes={2: {held_rows[-1].hash}})
    assert sort_rows(batch, fits, ()).evidence == ()
    other = replace(held, hashes={2: {os.urandom(32)}})
    assert sort_rows(batch, other, ()).evidence == ("fork",)


@given(st.text(max_size=30))
def test_no_text_of_a_body_breaks_a_line_or_a_database(text: str) -> None:
    shown = shown_text(text)
    assert len(shown) == len(text)
    assert "\x00" not in shown
    assert len(shown.splitlines()) <= 1
