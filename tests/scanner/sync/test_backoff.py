"""How long to wait: never too short, never for ever, and never all at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.sync.backoff import FIRST_S, LONGEST_S, retry_delay_s

DRAWS = st.floats(0, 1, exclude_max=True)


@given(failures=st.integers(1, 10**6), draw=DRAWS)
def test_a_wait_lies_between_half_a_second_and_five_minutes(failures: int, draw: float) -> None:
    delay_s = retry_delay_s(failures, draw)

    assert FIRST_S / 2 <= delay_s <= LONGEST_S
    assert delay_s <= max(FIRST_S, FIRST_S * 2 ** min(failures - 1, 20))


@given(failures=st.integers(1, 10**6), draw=DRAWS, asked_s=st.floats(0, 3600))
def test_what_the_issuer_asks_for_is_obeyed_and_spread(
    failures: int, draw: float, asked_s: float
) -> None:
    assert asked_s <= retry_delay_s(failures, draw, asked_s) <= 1.5 * asked_s


@given(draw=DRAWS)
def test_waits_grow_with_failures(draw: float) -> None:
    waits = [retry_delay_s(failures, draw) for failures in range(1, 20)]

    assert waits == sorted(waits)
    assert waits[-1] == max(FIRST_S / 2, LONGEST_S * draw)


def test_a_fleet_that_failed_at_one_moment_does_not_come_back_in_one() -> None:
    waits = {round(retry_delay_s(9, number / 100)) for number in range(100)}

    assert len(waits) > 80
