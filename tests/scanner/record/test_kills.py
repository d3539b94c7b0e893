"""A station killed between two instructions: every row that it said was stored is stored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from keys.passages import FIRST_HASH, row_hash
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from tests.conftest import ROOT

# Starts a writer for every line it reads: a process of its own, that appends until it is killed.
_NURSERY = """
import os, secrets, sys
from pathlib import Path
from keys.passages import ClockGrade, Direction, Passage, Verdict
from scanner.record.database import open_database
from scanner.record.passages import PassageLog

def write():
    log = PassageLog(open_database(Path(sys.argv[1])), "west-1")
    print(os.getpid(), flush=True)
    while True:
        number = secrets.token_bytes(16)
        log.append(
            Passage(
                passage_id=number, seen_at_ms=1, clock=ClockGrade.CONFIRMED, tag=None,
                verdict=Verdict.ADMIT, reason="green", direction=Direction.ENTRY,
                trace_digest=None, body=b"",
            )
        )
        print(number.hex(), flush=True)

for line in sys.stdin:
    writer = os.fork()
    if writer == 0:
        write()
    os.waitpid(writer, 0)
    print("dead", flush=True)
"""
KILLS = 20


def test_twenty_kills_in_the_middle_of_appending_lose_no_row_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-c", _NURSERY, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for turn in range(1, KILLS + 1):
            nursery.stdin.write("go\n")
            nursery.stdin.flush()
            writer = int(nursery.stdout.readline())
            told += [nursery.stdout.readline().strip() for _ in range(turn)]
            os.kill(writer, signal.SIGKILL)
            # What it said before it died counts as well.
            while (line := nursery.stdout.readline().strip()) != "dead":
                told.append(line)
        nursery.stdin.close()

    log = PassageLog(open_database(tmp_path), "west-1")
    rows = [entry.row for entry in log.entries()]
    stored = [row.passage.passage_id.hex() for row in rows]
    assert set(told) <= set(stored)
    assert len(stored) - len(told) <= KILLS  # at most the one row each time that was being told
    assert len(set(stored)) == len(stored) == log.waiting_count()
    previous = FIRST_HASH
    for place, row in enumerate(rows, 1):
        chained = row_hash("west-1", place, previous, row.passage)
        assert (row.sequence, row.hash) == (place, chained)
        previous = row.hash
    log.close()
