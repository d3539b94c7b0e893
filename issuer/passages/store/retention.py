"""Taking out of old rows what says who passed; what says that somebody passed stays."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, func, select, tuple_, update

from issuer.database.tables import EVIDENCE, PASSAGES, STATIONS
from issuer.passages.rules.sorting import Mark

_AT_ONCE: Final = 1_000


def _old(before: int) -> tuple[ColumnElement[bool], ...]:
    # By both times: a station whose clock was wrong must not have its rows emptied as they come.
    return (
        PASSAGES.c.seen_at_ms < before * 1000,
        PASSAGES.c.received_at < before,
        PASSAGES.c.marks.not_like(f"%{Mark.DELETED.value}%"),
    )


def empty_rows(connection: Connection, before: int) -> int:
    """Empty up to 1,000 rows from before `before` (unix seconds); return how many: body, pass,
    name, tag and what a guard added go; time, place, verdict, hash and marks stay.
    """
    columns = (PASSAGES.c.station, PASSAGES.c.passage_id)
    found = connection.execute(select(*columns).where(*_old(before)).limit(_AT_ONCE)).all()
    if not found:
        return 0
    marks = func.replace(PASSAGES.c.marks, Mark.SEALED.value, "") + f" {Mark.DELETED.value}"
    connection.execute(
        update(PASSAGES)
        .where(tuple_(*columns).in_([tuple(row) for row in found]))
        .values(
            body=b"",
            tag=None,
            pass_issuer=None,
            pass_list=None,
            pass_entry=None,
            name="",
            id_tail="",
            carrier="",
            observed="",
            marks=func.trim(marks),
        )
    )
    return len(found)


def drop_evidence(connection: Connection, before: int) -> int:
    """Drop kept batches that came before `before` from stations whose flag was cleared; return how
    many. While a flag stands, its evidence stays.
    """
    flagged = select(STATIONS.c.name).where(STATIONS.c.flag != "")
    done = connection.execute(
        delete(EVIDENCE).where(EVIDENCE.c.received_at < before, EVIDENCE.c.station.not_in(flagged))
    )
    return done.rowcount
