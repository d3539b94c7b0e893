"""Whether the log's file itself is damaged, rather than full, locked, read-only or of a later
version: only that lets a station go on in another file.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from scanner.record.database import DATABASE_ERRORS, fault_code
from scanner.record.schema import SCHEMA_VERSION, migrate

_MAGIC: Final = b"SQLite format 3\0"
_HEADER: Final = 100
# Fixed by the format: the largest and the smallest share of a payload in a page.
_FRACTIONS: Final = bytes((64, 32, 32))
# The latest form of the tables' own table, for twenty years: a later number opens no file.
_SCHEMA_FORMAT: Final = 4
_KNOWN_MODES: Final = frozenset({1, 2})
# SQLite found wrong bytes itself.
_WRONG_BYTES: Final = ("SQLITE_CORRUPT", "SQLITE_NOTADB")
# What wrong bytes can look like as well: a mode of the file that only allows reading, tables that
# are not there, a row that is there already.
_MAYBE: Final = ("SQLITE_READONLY", "SQLITE_ERROR", "SQLITE_CONSTRAINT")


def says_wrong_bytes(error: BaseException | None) -> bool:
    """Return whether SQLite found the file damaged when it raised `error`."""
    name = getattr(error, "sqlite_errorname", "")
    return isinstance(error, UnicodeDecodeError) or name.startswith(_WRONG_BYTES)


def may_be_damage(error: BaseException | None) -> bool:
    """Return whether it is worth the time to look the file over after `error`."""
    name = getattr(error, "sqlite_errorname", "")
    return says_wrong_bytes(error) or name.startswith(_MAYBE)


def is_damaged(path: Path) -> bool:
    """Return whether wrong bytes are found in the file at `path`, by its head, its tables, and one
    reading of the whole. A file that is not there, empty, locked, of a later version, or on a disk
    that cannot be read, is not damaged.
    """
    try:
        with path.open("rb") as source:
            head = source.read(_HEADER)
    except OSError:
        return False
    if not head:
        return False
    if not _is_head(head):
        return True
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            return _has_wrong_bytes(connection)
    except sqlite3.OperationalError:
        return False
    except DATABASE_ERRORS as error:
        return fault_code(error) == "log_damaged"


def _is_head(head: bytes) -> bool:
    size = int.from_bytes(head[16:18], "big")
    return (
        len(head) == _HEADER
        and head.startswith(_MAGIC)
        and (size == 1 or (size >= 512 and size & (size - 1) == 0))
        and {head[18], head[19]} <= _KNOWN_MODES
        and head[21:24] == _FRACTIONS
        and int.from_bytes(head[44:48], "big") <= _SCHEMA_FORMAT
    )


def _has_wrong_bytes(connection: sqlite3.Connection) -> bool:
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        return True
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        return False  # of another version: its tables are not ours to judge
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        return not _tables(connection) >= _tables(fresh)


def _tables(connection: sqlite3.Connection) -> set[tuple[str, bytes, bytes]]:
    # As bytes: what was damaged may be no text.
    query = "SELECT type, CAST(name AS BLOB), CAST(sql AS BLOB) FROM sqlite_master"
    return set(connection.execute(query))
