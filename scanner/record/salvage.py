"""Rows that can still be read in a damaged log, in a log of their own that is sent like any other.

The damaged file is only read. Its rows keep their chain, place and hash, so the office finds them
to be what the station wrote, or not. Those that waited for a receipt wait here; where it cannot be
read which did, all do, and the office knows by (station, id) what it has. A place that waited and
cannot be read is set aside, and told. The salvage is made aside and renamed when it is whole.

SQLite reads around a bad page, but not without the first one. That page is the same in every log
but for a few numbers, so a copy with the first page of an empty log is tried where the file itself
cannot be opened or shows no rows.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from keys.errors import MalformedBytes
from keys.passages import encode_row
from scanner.errors import StationFault
from scanner.record.database import DATABASE_ERRORS, open_database, transaction
from scanner.record.files import sync_folder
from scanner.record.rows import read_row
from scanner.record.stationrecord import EarlierLog

UNREADABLE: Final = "damaged_here"
_BESIDE: Final = ("", "-wal", "-shm")
_UPWARDS: Final = "SELECT * FROM passages WHERE sequence >= ? ORDER BY sequence"
_DOWNWARDS: Final = "SELECT * FROM passages WHERE sequence > ? ORDER BY sequence DESC"
_AT: Final = "SELECT * FROM passages WHERE sequence = ?"
_WAITING: Final = "SELECT sequence FROM waiting ORDER BY sequence"
_INSERT: Final = (
    "INSERT OR IGNORE INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ALL_WAIT: Final = "INSERT INTO waiting SELECT sequence FROM passages WHERE emptied = 0"
# So many places one behind the other that cannot be read: some hundred bad pages.
_GIVE_UP: Final = 5_000
_HASH: Final = 11
_EMPTIED: Final = 16
_PAGE_COUNT: Final = slice(28, 32)
_FREE_PAGES: Final = slice(32, 40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What could be saved, in rows. waiting: that may not have been delivered; unreadable: of those
    that waited, as far as it is known which did.
    """

    waiting: int
    unreadable: int


def salvage_name(earlier: EarlierLog) -> str:
    """Return the file that the rows of a damaged log are saved to."""
    return earlier.log.removesuffix(".db") + "-salvaged.db"


def salvage(folder: Path, earlier: EarlierLog) -> Salvaged | None:
    """Save what can be read of a damaged log; None if that was done before, or the file is gone.
    StationFault: there is no room, or the disk cannot be written.
    """
    damaged = folder / earlier.log
    if (folder / salvage_name(earlier)).exists() or not damaged.exists():
        return None
    copy = folder / f"{damaged.name}.copy"
    try:
        return _made(folder, earlier, lambda into: _save(damaged, copy, into))
    finally:
        _remove(copy)


def rescue(folder: Path, earlier: EarlierLog, held: sqlite3.Connection) -> Salvaged | None:
    """Save the rows that wait in a log whose file somebody removed, while a connection still holds
    it open; None if that was done before. StationFault.
    """
    if (folder / salvage_name(earlier)).exists():
        return None

    def save(into: sqlite3.Connection) -> Salvaged:
        with transaction(into, "nothing salvaged"):
            _, waited = _take_from(held, into)
            return _queued(into, waited)

    return _made(folder, earlier, save)


def _made(
    folder: Path, earlier: EarlierLog, save: Callable[[sqlite3.Connection], Salvaged]
) -> Salvaged:
    final = folder / salvage_name(earlier)
    aside = folder / f"{final.name}.part"
    try:
        _remove(aside)
        with closing(open_database(folder, aside.name)) as into:
            done = save(into.conn)
        aside.replace(final)
        sync_folder(folder)
    except OSError as error:
        raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None
    return done


def _remove(path: Path) -> None:
    with suppress(OSError):
        for end in _BESIDE:
            path.with_name(path.name + end).unlink(missing_ok=True)


def _save(damaged: Path, copy: Path, into: sqlite3.Connection) -> Salvaged:
    with transaction(into, "nothing salvaged"):
        saved, waited = _take(damaged, into)
        if not saved or waited is None:
            _copy_with_good_first_page(damaged, copy)
            _, waited_too = _take(copy, into)
            waited = waited if waited is not None else waited_too
        return _queued(into, waited)


