"""Writing one passage down - hash chain, sealed body, signature, facts and queue - beside a bare
one-row commit of the standard library's sqlite3 with the same settings, on the same disk.
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

from benchmarks.measuring import Rounds, in_turn, table, verdict
from keys.ed25519 import SigningKey
from keys.heads import row_signer
from keys.passages import ClockGrade, Direction, Passage, PassIdentity, Reason, Verdict
from keys.sealing import passage_key, passage_public
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.passage import passage_for
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.record.sealer import BodySealer

COMMITS: Final = 1000
GOAL: Final = 0.9
P99_GOAL: Final = 2.0
BARE: Final = "bare sqlite3 commit"
WHOLE: Final = "a passage, sealed and signed"
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
    """Yield passages of one judgement, each with an id, a tag and a salt of its own."""
    for number in count():
        random = hashlib.sha512(number.to_bytes(8, "big")).digest()
        passage = passage_for(
            _GREEN,
            passage_id=random[:16],
            salt=random[16:32],
            seen_at=datetime(2026, 11, 21, 8, 30, tzinfo=UTC),
            clock=ClockGrade.CONFIRMED,
            direction=Direction.ENTRY,
        )
        yield replace(passage, tag=random[32:48])


def _log(folder: Path, seal: BodySealer | None) -> PassageLog:
    """Return the log of a new folder; sealed and signed if there is a `seal`."""
    folder.mkdir()
    sign = row_signer(SigningKey(bytes(32)), "west-1", bytes(16)) if seal else None
    return PassageLog(open_database(folder), "west-1", seal=seal, sign=sign)


def _append(log: PassageLog) -> Callable[[], object]:
    """Return a call that stores one passage."""
    passages = iter(list(islice(_passages(), 2 * COMMITS + 2)))
    return lambda: log.append(next(passages))


def _by_name(folder: Path) -> tuple[dict[str, Callable[[], object]], dict[str, BodySealer]]:
    """Return what is measured, and what is made ready before each call."""
    key = passage_key(passage_public(bytes(range(32))))
    at_once, begun = BodySealer(lambda: key), BodySealer(lambda: key)
    calls = {
        BARE: _bare_commit(folder),
        "a passage, plain and unsigned": _append(_log(folder / "plain", None)),
        "a passage, sealed at once and signed": _append(_log(folder / "at_once", at_once)),
        WHOLE: _append(_log(folder / "whole", begun)),
    }
    return calls, {WHOLE: begun}


def _line(name: str, wall: Rounds, work: Rounds) -> list[str]:
    bare = name == BARE
    rate = 1.0 if bare else 1 / wall.ratio(name, BARE)
    p99 = wall.quantile(name, 0.99)
    times = p99 / wall.quantile(BARE, 0.99)
    goals = ["", ""]
    if name == WHOLE:
        goals = [verdict(rate, GOAL, at_least=True), verdict(times, P99_GOAL)]
    return [
        name,
        f"{1 / wall.median(name):,.0f}",
        f"{rate:.2f}",
        goals[0],
        f"{p99 * 1000:.2f}",
        f"{times:.2f}",
        goals[1],
        f"{work.median(name) * 1e6:.0f}",
    ]


def main() -> None:
    """Print commits a second, their ratio, and the slowest hundredth."""
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as name:
        calls, sealers = _by_name(Path(name))
        before = {name: sealer.get_ready for name, sealer in sealers.items()}
        wall = in_turn(calls, rounds=COMMITS, clock=time.perf_counter, before=before)
        work = in_turn(calls, rounds=COMMITS, before=before)
    head = ("what", "commits/s", "x rate", "goal", "p99 ms", "x p99", "goal", "CPU us")
    table("Storing", head, [_line(name, wall, work) for name in calls])
    print(f"  WAL, synchronous=FULL; {COMMITS} commits of each, one after the other in turn.")
    print("  A station begins the next seal between two frames: that half is not in the last line.")


if __name__ == "__main__":
    main()
