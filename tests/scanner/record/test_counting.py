"""What the log says of a person by tag alone, and of how many are inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.bodies import PassageBody, encode_body
from keys.passages import NOTE_REASONS, Direction, Passage, PassIdentity, Reason, Verdict
from scanner.errors import StationFault
from scanner.record.counting import TagFacts
from tests.scanner.record.logs import BEGAN_S, KeptLog, kept_log, person, tag

NEVER = TagFacts(entry_ago_s=-1, exit_ago_s=-1, entries_today=0)
NOW_MS = (BEGAN_S + 86_400) * 1000
TODAY_MS = BEGAN_S * 1000


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptLog]:
    opened = kept_log(tmp_path)
    yield opened
    opened.log.close()


def facts(kept: KeptLog, *tags: bytes, now_ms: int = NOW_MS, since_ms: int = TODAY_MS) -> TagFacts:
    return kept.log.tag_facts(tags, now_ms=now_ms, midnight_ms=since_ms)


def taken_back(number: int, about: Passage, **changes: Any) -> Passage:
    body = encode_body(PassageBody(about=about.passage_id))
    fields: dict[str, Any] = {"reason": Reason.TAKEN_BACK, "tag": about.tag, "body": body}
    return person(number, **fields | changes)


def party(size: int, **more: Any) -> bytes:
    return encode_body(PassageBody(party=size, **more))


def test_somebody_never_seen_has_no_passages(kept: KeptLog) -> None:
    kept.fill(3)

    assert facts(kept, tag(99)) == NEVER
    assert facts(kept) == NEVER


def test_entry_and_exit_are_told_by_their_age_and_entries_of_today_counted(kept: KeptLog) -> None:
    kept.log.append(person(1, tag=tag(7), seen_at_ms=TODAY_MS - 5000))
    kept.log.append(person(2, tag=tag(7), seen_at_ms=TODAY_MS + 1000))
    kept.log.append(person(3, tag=tag(7), seen_at_ms=TODAY_MS + 4999, direction=Direction.EXIT))
    kept.log.append(person(4, tag=tag(8), seen_at_ms=TODAY_MS + 9000))

    told = facts(kept, tag(7), now_ms=TODAY_MS + 11_000)

    assert told == TagFacts(entry_ago_s=10, exit_ago_s=6, entries_today=1)


def test_a_person_is_one_under_the_tags_of_two_days(kept: KeptLog) -> None:
    kept.log.append(person(1, tag=tag(7), seen_at_ms=TODAY_MS - 60_000))
    kept.log.append(person(2, tag=tag(8), seen_at_ms=TODAY_MS + 60_000))

    told = facts(kept, tag(8), tag(7), now_ms=TODAY_MS + 90_000, since_ms=TODAY_MS - 3_600_000)

    assert told == TagFacts(entry_ago_s=30, exit_ago_s=-1, entries_today=2)


def test_a_passage_of_a_clock_that_ran_ahead_counts_as_just_now(kept: KeptLog) -> None:
    kept.log.append(person(1, tag=tag(7), seen_at_ms=NOW_MS + 5_000_000))

    assert facts(kept, tag(7)).entry_ago_s == 0


@pytest.mark.parametrize(
    "bend",
    [
        *({"verdict": verdict} for verdict in (Verdict.HAND_CHECK, Verdict.REFUSE)),
        {"verdict": Verdict.CANNOT_JUDGE},
        *({"reason": reason} for reason in sorted(NOTE_REASONS)),
    ],
)
def test_who_was_not_let_through_is_not_counted(kept: KeptLog, bend: dict[str, Any]) -> None:
    kept.log.append(person(1, tag=tag(7), **bend))

    assert facts(kept, tag(7)) == NEVER
    assert kept.log.inside() == 0


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.ADMIT, Reason.GREEN),
        (Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE),
        (Verdict.ADMIT, Reason.HAND_CHECKED),
        (Verdict.ADMIT, Reason.EMERGENCY),
        (Verdict.ADMIT, "word_of_a_newer_station"),
    ],
)
def test_whoever_was_let_through_is_counted(kept: KeptLog, verdict: Verdict, reason: str) -> None:
    kept.log.append(person(1, tag=tag(7), verdict=verdict, reason=reason))

    assert facts(kept, tag(7)).entries_today == 1
    assert kept.log.inside() == 1


def test_a_passage_taken_back_did_not_happen(kept: KeptLog) -> None:
    kept.log.append(person(1, tag=tag(7)))
    second = person(2, tag=tag(7))
    kept.log.append(second)

    kept.log.append(taken_back(3, second))

    told = facts(kept, tag(7))
    assert (told.entries_today, told.entry_ago_s) == (1, (NOW_MS - person(1).seen_at_ms) // 1000)
    assert kept.log.inside() == 1


def test_taking_back_twice_or_what_is_not_there_changes_nothing(kept: KeptLog) -> None:
    kept.fill(2)
    first = person(1)
    for number, about in ((3, first), (4, first), (5, person(77))):
        kept.log.append(taken_back(number, about))

    assert kept.log.inside() == 1
    kept.log.append(person(6, reason=Reason.TAKEN_BACK, body=b"\xa0"))
    kept.log.append(person(7, reason=Reason.TAKEN_BACK, body=b"\x07\x50 no body"))
    assert kept.log.inside() == 1


def test_a_person_told_something_else_at_the_same_door_is_counted_once(kept: KeptLog) -> None:
    first = person(1, tag=tag(7), body=party(2))
    kept.log.append(first)
    body = party(3, about=first.passage_id)
    again = person(2, tag=tag(7), verdict=Verdict.ADMIT_WITH_NOTE, body=body)
    kept.log.append(again)

    assert kept.log.inside() == 3
    assert facts(kept, tag(7)).entries_today == 1
    kept.log.append(taken_back(3, again))
    assert kept.log.inside() == 0
    assert facts(kept, tag(7)) == NEVER


@pytest.mark.parametrize(
    "bend",
    [
        {"reason": Reason.CAUSE_GIVEN},
        {"reason": Reason.INCIDENT},
        {"verdict": Verdict.REFUSE},
        {"verdict": Verdict.HAND_CHECK},
    ],
)
def test_a_row_that_only_speaks_of_a_passage_leaves_it_counted(
    kept: KeptLog, bend: dict[str, Any]
) -> None:
    first = person(1, tag=tag(7))
    kept.log.append(first)
    body = encode_body(PassageBody(about=first.passage_id))
    kept.log.append(person(2, tag=tag(7), body=body, **bend))

    assert kept.log.inside() == 1
    assert facts(kept, tag(7)).entries_today == 1


def test_the_count_inside_goes_up_and_down_by_the_people_of_a_party(kept: KeptLog) -> None:
    bus = person(1, body=party(12))
    kept.log.append(bus)
    kept.log.append(person(2))
    assert kept.log.inside() == 13

    kept.log.append(person(3, direction=Direction.EXIT, body=party(3)))
    assert kept.log.inside() == 10
    kept.log.append(taken_back(4, bus))
    assert kept.log.inside() == 0


def test_an_exit_that_finds_nobody_inside_leaves_nobody_and_is_taken_back_as_such(
    kept: KeptLog,
) -> None:
    kept.log.append(person(1))
    leaving = person(2, direction=Direction.EXIT, body=party(5))
    kept.log.append(leaving)
    assert kept.log.inside() == 0

    kept.log.append(taken_back(3, leaving))
    assert kept.log.inside() == 1


def test_a_fire_release_counts_nobody_but_who_showed_a_pass(kept: KeptLog) -> None:
    kept.log.append(person(1, reason=Reason.FIRE_RELEASE, tag=None, body=b"\xa0"))
    assert kept.log.inside() == 0

    known = encode_body(PassageBody(identity=PassIdentity("hangzhou", 3, 9)))
    kept.log.append(person(2, reason=Reason.FIRE_RELEASE, body=known))
    assert kept.log.inside() == 1


def test_somebody_who_counted_sets_the_number_and_it_survives_a_restart(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.fill(4)
    kept.log.set_inside(40)
    kept.log.set_inside(41)
    kept.log.close()

    again = kept_log(tmp_path)
    assert again.log.inside() == 41
    again.log.append(person(5, direction=Direction.EXIT))
    assert again.log.inside() == 40
    again.log.set_inside(-3)
    assert again.log.inside() == 0
    again.log.close()


def test_facts_survive_restart_and_delivery(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.fill(5)
    before = facts(kept, tag(3))
    kept.log.mark(delivered=range(1, 6), set_aside=[])
    kept.log.close()

    again = kept_log(tmp_path)
    assert facts(again, tag(3)) == before != NEVER
    again.log.close()


def test_a_row_is_found_by_its_id_as_it_is_stored(kept: KeptLog) -> None:
    rows = kept.fill(3)

    assert kept.log.row_of(rows[1].passage.passage_id) == rows[1]
    assert kept.log.row_of(bytes(16)) is None
    kept.sql.execute("UPDATE passages SET verdict = 'let them in' WHERE sequence = 2")
    assert kept.log.row_of(rows[1].passage.passage_id) is None


def test_a_log_that_cannot_be_read_answers_with_a_fault_and_no_facts(tmp_path: Path) -> None:
    kept = kept_log(tmp_path)
    kept.log.close()

    for ask in (
        lambda: facts(kept, tag(1)),
        kept.log.inside,
        lambda: kept.log.set_inside(1),
        lambda: kept.log.row_of(bytes(16)),
        kept.log.last_head,
        kept.head,
    ):
        with pytest.raises(StationFault):
            ask()


@settings(max_examples=30)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(list(Direction)), st.integers(1, 255), st.booleans()), max_size=12
    )
)
def test_the_count_is_what_adding_up_gives(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[Direction, int, bool]]
) -> None:
    kept = kept_log(tmp_path_factory.mktemp("log"))
    inside = 0
    for number, (direction, size, back) in enumerate(moves):
        passage = person(2 * number + 1, direction=direction, body=party(size))
        kept.log.append(passage)
        moved = size if direction is Direction.ENTRY else max(-size, -inside)
        inside += moved
        if back:
            kept.log.append(taken_back(2 * number + 2, passage))
            inside -= moved
        assert kept.log.inside() == inside
    kept.log.close()
