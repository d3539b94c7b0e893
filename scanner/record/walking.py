"""One walk along a chain of rows: which of them cannot be as they were appended."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from keys.errors import MalformedBytes
from keys.heads import LogRecord, Taken, left_of
from keys.passages import FIRST_HASH, PassageRow, row_hash_over
from scanner.errors import StationFault
from scanner.record.database import DATABASE_ERRORS, fault_code
from scanner.record.rows import read_row

_ROWS: Final = "SELECT * FROM logged ORDER BY sequence"


class Stretch:
    """The rows of one record, while a walk goes through them in their order."""

    def __init__(self, record: LogRecord) -> None:
        self.record = record
        self._digest = hashlib.sha256()
        self._places = 0

    def take(self, row: PassageRow, body_hash: bytes) -> None:
        """Look at the next row."""
        self._digest.update(left_of(self.record.kind, row, body_hash))
        self._places += 1

    def covers(self, sequence: int) -> bool:
        """Return whether the row at that place is one of them."""
        return self.record.first <= sequence <= self.record.last

    def stands(self, hash_at_last: bytes) -> bool:
        """Return whether all were there and as the record fixed them."""
        whole = self._places == self.record.last - self.record.first + 1
        same = self._digest.digest() == self.record.digest
        return whole and same and hash_at_last == self.record.hash_last


class ChainWalk:
    """What a walk found, and where it began and ended.

    findings: (code, first, last); codes are those of scanner.record.verifying.Found. tail: the
    newest row and its signature. begins: the record of where the log begins, None for the first
    row. A row behind a missing one is taken as it is: its hash cannot be made again.
    """

    def __init__(self, station: str, records: Sequence[LogRecord]) -> None:
        beginnings = [record for record in records if record.kind is Taken.BEGINS]
        self.begins = max(beginnings, key=lambda record: record.last, default=None)
        self.findings: list[tuple[str, int, int]] = []
        self.rows = self.emptied = self.first = self.last = 0
        self.tail: tuple[PassageRow, bytes | None] | None = None
        self._station = station
        self._waiting = {
            kind: [Stretch(record) for record in records if record.kind is kind]
            for kind in (Taken.EMPTIED, Taken.SEALED)
        }
        begins = self.begins
        self._expected = begins.last + 1 if begins else 1
        self._previous: bytes | None = begins.hash_last if begins else FIRST_HASH

    def through(self, connection: sqlite3.Connection) -> None:
        """Walk through the whole table; StationFault if it cannot be read."""
        try:
            for values in connection.execute(_ROWS):
                self._step(values)
        except DATABASE_ERRORS as error:
            raise StationFault(f"log not readable: {error}", code=fault_code(error)) from error
        for kind, stretches in self._waiting.items():
            for stretch in stretches:
                self._not_as_fixed(kind, stretch)

    def _step(self, values: Sequence[Any]) -> None:
        sequence = values[0]
        if sequence < self._expected:
            self.findings.append(("row_added", sequence, sequence))
            return
        if sequence > self._expected:
            self.findings.append(("rows_missing", self._expected, sequence - 1))
            self._previous = None
        self.first = self.first or sequence
        self.last, self._expected = sequence, sequence + 1
        self.rows += 1
        *_, emptied, body_hash, signature = values
        try:
            row = read_row(values)
            self._check(row, body_hash, emptied=bool(emptied))
        except (ValueError, TypeError, MalformedBytes):
            self.findings.append(("row_unreadable", sequence, sequence))
            self._previous = self.tail = None
        else:
            self._previous, self.tail = row.hash, (row, signature)

    def _check(self, row: PassageRow, body_hash: bytes, *, emptied: bool) -> None:
        place = row.sequence
        deleted = self._stretch(Taken.EMPTIED, row, body_hash)
        sealed = self._stretch(Taken.SEALED, row, body_hash)
        if emptied:
            self.emptied += 1
            if deleted is None:
                self.findings.append(("emptied_unsigned", place, place))
            elif place == deleted.first and self._previous not in {None, deleted.hash_before}:
                self.findings.append(("row_edited", place, place))
            return
        if self._previous is not None:
            chained = row_hash_over(self._station, place, self._previous, row.passage, body_hash)
            if chained != row.hash:
                self.findings.append(("row_edited", place, place))
        # Sealed in place: the body in the chain was the plain one, and the record speaks for this.
        if sealed is None and hashlib.sha256(row.passage.body).digest() != body_hash:
            self.findings.append(("body_edited", place, place))

    def _stretch(self, kind: Taken, row: PassageRow, body_hash: bytes) -> LogRecord | None:
        """Return the record of that kind that covers a row, None if there is none; says at its last
        row if what it fixed is not there.
        """
        waiting = self._waiting[kind]
        while waiting and waiting[0].record.last < row.sequence:
            self._not_as_fixed(kind, waiting.pop(0))
        if not waiting or not waiting[0].covers(row.sequence):
            return None
        stretch = waiting[0]
        stretch.take(row, body_hash)
        if row.sequence == stretch.record.last:
            del waiting[0]
            if not stretch.stands(row.hash):
                self._not_as_fixed(kind, stretch)
        return stretch.record

    def _not_as_fixed(self, kind: Taken, stretch: Stretch) -> None:
        code = "row_edited" if kind is Taken.EMPTIED else "body_edited"
        self.findings.append((code, stretch.record.first, stretch.record.last))
