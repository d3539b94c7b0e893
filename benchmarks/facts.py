"""Duplicate, anti-passback and occupancy answers of a log of 1,000,000 rows, beside a bare SELECT
on a table that holds nothing but the tag, its index and a time.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.measuring import table
from scanner.record.database import open_database
from scanner.record.passages import PassageLog

ROWS: Final = 1_000_000
PEOPLE: Final = 40_000
ASKED: Final = 2_000
GOAL_MS: Final = 5.0
_NOW_MS: Final = 1_780_000_000_000
_BEFORE_MS: Final = 30 * 86_400_000
_INSERT: Final = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _tag(person: int) -> bytes:
    return hashlib.sha256(person.to_bytes(8, "big")).digest()[:16]


def _time_ms(number: int) -> int:
    return _NOW_MS - _BEFORE_MS + number * (_BEFORE_MS // ROWS)


def _rows() -> Iterator[tuple[Any, ...]]:
    """Yield rows as a station stores them, but for hash and signature, which no answer reads."""
    body, digest = bytes([1]) + secrets.token_bytes(184), secrets.token_bytes(32)
    for number in range(1, ROWS + 1):
        counts = number % 10 != 0
        yield (
            *(number, secrets.token_bytes(16), _time_ms(number), "confirmed"),
            *("admit" if counts else "refuse", "green" if counts else "red"),
            *("exit" if number % 3 == 0 else "entry", _tag(number * 7919 % PEOPLE)),
            *(digest, body, digest, digest, bytes(64), int(counts), int(counts), 0, 0),
        )


def _fill(folder: Path) -> None:
    """Write both tables; nobody waits for the disk here."""
    database = open_database(folder)
    connection: sqlite3.Connection = database.conn
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    connection.executemany(_INSERT, _rows())
    connection.execute("INSERT INTO waiting SELECT sequence FROM passages")
    connection.execute("COMMIT")
    connection.close()
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("CREATE TABLE seen (tag BLOB NOT NULL, at INTEGER NOT NULL) STRICT")
    bare.execute("BEGIN")
    pairs = ((_tag(number * 7919 % PEOPLE), _time_ms(number)) for number in range(1, ROWS + 1))
    bare.executemany("INSERT INTO seen VALUES (?, ?)", pairs)
    bare.execute("CREATE INDEX by_tag ON seen (tag, at)")
    bare.execute("COMMIT")
    bare.close()


def _measured(ask: Callable[[int], object]) -> list[float]:
    """Return milliseconds of each of many answers, about somebody else each time."""
    taken = []
    for number in range(ASKED):
        begin_s = time.perf_counter()
        ask(number * 104_729 % PEOPLE)
        taken.append((time.perf_counter() - begin_s) * 1000)
    return sorted(taken)


def _row(name: str, ask: Callable[[int], object], *, goal: bool = True) -> list[str]:
    taken = _measured(ask)
    p99 = taken[int(0.99 * ASKED)]
    met = f"<= {GOAL_MS:.0f} ms" + ("" if p99 <= GOAL_MS else "  MISSED") if goal else ""
    return [name, f"{taken[ASKED // 2]:.3f}", f"{p99:.3f}", f"{taken[-1]:.3f}", met]


def _answers(folder: Path, when: str) -> list[list[str]]:
    log = PassageLog(open_database(folder), "west-1")

    def facts(person: int) -> object:
        # Yesterday's tag too: a window over midnight asks under each day's key.
        tags = (_tag(person), _tag(person + PEOPLE))
        return log.tag_facts(tags, now_ms=_NOW_MS, midnight_ms=_NOW_MS - 86_400_000 // 2)

    rows = [
        _row(f"tag_facts, {when}", facts),
        _row(f"inside, {when}", lambda _: log.inside()),
    ]
    log.close()
    return rows


def _bare(folder: Path) -> list[str]:
    bare = sqlite3.connect(folder / "bare.db")
    query = "SELECT max(at) FROM seen WHERE tag = ?"
    row = _row(
        "bare SELECT by index",
        lambda person: bare.execute(query, (_tag(person),)).fetchone(),
        goal=False,
    )
    bare.close()
    return row


def main() -> None:
    """Print how long the answers take, at the first asking after a start and after a sync."""
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as name:
        folder = Path(name)
        _fill(folder)
        rows = [_bare(folder), *_answers(folder, "after a start")]
        database = open_database(folder)
        log = PassageLog(database, "west-1")
        for first in range(1, ROWS, 1000):
            log.mark(delivered=range(first, first + 1000), set_aside=[])
        log.close()
        rows += _answers(folder, "after a sync of all rows")
    head = ("what", "p50 ms", "p99 ms", "longest ms", "goal")
    table(f"Facts at {ROWS:,} rows", head, rows)
    print(f"  {ASKED} people asked about, in one thread.")


if __name__ == "__main__":
    main()
