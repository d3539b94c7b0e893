"""Passages as they are searched, counted and exported."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, exists, func, select, tuple_

from issuer.database.tables import PASSAGES, STATIONS
from issuer.passages.rules.searching import Place, Search
from keys.passages import NOTE_REASONS, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """One passage, or one note to a passage or a shift, for those who search.

    pass_text: `<issuer>/<list>/<index>` or empty. marks: words, may be empty. about: the passage
    that this row speaks of, about_seen_at_ms: when it was judged, None where it is not here.
    is_note: it is nobody's passage. taken_back: a later row took it back. observed: what a guard
    added (issuer.passages.rules.opening), without what is empty.
    """

    passage_id: bytes
    station: str
    checkpoint: str
    sequence: int
    seen_at_ms: int
    clock: str
    verdict: str
    reason: str
    direction: str
    pass_text: str
    name: str
    id_tail: str
    carrier: str
    marks: str
    received_at: int
    about: bytes | None = None
    about_seen_at_ms: int | None = None
    is_note: bool = False
    taken_back: bool = False
    observed: Mapping[str, Any] = field(default_factory=dict)


_NOTES: Final = sorted(reason.value for reason in NOTE_REASONS)
_LATER = PASSAGES.alias("later")
_TAKEN_BACK = (
    exists()
    .where(
        _LATER.c.station == PASSAGES.c.station,
        _LATER.c.about == PASSAGES.c.passage_id,
        _LATER.c.reason == Reason.TAKEN_BACK.value,
    )
    .label("taken_back")
)
_EARLIER = PASSAGES.alias("earlier")
_ABOUT_SEEN = (
    select(_EARLIER.c.seen_at_ms)
    .where(_EARLIER.c.station == PASSAGES.c.station, _EARLIER.c.passage_id == PASSAGES.c.about)
    .scalar_subquery()
    .label("about_seen_at_ms")
)
_SHOWN = select(PASSAGES, STATIONS.c.checkpoint, _TAKEN_BACK, _ABOUT_SEEN).outerjoin(
    STATIONS, STATIONS.c.name == PASSAGES.c.station
)


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    equal = (
        (PASSAGES.c.station, search.station or None),
        (PASSAGES.c.verdict, search.verdict and search.verdict.value),
        (PASSAGES.c.reason, search.reason or None),
        (PASSAGES.c.direction, search.direction and search.direction.value),
    )
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in equal if value is not None
    ]
    if search.from_s is not None:
        conditions.append(PASSAGES.c.seen_at_ms >= search.from_s * 1000)
    if search.to_s is not None:
        conditions.append(PASSAGES.c.seen_at_ms < search.to_s * 1000)
    if search.identity is not None:
        conditions += [
            PASSAGES.c.pass_list == search.identity.list_number,
            PASSAGES.c.pass_entry == search.identity.index,
            PASSAGES.c.pass_issuer == search.identity.issuer,
        ]
    return conditions


def search_passages(
    connection: Connection, search: Search, *, below: Place | None, limit: int
) -> list[StoredPassage]:
    """Return the newest passages first, from below `below` on, `limit` at most."""
    order = (PASSAGES.c.seen_at_ms, PASSAGES.c.station, PASSAGES.c.passage_id)
    query = _SHOWN.where(*_conditions(search)).order_by(*(column.desc() for column in order))
    if below is not None:
        query = query.where(
            tuple_(*order) < tuple_(below.seen_at_ms, below.station, below.passage_id)
        )
    return [_shown(row) for row in connection.execute(query.limit(limit))]


def count_passages(connection: Connection, search: Search) -> int:
    """Return how many rows a search finds, notes among them."""
    query = select(func.count()).select_from(PASSAGES).where(*_conditions(search))
    return int(connection.scalar(query) or 0)


def count_verdicts(connection: Connection, search: Search) -> dict[str, int]:
    """Return how many passages of a search had each verdict; notes are nobody's passage."""
    query = (
        select(PASSAGES.c.verdict, func.count())
        .where(*_conditions(search), PASSAGES.c.reason.not_in(_NOTES))
        .group_by(PASSAGES.c.verdict)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def stream_passages(connection: Connection, search: Search) -> Iterator[StoredPassage]:
    """Give every passage of a search, oldest first, without holding all of them."""
    query = _SHOWN.where(*_conditions(search)).order_by(
        PASSAGES.c.seen_at_ms, PASSAGES.c.station, PASSAGES.c.sequence
    )
    result = connection.execution_options(yield_per=1_000).execute(query)
    for row in result:
        yield _shown(row)


def _shown(row: Any) -> StoredPassage:
    has_pass = row.pass_issuer is not None
    return StoredPassage(
        passage_id=row.passage_id,
        station=row.station,
        checkpoint=row.checkpoint or "",
        sequence=row.sequence,
        seen_at_ms=row.seen_at_ms,
        clock=row.clock,
        verdict=row.verdict,
        reason=row.reason,
        direction=row.direction,
        pass_text=f"{row.pass_issuer}/{row.pass_list}/{row.pass_entry}" if has_pass else "",
        name=row.name,
        id_tail=row.id_tail,
        carrier=row.carrier,
        marks=row.marks,
        received_at=row.received_at,
        about=row.about,
        about_seen_at_ms=row.about_seen_at_ms,
        is_note=row.reason in _NOTES,
        taken_back=bool(row.taken_back),
        observed=json.loads(row.observed) if row.observed else {},
    )
