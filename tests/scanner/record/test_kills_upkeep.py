"""A station killed while it migrates, seals in place and deletes: each step was done or was not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from keys.sealing import is_sealed, open_body
from tests.conftest import ROOT
from tests.scanner.record.logs import (
    PASSAGE_KEY,
    SECRET,
    kept_log,
    person,
)
from tests.scanner.record.schema_1 import write_folder

ROWS, DELIVERED = 500, 450
KILLS = 12
# A process that does one folder's upkeep in a child for every line it reads. The kernel ends the
# child when its time is over, wherever it is, as kill -9 does. Its time is what it computes, not
# what passes: the same share of the work on a machine that has more to do now than a moment ago.
_NURSERY = """
import os, signal, sys
from pathlib import Path
from scanner.record import resealing, retention
from tests.scanner.record import logs

resealing.STEP_ROWS = retention.STEP_ROWS = 50
DAY = logs.DAY_S

def upkeep(folder):
    kept = logs.kept_log(Path(folder), quick=False)
    kept.head()
    resealing.seal_stored(kept.database, logs.OWNER, logs.seal, now_s=logs.BEGAN_S)
    for days in (33, 65):
        now_s = logs.BEGAN_S + days * DAY
        retention.retain(kept.database, logs.OWNER, now_s=now_s)

for line in sys.stdin:
    folder, life_s = line.split()
    child = os.fork()
    if child == 0:
        signal.setitimer(signal.ITIMER_PROF, float(life_s))
        upkeep(folder)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    print(int(os.WIFSIGNALED(status)), used.ru_utime + used.ru_stime, flush=True)
"""


def test_kills_in_migration_sealing_and_retention_leave_a_log_that_holds(tmp_path: Path) -> None:
    first = tmp_path / "first"
    passages = [person(number) for number in range(1, ROWS + 1)]
    waiting = list(range(DELIVERED + 1, ROWS + 1))
    write_folder(first, passages, waiting=waiting, set_aside={})
    killed = 0
    with subprocess.Popen(
        [sys.executable, "-c", _NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None

        def run(folder: Path, life_s: float) -> tuple[bool, float]:
            assert nursery.stdin is not None
            assert nursery.stdout is not None
            shutil.copytree(first, folder)
            nursery.stdin.write(f"{folder} {life_s}\n")
            nursery.stdin.flush()
            ended, took_s = nursery.stdout.readline().split()
            return ended == "1", float(took_s)

        run(tmp_path / "imports", 60)
        _, whole_s = run(tmp_path / "whole", 60)
        check(tmp_path / "whole", finished=True)
        for turn in range(KILLS):
            folder = tmp_path / str(turn)
            killed += run(folder, whole_s * (turn + 0.5) / KILLS)[0]
            check(folder)
        nursery.stdin.close()
    assert killed >= KILLS // 2


def check(folder: Path, *, finished: bool = False) -> None:
    """Open the folder as the next start does, and look at everything in it."""
    kept = kept_log(folder)
    kept.head()
    report = kept.report()
    assert report.holds, report.findings
    assert report.last == ROWS
    assert kept.log.waiting_count() == ROWS - DELIVERED
    for entry in kept.log.entries():
        sequence, body = entry.row.sequence, entry.row.passage.body
        assert entry.emptied or open_body(body, {PASSAGE_KEY.kid: SECRET}) == person(sequence).body
        assert sequence <= DELIVERED or not (entry.emptied or is_sealed(body))
    if finished:
        assert (report.first, report.rows) == (DELIVERED + 1, ROWS - DELIVERED)
    assert kept.log.append(person(ROWS + 1)).sequence == ROWS + 1
    kept.log.close()
