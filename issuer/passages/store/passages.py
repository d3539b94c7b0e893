"""Passages as they stand in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, tuple_

from issuer.database.tables import EVIDENCE, PASSAGES, STATIONS
from issuer.passages.rules.searching import Place, Search
from issuer.passages.rules.sorting import KnownRow, NewRow
from keys.bodies import PassageBody

_CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Where and when rows came: station, chain (16 bytes), batch hash, and seconds."""

    station: str
    chain: bytes
    batch_hash: bytes
    received_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPassage:
    """One passage for those who search. pass_text: `<issuer>/<list>/<index>` or empty. marks:
    words, may be empty.
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


def known_by_id(
    connection: Connection, station: str, passage_ids: Sequence[bytes]
) -> dict[bytes, KnownRow]:
    """Return the stored rows of `station` with these ids."""
    found: dict[bytes, KnownRow] = {}
    for start in range(0, len(passage_ids), _CHUNK):
        query = _KNOWN.where(
            PASSAGES.c.station == station,
            PASSAGES.c.passage_id.in_(passage_ids[start : start + _CHUNK]),
        )
        found.update({row.passage_id: _known(row) for row in connection.execute(query)})
    return found


def known_by_sequence(
    connection: Connection, station: str, first: int, last: int
) -> dict[int, list[KnownRow]]:
    """Return the stored rows of `station` at places `first` to `last`, by place."""
    query = _KNOWN.where(PASSAGES.c.station == station, PASSAGES.c.sequence.between(first, last))
    found: dict[int, list[KnownRow]] = {}
    for row in connection.execute(query):
        found.setdefault(row.sequence, []).append(_known(row))
    return found


_KNOWN = select(PASSAGES.c.passage_id, PASSAGES.c.sequence, PASSAGES.c.hash, PASSAGES.c.row_digest)


def _known(row: Any) -> KnownRow:
    return KnownRow(
        passage_id=row.passage_id, sequence=row.sequence, hash=row.hash, digest=row.row_digest
    )


def insert_passages(
    connection: Connection, arrival: Arrival, rows: Sequence[tuple[NewRow, PassageBody]]
) -> None:
    """Store new rows, with what their bodies say beside them."""
    if rows:
        connection.execute(insert(PASSAGES), [_values(arrival, new, body) for new, body in rows])


def _values(arrival: Arrival, new: NewRow, body: PassageBody) -> dict[str, Any]:
    passage, identity = new.row.passage, body.identity
    return {
        "station": arrival.station,
        "passage_id": passage.passage_id,
        "chain": arrival.chain,
        "sequence": new.row.sequence,
        "seen_at_ms": passage.seen_at_ms,
        "clock": passage.clock.value,
        "verdict": passage.verdict.value,
        "reason": str(passage.reason),
        "direction": passage.direction.value,
        "tag": passage.tag,
        "trace_digest": passage.trace_digest,
        "body": passage.body,
        "hash": new.row.hash,
        "row_digest": new.digest,
        "pass_issuer": None if identity is None else identity.issuer,
        "pass_list": None if identity is None else identity.list_number,
        "pass_entry": None if identity is None else identity.index,
        "name": body.name,
        "id_tail": body.id_tail,
        "carrier": body.carrier,
        "marks": " ".join(new.marks),
        "batch_hash": arrival.batch_hash,
        "received_at": arrival.received_at,
    }


def insert_evidence(
    connection: Connection, arrival: Arrival, kinds: Sequence[str], batch: bytes
) -> None:
    """Keep a signed batch that shows something odd; once."""
    held = select(EVIDENCE.c.station).where(
        EVIDENCE.c.station == arrival.station, EVIDENCE.c.batch_hash == arrival.batch_hash
    )
    if connection.execute(held).first() is None:
        connection.execute(
            insert(EVIDENCE).values(
                station=arrival.station,
                batch_hash=arrival.batch_hash,
                kinds=" ".join(kinds),
                batch=batch,
                received_at=arrival.received_at,
            )
        )


def count_evidence(connection: Connection) -> int:
    """Return how many batches are kept as evidence."""
    return int(connection.scalar(select(func.count()).select_from(EVIDENCE)) or 0)


_SHOWN = select(PASSAGES, STATIONS.c.checkpoint).outerjoin(
    STATIONS, STATIONS.c.name == PASSAGES.c.station
)


def _conditions(search: Search) -> list[Any]:
    equal = (
        (PASSAGES.c.station, search.station or None),
        (PASSAGES.c.verdict, search.verdict and search.verdict.value),
        (PASSAGES.c.reason, search.reason or None),
        (PASSAGES.c.direction, search.direction and search.direction.value),
    )
    conditions: list[Any] = [column == value for column, value in equal if value is not None]
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
    """Return how many passages a search finds."""
    query = select(func.count()).select_from(PASSAGES).where(*_conditions(search))
    return int(connection.scalar(query) or 0)


def count_verdicts(connection: Connection, search: Search) -> dict[str, int]:
    """Return how many passages of a search had each verdict."""
    query = (
        select(PASSAGES.c.verdict, func.count())
        .where(*_conditions(search))
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
    )
