"""The passage log: rows that never change, each at its place in the station's chain, and which of
them wait for sync.

`append` returns only after the row is on disk. A row leaves the waiting table when a signed receipt
names it or says why it cannot be taken; the row itself stays.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlite_utils import Database

from keys.errors import MalformedBytes
from keys.passages import (
    FIRST_HASH,
    ClockGrade,
    Direction,
    Passage,
    PassageRow,
    Verdict,
    encode_row,
    row_hash,
)
from scanner.errors import StationFault
from scanner.record.database import fault_code

_INSERT: Final = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_OLDEST_WAITING: Final = (
    "SELECT w.sequence, p.* FROM"
    " (SELECT sequence FROM waiting WHERE sequence > ? ORDER BY sequence LIMIT ?) w"
    " LEFT JOIN passages p ON p.sequence = w.sequence ORDER BY w.sequence"
)
_TIME_END_MS: Final = 1000 << 32
_Row = tuple[int, bytes, int, str, str, str, str, bytes | None, bytes | None, bytes, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPassage:
    """A row as `log` shows it. state: `waiting`, `delivered`, or `set_aside` with its code."""

    row: PassageRow
    state: str
    code: str | None


class WaitingRow(NamedTuple):
    """One row ready for a batch: its place, its id (16 bytes) and its encoded bytes."""

    sequence: int
    passage_id: bytes
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRows:
    """The oldest waiting rows, encoded for a batch. `unreadable`: sequence numbers of damaged rows
    met on the way.
    """

    first_sequence: int
    previous_hash: bytes
    rows: tuple[WaitingRow, ...]
    unreadable: tuple[int, ...]


class PassageLog:
    """The log of one station, for one thread. station: its name, part of every row's hash."""

    def __init__(self, database: Database, station: str) -> None:
        self._connection: sqlite3.Connection = database.conn
        self._station = station

    def append(self, passage: Passage) -> PassageRow:
        """Store `passage` at the end of the chain and return its row; on disk when this returns.
        StationFault.
        """
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                row = self._next_row(passage)
                connection.execute(_INSERT, _values(row))
                connection.execute("INSERT INTO waiting VALUES (?)", (row.sequence,))
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
        except sqlite3.Error as error:
            raise StationFault(f"passage not stored: {error}", code=fault_code(error)) from error
        return row

    def _next_row(self, passage: Passage) -> PassageRow:
        last = self._connection.execute(
            "SELECT sequence, hash FROM passages ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        sequence, previous = (last[0] + 1, last[1]) if last else (1, FIRST_HASH)
        chained = row_hash(self._station, sequence, previous, passage)
        return PassageRow(sequence=sequence, passage=passage, hash=chained)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _all(self, query: str, values: tuple[int, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise StationFault(f"log not readable: {error}", code=fault_code(error)) from error

    def waiting_count(self) -> int:
        """Return how many rows no receipt has named yet."""
        return int(self._all("SELECT count(*) FROM waiting")[0][0])

    def set_aside_count(self) -> int:
        """Return how many rows the issuer could not take, or that cannot be read here."""
        return int(self._all("SELECT count(*) FROM set_aside")[0][0])

    def waiting_rows(self, most: int, after: int = 0) -> WaitingRows | None:
        """Return up to `most` of the oldest waiting rows behind place `after`, None if none waits.
        They are consecutive in the chain.
        """
        found = self._all(_OLDEST_WAITING, (after, most))
        if not found:
            return None
        rows: list[WaitingRow] = []
        unreadable: list[int] = []
        first = int(found[0][0])
        for place, (sequence, *values) in enumerate(found):
            if sequence != first + place:
                break  # a gap: rows delivered or set aside between; the next batch goes on there
            try:
                rows.append(WaitingRow(sequence, values[1], encode_row(_row(values))))
            except (MalformedBytes, ValueError, TypeError):
                unreadable.append(sequence)
                break
        return WaitingRows(
            first_sequence=first,
            previous_hash=self._hash_before(first),
            rows=tuple(rows),
            unreadable=tuple(unreadable),
        )

    def _hash_before(self, sequence: int) -> bytes:
        before = self._all("SELECT hash FROM passages WHERE sequence = ?", (sequence - 1,))
        return bytes(before[0][0]) if before else FIRST_HASH

    def mark(self, *, delivered: Iterable[int], set_aside: Iterable[tuple[int, str]]) -> None:
        """Take rows off the waiting table: those that a receipt names, and those that cannot be
        delivered.
        """
        aside = list(set_aside)
        gone = [(sequence,) for sequence in (*delivered, *(sequence for sequence, _ in aside))]
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany("DELETE FROM waiting WHERE sequence = ?", gone)
                connection.executemany("INSERT OR REPLACE INTO set_aside VALUES (?, ?)", aside)
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise
        except sqlite3.Error as error:
            raise StationFault(f"receipt not stored: {error}", code=fault_code(error)) from error

    def entries(self) -> Iterator[LoggedPassage]:
        """Yield every readable row, oldest first."""
        states = (
            "SELECT p.*, w.sequence IS NOT NULL, s.code FROM passages p"
            " LEFT JOIN waiting w ON w.sequence = p.sequence"
            " LEFT JOIN set_aside s ON s.sequence = p.sequence ORDER BY p.sequence"
        )
        try:
            for *values, waits, code in self._connection.execute(states):
                try:
                    row = _row(values)
                except (ValueError, TypeError):
                    continue
                state = "set_aside" if code else "waiting" if waits else "delivered"
                yield LoggedPassage(row=row, state=state, code=code)
        except sqlite3.Error as error:
            raise StationFault(f"log not readable: {error}", code=fault_code(error)) from error


def _values(row: PassageRow) -> _Row:
    passage = row.passage
    return (
        row.sequence,
        passage.passage_id,
        passage.seen_at_ms,
        passage.clock.value,
        passage.verdict.value,
        str(passage.reason),
        passage.direction.value,
        passage.tag,
        passage.trace_digest,
        passage.body,
        row.hash,
    )


def _row(values: Sequence[Any]) -> PassageRow:
    """Return the row of its columns; ValueError or TypeError if they were damaged."""
    sequence, passage_id, seen_at_ms, clock, verdict, reason, direction, *rest = values
    tag, digest, body, chained = rest
    if not 0 <= seen_at_ms < _TIME_END_MS:
        raise ValueError("no time of any passage")
    passage = Passage(
        passage_id=passage_id,
        seen_at_ms=seen_at_ms,
        clock=ClockGrade(clock),
        verdict=Verdict(verdict),
        reason=str(reason),
        direction=Direction(direction),
        tag=tag,
        trace_digest=digest,
        body=body,
    )
    return PassageRow(sequence=sequence, passage=passage, hash=chained)
