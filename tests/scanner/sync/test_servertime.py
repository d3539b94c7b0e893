"""What a receipt says of the time: a lower bound, and never more."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.clock import ClockReading, ClockState, confirm, trusted_now
from keys.passages import ClockGrade
from scanner.errors import StationFault
from scanner.record.cache import StatusCache
from scanner.record.lock import pull_lock
from scanner.sync.servertime import SLACK_S, STEP_S, learn_time
from tests.scanner.sync.rigs import NOW, reading


@pytest.fixture
def cache(tmp_path: Path) -> StatusCache:
    cache = StatusCache(tmp_path, bytes(32))
    cache.keep_clock(confirm(ClockState(), iat=NOW - 7200, exp=NOW + 7200, reading=reading()))
    return cache


def grade(cache: StatusCache, at: ClockReading) -> ClockGrade:
    return trusted_now(cache.clock(), at).grade


def test_a_receipt_raises_the_bound_and_confirms_nothing(cache: StatusCache) -> None:
    before = cache.clock()

    assert learn_time(cache, NOW, reading())
    after = cache.clock()
    assert after.bound_s == NOW - SLACK_S
    assert after.confirmed_wall_s == before.confirmed_wall_s
    other_boot = reading(NOW + 5, 3.0, "another boot")
    assert grade(cache, other_boot) is ClockGrade.NOT_CONFIRMED


def test_a_wall_clock_put_back_after_a_receipt_is_told(cache: StatusCache) -> None:
    learn_time(cache, NOW, reading())

    back = reading(NOW - SLACK_S - 1, 10.0, "another boot")
    assert grade(cache, back) is ClockGrade.ROLLED_BACK


def test_a_gate_whose_clock_is_minutes_slow_goes_on(cache: StatusCache) -> None:
    slow = reading(NOW - SLACK_S)

    assert learn_time(cache, NOW, slow)
    assert grade(cache, slow) is ClockGrade.CONFIRMED


@pytest.mark.parametrize("received_at", [NOW + SLACK_S + 1, 1 << 31, 1 << 52])
def test_no_receipt_closes_a_gate_whatever_time_it_says(
    cache: StatusCache, received_at: int
) -> None:
    before = cache.clock()

    assert not learn_time(cache, received_at, reading())
    assert cache.clock() == before


def test_a_bound_never_falls_and_is_not_written_at_every_push(cache: StatusCache) -> None:
    learn_time(cache, NOW, reading())
    before = cache.clock()

    for received_at in (NOW - 100_000, NOW, NOW + STEP_S - 1, 0):
        assert not learn_time(cache, received_at, reading())
    assert cache.clock() == before
    assert learn_time(cache, NOW + STEP_S, reading())


def test_while_a_pull_runs_nothing_is_learned(cache: StatusCache) -> None:
    before = cache.clock()

    with pull_lock(cache.folder):
        assert not learn_time(cache, NOW, reading())
    assert cache.clock() == before


def test_a_disk_that_fails_is_a_fault(cache: StatusCache) -> None:
    (cache.folder / "pull.lock").mkdir()

    with pytest.raises(StationFault) as caught:
        learn_time(cache, NOW, reading())
    assert caught.value.code == "disk_unusable"
