"""The log's SQLite file: how it is opened. What stands in it: scanner.record.schema.

WAL with synchronous=FULL: a commit that returned survives a power cut (measured: NORMAL loses
hundreds of rows). Every thread opens its own connection; a write waits up to five seconds for
another thread's.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from scanner.errors import StationFault
from scanner.record.schema import migrate
from scanner.record.stationrecord import FIRST_LOG

FILE_NAME: Final = FIRST_LOG
BUSY_MS: Final = 5000
# The second where SQLite's own message quotes wrong bytes of the file that are no text.
DATABASE_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError)
_FULL: Final = 2
_RETRY_MS: Final = 10


def open_database(folder: Path, name: str = FILE_NAME) -> Database:
    """Return the open database of a data folder, made on first use; StationFault if it cannot be
    used. name: of its file, as the station's record says it.

    Codes: `disk_unusable` (cannot open or write), `log_damaged`, `log_too_new` (written by a later
    version).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            folder / name,
            timeout=BUSY_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
        )
    except OSError as error:
        raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None
    except sqlite3.Error as error:
        raise StationFault(f"{folder / name}: {error}", code="disk_unusable") from None
    try:
        _set_up(connection)
        migrate(connection)
        return Database(connection)
    except DATABASE_ERRORS as error:
        connection.close()
        raise StationFault(f"{folder / name}: {error}", code=fault_code(error)) from error
    except StationFault:
        connection.close()
        raise


def fault_code(error: sqlite3.Error | UnicodeDecodeError) -> str:
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
    # What is deleted is overwritten with zeros, or a stolen disk would still give it.
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
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


@contextmanager
def transaction(connection: sqlite3.Connection, failed: str) -> Iterator[None]:
    """Let what is written inside be on disk when this ends, or none of it: StationFault, `failed`
    says what then was not done.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise
    except DATABASE_ERRORS as error:
        raise StationFault(f"{failed}: {error}", code=fault_code(error)) from error
