"""The fact of one judged scan: what is in clear, what in the body, and the digest of the trace."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.bodies import PassageBody, decode_body
from keys.passages import (
    ClockGrade,
    Direction,
    Passage,
    PassageRow,
    PassIdentity,
    Reason,
    Verdict,
    decode_row,
    encode_row,
    row_hash,
)
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.passage import passage_for
from tests.scanner.decide.makers import digits, judged

SEEN_AT = datetime(2026, 11, 21, 8, 30, 15, 123_456, tzinfo=UTC)


def passage(judgement: Judgement, seen_at: datetime = SEEN_AT, salt: bytes = bytes(16)) -> Passage:
    """Return the passage of `judgement`."""
    return passage_for(
        judgement,
        passage_id=bytes(range(16)),
        salt=salt,
        seen_at=seen_at,
        clock=ClockGrade.CONFIRMED,
        direction=Direction.EXIT,
    )


def test_a_passage_says_what_was_judged_and_keeps_who_it_was_in_its_body() -> None:
    judgement = judged(digits())

    fact = passage(judgement)

    assert (fact.verdict, fact.reason) == (Verdict.ADMIT, Reason.GREEN)
    assert (fact.clock, fact.direction) == (ClockGrade.CONFIRMED, Direction.EXIT)
    assert fact.seen_at_ms == 1_795_249_815_123
    assert decode_body(fact.body) == PassageBody(
        identity=judgement.identity, name="王*明", id_tail="123X", carrier="dense"
    )


def test_a_passage_of_an_unverified_code_names_nobody() -> None:
    fact = passage(judged("KK1:broken"))

    assert (fact.verdict, fact.reason) == (Verdict.REFUSE, Reason.MALFORMED_CODE)
    assert decode_body(fact.body) == PassageBody()


def test_another_trace_gives_another_digest() -> None:
    judgement = judged(digits())
    other = judgement._replace(trace=(*judgement.trace, TraceStep("status", 2)))

    assert passage(judgement).trace_digest != passage(other).trace_digest
    assert passage(judgement) == passage(judgement)


def test_the_digest_of_a_trace_says_nothing_without_the_salt_in_the_body() -> None:
    judgement = judged(digits())._replace(trace=(TraceStep("temperature", 372),))

    one, other = passage(judgement), passage(judgement, salt=b"s" * 16)

    assert one.trace_digest != other.trace_digest
    assert decode_body(other.body).salt == b"s" * 16


@pytest.mark.parametrize("name", ["", "王*明", "X" * 64, "𠮷" * 64])
def test_every_name_that_a_pass_may_carry_fits_a_row(name: str) -> None:
    judgement = judged(digits())._replace(name=name)
    fact = passage(judgement)
    row = PassageRow(sequence=1, passage=fact, hash=row_hash("west-1", 1, bytes(32), fact))

    assert decode_row(encode_row(row)) == row


@given(
    seen_at=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
    verdict=st.sampled_from(list(Verdict)),
    reason=st.sampled_from(list(Reason)),
)
def test_every_judgement_can_be_written_down(
    seen_at: datetime, verdict: Verdict, reason: Reason
) -> None:
    fact = passage(Judgement(verdict, reason, PassIdentity("hangzhou", 1, 2)), seen_at)
    row = PassageRow(sequence=7, passage=fact, hash=bytes(32))

    assert decode_row(encode_row(row)) == row
    assert abs(fact.seen_at_ms - seen_at.timestamp() * 1000) <= 0.5
