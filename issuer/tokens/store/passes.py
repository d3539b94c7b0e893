"""Passes and the entries of the status lists, as they stand in the database."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from issuer.database.tables import ENTRIES, LISTS, PASSES
from issuer.tokens.rules.reasons import KIND_WORDS, STATUS_WORDS
from keys.claims import Claims, Kind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPass:
    """A pass as the office knows it: no more of a person than the pass itself shows. Times in
    seconds.
    """

    list_number: int
    entry: int
    kind: str
    name: str
    id_tail: str
    status: Status
    reason: str
    iat: int
    exp: int
    site: dict[str, int] | None
    minted_by: str
    minted_at: int
    minted_status: str
    kid: int
    cose_hash: bytes | None


def lists_used(connection: Connection) -> dict[int, int]:
    """Return how many entries each list has given."""
    return {row.list_number: row.used for row in connection.execute(select(LISTS))}


def insert_list(connection: Connection, list_number: int) -> None:
    """Begin a list, if another writer has not."""
    try:
        with connection.begin_nested():
            connection.execute(insert(LISTS).values(list_number=list_number, used=0))
    except IntegrityError:
        return


def insert_pass(connection: Connection, claims: Claims, *, minted_by: str, minted_at: int) -> bool:
    """Store a pass at its entry; False where the entry is taken. Its status is written with it."""
    place = {"list_number": claims.list_number, "entry": claims.entry}
    values = {
        "kind": KIND_WORDS[Kind(claims.kind)],
        "name": claims.name,
        "id_tail": claims.id_tail,
        "minted_status": STATUS_WORDS[Status(claims.status)],
        "iat": claims.iat,
        "exp": claims.exp,
        "kid": claims.kid,
        "site": None if claims.site is None else json.dumps(claims.site._asdict()),
        "minted_by": minted_by,
        "minted_at": minted_at,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(PASSES).values(**place, **values))
    except IntegrityError:
        return False
    connection.execute(
        update(LISTS).where(LISTS.c.list_number == claims.list_number).values(used=LISTS.c.used + 1)
    )
    if claims.status != Status.GREEN:
        put_entry(connection, **place, status=Status(claims.status), reason="", at=minted_at)
    return True


def set_cose_hash(connection: Connection, claims: Claims, cose_hash: bytes) -> None:
    """Note the SHA-256 of a signed pass: what a readmission list names should its key ever be
    burned.
    """
    connection.execute(
        update(PASSES)
        .where(PASSES.c.list_number == claims.list_number, PASSES.c.entry == claims.entry)
        .values(cose_hash=cose_hash)
    )


def put_entry(
    connection: Connection, *, list_number: int, entry: int, status: Status, reason: str, at: int
) -> None:
    """Set the status of an entry; green is kept as no row."""
    connection.execute(
        delete(ENTRIES).where(ENTRIES.c.list_number == list_number, ENTRIES.c.entry == entry)
    )
    if status is not Status.GREEN:
        connection.execute(
            insert(ENTRIES).values(
                list_number=list_number,
                entry=entry,
                status=int(status),
                reason=reason,
                changed_at=at,
            )
        )


_PASS = select(PASSES, ENTRIES.c.status, ENTRIES.c.reason).outerjoin(
    ENTRIES,
    (ENTRIES.c.list_number == PASSES.c.list_number) & (ENTRIES.c.entry == PASSES.c.entry),
)


def _pass(row: Any) -> StoredPass:
    return StoredPass(
        list_number=row.list_number,
        entry=row.entry,
        kind=row.kind,
        name=row.name,
        id_tail=row.id_tail,
        status=Status(row.status or 0),
        reason=row.reason or "",
        iat=row.iat,
        exp=row.exp,
        site=None if row.site is None else json.loads(row.site),
        minted_by=row.minted_by,
        minted_at=row.minted_at,
        minted_status=row.minted_status,
        kid=row.kid,
        cose_hash=row.cose_hash,
    )


def find_pass(connection: Connection, list_number: int, entry: int) -> StoredPass | None:
    """Return the pass at an entry, None where none was given."""
    row = connection.execute(
        _PASS.where(PASSES.c.list_number == list_number, PASSES.c.entry == entry)
    ).first()
    return None if row is None else _pass(row)


def lock_pass(connection: Connection, list_number: int, entry: int) -> None:
    """Let concurrent changes of one pass take turns."""
    connection.execute(
        select(PASSES.c.entry)
        .where(PASSES.c.list_number == list_number, PASSES.c.entry == entry)
        .with_for_update()
    )


def passes_by_tail(
    connection: Connection, *, id_tail: str, name: str, limit: int
) -> list[StoredPass]:
    """Return the newest passes with this ID tail, and this masked name where one is given."""
    query = _PASS.where(PASSES.c.id_tail == id_tail).order_by(PASSES.c.minted_at.desc())
    if name:
        query = query.where(PASSES.c.name == name)
    return [_pass(row) for row in connection.execute(query.limit(limit))]


def all_entries(connection: Connection) -> list[tuple[int, int, int]]:
    """Return (list, entry, status) of every entry that is not green."""
    query = select(ENTRIES.c.list_number, ENTRIES.c.entry, ENTRIES.c.status)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def count_statuses(connection: Connection) -> dict[Status, int]:
    """Return how many passes have each status."""
    total = int(connection.scalar(select(func.count()).select_from(PASSES)) or 0)
    counts = {
        Status(row[0]): int(row[1])
        for row in connection.execute(
            select(ENTRIES.c.status, func.count()).group_by(ENTRIES.c.status)
        )
    }
    counts[Status.GREEN] = total - sum(counts.values())
    return counts
