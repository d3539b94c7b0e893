"""How a passage row stands in the table `passages`, and how it is read back."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from keys.passages import ClockGrade, Direction, Passage, PassageRow, Verdict
from scanner.errors import StationFault
from scanner.record.database import DATABASE_ERRORS, fault_code

_INSERT: Final = "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# Where the mark stands in the view `logged`.
EMPTIED: Final = 11
_TIME_END_MS: Final = 1000 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedPassage:
    """A row as `log` shows it. state: `waiting`, `delivered`, or `set_aside` with its code.

    emptied: body and tag were deleted after their time; the row then has none.
    """

    row: PassageRow
    state: str
    code: str | None
    emptied: bool = False


def insert_row(
    connection: sqlite3.Connection,
    row: PassageRow,
    *,
    signature: bytes | None,
    counts: bool,
    people: int,
    inside: int,
) -> None:
    """Write a row into the table. signature, counts, people, inside: see scanner.record.schema.
    sqlite3.Error.
    """
    passage = row.passage
    values = (
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
        hashlib.sha256(passage.body).digest(),
        row.hash,
        signature,
        int(counts),
        people,
        inside,
        0,
    )
    connection.execute(_INSERT, values)


def read_row(values: Sequence[Any]) -> PassageRow:
    """Return the row of its columns in the view `logged`; ValueError or TypeError if they were
    damaged. An emptied one has an empty body and no tag.
    """
    sequence, passage_id, seen_at_ms, clock, verdict, reason, direction, *rest = values
    tag, digest, body, chained, emptied, *_ = rest
    if not 0 <= seen_at_ms < _TIME_END_MS:
        raise ValueError("no time of any passage")
    passage = Passage(
        passage_id=passage_id,
        seen_at_ms=seen_at_ms,
        clock=ClockGrade(clock),
        verdict=Verdict(verdict),
        reason=str(reason),
        direction=Direction(direction),
        tag=None if emptied else tag,
        trace_digest=digest,
        body=b"" if emptied else body,
    )
    return PassageRow(sequence=sequence, passage=passage, hash=chained)


def ask(
    connection: sqlite3.Connection, query: str, values: Sequence[object] = ()
) -> list[tuple[Any, ...]]:
    """Return all that a query answers; StationFault if the file cannot be read."""
    try:
        return connection.execute(query, values).fetchall()
    except DATABASE_ERRORS as error:
        raise StationFault(f"log not readable: {error}", code=fault_code(error)) from error
