"""The power goes at every sync of a station's own process: while it scans, sends, pulls and tidies.

Whatever is found on the disk afterwards: every row that was told of is there, the log verifies
against the receipts that are there, beliefs and identity are whole.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from scanner.commands.log_checking import verify_lines
from scanner.surroundings.known import open_known
from tests.conftest import ROOT
from tests.journeys.crash_rig import Gate
from tests.journeys.in_process import served_office
from tests.journeys.power_cut import Disk, Op, moments, put_back, read_trace, traced
from tests.journeys.programs import until

pytestmark = pytest.mark.usefixtures("uncounted")

PASSES = 25
OLD_ROWS = 30
# One way of being cut at each sync in the suite, several in a soak.
CUTS = 1
SOAK_CUTS = 8


def record(gate: Gate, folder: Path) -> list[Op]:
    """Let the station scan, pull a new pack, send everything and tidy up; return what it did. The
    folder as it was before is copied to `before`.
    """
    shutil.copytree(gate.data, folder / "before")
    trace = folder / "trace"
    command = [sys.executable, "-m", "scanner", "--data", str(gate.data), "--json", "run"]
    watched = traced([*command, "--headless", "--camera", str(gate.pictures)], trace)
    with subprocess.Popen(watched, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        told = 0
        while told < PASSES:
            told += bool(json.loads(process.stdout.readline()).get("passage_id"))
        until(lambda: _waiting(gate.data) == 0, "everything is delivered")
        with trace.open(encoding="ascii") as source:
            os.kill(int(source.readline().split()[0]), signal.SIGTERM)
        process.communicate()
    return read_trace(trace, gate.data)


def _waiting(data: Path) -> int:
    with sqlite3.connect(f"file:{data / 'station.db'}?mode=ro", uri=True) as connection:
        return int(connection.execute("SELECT count(*) FROM waiting").fetchone()[0])


def check(folder: Path, told: Sequence[str]) -> None:
    """What must hold on a disk that lost its power."""
    known = open_known(folder)
    assert known.beliefs.keyring is not None
    assert known.identity.record.issuer in known.beliefs.universes
    assert known.clock.bound_s > 0
    *findings, report = verify_lines(folder, [])
    assert not findings, findings
    assert report["holds"], report
    with sqlite3.connect(folder / "station.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = connection.execute("SELECT hex(passage_id) FROM passages").fetchall()
    missing = {passage_id.upper() for passage_id in told} - {row[0] for row in found}
    assert missing == set()


def cut_everywhere(folder: Path, cuts: int, seed: int) -> int:
    """Cut the power at every sync, `cuts` times in different ways; return how many times."""
    draw = random.Random(seed)
    with served_office(folder) as office:
        gate = Gate(office, folder, "north", passes=PASSES)
        gate.grow_old(draw, rows=OLD_ROWS)
        office.publish()
        ops = record(gate, folder)
        disk = Disk(gate.data, folder / "before")
        told: list[str] = []
        looked_at = done = 0
        for number, _ in moments(ops, disk):
            told += _told(ops[looked_at:number])
            looked_at = number
            for _ in range(cuts):
                way: Callable[[], dict[str, bytes]] = draw.choice(
                    (disk.sure, disk.whole, lambda: disk.torn(draw), lambda: disk.torn(draw))
                )
                after = put_back(way(), folder / "after")
                check(after, told)
                shutil.rmtree(after)
                done += 1
        assert len(told) == PASSES
        gate.told.acknowledged |= set(told)
        gate.settle()
        assert gate.told.emptied == OLD_ROWS
        assert lost_without_syncs(ops, Disk(gate.data, folder / "before"), folder / "after")
    print(f"{len(ops)} writes and syncs, {done} power cuts")
    return done


def lost_without_syncs(ops: Sequence[Op], disk: Disk, folder: Path) -> bool:
    """Return whether rows are found missing when the database's syncs are taken out of what was
    recorded: a rig that cannot fail shows nothing.
    """
    for op in ops:
        if op.kind != "sync" or not op.path.endswith("-wal"):
            disk.take(op)
    put_back(disk.sure(), folder)
    try:
        check(folder, _told(ops))
    except AssertionError:
        return True
    return False


def _told(ops: Sequence[Op]) -> list[str]:
    lines = b"".join(op.raw for op in ops if op.kind == "told").decode().splitlines()
    found = [json.loads(line).get("passage_id") for line in lines]
    return [passage_id for passage_id in found if passage_id]


def test_a_power_cut_at_any_sync_loses_no_row_that_was_told_of(tmp_path: Path) -> None:
    assert cut_everywhere(tmp_path, CUTS, seed=1) > PASSES


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 6))
def test_power_cuts_of_all_kinds_lose_nothing(tmp_path: Path, seed: int) -> None:
    assert cut_everywhere(tmp_path, SOAK_CUTS, seed) > PASSES * SOAK_CUTS


def test_the_simulated_disk_forgets_what_was_never_synced(tmp_path: Path) -> None:
    """The rig itself: what is written and not synced is lost, and a rename without its folder."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "kept").write_bytes(b"old")
    disk = Disk(home)
    kept, aside = str(home / "kept"), str(home / ".kept.part")
    steps = [
        Op(kind="empty", path=aside, began=0),
        Op(kind="write", path=aside, began=1, raw=b"new"),
        Op(kind="rename", path=aside, began=2, other=kept),
    ]
    for step in steps:
        disk.take(step)
    assert disk.whole() == {"kept": b"new"}
    assert disk.sure() == {"kept": b"old"}

    disk.take(Op(kind="sync", path=str(home), began=3))
    assert disk.sure() == {"kept": b""}  # renamed, and its bytes never synced
    disk.take(Op(kind="sync", path=kept, began=4))
    assert disk.sure() == {"kept": b"new"}
