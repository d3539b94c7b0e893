"""The office's database: SQLite in the data folder, or PostgreSQL. All that differs between the two
is in this module.

What fails, and what then: another writer for longer than ten seconds: Busy database_busy. Disk
full: Fault disk_full. File damaged, server gone: Fault database_fault. A transaction that did not
commit left nothing behind.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from issuer.errors import BadInput, Busy, Code, Fault, IssuerError

# The newest migration; `open_database` compares it with what the database says.
SCHEMA: Final = "0003"
_BUSY_TIMEOUT_S: Final = 10
_RETRY_AFTER_S: Final = 5
# serialization_failure, deadlock_detected, lock_not_available, too_many_connections,
# cannot_connect_now
_BUSY_STATES: Final = frozenset({"40001", "40P01", "55P03", "53300", "57P03"})
_WRITES: Final = "kakou_writes"

# What actions hand from `write` to stores, without knowing SQL.
Transaction: TypeAlias = Connection


class Database:
    """One database and its pool of connections; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._engine = _make_engine(url)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give one connection in a transaction that sees one state of the database."""
        with _translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give one connection in a transaction that may write, committed (and synced) when the
        block ends well.

        On SQLite writers take turns from the first statement on, so nothing read inside can be out
        of date.
        """
        with _translated(), self._writer.begin() as connection:
            yield connection

    def schema(self) -> str | None:
        """Return the migration that the database stands at, None where it has no tables yet."""
        with self.read() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found

    def compact(self) -> None:
        """Let go of the bytes of deleted rows: the log of SQLite is written back and cut, on
        PostgreSQL the passages are vacuumed.
        """
        with _translated():
            if self._engine.dialect.name == "sqlite":
                # Not through `_begin`: inside a transaction nothing can be written back.
                raw = self._engine.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    raw.close()
                return
            alone = self._engine.execution_options(isolation_level="AUTOCOMMIT")
            with alone.connect() as connection:
                connection.exec_driver_sql("VACUUM passages")

    def close(self) -> None:
        """Close every pooled connection."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """Return the database at `url`, with the newest tables; others: Fault schema_outdated."""
    database = Database(url)
    found = database.schema()
    if found != SCHEMA:
        database.close()
        raise Fault(
            Code.SCHEMA_OUTDATED, f"tables are at {found or 'nothing'}, this version needs {SCHEMA}"
        )
    return database


def _make_engine(url: str) -> Engine:
    # hide_parameters: an error's traceback in the log names no person.
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            # None: the driver begins nothing by itself; `_begin` below does.
            connect_args={
                "timeout": _BUSY_TIMEOUT_S,
                "isolation_level": None,
                "check_same_thread": False,
            },
            pool_size=8,
            max_overflow=24,
            pool_timeout=_BUSY_TIMEOUT_S,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
        return engine
    # psycopg 3, whatever the address says of the driver.
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(
        url,
        pool_size=8,
        max_overflow=24,
        pool_timeout=_BUSY_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _set_pragmas(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # What retention takes away must not be read from the file's free pages.
    connection.execute("PRAGMA secure_delete=ON")
    # Read back: an acknowledged passage rests on these two, and SQLite ignores what it cannot set.
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (mode, level) != ("wal", 2):
        raise Fault(Code.DATABASE_FAULT, f"SQLite would not set WAL and FULL: {mode}, {level}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        # Stores handle the collisions that they expect; any other one is two writers at once, and
        # the second finds what the first wrote when it asks again.
        raise Busy(Code.DATABASE_BUSY, retry_after_s=1) from None
    except (DataError, UnicodeEncodeError):
        # Text that the database cannot hold: NUL on PostgreSQL, half a surrogate pair on both.
        raise BadInput(Code.BAD_ARGUMENTS, "a character that cannot be stored") from None
    except PoolTimeoutError:
        raise Busy(Code.DATABASE_BUSY, retry_after_s=_RETRY_AFTER_S) from None
    except DBAPIError as error:
        raise _error_of(error.orig) from error


def _error_of(error: Any) -> IssuerError:
    name = getattr(error, "sqlite_errorname", "") or ""
    state = getattr(error, "sqlstate", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) or state in _BUSY_STATES:
        return Busy(Code.DATABASE_BUSY, retry_after_s=_RETRY_AFTER_S)
    if name == "SQLITE_FULL" or state == "53100":
        return Fault(Code.DISK_FULL)
    return Fault(Code.DATABASE_FAULT, f"{type(error).__name__} {name or state}".strip())
