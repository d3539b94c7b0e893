"""Stations, their checkpoints, keys and enrolment codes, as they stand in the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from issuer.database.tables import CHECKPOINTS, ENROLMENT_CODES, STATION_KEYS, STATIONS
from issuer.people.rules.stations import StationState, StoredCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A place. secret: 32 bytes that its stations share."""

    name: str
    zone: int
    secret: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One device. flag: "", or what its rows showed: conflict, fork, gap. Times in seconds, None:
    never.

    waiting_rows, list_version: what the station last said of itself, None: nothing.
    """

    name: str
    checkpoint: str
    zone: int
    state: StationState
    flag: str
    created_at: int
    enrolled_at: int | None
    withdrawn_at: int | None
    contact_at: int | None
    waiting_rows: int | None
    list_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationKey:
    """A key that a station enrolled. revoked_at: None while it is the station's own."""

    public_key: bytes
    station: str
    enrolled_at: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A key that a station just proved, and the certificate for it."""

    station: str
    public_key: bytes
    kid: bytes
    certificate: bytes
    at: int


def find_checkpoint(connection: Connection, name: str) -> Checkpoint | None:
    """Return the checkpoint of this name."""
    row = connection.execute(select(CHECKPOINTS).where(CHECKPOINTS.c.name == name)).first()
    return None if row is None else Checkpoint(name=row.name, zone=row.zone, secret=row.secret)


def insert_checkpoint(connection: Connection, checkpoint: Checkpoint) -> None:
    """Store a new checkpoint."""
    connection.execute(
        insert(CHECKPOINTS).values(
            name=checkpoint.name, zone=checkpoint.zone, secret=checkpoint.secret
        )
    )


_STATION = select(STATIONS, CHECKPOINTS.c.zone).join(
    CHECKPOINTS, CHECKPOINTS.c.name == STATIONS.c.checkpoint
)


def _station(row: Any) -> Station:
    return Station(
        name=row.name,
        checkpoint=row.checkpoint,
        zone=row.zone,
        state=StationState(row.state),
        flag=row.flag,
        created_at=row.created_at,
        enrolled_at=row.enrolled_at,
        withdrawn_at=row.withdrawn_at,
        contact_at=row.contact_at,
        waiting_rows=row.waiting_rows,
        list_version=row.list_version,
    )


def find_station(connection: Connection, name: str) -> Station | None:
    """Return the station of this name."""
    row = connection.execute(_STATION.where(STATIONS.c.name == name)).first()
    return None if row is None else _station(row)


def lock_station(connection: Connection, name: str) -> Station | None:
    """Return the station of this name; others who ask so wait until this transaction ends."""
    connection.execute(select(STATIONS.c.name).where(STATIONS.c.name == name).with_for_update())
    return find_station(connection, name)


def list_stations(connection: Connection) -> list[Station]:
    """Return every station, by name."""
    return [_station(row) for row in connection.execute(_STATION.order_by(STATIONS.c.name))]


def count_stations(connection: Connection) -> int:
    """Return how many stations are known."""
    return int(connection.scalar(select(func.count()).select_from(STATIONS)) or 0)


def insert_station(connection: Connection, *, name: str, checkpoint: str, created_at: int) -> None:
    """Store a new station that has yet to enrol."""
    connection.execute(
        insert(STATIONS).values(
            name=name,
            checkpoint=checkpoint,
            state=StationState.INVITED.value,
            flag="",
            created_at=created_at,
        )
    )


def set_withdrawn(connection: Connection, name: str, at: int) -> None:
    """Withdraw a station: its keys are revoked, its open codes gone."""
    connection.execute(
        update(STATIONS)
        .where(STATIONS.c.name == name)
        .values(state=StationState.WITHDRAWN.value, withdrawn_at=at)
    )
    connection.execute(delete(ENROLMENT_CODES).where(ENROLMENT_CODES.c.station == name))
    revoke_keys(connection, name, at)


def set_flag(connection: Connection, name: str, flag: str) -> None:
    """Flag a station for a supervisor to look at."""
    connection.execute(update(STATIONS).where(STATIONS.c.name == name).values(flag=flag))


def set_contact(
    connection: Connection,
    name: str,
    at: int,
    *,
    waiting_rows: int | None,
    list_version: int | None,
) -> None:
    """Note that a station was heard, and what it said of itself."""
    connection.execute(
        update(STATIONS)
        .where(STATIONS.c.name == name)
        .values(contact_at=at, waiting_rows=waiting_rows, list_version=list_version)
    )


def keys_of_kid(connection: Connection, kid: bytes) -> list[StationKey]:
    """Return the station keys with this id, revoked ones among them."""
    rows = connection.execute(select(STATION_KEYS).where(STATION_KEYS.c.kid == kid).limit(4))
    return [
        StationKey(
            public_key=row.public_key,
            station=row.station,
            enrolled_at=row.enrolled_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def owner_of_key(connection: Connection, public_key: bytes) -> str | None:
    """Return which station enrolled with this key."""
    found: str | None = connection.scalar(
        select(STATION_KEYS.c.station).where(STATION_KEYS.c.public_key == public_key)
    )
    return found


def has_other_key(connection: Connection, station: str, public_key: bytes) -> bool:
    """Return whether `station` was enrolled with another key than this one before."""
    query = select(STATION_KEYS.c.kid).where(
        STATION_KEYS.c.station == station, STATION_KEYS.c.public_key != public_key
    )
    return connection.execute(query.limit(1)).first() is not None


def revoke_keys(connection: Connection, station: str, at: int) -> None:
    """Revoke every key that `station` has in use."""
    connection.execute(
        update(STATION_KEYS)
        .where(STATION_KEYS.c.station == station, STATION_KEYS.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def insert_code(
    connection: Connection, *, code_id: bytes, mac_key: bytes, station: str, expires_at: int
) -> None:
    """Store a new code. Older ones of the station stop working: a replaced box must not come back
    with its own.
    """
    connection.execute(delete(ENROLMENT_CODES).where(ENROLMENT_CODES.c.station == station))
    connection.execute(
        insert(ENROLMENT_CODES).values(
            code_id=code_id, mac_key=mac_key, station=station, expires_at=expires_at, tries=0
        )
    )


def find_code(connection: Connection, code_id: bytes) -> StoredCode | None:
    """Return the code of this id; concurrent requests with it take turns."""
    query = select(ENROLMENT_CODES).where(ENROLMENT_CODES.c.code_id == code_id).with_for_update()
    row = connection.execute(query).first()
    return None if row is None else StoredCode(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def count_try(connection: Connection, code_id: bytes) -> None:
    """Note one failed try at a code."""
    connection.execute(
        update(ENROLMENT_CODES)
        .where(ENROLMENT_CODES.c.code_id == code_id)
        .values(tries=ENROLMENT_CODES.c.tries + 1)
    )


def enrol(
    connection: Connection, enrolled: Enrolment, code_id: bytes, *, request: bytes, answer: bytes
) -> None:
    """Store a station's new key in place of the one before, and the answer to repeat to whoever
    used the code.
    """
    revoke_keys(connection, enrolled.station, enrolled.at)
    # The same key may enrol again (a station that lost its certificate).
    connection.execute(delete(STATION_KEYS).where(STATION_KEYS.c.public_key == enrolled.public_key))
    connection.execute(
        insert(STATION_KEYS).values(
            public_key=enrolled.public_key,
            kid=enrolled.kid,
            station=enrolled.station,
            certificate=enrolled.certificate,
            enrolled_at=enrolled.at,
        )
    )
    connection.execute(
        update(STATIONS)
        .where(STATIONS.c.name == enrolled.station)
        .values(state=StationState.ENROLLED.value, enrolled_at=enrolled.at, withdrawn_at=None)
    )
    connection.execute(
        update(ENROLMENT_CODES)
        .where(ENROLMENT_CODES.c.code_id == code_id)
        .values(used_by=enrolled.public_key, request=request, answer=answer)
    )


def delete_old_codes(connection: Connection, *, before: int) -> None:
    """Forget codes that expired before `before`."""
    connection.execute(delete(ENROLMENT_CODES).where(ENROLMENT_CODES.c.expires_at < before))
