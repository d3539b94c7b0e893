"""Writing one passage down - hash chain, row and queue - beside a bare one-row commit of the
standard library's sqlite3 with the same settings, on the same disk.
"""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Final

from benchmarks.measuring import in_turn, table, verdict
from keys.ed25519 import SigningKey
from keys.heads import row_signer
from keys.passages import ClockGrade, Direction, Passage, PassIdentity, Reason, Verdict
from keys.sealing import passage_key, passage_public, seal_body
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.passage import passage_for
from scanner.record.database import open_database
from scanner.record.passages import PassageLog

ROUNDS: Final = 40
COMMITS_A_ROUND: Final = 20
GOAL: Final = 0.8
_GREEN: Final = Judgement(
    Verdict.ADMIT,
    Reason.GREEN,
    PassIdentity("hangzhou", 3, 777_777),
    "王*明",
    "123X",
    0,
    1_780_000_020,
    60,
    "dense",
    (TraceStep("status", 0), TraceStep("list_age_s", 60), TraceStep("verdict", "green")),
)


def _bare_commit(folder: Path) -> Callable[[], object]:
    """Return a call that commits one row of a passage's size and nothing else."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    body = bytes(range(240))
    return lambda: connection.execute("INSERT INTO rows (body) VALUES (?)", (body,))


def _passages() -> Iterator[Passage]:
    """Yield passages of one judgement, each with an id of its own."""
    first = passage_for(
        _GREEN,
        passage_id=bytes(16),
        seen_at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
        clock=ClockGrade.CONFIRMED,
        direction=Direction.ENTRY,
    )
    for number in count():
        random = hashlib.sha256(number.to_bytes(8, "big")).digest()
        yield replace(first, passage_id=random[:16], tag=random[16:])


def _append(folder: Path) -> Callable[[], object]:
    """Return a call that stores one passage as a station does."""
    key = passage_key(passage_public(bytes(range(32))))
    log = PassageLog(
        open_database(folder),
        "west-1",
        seal=lambda plain: seal_body(plain, key),
        sign=row_signer(SigningKey(bytes(32)), "west-1", bytes(16)),
    )
    passages = iter(list(islice(_passages(), 2 * ROUNDS * COMMITS_A_ROUND + 2)))
    return lambda: log.append(next(passages))


def main() -> None:
    """Print commits a second, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        calls = {"bare sqlite3 commit": _bare_commit(folder), "a passage": _append(folder)}
        measured = in_turn(
            calls, rounds=ROUNDS, calls_a_round=COMMITS_A_ROUND, clock=time.perf_counter
        )
        work = in_turn(calls, rounds=ROUNDS, calls_a_round=COMMITS_A_ROUND)
    rate = 1 / measured.ratio("a passage", "bare sqlite3 commit")
    rows = []
    for name in calls:
        share, goal = ("1.000", "") if name[0] == "b" else (f"{rate:.3f}", "")
        if name == "a passage":
            goal = verdict(rate, GOAL, at_least=True)
        per_s, cpu_us = 1 / measured.median(name), work.median(name) * 1e6
        rows.append((name, f"{per_s:,.0f}", share, f"{cpu_us:.0f}", goal))
    table("Storing", ("what", "commits/s", "x rate", "CPU us", "goal"), rows)
    print(f"  WAL, synchronous=FULL; {ROUNDS} rounds of {COMMITS_A_ROUND} commits in turn.")


if __name__ == "__main__":
    main()
