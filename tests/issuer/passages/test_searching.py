from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import BadInput, Code
from issuer.passages.rules import searching
from issuer.passages.rules.searching import Place, Search
from keys.passages import Direction, PassIdentity, Verdict
from tests.issuer.rigs import refusal


def test_a_purpose_is_one_line_that_says_something() -> None:
    assert searching.checked_purpose("  why \n  this ") == "why this"
    assert len(searching.checked_purpose("x" * 999)) == searching.PURPOSE_MAX
    for text in ("", "  ", "ab", "\n\n"):
        with pytest.raises(BadInput) as caught:
            searching.checked_purpose(text)
        assert caught.value.code is Code.PURPOSE_MISSING


@pytest.mark.parametrize(
    ("from_s", "to_s", "holds"),
    [
        (None, None, True),
        (0, 1, True),
        (5, None, True),
        (None, 5, True),
        (5, 5, False),
        (6, 5, False),
        (-1, None, False),
        (None, 1 << 32, False),
    ],
)
def test_a_range_has_a_beginning_before_its_end(
    from_s: int | None, to_s: int | None, holds: bool
) -> None:
    wanted = None if holds else Code.BAD_TIME
    assert refusal(lambda: searching.check_range(from_s, to_s)) is wanted


def test_words_of_filters_are_known_or_empty() -> None:
    assert searching.verdict_of("") is None
    assert searching.verdict_of("refuse") is Verdict.REFUSE
    assert searching.direction_of("") is None
    assert searching.direction_of("exit") is Direction.EXIT
    for read in (searching.verdict_of, searching.direction_of):
        with pytest.raises(BadInput) as caught:
            read("sideways")
        assert caught.value.code is Code.BAD_ARGUMENTS


def test_the_audit_keeps_everything_that_was_asked_and_nothing_else() -> None:
    assert Search(purpose="why").as_logged() == {"purpose": "why"}
    asked = Search(
        purpose="why",
        from_s=1,
        to_s=2,
        station="gate",
        verdict=Verdict.REFUSE,
        reason="red",
        direction=Direction.ENTRY,
        identity=PassIdentity("home", 0, 5),
    )
    assert asked.as_logged() == {
        "purpose": "why",
        "from": 1,
        "to": 2,
        "station": "gate",
        "verdict": "refuse",
        "reason": "red",
        "direction": "entry",
        "pass": "home/0/5",
    }


@given(
    st.integers(0, (1 << 53) - 1),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=64),
    st.binary(min_size=16, max_size=16),
)
def test_a_place_reads_back(at: int, station: str, passage_id: bytes) -> None:
    place = Place(seen_at_ms=at, station=station, passage_id=passage_id)
    assert searching.read_place(searching.write_place(place)) == place


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_any_other_text_is_no_place(text: str) -> None:
    assert refusal(lambda: searching.read_place(text)) in {None, Code.BAD_ARGUMENTS}


def test_no_text_is_the_first_page_and_a_time_no_station_can_have_is_none() -> None:
    assert searching.read_place("") is None
    beyond = Place(seen_at_ms=1 << 60, station="gate", passage_id=bytes(16))
    with pytest.raises(BadInput):
        searching.read_place(searching.write_place(beyond))
