"""Who counts as passed is under no signature; what the rows say themselves must bear it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.bodies import PassageBody, encode_body
from keys.passages import Direction, Passage, Reason, Verdict
from scanner.errors import StationFault
from scanner.record.marks import SAME_VISIT_MS, OddMarks, mend_marks, odd_marks, runs
from tests.scanner.record.logs import BEGAN_S, DAY_S, KeptLog, kept_log, person, tag

NOTHING = OddMarks((), ())
HOUR_S = 3600


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptLog]:
    made = kept_log(tmp_path)
    yield made
    made.log.close()


def at(number: int, after_s: int, about: Passage | None = None, **changes: object) -> Passage:
    """Return a passage of person 7, `after_s` after noon."""
    body = PassageBody(about=None if about is None else about.passage_id)
    fields = {"tag": tag(7), "seen_at_ms": (BEGAN_S + DAY_S // 2 + after_s) * 1000}
    return person(number, **fields | {"body": encode_body(body)} | changes)


def uncount(kept: KeptLog, *places: int) -> None:
    for place in places:
        kept.sql.execute("UPDATE passages SET counts = 0 WHERE sequence = ?", (place,))


def entries(kept: KeptLog) -> int:
    facts = kept.log.tag_facts([tag(7)], now_ms=(BEGAN_S + 2 * DAY_S) * 1000, midnight_ms=0)
    return facts.entries_today


def marks_found(kept: KeptLog) -> list[tuple[str, int, int]]:
    return [one for one in kept.found() if one[0] == "marks_edited"]


def test_a_passage_that_was_made_to_count_no_longer_is_found_and_counts_again(
    kept: KeptLog,
) -> None:
    kept.fill(3)
    kept.log.append(at(4, 0))
    uncount(kept, 2, 3, 4)
    assert entries(kept) == 0
    assert odd_marks(kept.sql) == OddMarks((2, 3, 4), ())
    assert marks_found(kept) == [("marks_edited", 2, 4)]
    assert mend_marks(kept.sql) == 3
    assert entries(kept) == 1
    assert (odd_marks(kept.sql), marks_found(kept)) == (NOTHING, [])
    assert mend_marks(kept.sql) == 0


def test_a_refusal_that_was_made_to_count_is_found_and_does_not_any_more(kept: KeptLog) -> None:
    kept.log.append(at(1, 0, verdict=Verdict.REFUSE))
    kept.sql.execute("UPDATE passages SET counts = 1")
    assert odd_marks(kept.sql) == OddMarks((), (1,))
    assert mend_marks(kept.sql) == 1
    assert entries(kept) == 0


def test_what_was_taken_back_or_told_anew_needs_no_mending(kept: KeptLog) -> None:
    first = at(1, 0)
    kept.log.append(first)
    kept.log.append(at(2, 20, about=first, reason=Reason.TAKEN_BACK))
    again = at(3, 30)
    kept.log.append(again)
    kept.log.append(at(4, 40, about=again, verdict=Verdict.HAND_CHECK))
    decided = at(5, 5 * HOUR_S, reason=Reason.HAND_CHECKED)
    kept.log.append(decided, in_place_of=again.passage_id)
    assert entries(kept) == 1
    assert (odd_marks(kept.sql), marks_found(kept)) == (NOTHING, [])


@pytest.mark.parametrize(
    "later",
    [
        lambda: at(2, SAME_VISIT_MS // 1000 + 1),
        lambda: at(2, 10, direction=Direction.EXIT),
        lambda: at(2, 10, tag=tag(8)),
        lambda: at(2, 10, verdict=Verdict.REFUSE),
        lambda: at(2, 10, reason=Reason.INCIDENT),
    ],
)
def test_a_later_row_that_speaks_of_something_else_is_no_reason(
    kept: KeptLog, later: Callable[[], Passage]
) -> None:
    kept.log.append(at(1, 0))
    kept.log.append(later())
    uncount(kept, 1)
    assert odd_marks(kept.sql).missing == (1,)


def test_one_later_row_is_a_reason_for_one_passage_only(kept: KeptLog) -> None:
    for number in range(1, 5):
        kept.log.append(at(number, 10 * number))
    uncount(kept, 1, 2, 3)
    assert odd_marks(kept.sql) == NOTHING
    uncount(kept, 4)
    assert odd_marks(kept.sql).missing == (4,)


def test_rows_without_a_tag_or_of_the_last_minutes_of_a_day_are_not_judged(kept: KeptLog) -> None:
    kept.log.append(at(1, 0, tag=None))
    kept.log.append(at(2, DAY_S // 2 - 60))
    uncount(kept, 1, 2)
    assert odd_marks(kept.sql) == NOTHING


def test_a_log_that_cannot_be_read_is_a_fault(kept: KeptLog) -> None:
    kept.sql.execute("DROP TABLE waiting")
    kept.sql.execute("DROP VIEW logged")
    kept.sql.execute("ALTER TABLE passages RENAME TO others")
    with pytest.raises(StationFault):
        odd_marks(kept.sql)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["admit", "held", "undo", "anew"])),
        max_size=20,
    )
)
def test_no_honest_history_has_odd_marks(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    kept = kept_log(tmp_path_factory.mktemp("log"))
    counted: dict[int, Passage] = {}
    for number, (who, step) in enumerate(steps, start=1):
        mine: dict[str, Any] = {"tag": tag(who)}
        before = counted.get(who)
        if step == "held":
            kept.log.append(at(number, number * 5, verdict=Verdict.HAND_CHECK, **mine))
        elif step == "undo" and before is not None:
            undo = at(number, number * 5, about=before, reason=Reason.TAKEN_BACK, **mine)
            kept.log.append(undo)
            del counted[who]
        else:
            made = at(number, number * 5, **mine)
            place = before.passage_id if step == "anew" and before is not None else None
            kept.log.append(made, in_place_of=place)
            counted[who] = made
    assert odd_marks(kept.sql) == NOTHING
    kept.log.close()


def test_places_are_told_as_stretches() -> None:
    assert runs([]) == []
    assert runs([1, 2, 3, 7, 9, 10]) == [(1, 3), (7, 7), (9, 10)]
