"""Trusted time: a bound that only signed lists raise, ageing on the boot clock, honest grades."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.clock import (
    ClockReading,
    ClockState,
    TrustedNow,
    confirm,
    raise_bound,
    reset_bound,
    trusted_now,
)
from keys.passages import ClockGrade

T = 1_780_000_000


def reading(wall: float = T, boot: float = 100.0, boot_id: str = "a") -> ClockReading:
    return ClockReading(wall_s=wall, boot_s=boot, boot_id=boot_id)


def told(state: ClockState, **changes: float | str) -> tuple[int, ClockGrade, int]:
    now = trusted_now(state, reading(**changes))  # type: ignore[arg-type]
    return now.now_s, now.grade, now.wall_skew_s


LIFE = 86400


def confirmed(state: ClockState, iat: int, look: ClockReading) -> ClockState:
    return confirm(state, iat=iat, exp=iat + LIFE, reading=look)


FRESH = confirmed(ClockState(), T - 60, reading())


def test_a_new_station_believes_its_wall_clock_and_says_that_nothing_confirmed_it() -> None:
    assert told(ClockState()) == (T, ClockGrade.NOT_CONFIRMED, 0)


def test_a_signed_list_confirms_the_time() -> None:
    assert FRESH.bound_s == T - 60
    assert told(FRESH) == (T, ClockGrade.CONFIRMED, 0)
    assert told(FRESH, wall=T + 500.0, boot=600.0) == (T + 500, ClockGrade.CONFIRMED, 0)


def test_moving_the_wall_clock_moves_nothing() -> None:
    ahead = told(FRESH, wall=T + 86400.0, boot=110.0)
    behind = told(FRESH, wall=T - 30.0, boot=110.0)
    assert ahead == (T + 10, ClockGrade.CONFIRMED, 86390)
    assert behind == (T + 10, ClockGrade.CONFIRMED, -40)


def test_a_wall_below_the_bound_is_rolled_back_and_now_is_never_below_it() -> None:
    assert told(FRESH, wall=T - 61.0, boot=110.0) == (T + 10, ClockGrade.ROLLED_BACK, -71)
    other_boot = told(FRESH, wall=T - 100.0, boot=5.0, boot_id="b")
    assert other_boot == (T - 60, ClockGrade.ROLLED_BACK, -40)


def test_after_a_reboot_without_a_sync_time_is_not_confirmed() -> None:
    assert told(FRESH, wall=T + 9.0, boot=5.0, boot_id="b") == (T + 9, ClockGrade.NOT_CONFIRMED, 0)
    again = confirmed(FRESH, T + 10, reading(T + 20, 30.0, "b"))
    assert told(again, wall=T + 21.0, boot=31.0, boot_id="b") == (T + 21, ClockGrade.CONFIRMED, 0)


def test_a_boot_clock_that_runs_backwards_confirms_nothing() -> None:
    assert told(FRESH, wall=T + 9.0, boot=99.0) == (T + 9, ClockGrade.NOT_CONFIRMED, 0)


def test_an_older_list_never_lowers_the_bound() -> None:
    assert confirmed(FRESH, T - 5000, reading()).bound_s == T - 60


def test_a_wall_below_the_signed_time_gives_way_to_it() -> None:
    state = confirmed(ClockState(), T, reading(wall=T - 9999))
    assert told(state, wall=T - 9999.0, boot=100.0) == (T, ClockGrade.ROLLED_BACK, -9999)
    assert told(state, wall=T - 9989.0, boot=110.0)[0] == T + 10


@pytest.mark.parametrize("ahead", [LIFE, LIFE + 600, 60 * 365 * LIFE])
def test_a_wall_beyond_the_end_of_what_was_signed_is_not_taken_over(ahead: float) -> None:
    state = confirmed(FRESH, T + 590, reading(T + 600 + ahead, boot=700.0))
    assert told(state, wall=T + 600 + ahead, boot=700.0) == (T + 600, ClockGrade.CONFIRMED, ahead)
    assert told(state, wall=T + 700.0, boot=800.0) == (T + 700, ClockGrade.CONFIRMED, 0)


def test_a_wall_set_back_below_what_was_signed_leaves_the_time_as_it_ran_on() -> None:
    state = confirmed(FRESH, T + 300, reading(T - LIFE, boot=700.0))
    assert told(state, wall=T - LIFE, boot=700.0)[:2] == (T + 600, ClockGrade.ROLLED_BACK)


def test_a_wall_that_was_set_right_is_taken_over_by_the_next_list() -> None:
    slow = confirmed(ClockState(), T - 60, reading(T - 50))
    assert told(slow, wall=T + 100.0, boot=200.0) == (T + 50, ClockGrade.CONFIRMED, 50)
    right = confirmed(slow, T + 90, reading(T + 100, boot=200.0))
    assert told(right, wall=T + 100.0, boot=200.0) == (T + 100, ClockGrade.CONFIRMED, 0)


def test_a_root_signed_change_of_epoch_alone_lowers_the_bound() -> None:
    state = reset_bound(FRESH, bound_s=T - 86400)
    assert told(state, wall=T - 3600.0) == (T - 3600, ClockGrade.NOT_CONFIRMED, 0)


MOVES = st.lists(
    st.tuples(
        st.floats(-1e6, 1e6),
        st.floats(0, 1e6),
        st.sampled_from("ab"),
        st.none() | st.integers(-9999, 9999),
    ),
    max_size=20,
)


@given(MOVES)
def test_now_is_never_before_the_bound_and_the_bound_never_falls(
    moves: list[tuple[float, float, str, int | None]],
) -> None:
    state, boot = ClockState(), 0.0
    for wall, passed, boot_id, iat in moves:
        boot += passed
        look = reading(T + wall, boot, boot_id)
        before = state.bound_s
        if iat is not None:
            state = confirmed(state, T + iat, look)
        now: TrustedNow = trusted_now(state, look)
        assert now.now_s >= state.bound_s >= before
        assert now.bound_s == state.bound_s
        assert (now.grade is ClockGrade.ROLLED_BACK) == (look.wall_s < state.bound_s)


@given(st.integers(0, 10**6), st.floats(-1e6, 1e6))
def test_within_one_boot_time_passes_as_the_boot_clock_says(passed: int, wall: float) -> None:
    now = trusted_now(FRESH, reading(T + wall, 100.0 + passed))
    assert now.now_s == T + passed


@pytest.mark.parametrize("boot_id", ["", "b"])
def test_an_unknown_boot_is_another_boot(boot_id: str) -> None:
    assert told(FRESH, boot_id=boot_id)[1] is ClockGrade.NOT_CONFIRMED


def test_a_raised_bound_confirms_nothing_and_never_falls() -> None:
    raised = raise_bound(FRESH, bound_s=T - 10)

    assert told(raised) == told(FRESH)
    assert told(raised, wall=T - 11.0, boot=110.0)[1] is ClockGrade.ROLLED_BACK
    assert raise_bound(raised, bound_s=T - 1000) == raised
    assert told(raise_bound(ClockState(), bound_s=T - 5))[1] is ClockGrade.NOT_CONFIRMED
