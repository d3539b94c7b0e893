"""Who still waits for a hand check, by what a sealed log says in clear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keys.bodies import PassageBody, encode_body
from keys.passages import NOTE_REASONS, Passage, Reason, Verdict
from scanner.errors import StationFault
from tests.scanner.record.logs import BEGAN_S, KeptLog, kept_log, person, tag

SINCE_MS = BEGAN_S * 1000


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[KeptLog]:
    opened = kept_log(tmp_path)
    yield opened
    opened.log.close()


def asked(number: int, **changes: Any) -> Passage:
    fields = {"verdict": Verdict.HAND_CHECK, "reason": Reason.YELLOW}
    return person(number, **fields | changes)


def said_of(number: int, about: Passage, **changes: Any) -> Passage:
    body = encode_body(PassageBody(about=about.passage_id))
    fields = {"tag": about.tag, "body": body, "reason": Reason.HAND_CHECKED}
    return person(number, **fields | changes)


def waiting(kept: KeptLog, since_ms: int = SINCE_MS, most: int = 50) -> list[int]:
    return [row.sequence for row in kept.log.undecided(since_ms=since_ms, most=most)]


def test_hand_checks_that_nobody_decided_are_told_newest_first(kept: KeptLog) -> None:
    kept.log.append(asked(1))
    kept.log.append(person(2))
    kept.log.append(asked(3))
    assert waiting(kept) == [3, 1]


@pytest.mark.parametrize("verdict", [Verdict.ADMIT, Verdict.REFUSE])
def test_who_was_decided_about_waits_no_more(kept: KeptLog, verdict: Verdict) -> None:
    row = kept.log.append(asked(1))
    kept.log.append(said_of(2, row.passage, verdict=verdict))
    assert waiting(kept) == []


def test_who_came_again_waits_by_the_newest_row_alone(kept: KeptLog) -> None:
    kept.log.append(asked(1))
    kept.log.append(asked(2, tag=tag(1)))
    kept.log.append(asked(3, tag=tag(1), reason=Reason.TEMPERATURE_AGAIN))
    assert waiting(kept) == [3]
    kept.log.append(person(4, tag=tag(1)))
    assert waiting(kept) == []


def test_a_row_that_was_taken_back_waits_for_nobody(kept: KeptLog) -> None:
    row = kept.log.append(asked(1))
    taken = said_of(2, row.passage, verdict=Verdict.HAND_CHECK, reason=Reason.TAKEN_BACK)
    kept.log.append(taken)
    assert waiting(kept) == []


@pytest.mark.parametrize("reason", sorted(NOTE_REASONS - {Reason.TAKEN_BACK}))
def test_a_note_about_somebody_leaves_them_waiting(kept: KeptLog, reason: Reason) -> None:
    row = kept.log.append(asked(1))
    kept.log.append(said_of(2, row.passage, verdict=Verdict.HAND_CHECK, reason=reason))
    assert waiting(kept) == [1]


def test_who_was_asked_long_ago_and_more_than_were_asked_for_are_left_out(kept: KeptLog) -> None:
    kept.log.append(asked(1, seen_at_ms=SINCE_MS - 1))
    for number in range(2, 6):
        kept.log.append(asked(number))
    assert waiting(kept) == [5, 4, 3, 2]
    assert waiting(kept, most=2) == [5, 4]


def test_a_damaged_row_is_left_out(kept: KeptLog) -> None:
    kept.log.append(asked(1))
    kept.log.append(asked(2))
    kept.sql.execute("UPDATE passages SET clock = 'noon' WHERE sequence = 2")
    assert waiting(kept) == [1]


def test_a_file_that_cannot_be_read_is_a_fault(kept: KeptLog) -> None:
    kept.sql.execute("DROP VIEW logged")
    with pytest.raises(StationFault):
        waiting(kept)
