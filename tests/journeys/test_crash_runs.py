"""The station's own process killed at random moments, while it scans, sends, pulls and tidies up.

After every death: nothing that it said was stored is gone, the log verifies, its beliefs are whole.
At the end: the office has every row once, and marks none of them.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.journeys.crash_rig import Gate, nursery
from tests.journeys.in_process import served_office

RUNS = 50
SOAK_RUNS = int(os.environ.get("KAKOU_SOAK_KILLS", "1000"))
# Long enough to get through start, first pull and first push, short enough to die in each of them.
LONGEST_S = 0.5
# A log that grows for ever would make every check slower than the death before it.
RUNS_A_GATE = 50


def die_often(folder: Path, runs: int, seed: int) -> None:
    """Let a station die `runs` times; say what it came to."""
    draw = random.Random(seed)
    with served_office(folder) as office, nursery() as stations:
        gate = Gate(office, folder, f"gate-{seed}")
        for _ in range(runs):
            gate.die(stations, draw, LONGEST_S)
        gate.settle()
        told = gate.told
    print(
        f"{runs} deaths: {len(told.acknowledged)} rows acknowledged, {len(told.seen)} in the log, "
        f"{told.emptied} emptied by retention, {told.before_any} deaths before the first row"
    )
    assert len(told.acknowledged) > runs
    assert told.before_any < runs


def test_fifty_deaths_lose_and_double_nothing(tmp_path: Path) -> None:
    die_often(tmp_path, RUNS, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 2 + SOAK_RUNS // RUNS_A_GATE))
def test_a_thousand_deaths_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    die_often(tmp_path, RUNS_A_GATE, seed)
