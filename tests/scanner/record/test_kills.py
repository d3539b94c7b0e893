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

_WRITER = """
import sys
from pathlib import Path
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from tests.keys.makers import passage
log = PassageLog(open_database(Path(sys.argv[1])), "west-1")
number = int(sys.argv[2]) * 100000
while True:
    number += 1
    sys.stdout.write(f"{log.append(passage(number)).passage.passage_id.hex()}\\n")
    sys.stdout.flush()
"""
KILLS = 20


def test_twenty_kills_in_the_middle_of_appending_lose_no_row_that_was_acknowledged(
    tmp_path: Path,
) -> None:
    told: list[str] = []
    for turn in range(1, KILLS + 1):
        command = [sys.executable, "-c", _WRITER, str(tmp_path), str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as writer:
            assert writer.stdout is not None
            for _ in range(3 * turn):
                told.append(writer.stdout.readline().strip())
            os.kill(writer.pid, signal.SIGKILL)
            # What it said before it died counts; a line cut in the middle was not said.
            told += [line.strip() for line in writer.stdout if line.endswith("\n")]

    log = PassageLog(open_database(tmp_path), "west-1")
    rows = [entry.row for entry in log.entries()]
    stored = [row.passage.passage_id.hex() for row in rows]
    assert set(told) <= set(stored)
    assert len(stored) - len(told) <= KILLS  # at most the one row each time that was being told
    assert len(set(stored)) == len(stored) == log.waiting_count()
    previous = FIRST_HASH
    for place, row in enumerate(rows, 1):
        assert (row.sequence, row.hash) == (
            place,
            row_hash("west-1", place, previous, row.passage),
        )
        previous = row.hash
    log.close()
