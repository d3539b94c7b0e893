"""Station keys and genuine passes, as the trust repository needs them from the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from issuer.database.tables import PASSES, STATION_KEYS, STATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledKey:
    """A key that a station enrolled once, with its certificate. revoked: it may not speak any
    more.
    """

    station: str
    checkpoint: str
    public_key: bytes
    certificate: bytes
    revoked: bool


def enrolled_keys(connection: Connection) -> list[EnrolledKey]:
    """Return every key that a station ever enrolled."""
    query = select(STATIONS.c.name, STATIONS.c.checkpoint, STATION_KEYS).join(
        STATION_KEYS, STATION_KEYS.c.station == STATIONS.c.name
    )
    return [
        EnrolledKey(
            station=row.name,
            checkpoint=row.checkpoint,
            public_key=row.public_key,
            certificate=row.certificate,
            revoked=row.revoked_at is not None,
        )
        for row in connection.execute(query)
    ]


def genuine_passes(connection: Connection, kid: int, now: int) -> list[bytes]:
    """Return the SHA-256 of the COSE bytes of every living pass that this office signed with key
    `kid`.
    """
    query = select(PASSES.c.cose_hash).where(
        PASSES.c.kid == kid, PASSES.c.exp > now, PASSES.c.cose_hash.is_not(None)
    )
    return [bytes(row[0]) for row in connection.execute(query)]
