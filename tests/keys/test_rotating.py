"""The rotating code's chain (formats.md 1.4): who saw one slot cannot show a later one."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import MalformedCode, RotatingCodeOutOfTime, RotatingCodeWrong
from keys.rotating import SLOT_S, check_slot_range, check_tail, climb, salt_of, slots_of, tail_for
from tests.keys.makers import NOW, X0, rotating_claims

CLAIMS = rotating_claims()
LAST = 24 * 240 - 1


def test_the_chain_is_the_one_of_the_page() -> None:
    minute = (CLAIMS.iat - 1577836800) // 60
    named = b"".join(
        number.to_bytes(size, "big")
        for number, size in (
            (CLAIMS.kid, 2),
            (CLAIMS.list_number, 2),
            (CLAIMS.entry, 4),
            (minute, 4),
        )
    )
    salt = hashlib.sha256(named).digest()[:8]
    x = X0
    for i in range(24 * 240):
        x = hashlib.sha256(salt + i.to_bytes(4, "big") + x).digest()[:16]

    assert slots_of(CLAIMS.iat, CLAIMS.exp) == 24 * 240
    assert salt_of(CLAIMS.kid, CLAIMS.list_number, CLAIMS.entry, CLAIMS.iat) == salt
    assert CLAIMS.anchor == x


@pytest.mark.parametrize("slot", [0, 1, 100, LAST - 1, LAST])
def test_a_slot_of_the_life_leads_to_the_anchor_at_its_time(slot: int) -> None:
    tail = tail_for(CLAIMS, X0, slot)
    assert (len(tail), check_slot_range(CLAIMS, tail)) == (18, slot)
    check_tail(CLAIMS, tail, None)
    check_tail(CLAIMS, tail, NOW + slot * SLOT_S)


@pytest.mark.parametrize(
    ("late_s", "fits"), [(-16, False), (-15, True), (0, True), (14, True), (29, True), (30, False)]
)
def test_a_code_shows_its_own_slot_and_the_ones_beside_it(late_s: int, fits: bool) -> None:
    tail = tail_for(CLAIMS, X0, 100)
    now = NOW + 100 * SLOT_S + late_s
    if fits:
        check_tail(CLAIMS, tail, now)
    else:
        with pytest.raises(RotatingCodeOutOfTime):
            check_tail(CLAIMS, tail, now)


@settings(max_examples=30)
@given(st.integers(0, LAST - 1), st.integers(1, 40))
def test_who_saw_a_slot_cannot_show_a_later_one(slot: int, later: int) -> None:
    seen = tail_for(CLAIMS, X0, slot)
    later = min(slot + later, LAST)
    with pytest.raises(RotatingCodeWrong):
        check_tail(CLAIMS, later.to_bytes(2, "big") + seen[2:], None)


@settings(max_examples=50)
@given(st.integers(0, 18 * 8 - 1))
def test_any_flipped_bit_of_the_tail_is_refused(bit: int) -> None:
    tail = bytearray(tail_for(CLAIMS, X0, 7))
    tail[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedCode, RotatingCodeWrong)):
        check_tail(CLAIMS, bytes(tail), None)


@pytest.mark.parametrize("slot", [LAST + 1, 65535])
def test_a_slot_beyond_the_life_is_refused_with_the_other_ranges(slot: int) -> None:
    with pytest.raises(MalformedCode):
        check_slot_range(CLAIMS, slot.to_bytes(2, "big") + bytes(16))
    with pytest.raises(ValueError, match="life"):
        tail_for(CLAIMS, X0, slot)


def test_a_phone_that_asks_for_a_slot_before_the_first_gets_none() -> None:
    with pytest.raises(ValueError, match="life"):
        tail_for(CLAIMS, X0, -1)


def test_a_chain_belongs_to_one_pass() -> None:
    tail = tail_for(CLAIMS, X0, 7)
    for other in (
        CLAIMS._replace(kid=1),
        CLAIMS._replace(list_number=4),
        CLAIMS._replace(entry=1),
        CLAIMS._replace(iat=CLAIMS.iat + 60, exp=CLAIMS.exp + 60),
    ):
        with pytest.raises(RotatingCodeWrong):
            check_tail(other, tail, None)


def test_no_hash_is_spent_on_a_slot_of_another_time() -> None:
    bad_link = (7).to_bytes(2, "big") + bytes(16)
    with pytest.raises(RotatingCodeOutOfTime):
        check_tail(CLAIMS, bad_link, NOW + 1000)
    with pytest.raises(RotatingCodeWrong):
        check_tail(CLAIMS, bad_link, NOW + 7 * SLOT_S)


def test_climbing_in_two_steps_or_one_comes_to_the_same() -> None:
    salt = bytes(8)
    assert climb(salt, climb(salt, X0, 0, 5), 5, 9) == climb(salt, X0, 0, 14)
