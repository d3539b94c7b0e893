"""The station's own process killed at random moments, while it scans, sends, pulls and tidies up.

After every death: nothing that it said was stored is gone, the log verifies, its beliefs are whole.
At the end: the office has every row once and marks none of them, and an edit of any row is found.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scanner.commands.log_checking import verify_lines
from tests.journeys.crash_rig import Gate, nursery
from tests.journeys.in_process import served_office

pytestmark = pytest.mark.usefixtures("uncounted")

RUNS = 50
SOAK_RUNS = int(os.environ.get("KAKOU_SOAK_KILLS", "1000"))
# Long enough to get through start, first pull and first push, short enough to die in each of them.
LONGEST_S = 0.4
# A log that grows for ever would make every check slower than the death before it.
RUNS_A_GATE = 50
EDITS = 20


def die_often(folder: Path, runs: int, seed: int) -> None:
    """Let a station die `runs` times; say what it came to."""
    draw = random.Random(seed)
    with served_office(folder) as office, nursery() as stations:
        gate = Gate(office, folder, f"gate-{seed}")
        for _ in range(runs):
            gate.die(stations, draw, LONGEST_S)
        gate.settle()
        for number in range(EDITS):
            assert edited(gate.data, folder / f"edited{number}", draw), number
        told = gate.told
    print(
        f"{runs} deaths: {len(told.acknowledged)} rows acknowledged, {len(told.seen)} in the log, "
        f"{told.emptied} of them emptied and {told.removed} removed by retention, "
        f"{told.before_any} deaths before the first row, {dict(told.faults)} told by retention"
    )
    assert len(told.acknowledged) > runs
    assert told.before_any < runs
    assert told.emptied + told.removed > 0


def edited(data: Path, copy: Path, draw: random.Random) -> list[str]:
    """Return what is found in a copy of a folder whose log somebody edits without its key."""
    shutil.copytree(data, copy)
    with closing(sqlite3.connect(copy / "station.db")) as connection:
        rows = connection.execute("SELECT sequence, emptied FROM passages").fetchall()
        place, emptied = draw.choice(rows)
        edits = [
            "UPDATE passages SET verdict = 'cannot_judge' WHERE sequence = ?",
            "UPDATE passages SET seen_at_ms = seen_at_ms - 1 WHERE sequence = ?",
            "UPDATE passages SET passage_id = zeroblob(16) WHERE sequence = ?",
            "UPDATE passages SET direction = 'exit' WHERE sequence = ?",
        ]
        if place < rows[-1][0]:
            edits.append("DELETE FROM passages WHERE sequence = ?")
        if not emptied:
            edits.append("UPDATE passages SET body = zeroblob(length(body)) WHERE sequence = ?")
        connection.execute(draw.choice(edits), (place,))
        connection.commit()
    found = [line["code"] for line in verify_lines(copy, []) if "code" in line]
    shutil.rmtree(copy)
    return found


def test_fifty_deaths_lose_and_double_nothing(tmp_path: Path) -> None:
    die_often(tmp_path, RUNS, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 2 + SOAK_RUNS // RUNS_A_GATE))
def test_a_thousand_deaths_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    die_often(tmp_path, RUNS_A_GATE, seed)
