"""What was published: versions, their states and manifests."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from issuer.database.tables import PUBLICATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One version. at: seconds. entries: n of its universe. changes: the count of changes that it
    holds.
    """

    version: int
    at: int
    entries: int
    state: bytes
    manifest: bytes
    changes: int


def newest_publication(connection: Connection) -> Publication | None:
    """Return the newest version, None before the first."""
    row = connection.execute(
        select(PUBLICATIONS).order_by(PUBLICATIONS.c.version.desc()).limit(1)
    ).first()
    return None if row is None else Publication(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def publications_since(connection: Connection, at: int) -> list[Publication]:
    """Return the versions published at `at` or later, ascending."""
    query = select(PUBLICATIONS).where(PUBLICATIONS.c.at >= at).order_by(PUBLICATIONS.c.version)
    return [Publication(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - as above


def insert_publication(connection: Connection, publication: Publication) -> None:
    """Store a version before any of its files is written: a number is never used for two states."""
    connection.execute(
        insert(PUBLICATIONS).values(
            version=publication.version,
            at=publication.at,
            entries=publication.entries,
            state=publication.state,
            manifest=publication.manifest,
            changes=publication.changes,
        )
    )
