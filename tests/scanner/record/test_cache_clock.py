"""The clock's file: what it says is checked before time is told from it."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.clock import ClockReading, ClockState, trusted_now
from keys.passages import ClockGrade
from scanner.record.cache import StatusCache

NOW = 1_780_000_020


CLOCK = ClockState(
    bound_s=NOW, confirmed_wall_s=NOW + 0.5, confirmed_boot_s=99.25, confirmed_boot_id="boot"
)


def test_the_clock_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    cache = StatusCache(tmp_path, bytes(32))
    assert cache.clock() == ClockState()

    cache.keep_clock(CLOCK)

    assert cache.clock() == CLOCK
    assert StatusCache(tmp_path, bytes(32)).clock() == CLOCK


@pytest.mark.parametrize(
    "change",
    [
        {"bound_s": "1"},
        {"bound_s": None},
        {"bound_s": 1.5},
        {"bound_s": True},
        {"bound_s": -1},
        {"bound_s": 1 << 70},
        {"confirmed_wall_s": float("nan")},
        {"confirmed_wall_s": float("inf")},
        {"confirmed_wall_s": "now"},
        {"confirmed_wall_s": []},
        {"confirmed_boot_s": None},
        {"confirmed_boot_s": float("-inf")},
        {"confirmed_boot_id": 7},
        {"unheard_of": 1},
    ],
)
def test_a_clock_file_that_says_nonsense_confirms_nothing(
    tmp_path: Path, change: dict[str, object]
) -> None:
    (tmp_path / "clock.json").write_text(json.dumps({**asdict(CLOCK), **change}))

    assert StatusCache(tmp_path, bytes(32)).clock() == ClockState()


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(
    st.binary(max_size=60)
    | _JSON.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(dict.fromkeys(asdict(CLOCK), _JSON)).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_whatever_the_clock_file_holds_time_can_be_told_from_it_and_is_not_confirmed(
    raw: bytes,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "clock.json").write_bytes(raw)
        state = StatusCache(Path(folder), bytes(32)).clock()

    now = trusted_now(state, ClockReading(wall_s=NOW, boot_s=5.0, boot_id="this boot"))
    assert now.grade is not ClockGrade.CONFIRMED or state.confirmed_boot_id == "this boot"