def _queued(into: sqlite3.Connection, waited: list[int] | None) -> Salvaged:
    """Let the saved rows wait that waited, all of them where that is not known."""
    if waited is None:
        into.execute(_ALL_WAIT)
    lost = [place for place in waited or () if not _is_readable(into, place)]
    found = [(place,) for place in waited or () if place not in set(lost)]
    into.executemany("INSERT INTO waiting VALUES (?)", found)
    into.executemany("INSERT INTO set_aside VALUES (?, ?)", [(place, UNREADABLE) for place in lost])
    [count] = into.execute("SELECT count(*) FROM waiting").fetchone()
    return Salvaged(waiting=count, unreadable=len(lost))


def _copy_with_good_first_page(damaged: Path, copy: Path) -> None:
    """Make a copy whose first page is that of an empty log, with the copy's own size."""
    _remove(copy)
    for end in _BESIDE[:2]:
        if (source := damaged.with_name(damaged.name + end)).exists():
            shutil.copyfile(source, copy.with_name(copy.name + end))
    empty = copy.with_name(copy.name + ".empty")
    try:
        open_database(copy.parent, empty.name).close()
        raw = empty.read_bytes()
    finally:
        _remove(empty)
    page = bytearray(raw[: int.from_bytes(raw[16:18], "big")])
    _write_page(copy, page)
    # The journal may hold the bad first page too: it goes into the file, and is written over again.
    with suppress(*DATABASE_ERRORS), closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    _write_page(copy, page)


def _write_page(copy: Path, page: bytearray) -> None:
    page[_PAGE_COUNT] = (copy.stat().st_size // len(page)).to_bytes(4, "big")
    page[_FREE_PAGES] = bytes(8)
    with copy.open("r+b") as out:
        out.write(page)


def _take(path: Path, into: sqlite3.Connection) -> tuple[int, list[int] | None]:
    """Save the rows of a file that are needed; return how many, and the places that waited if they
    are known: then only those are taken, and the row before each, whose hash its batch names.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return _take_from(connection, into)


def _take_from(
    connection: sqlite3.Connection, into: sqlite3.Connection
) -> tuple[int, list[int] | None]:
    saved = 0
    waiting = _waiting(connection)
    if waiting is None:
        rows = _walk(connection)
    else:
        places = {place for one in waiting for place in (one - 1, one)}
        rows = _rows_at(connection, sorted(places))
    for values in rows:
        # A row that is no row any more, or that no log could hold, is not readable.
        with suppress(MalformedBytes, ValueError, TypeError, sqlite3.IntegrityError):
            encode_row(read_row((*values[:10], values[_HASH], values[_EMPTIED])))
            into.execute(_INSERT, values)
            saved += 1
    return saved, waiting


def _waiting(connection: sqlite3.Connection) -> list[int] | None:
    try:
        return [int(row[0]) for row in connection.execute(_WAITING)]
    except DATABASE_ERRORS:
        return None


def _rows_at(connection: sqlite3.Connection, places: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    for place in places:
        with suppress(*DATABASE_ERRORS):
            yield from connection.execute(_AT, (place,)).fetchall()


def _walk(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """Yield every row that can be read. Behind a bad page it goes on with the next place that can
    be read; where there is none for long, from the end backwards.
    """
    place, missed = 1, 0
    while missed < _GIVE_UP:
        try:
            for values in connection.execute(_UPWARDS, (place,)):
                yield values
                place, missed = values[0] + 1, 0
        except DATABASE_ERRORS:
            place, missed = place + 1, missed + 1
            while missed < _GIVE_UP and not _is_readable(connection, place):
                place, missed = place + 1, missed + 1
        else:
            return
    with suppress(*DATABASE_ERRORS):
        yield from connection.execute(_DOWNWARDS, (place,))


def _is_readable(connection: sqlite3.Connection, place: int) -> bool:
    try:
        return connection.execute(_AT, (place,)).fetchone() is not None
    except DATABASE_ERRORS:
        return False
