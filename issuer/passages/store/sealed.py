"""Rows whose bodies wait for their key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, select, tuple_, update

from issuer.database.tables import PASSAGES
from issuer.passages.rules.opening import OpenedBody
from issuer.passages.rules.sorting import Mark
from issuer.passages.store.passages import said_columns

_AT_ONCE: Final = 500


class RowId(NamedTuple):
    """What names a row: station and passage."""

    station: str
    passage_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRow:
    """A row whose body could not be opened when it came. marks: all its words."""

    row_id: RowId
    body: bytes
    marks: str


def sealed_rows(connection: Connection, *, after: RowId | None) -> list[SealedRow]:
    """Return the next 500 rows that are marked as sealed, behind `after`."""
    columns = (PASSAGES.c.station, PASSAGES.c.passage_id)
    query = select(*columns, PASSAGES.c.body, PASSAGES.c.marks).order_by(*columns)
    query = query.where(PASSAGES.c.marks.contains(Mark.SEALED.value))
    if after is not None:
        query = query.where(tuple_(*columns) > tuple_(*after))
    return [
        SealedRow(row_id=RowId(row.station, row.passage_id), body=row.body, marks=row.marks)
        for row in connection.execute(query.limit(_AT_ONCE))
    ]


def set_opened(connection: Connection, row: SealedRow, found: OpenedBody) -> None:
    """Write beside a row what its body says, and mark it so; the row itself stays as it came."""
    kept = [word for word in row.marks.split() if word != Mark.SEALED]
    connection.execute(
        update(PASSAGES)
        .where(
            PASSAGES.c.station == row.row_id.station,
            PASSAGES.c.passage_id == row.row_id.passage_id,
        )
        .values(marks=" ".join([*kept, *found.marks]), **said_columns(found.body))
    )
