"""Passages as they stand in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, tuple_

from issuer.database.tables import CHAINS, EVIDENCE, PASSAGES, STATIONS
from issuer.passages.rules.searching import Place, Search
from issuer.passages.rules.sorting import Held, NewRow
from keys.batches import Batch
from keys.bodies import PassageBody
from keys.passages import ClockGrade, Direction, Passage, PassageRow, Verdict

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


def held_of(
    connection: Connection, station: str, kid: bytes, batch: Batch, *, last_sequence: int
) -> Held:
    """Return what is stored of `station` that `batch` (signed by key `kid`) must fit."""
    before = batch.first_sequence - 1
    chains = connection.execute(select(CHAINS).where(CHAINS.c.station == station)).all()
    heads = select(PASSAGES.c.hash).where(
        PASSAGES.c.station == station, PASSAGES.c.sequence == before
    )
    known = any(row.chain == batch.chain for row in chains)
    return Held(
        by_id=_rows_by_id(connection, station, [row.passage.passage_id for row in batch.rows]),
        hashes=_hashes(connection, station, batch.chain, (before, last_sequence)) if known else {},
        heads=frozenset(connection.scalars(heads)),
        begins_chain=not known,
        is_second_chain=any(row.kid == kid and row.chain != batch.chain for row in chains),
    )


def _rows_by_id(
    connection: Connection, station: str, passage_ids: Sequence[bytes]
) -> dict[bytes, PassageRow]:
    found: dict[bytes, PassageRow] = {}
    for start in range(0, len(passage_ids), _CHUNK):
        query = select(PASSAGES).where(
            PASSAGES.c.station == station,
            PASSAGES.c.passage_id.in_(passage_ids[start : start + _CHUNK]),
        )
        found.update({row.passage_id: _row(row) for row in connection.execute(query)})
    return found


def _row(row: Any) -> PassageRow:
    passage = Passage(
        passage_id=row.passage_id,
        seen_at_ms=row.seen_at_ms,
        clock=ClockGrade(row.clock),
        verdict=Verdict(row.verdict),
        reason=row.reason,
        direction=Direction(row.direction),
        tag=row.tag,
        trace_digest=row.trace_digest,
        body=row.body,
    )
    return PassageRow(sequence=row.sequence, passage=passage, hash=row.hash)


def _hashes(
    connection: Connection, station: str, chain: bytes, places: tuple[int, int]
) -> dict[int, set[bytes]]:
    query = select(PASSAGES.c.sequence, PASSAGES.c.hash).where(
        PASSAGES.c.station == station,
        PASSAGES.c.chain == chain,
        PASSAGES.c.sequence.between(*places),
    )
    found: dict[int, set[bytes]] = {}
    for row in connection.execute(query):
        found.setdefault(row.sequence, set()).add(row.hash)
    return found


def insert_chain(connection: Connection, arrival: Arrival, kid: bytes) -> None:
    """Note which key began a chain."""
    connection.execute(
        insert(CHAINS).values(
            station=arrival.station,
            chain=arrival.chain,
            kid=kid,
            began_at=arrival.received_at,
        )
    )


def insert_passages(
    connection: Connection, arrival: Arrival, rows: Sequence[tuple[NewRow, PassageBody]]
) -> None:
    """Store new rows, with what their bodies say beside them."""
    if not rows:
        return
    # Straight to the driver: SQLAlchemy's own way costs more than the rows themselves.
    compiled = insert(PASSAGES).compile(dialect=connection.dialect)
    values = [_values(arrival, new, body) for new, body in rows]
    if compiled.positiontup is None:
        connection.exec_driver_sql(str(compiled), values)
    else:
        names = compiled.positiontup
        connection.exec_driver_sql(
            str(compiled), [tuple(value[name] for name in names) for value in values]
        )


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
