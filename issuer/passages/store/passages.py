"""Passages as they come into the database, and what a batch must fit there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from issuer.database.tables import CHAINS, EVIDENCE, PASSAGES
from issuer.passages.rules.opening import OpenedBody, observed_text
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
class Begun:
    """Which other chains a chain must not stand beside: those of the same key (its kid) begun since
    it was enrolled (seconds).
    """

    kid: bytes
    since: int


def held_of(
    connection: Connection, station: str, begun: Begun, batch: Batch, *, last_sequence: int
) -> Held:
    """Return what is stored of `station` that `batch`, signed by the key of `begun`, must fit."""
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
        is_second_chain=any(
            row.kid == begun.kid and row.chain != batch.chain and row.began_at >= begun.since
            for row in chains
        ),
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
    connection: Connection, arrival: Arrival, rows: Sequence[tuple[NewRow, OpenedBody]]
) -> None:
    """Store new rows as they came, with what their bodies say beside them."""
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


def _values(arrival: Arrival, new: NewRow, opened: OpenedBody) -> dict[str, Any]:
    passage = new.row.passage
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
        "marks": " ".join([*new.marks, *opened.marks]),
        "batch_hash": arrival.batch_hash,
        "received_at": arrival.received_at,
        **said_columns(opened.body),
    }


def said_columns(body: PassageBody) -> dict[str, Any]:
    """Return the columns that hold what an opened body says."""
    identity = body.identity
    return {
        "pass_issuer": None if identity is None else identity.issuer,
        "pass_list": None if identity is None else identity.list_number,
        "pass_entry": None if identity is None else identity.index,
        "name": body.name,
        "id_tail": body.id_tail,
        "carrier": body.carrier,
        "about": body.about,
        "observed": observed_text(body),
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
