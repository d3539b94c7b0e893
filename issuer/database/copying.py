"""Rows of one database in another one, whichever of the two engines each is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Table, insert, select

from issuer.database.engine import Database

_AT_ONCE: Final = 2_000


def copy_rows(
    source: Database,
    target: Database,
    tables: Sequence[Table],
    *,
    blanked: Mapping[str, Mapping[str, Any]],
) -> None:
    """Copy all rows of `tables`, in that order, into the empty tables of `target`. blanked: what
    stands in place of columns, by table. `source` is read in one state and left as it is.
    """
    with source.read() as origin, target.write() as copy:
        for table in tables:
            instead = blanked.get(table.name, {})
            rows = origin.execution_options(yield_per=_AT_ONCE).execute(select(table))
            for part in rows.mappings().partitions(_AT_ONCE):
                copy.execute(insert(table), [{**row, **instead} for row in part])
