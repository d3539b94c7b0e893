"""Deletes old rows where SQLite keeps no promise any more: in a damaged file, which is written only
for this, after everything of worth was saved from it (scanner.record.salvage).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from scanner.errors import StationFault
from scanner.record.database import DATABASE_ERRORS
from scanner.record.files import sync_folder

_BESIDE: Final = ("-wal", "-shm", "")
_AT_ONCE: Final = 1 << 20
# Of the same size as before: what was there is written over.
_EMPTY: Final = (
    "UPDATE passages SET body = zeroblob(length(body)), emptied = 1, counts = 0,"
    " tag = CASE WHEN tag IS NULL THEN NULL ELSE zeroblob(length(tag)) END"
    " WHERE sequence BETWEEN ? AND ? AND emptied = 0 AND seen_at_ms < ?"
)
_PLACES: Final = "SELECT min(sequence), max(sequence) FROM passages"
_ROWS_AT_ONCE: Final = 512
# Wrong bytes may make a place out of any number.
_ROWS_MAX: Final = 1 << 24


def empty_old_rows(path: Path, *, before_s: int) -> int:
    """Empty bodies and tags of the rows from before `before_s` (unix seconds), as far as SQLite can
    read and write them in a damaged file; return how many. What it cannot goes with the file.
    """
    if not path.exists():
        return 0
    emptied = 0
    with suppress(*DATABASE_ERRORS), closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA secure_delete=ON")
        file.execute("PRAGMA synchronous=NORMAL")  # on disk with the checkpoint, not row by row
        first, last = file.execute(_PLACES).fetchone()
        first, last = first or 1, min(last or 0, (first or 1) + _ROWS_MAX)
        for start in range(first, last + 1, _ROWS_AT_ONCE):
            emptied += _empty(file, start, min(last, start + _ROWS_AT_ONCE - 1), before_s * 1000)
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return emptied


def _empty(file: sqlite3.Connection, first: int, last: int, before_ms: int) -> int:
    try:
        return file.execute(_EMPTY, (first, last, before_ms)).rowcount
    except DATABASE_ERRORS:
        if first == last:
            return 0
    # A bad page is among them: what lies around it is reached by halves.
    middle = (first + last) // 2
    return _empty(file, first, middle, before_ms) + _empty(file, middle + 1, last, before_ms)


def wipe(path: Path) -> None:
    """Write zeros over a log's file and its journal, and remove them. StationFault."""
    try:
        for end in _BESIDE:
            part = path.with_name(path.name + end)
            if part.is_file():
                _zero(part)
            part.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise StationFault(f"{path}: {error.strerror}", code="disk_unusable") from None


def _zero(path: Path) -> None:
    with path.open("r+b") as out:
        left = path.stat().st_size
        while left > 0:
            left -= out.write(bytes(min(left, _AT_ONCE)))
        out.flush()
        os.fsync(out.fileno())
