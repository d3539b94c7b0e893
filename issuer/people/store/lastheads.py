"""Where the log of a station stands at the office, for the box that takes the place of another."""

from __future__ import annotations

from sqlalchemy import Connection, select

from issuer.database.tables import CHAINS, PASSAGES, STATION_KEYS
from keys.enrolment import LastHead


def find_last_head(connection: Connection, station: str, *, below: int) -> LastHead | None:
    """Return the last row that came of `station` in a chain of the key that it enrolled last, of
    the one before where that one sent nothing, and so on; None where nothing came. Rows whose place
    is not below `below` are passed over.
    """
    chains = (
        select(CHAINS.c.chain)
        .join(
            STATION_KEYS,
            (STATION_KEYS.c.kid == CHAINS.c.kid) & (STATION_KEYS.c.station == CHAINS.c.station),
        )
        .where(CHAINS.c.station == station)
        .order_by(
            STATION_KEYS.c.revoked_at.is_(None).desc(),
            STATION_KEYS.c.revoked_at.desc(),
            STATION_KEYS.c.enrolled_at.desc(),
            CHAINS.c.began_at.desc(),
        )
    )
    for chain in connection.scalars(chains).all():
        row = connection.execute(
            select(PASSAGES.c.sequence, PASSAGES.c.hash)
            .where(
                PASSAGES.c.station == station,
                PASSAGES.c.chain == chain,
                PASSAGES.c.sequence < below,
            )
            .order_by(PASSAGES.c.sequence.desc())
            .limit(1)
        ).first()
        if row is not None:
            return LastHead(chain=chain, sequence=row.sequence, hash=row.hash)
    return None
