"""Bodies that were written in clear, before the station had a passage key, sealed in place.

A row that still waits stays as it is: it is sent as it was appended, since its hash covers the
plain body. The others keep their hashes, and a record that the station signs fixes the sealed
bodies. Each step is one transaction. At the end the file is written anew as a whole, so that no
plain copy is left in a page's free room, and the journal is emptied.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlite_utils import Database

from keys.heads import Taken
from scanner.record.database import transaction
from scanner.record.heads import Owner, add_record
from scanner.record.proving import Proof, record_over, runs_of
from scanner.record.retention import empty_journal
from scanner.record.rows import ask

STEP_ROWS: Final = 1_000
WHY: Final = "sealed_in_place"
_BODY: Final = 9
_SEAL: Final = "UPDATE passages SET body = ? WHERE sequence = ?"
_FIRST_PLAIN: Final = (
    "SELECT min(sequence) FROM passages INDEXED BY plain"
    " WHERE emptied = 0 AND substr(body, 1, 1) BETWEEN x'a0' AND x'bf'"
    " AND sequence > ? AND sequence NOT IN (SELECT sequence FROM waiting)"
)
_FROM: Final = (
    "SELECT l.* FROM logged l LEFT JOIN waiting w ON w.sequence = l.sequence"
    " WHERE l.sequence >= ? AND w.sequence IS NULL ORDER BY l.sequence LIMIT ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resealed:
    """How many bodies were sealed in place, and whether no plain copy of them is left in the
    file: not so while there is no room to write it anew, and the next run tries again.
    """

    rows: int
    file_cleaned: bool


def seal_stored(
    database: Database, owner: Owner, seal: Callable[[bytes], bytes], *, now_s: int
) -> Resealed:
    """Seal the plain bodies of all rows that wait no more. Cheap where there are none: to be called
    after every pull. StationFault; what was sealed before it is sealed.
    """
    connection: sqlite3.Connection = database.conn
    rows = after = 0
    while (first := ask(connection, _FIRST_PLAIN, (after,))[0][0]) is not None:
        count, after = _seal_some(connection, owner, seal, first, now_s)
        rows += count
    return Resealed(rows=rows, file_cleaned=_write_anew(connection))


def _seal_some(
    connection: sqlite3.Connection,
    owner: Owner,
    seal: Callable[[bytes], bytes],
    first: int,
    now_s: int,
) -> tuple[int, int]:
    """Seal the plain rows that follow each other from `first` on; return how many, and the place
    of the last.
    """
    with transaction(connection, "nothing sealed"):
        found = connection.execute(_FROM, (first, STEP_ROWS)).fetchall()
        rows = _plain_run(found, first)
        proof = Proof(connection, owner, first, rows[-1][0])
        proven = [(values, proof.of(values)) for values in rows]
        sealed = []
        for values, before in proven:
            body = seal(values[_BODY])
            connection.execute(_SEAL, (body, values[0]))
            # A row that was edited while it lay open is closed as well, but nothing is signed.
            if before is not None:
                sealed.append(((*values[:_BODY], body, *values[_BODY + 1 :]), before))
        for run in runs_of(sealed):
            record = record_over(Taken.SEALED, owner, run, now_s=now_s, why=WHY)
            add_record(connection, owner, record)
        connection.execute("UPDATE place SET plain_left = 1")
    return len(rows), rows[-1][0]


def _plain_run(found: list[tuple[Any, ...]], first: int) -> list[tuple[Any, ...]]:
    """Return the rows from `first` on, up to a gap or to one that is sealed already."""
    for place, values in enumerate(found):
        plain = type(values[_BODY]) is bytes and 0xA0 <= (values[_BODY] or b"\0")[0] <= 0xBF
        if values[0] != first + place or not plain:
            return found[:place]
    return found


def _write_anew(connection: sqlite3.Connection) -> bool:
    """Write the file anew and return whether nothing of the plain bodies is left in it."""
    if ask(connection, "SELECT plain_left FROM place")[0][0] == 0:
        return True
    try:
        connection.execute("VACUUM")
    except sqlite3.OperationalError:
        return False  # no room, or another thread is at work
    if not empty_journal(connection):
        return False
    with transaction(connection, "mark not stored"):
        connection.execute("UPDATE place SET plain_left = 0")
    return True
