"""The audit: what was done in the office, by whom and why, as a chain of hashes that shows a later
edit.

Each entry's hash covers the entry before, so a changed, dropped or moved one breaks every later
hash. Who can write the whole database can also write a new chain: outside witnesses of the newest
hash (`audit verify` prints it) close that gap.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select

from issuer.database.facts import take_number
from issuer.database.tables import AUDIT
from issuer.errors import Code, Fault
from keys.encoding import cbor_encode

COUNTER: Final = "audit"
_DOMAIN: Final = "kakou-audit-1"
_FIRST: Final = bytes(32)
_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing done. at: seconds. details: the JSON text that the hash covers."""

    sequence: int
    at: int
    operator: str
    action: str
    subject: str
    details: str
    hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHead:
    """How far a verified chain goes, and the hash (32 bytes) that an outside witness may keep."""

    entries: int
    hash: bytes


def append(
    connection: Connection,
    *,
    at: int,
    operator: str,
    action: str,
    subject: str,
    details: Mapping[str, Any],
) -> None:
    """Write one entry in the caller's transaction: deed and entry stand or fall together."""
    # The counter is what concurrent writers wait for, so nobody builds on a head that is no longer
    # the newest.
    sequence = take_number(connection, COUNTER)
    previous = connection.scalar(select(AUDIT.c.hash).where(AUDIT.c.sequence == sequence - 1))
    text = json.dumps(details, ensure_ascii=False, sort_keys=True)
    fields = (sequence, at, operator, action, subject, text)
    connection.execute(
        insert(AUDIT).values(
            sequence=sequence,
            at=at,
            operator=operator,
            action=action,
            subject=subject,
            details=text,
            hash=_hash(fields, previous or _FIRST),
        )
    )


def _hash(fields: tuple[int | str, ...], previous: bytes) -> bytes:
    return hashlib.sha256(cbor_encode([_DOMAIN, *fields, previous])).digest()


def verify(connection: Connection) -> AuditHead:
    """Return the head of the whole chain; Fault audit_broken names the first entry that does not
    fit.
    """
    previous, count = _FIRST, 0
    while True:
        rows = connection.execute(
            select(AUDIT).where(AUDIT.c.sequence > count).order_by(AUDIT.c.sequence).limit(_CHUNK)
        ).all()
        if not rows:
            return AuditHead(entries=count, hash=previous)
        for row in rows:
            count += 1
            fields = (row.sequence, row.at, row.operator, row.action, row.subject, row.details)
            if row.sequence != count or _hash(fields, previous) != row.hash:
                raise Fault(Code.AUDIT_BROKEN, f"the chain breaks at entry {count}")
            previous = row.hash


def newest(connection: Connection, *, before: int | None, limit: int) -> list[AuditEntry]:
    """Return up to `limit` entries, newest first, with a sequence below `before`."""
    query = select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(AUDIT.c.sequence < before)
    return [AuditEntry(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name


def count(connection: Connection) -> int:
    """Return how many entries there are."""
    return int(connection.scalar(select(func.count()).select_from(AUDIT)) or 0)
