"""Taking a batch: rows on disk, then a signed receipt. The same batch again gives the same rows and
another receipt.

What may happen, and what then: unknown key, bad signature, no batch: refused as a whole, nothing
stored. Rows that cannot be read, or whose id is taken by other bytes: set aside, the rest stored.
Station withdrawn, key revoked, chain forked or broken: stored and marked, station flagged, batch
kept as evidence. A body that no key here opens: stored as it came, marked, opened later by
`passages open`. We die before the commit: nothing was stored and nothing confirmed, the station
sends again. After it: the station sends again, and is told "stored".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from issuer import audit
from issuer.database.engine import Transaction
from issuer.errors import BadInput, Code, Denied
from issuer.passages.actions.passagekeys import passage_secrets
from issuer.passages.rules.opening import opened
from issuer.passages.rules.sorting import CONFLICT, Mark, Sorted, sort_rows
from issuer.passages.store import passages as store
from issuer.people.office import Office
from issuer.people.rules.stations import StationState
from issuer.people.store import stations
from keys.batches import Batch, Receipt, batch_kid, open_batch, seal_receipt, station_kid
from keys.errors import UntrustedData
from keys.trustlist import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSays:
    """What a station says of itself beside a batch; None: nothing."""

    waiting_rows: int | None = None
    list_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The receipt for a batch that is on disk: what it says, and its signed bytes."""

    receipt: Receipt
    raw: bytes


def receive(office: Office, raw: bytes, says: StationSays) -> bytes:
    """Return the signed receipt for a batch that is on disk; else an IssuerError."""
    return receive_batch(office, raw, says).raw


def receive_batch(office: Office, raw: bytes, says: StationSays) -> Received:
    """As `receive`, with what the receipt says."""
    key = _sender(office, raw)
    try:
        batch = open_batch(raw, key.public_key)
    except UntrustedData as error:
        code = Code.BAD_SIGNATURE if error.code == "bad_signature" else Code.MALFORMED_BATCH
        raise BadInput(code, error.code) from None
    if batch.station != key.station:
        raise Denied(Code.STATION_MISMATCH)
    now = office.now()
    arrival = store.Arrival(
        station=batch.station,
        chain=batch.chain,
        batch_hash=hashlib.sha256(raw).digest(),
        received_at=now,
    )
    secrets = passage_secrets(office.folder.keys)
    bodies = {row.passage.body: opened(row.passage.body, secrets) for row in batch.rows}
    with office.database.write() as connection:
        done = _sorted(connection, arrival, batch, key)
        rows = [(new, bodies[new.row.passage.body]) for new in done.new]
        store.insert_passages(connection, arrival, rows)
        if done.evidence:
            _keep_evidence(connection, arrival, done, raw)
        stations.set_contact(
            connection,
            batch.station,
            now,
            waiting_rows=says.waiting_rows,
            list_version=says.list_version,
        )
    return _receipt(office, arrival, done)


def _sender(office: Office, raw: bytes) -> stations.StationKey:
    try:
        kid = batch_kid(raw)
    except UntrustedData as error:
        raise BadInput(Code.MALFORMED_BATCH, error.code) from None
    with office.database.read() as connection:
        keys = stations.keys_of_kid(connection, kid)
    if not keys:
        raise Denied(Code.UNKNOWN_STATION_KEY)
    # Two keys whose SHA-256 begin alike do not happen; the signature decides anyway.
    return keys[0]


def _sorted(
    connection: Transaction, arrival: store.Arrival, batch: Batch, key: stations.StationKey
) -> Sorted:
    # Batches of one station take turns: what one stored, the next must see.
    station = stations.lock_station(connection, batch.station)
    marks: list[Mark] = []
    if station is None or station.state is StationState.WITHDRAWN:
        marks.append(Mark.WITHDRAWN_STATION)
    elif key.revoked_at is not None:
        marks.append(Mark.REVOKED_KEY)
    # Places that a row claims, but no further than a batch can reach.
    end = batch.first_sequence + len(batch.rows) + len(batch.set_aside)
    kid = station_kid(key.public_key)
    begun = store.Begun(kid=kid, since=key.enrolled_at)
    held = store.held_of(connection, batch.station, begun, batch, last_sequence=end)
    if held.begins_chain:
        store.insert_chain(connection, arrival, kid)
    return sort_rows(batch, held, marks)


def _keep_evidence(
    connection: Transaction, arrival: store.Arrival, done: Sorted, raw: bytes
) -> None:
    store.insert_evidence(connection, arrival, done.evidence, raw)
    flags = (CONFLICT, Mark.FORK.value, Mark.BROKEN_CHAIN.value, Mark.GAP.value)
    worst = next(flag for flag in flags if flag in done.evidence)
    stations.set_flag(
        connection, arrival.station, Mark.FORK.value if worst == Mark.BROKEN_CHAIN else worst
    )
    audit.append(
        connection,
        at=arrival.received_at,
        operator=f"station:{arrival.station}",
        action="station.alarm",
        subject=arrival.station,
        details={"kinds": list(done.evidence), "batch": arrival.batch_hash.hex()},
    )


def _receipt(office: Office, arrival: store.Arrival, done: Sorted) -> Received:
    key = office.keys.of(Purpose.STATION)
    receipt = Receipt(
        station=arrival.station,
        batch_hash=arrival.batch_hash,
        stored=done.stored,
        set_aside=done.set_aside,
        received_at=arrival.received_at,
    )
    raw = seal_receipt(key.key, key.kid.to_bytes(2, "big"), receipt)
    return Received(receipt=receipt, raw=raw)
