"""What becomes of rows after their time: first body and tag go, a month later the whole row.

Only rows that nobody waits for any more (delivered, or set aside) and that are older than the limit
are touched, from the oldest on, up to the first that must stay. What is left of each stretch is
fixed by a record that the station signs, in the same transaction; a crash at any byte leaves a
stretch as it was or done. A row that was not as it had been appended loses its body too, but no
record speaks for it, and it never leaves the log: `log verify` goes on showing it.

A body is written over with zeros in its place rather than taken out: nothing moves in the file, so
no copy is left in a page's free room. Then the journal is emptied.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from sqlite_utils import Database

from keys.heads import NO_DIGEST, LogRecord, Taken
from keys.passages import FIRST_HASH
from scanner.record.database import transaction
from scanner.record.heads import Owner, add_record, drop_records, kept_records
from scanner.record.proving import Proof, record_over, runs_of, shorten_sealed
from scanner.record.rows import ask

KEEP_DAYS: Final = 31
DAY_S: Final = 86_400
# Rows of one transaction: a scan waits for it, some 0.1 s.
STEP_ROWS: Final = 2_000
WHY: Final = "retention"
# So long after its body a row leaves the log as a whole: a receipt of later than that names no row
# that may be gone.
REMOVED_AFTER_S: Final = 31 * DAY_S
_NEXT: Final = (
    "SELECT * FROM logged WHERE sequence > ? AND emptied = 0"
    " AND sequence < (SELECT coalesce(min(sequence), 1 << 62) FROM waiting)"
    " ORDER BY sequence LIMIT ?"
)
_EMPTIED: Final = (
    "SELECT count(*), min(sequence), max(sequence) FROM passages INDEXED BY emptied"
    " WHERE emptied = 1"
)
# Of the same size as before: SQLite then writes over the old bytes where they are.
_EMPTY: Final = (
    "UPDATE passages SET body = zeroblob(length(body)), emptied = 1, counts = 0,"
    " tag = CASE WHEN tag IS NULL THEN NULL ELSE zeroblob(length(tag)) END"
    " WHERE sequence BETWEEN ? AND ? AND emptied = 0"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    """What a run did, in rows. emptied: bodies and tags deleted; unproven: those of them that were
    not as they had been appended; removed: deleted as a whole. journal_emptied: whether nothing of
    them is left in the journal; it is not while another thread reads, and the next run does it.
    """

    emptied: int
    removed: int
    unproven: int
    journal_emptied: bool


def retain(database: Database, owner: Owner, *, now_s: int, keep_days: int = KEEP_DAYS) -> Retained:
    """Delete what is older than `keep_days` days at the beginning of the UTC day of `now_s` (unix
    seconds of confirmed time: a clock that runs ahead would delete too early).

    By whole days: called every five minutes it makes one record a day. StationFault; what was done
    before it is done.
    """
    connection: sqlite3.Connection = database.conn
    emptied = unproven = removed = 0
    after = _emptied_to(connection)
    while (done := _empty_some(connection, owner, after, now_s, keep_days)) is not None:
        after, emptied, unproven = done[0], emptied + done[1], unproven + done[2]
    while (gone := _remove_some(connection, owner, now_s)) > 0:
        removed += gone
    return Retained(
        emptied=emptied,
        removed=removed,
        unproven=unproven,
        journal_emptied=empty_journal(connection),
    )


def _emptied_to(connection: sqlite3.Connection) -> int:
    """Return up to which place every row is emptied already. Told by an index, unless rows between
    are missing: then the whole table is looked through for what is not.
    """
    count, first, last = ask(connection, _EMPTIED)[0]
    oldest = ask(connection, "SELECT min(sequence) FROM passages")[0][0]
    return last if count and first == oldest and count == last - first + 1 else 0


def _empty_some(
    connection: sqlite3.Connection, owner: Owner, after: int, now_s: int, keep_days: int
) -> tuple[int, int, int] | None:
    """Empty the rows behind `after`; return the place of the last, how many, and how many of them
    were not proven; None if nothing is old enough.
    """
    with transaction(connection, "nothing deleted"):
        found = connection.execute(_NEXT, (after, STEP_ROWS)).fetchall()
        rows = _old_enough(found, now_s, keep_days)
        if not rows:
            return None
        first, last = rows[0][0], rows[-1][0]
        proof = Proof(connection, owner, first, last)
        asked = ((values, proof.of(values)) for values in rows)
        runs = list(runs_of((values, before) for values, before in asked if before is not None))
        for run in runs:
            add_record(
                connection, owner, record_over(Taken.EMPTIED, owner, run, now_s=now_s, why=WHY)
            )
        connection.execute(_EMPTY, (first, last))
        shorten_sealed(connection, owner, proof, after=last, now_s=now_s)
    return last, len(rows), len(rows) - sum(len(run.rows) for run in runs)


def _old_enough(found: list[tuple[Any, ...]], now_s: int, keep_days: int) -> list[tuple[Any, ...]]:
    """Return the rows from the oldest on whose time is over."""
    limit_ms, future_ms = (now_s // DAY_S - keep_days) * DAY_S * 1000, (now_s + DAY_S) * 1000
    for place, values in enumerate(found):
        # A row from a clock far ahead must not keep all rows behind it for ever.
        if limit_ms <= values[2] <= future_ms:
            return found[:place]
    return found


def _remove_some(connection: sqlite3.Connection, owner: Owner, now_s: int) -> int:
    """Delete the rows of the oldest record and return how many; 0 if its time has not come. The
    newest row always stays: the chain goes on from it.
    """
    kept, _ = kept_records(connection, owner.key.public_key)
    beginnings = [(number, record) for number, record in kept if record.kind is Taken.BEGINS]
    begins = max((record for _, record in beginnings), key=lambda record: record.last, default=None)
    start = begins.last + 1 if begins else 1
    oldest = [
        (number, record)
        for number, record in kept
        if record.kind is Taken.EMPTIED and record.first == start
    ]
    if not oldest:
        return 0
    number, record = oldest[0]
    newest = ask(connection, "SELECT max(sequence) FROM passages")[0][0]
    if record.made_at > now_s - REMOVED_AFTER_S or record.last >= newest:
        return 0
    with transaction(connection, "no row deleted"):
        beginning = LogRecord(
            kind=Taken.BEGINS,
            station=owner.station,
            chain=owner.chain,
            first=begins.first if begins else 1,
            last=record.last,
            hash_before=begins.hash_before if begins else FIRST_HASH,
            hash_last=record.hash_last,
            digest=NO_DIGEST,
            made_at=now_s,
            why=WHY,
        )
        add_record(connection, owner, beginning)
        drop_records(connection, [number, *(old for old, _ in beginnings)])
        for table in ("passages", "set_aside", "heads"):
            connection.execute(f"DELETE FROM {table} WHERE sequence <= ?", (record.last,))  # noqa: S608 our own three names
    return record.last - record.first + 1


def empty_journal(connection: sqlite3.Connection) -> bool:
    """Move everything from the journal into the file and cut the journal to nothing; False while
    another thread reads. StationFault.
    """
    busy, _, _ = ask(connection, "PRAGMA wal_checkpoint(TRUNCATE)")[0]
    return bool(busy == 0)
