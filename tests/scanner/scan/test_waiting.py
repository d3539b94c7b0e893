"""Who waited for a hand check when the station stopped, as a new one tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from keys.bodies import PassageBody, encode_body
from keys.claims import Status
from keys.passages import Passage, Reason, Verdict
from keys.sealing import is_sealed
from scanner.decide.actions import Decide
from scanner.errors import StationFault
from scanner.record.passages import PassageLog
from scanner.scan.logkeeping import KeptLog
from scanner.scan.waiting import WAITS_S, who_waits
from scanner.station import Station
from tests.fakes.publisher import Publisher
from tests.scanner.record.logs import BEGAN_S, kept_log, person, seal, tag
from tests.scanner.rigs import NOW as STATION_NOW
from tests.scanner.rigs import World, beliefs_of, frames_of, station_with, write_frames

NOW = datetime.fromtimestamp(BEGAN_S + 3600, UTC)
YELLOW = 4


@pytest.fixture
def open_log(tmp_path: Path) -> Iterator[Callable[..., PassageLog]]:
    opened: list[PassageLog] = []

    def open_one(*, sealed: bool) -> PassageLog:
        kept = kept_log(tmp_path)
        log = PassageLog(kept.database, "west-1", seal if sealed else None)
        opened.append(log)
        return log

    yield open_one
    for log in opened:
        log.close()


def asked(number: int = 7, body: bytes | None = None) -> Passage:
    named = encode_body(PassageBody(name="王*明", id_tail="123X"))
    seen_at_ms = (BEGAN_S + number) * 1000
    return person(
        number,
        verdict=Verdict.HAND_CHECK,
        reason=Reason.YELLOW,
        seen_at_ms=seen_at_ms,
        body=named if body is None else body,
    )


def keeping(log: PassageLog) -> KeptLog:
    return KeptLog(lambda: log, lambda: 0.0)


def test_a_sealed_row_says_when_why_and_its_number_and_no_name(
    open_log: Callable[..., PassageLog],
) -> None:
    log = open_log(sealed=True)
    row = log.append(asked())
    assert is_sealed(row.passage.body)
    told = who_waits(keeping(log), NOW)
    assert told is not None
    (one,) = told
    assert (one.sequence, one.passage_id) == (row.sequence, row.passage.passage_id)
    assert one.seen_at == datetime.fromtimestamp(BEGAN_S + 7, UTC)
    assert (one.judgement.verdict, one.judgement.reason) == (Verdict.HAND_CHECK, Reason.YELLOW)
    assert (one.judgement.name, one.judgement.id_tail, one.judgement.identity) == ("", "", None)


def test_a_plain_row_says_the_masked_name(open_log: Callable[..., PassageLog]) -> None:
    log = open_log(sealed=False)
    log.append(asked())
    (one,) = who_waits(keeping(log), NOW) or ()
    assert (one.judgement.name, one.judgement.id_tail) == ("王*明", "123X")


def test_a_body_of_no_known_form_and_a_reason_of_a_later_program_break_nothing(
    open_log: Callable[..., PassageLog],
) -> None:
    log = open_log(sealed=False)
    log.append(asked(7, body=b"\xa1\x04"))
    later = person(8, verdict=Verdict.HAND_CHECK, reason="of_a_later_program", tag=tag(8))
    log.append(later)
    told = who_waits(keeping(log), NOW) or ()
    assert [one.sequence for one in told] == [1]
    assert told[0].judgement.name == ""


def test_who_was_asked_half_a_day_ago_has_gone(open_log: Callable[..., PassageLog]) -> None:
    log = open_log(sealed=True)
    log.append(asked())
    late = datetime.fromtimestamp(BEGAN_S + 8, UTC) + timedelta(seconds=WAITS_S)
    assert who_waits(keeping(log), late) == ()


def test_a_log_that_cannot_be_read_says_nothing_yet() -> None:
    def broken() -> PassageLog:
        raise StationFault("no disk", code="disk_unusable")

    assert who_waits(KeptLog(broken, lambda: 0.0), NOW) is None


def test_a_station_that_starts_again_tells_who_waits_and_takes_the_decision(
    tmp_path: Path,
) -> None:
    office = Publisher(STATION_NOW)
    office.set_status(YELLOW, Status.YELLOW)
    world = World(beliefs_of(office), secret=bytes(range(32)))
    frames = write_frames(tmp_path / "frames", frames_of(None))
    text = office.mint(YELLOW).dense
    assert text is not None

    def station() -> AbstractContextManager[Station]:
        return station_with(world, tmp_path / "data", frames)

    with station() as first:
        asked_for = first.scan(text, 0.0)
        assert asked_for is not None
        assert [one.passage_id for one in first.undecided() or ()] == [asked_for.passage_id]
    with station() as second:
        (one,) = second.undecided() or ()
        assert one.passage_id == asked_for.passage_id
        assert one.passage_id is not None
        decided = second.act(Decide(passage_id=one.passage_id, admitted=True, papers_seen=True))
        assert decided is not None
        assert decided.judgement.verdict is Verdict.ADMIT
        assert second.undecided() == ()
    with station() as third:
        assert third.undecided() == ()
