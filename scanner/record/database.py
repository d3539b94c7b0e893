"""The station's one SQLite file: how it is opened, what stands in it, how it grows from version to
version.

WAL with synchronous=FULL: a commit that returned survives a power cut (measured: NORMAL loses
hundreds of rows). Every thread opens its own connection; a write waits up to five seconds for
another thread's.
"""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from scanner.errors import StationFault

FILE_NAME: Final = "station.db"
SCHEMA_VERSION: Final = 1
BUSY_MS: Final = 5000
_FULL: Final = 2
_RETRY_MS: Final = 10

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


def open_database(folder: Path) -> Database:
    """Return the open database of a data folder, made on first use; StationFault if it cannot be
    used.

    Codes: `disk_unusable` (cannot open or write), `log_damaged`, `log_too_new` (written by a later
    version).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            folder / FILE_NAME,
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
    except OSError as error:
        raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None
    except sqlite3.Error as error:
        raise StationFault(f"{folder / FILE_NAME}: {error}", code="disk_unusable") from None
    try:
        _set_up(connection)
        _migrate(connection)
        return Database(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise StationFault(f"{folder / FILE_NAME}: {error}", code=fault_code(error)) from None
    except StationFault:
        connection.close()
        raise


def fault_code(error: sqlite3.Error) -> str:
    """Return which fault of the station an error of SQLite is: `disk_full`, `disk_unusable`,
    `log_damaged`.
    """
    if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
        return "disk_full"
    return "disk_unusable" if isinstance(error, sqlite3.OperationalError) else "log_damaged"


def _set_up(connection: sqlite3.Connection) -> None:
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # A setting that silently did not take would cost rows at the next power cut: read it back.
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "wal" or level != _FULL:
        raise StationFault(f"journal_mode={mode} synchronous={level}", code="disk_unusable")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # While another thread switches a new file, SQLite answers "locked" at once, whatever the
    # timeout: the window's loop and the push task open the file in the same moment.
    for _ in range(BUSY_MS // _RETRY_MS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            threading.Event().wait(_RETRY_MS / 1000)
        else:
            return


def _migrate(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StationFault("written by a later version of the program", code="log_too_new")
    if version == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    # Another process may have made the tables while this one waited for the lock.
    if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        for statement in _SCHEMA.split(";"):
            if statement.strip():
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")
