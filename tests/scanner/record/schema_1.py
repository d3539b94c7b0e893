"""A data folder as the first version of the station wrote it: its own SQL, kept word for word."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from keys.passages import FIRST_HASH, Passage, PassageRow, row_hash
from scanner.record.database import FILE_NAME
from tests.scanner.record.logs import STATION

_SCHEMA: Final = """
CREATE TABLE passages (
    sequence INTEGER PRIMARY KEY,
    passage_id BLOB NOT NULL UNIQUE,
    seen_at_ms INTEGER NOT NULL,
    clock TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    direction TEXT NOT NULL,
    tag BLOB,
    trace_digest BLOB,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE waiting (
    sequence INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE set_aside (
    sequence INTEGER PRIMARY KEY,
    code TEXT NOT NULL
) STRICT;
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
"""


def write_folder(
    folder: Path, passages: list[Passage], *, waiting: list[int], set_aside: dict[int, str]
) -> list[PassageRow]:
    """Write a folder of the first version and return its rows; the journal is left as a crash
    leaves it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / FILE_NAME, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(_SCHEMA)
    connection.execute("BEGIN")
    rows, previous = [], FIRST_HASH
    for sequence, one in enumerate(passages, 1):
        previous = row_hash(STATION, sequence, previous, one)
        rows.append(PassageRow(sequence=sequence, passage=one, hash=previous))
        values = (
            *(sequence, one.passage_id, one.seen_at_ms, one.clock.value, one.verdict.value),
            *(str(one.reason), one.direction.value, one.tag, one.trace_digest, one.body, previous),
        )
        connection.execute("INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.executemany("INSERT INTO waiting VALUES (?)", [(number,) for number in waiting])
    connection.executemany("INSERT INTO set_aside VALUES (?, ?)", list(set_aside.items()))
    connection.execute("PRAGMA user_version=1")
    connection.execute("COMMIT")
    connection.close()
    return rows
