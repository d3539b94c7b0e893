"""Whether single rows are as they were appended, for whoever is about to change what stands of
them: what an edit left is never signed as the truth.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from keys.errors import MalformedBytes
from keys.heads import LogRecord, Taken, left_of
from keys.passages import FIRST_HASH, PassageRow, row_hash_over
from scanner.record.heads import Owner, add_record, drop_records, kept_records
from scanner.record.rows import EMPTIED, read_row
from scanner.record.walking import Stretch

_BETWEEN: Final = "SELECT * FROM logged WHERE sequence BETWEEN ? AND ? ORDER BY sequence"
_HASH: Final = "SELECT hash FROM passages WHERE sequence = ?"
_BODY_HASH: Final = EMPTIED + 1


@dataclass(slots=True, kw_only=True)
class Run:
    """Rows that follow each other without a gap, each with the hash of the body it was appended
    with; hash_before: of the row before them.
    """

    hash_before: bytes
    rows: list[tuple[PassageRow, bytes]] = field(default_factory=list)


class Proof:
    """Asked of one row after the other, in their order, from the place `first` to `last`. sealed:
    the records of bodies sealed in place there that stand.
    """

    def __init__(self, connection: sqlite3.Connection, owner: Owner, first: int, last: int) -> None:
        self._station = owner.station
        kept, _ = kept_records(connection, owner.key.public_key)
        self._connection, self._kept = connection, kept
        self.sealed = [
            record
            for _, record in kept
            if record.kind is Taken.SEALED
            and record.first <= last
            and first <= record.last
            and sealed_stands(connection, record)
        ]
        self._place = first
        self._previous = hash_before(connection, kept, first)

    def of(self, values: Sequence[Any]) -> bytes | None:
        """Return the hash before this row (of its columns in the view `logged`) if row and body are
        as they were appended; None if not, or if the row before is missing.
        """
        previous = self._previous
        if values[0] != self._place:
            previous = hash_before(self._connection, self._kept, values[0])
        self._place = values[0] + 1
        try:
            row, body_hash = read_row(values), values[_BODY_HASH]
            self._previous = row.hash
            if previous is None:
                return None
            chained = row_hash_over(self._station, row.sequence, previous, row.passage, body_hash)
        except (ValueError, TypeError, MalformedBytes):
            self._previous = None
            return None
        whole = hashlib.sha256(row.passage.body).digest() == body_hash or any(
            record.first <= row.sequence <= record.last for record in self.sealed
        )
        return previous if whole and chained == row.hash else None


def hash_before(
    connection: sqlite3.Connection, kept: Iterable[tuple[int, LogRecord]], first: int
) -> bytes | None:
    """Return the hash that the row at `first` goes on from; None if it cannot be known."""
    if first == 1:
        return FIRST_HASH
    for _, record in kept:
        if record.kind is Taken.BEGINS and record.last == first - 1:
            return record.hash_last
    found = connection.execute(_HASH, (first - 1,)).fetchone()
    return bytes(found[0]) if found else None


def runs_of(proven: Iterable[tuple[Sequence[Any], bytes]]) -> Iterator[Run]:
    """Yield proven rows (their columns, and the hash before each) in runs without a gap."""
    run = None
    for values, before in proven:
        row = read_row(values)
        if run is None or run.rows[-1][0].sequence + 1 != row.sequence:
            if run is not None:
                yield run
            run = Run(hash_before=before)
        run.rows.append((row, values[_BODY_HASH]))
    if run is not None:
        yield run


def record_over(kind: Taken, owner: Owner, run: Run, *, now_s: int, why: str) -> LogRecord:
    """Return the record of that kind over a run of rows, as they stand."""
    digest = hashlib.sha256()
    for row, body_hash in run.rows:
        digest.update(left_of(kind, row, body_hash))
    return LogRecord(
        kind=kind,
        station=owner.station,
        chain=owner.chain,
        first=run.rows[0][0].sequence,
        last=run.rows[-1][0].sequence,
        hash_before=run.hash_before,
        hash_last=run.rows[-1][0].hash,
        digest=digest.digest(),
        made_at=now_s,
        why=why,
    )


def sealed_stands(connection: sqlite3.Connection, record: LogRecord) -> bool:
    """Return whether the bodies that were sealed in place are still those that the record fixed."""
    stretch, last = Stretch(record), b""
    for values in connection.execute(_BETWEEN, (record.first, record.last)):
        try:
            row = read_row(values)
        except (ValueError, TypeError):
            return False
        stretch.take(row, values[_BODY_HASH])
        last = row.hash
    return stretch.stands(last)


def shorten_sealed(
    connection: sqlite3.Connection, owner: Owner, proof: Proof, *, after: int, now_s: int
) -> None:
    """Let records of bodies sealed in place begin behind the row `after`, up to which bodies were
    deleted. Within the caller's transaction; sqlite3.Error.

    A record that did not stand before is dropped: its rows then show one by one.
    """
    kept, _ = kept_records(connection, owner.key.public_key)
    for number, record in kept:
        if record.kind is not Taken.SEALED or record.first > after:
            continue
        drop_records(connection, [number])
        if record in proof.sealed and record.last > after:
            rows = connection.execute(_BETWEEN, (after + 1, record.last)).fetchall()
            before = hash_before(connection, kept, after + 1)
            for run in runs_of((values, before or FIRST_HASH) for values in rows):
                rest = record_over(Taken.SEALED, owner, run, now_s=now_s, why=record.why)
                add_record(connection, owner, rest)
