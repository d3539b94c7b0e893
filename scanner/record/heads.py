"""The signed heads and records that a log keeps beside its rows."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from keys.ed25519 import SigningKey
from keys.errors import UntrustedData
from keys.heads import Head, LogRecord, open_record, seal_head, seal_record
from scanner.record.database import transaction
from scanner.record.rows import ask

# Two days of one in five minutes; each row's own signature covers what lies between.
HEADS_KEPT: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose log it is: the station's name, the id of its chain (16 bytes), and the key that signs
    what is said about the log.
    """

    station: str
    chain: bytes
    key: SigningKey


def sign_head(
    connection: sqlite3.Connection, station: str, key: SigningKey, *, chain: bytes, now_s: int
) -> bytes | None:
    """Return the head of the newest row, signed now and kept in the log; the one kept already if no
    row came since; None while the log is empty. StationFault.
    """
    with transaction(connection, "head not stored"):
        last = connection.execute(
            "SELECT p.sequence, p.hash, h.signed FROM passages p"
            " LEFT JOIN heads h ON h.sequence = p.sequence ORDER BY p.sequence DESC LIMIT 1"
        ).fetchone()
        if last is None:
            return None
        sequence, chained, kept = last
        if kept is not None:
            return bytes(kept)
        head = Head(station=station, chain=chain, sequence=sequence, hash=chained, signed_at=now_s)
        signed = seal_head(key, head)
        connection.execute("INSERT INTO heads VALUES (?, ?)", (sequence, signed))
        connection.execute(
            "DELETE FROM heads WHERE sequence NOT IN"
            " (SELECT sequence FROM heads ORDER BY sequence DESC LIMIT ?)",
            (HEADS_KEPT,),
        )
    return signed


def kept_heads(connection: sqlite3.Connection) -> list[bytes]:
    """Return the signed heads that the log keeps, oldest first. Nothing is checked here."""
    return [bytes(row[0]) for row in ask(connection, "SELECT signed FROM heads ORDER BY sequence")]


def add_record(connection: sqlite3.Connection, owner: Owner, record: LogRecord) -> None:
    """Sign a record and keep it. Within the caller's transaction; sqlite3.Error."""
    connection.execute(
        "INSERT INTO records (first, last, signed) VALUES (?, ?, ?)",
        (record.first, record.last, seal_record(owner.key, record)),
    )


def drop_records(connection: sqlite3.Connection, numbers: list[int]) -> None:
    """Forget records that others replace. Within the caller's transaction; sqlite3.Error."""
    connection.executemany("DELETE FROM records WHERE number = ?", [(n,) for n in numbers])


def kept_records(
    connection: sqlite3.Connection, public_key: bytes
) -> tuple[list[tuple[int, LogRecord]], list[tuple[int, int]]]:
    """Return the records that the station with `public_key` signed, each with its number, by first
    row; and (first, last) of those that are not its own.
    """
    good: list[tuple[int, LogRecord]] = []
    bad: list[tuple[int, int]] = []
    query = "SELECT number, first, last, signed FROM records ORDER BY first, number"
    for number, first, last, signed in ask(connection, query):
        try:
            record = open_record(signed, public_key)
        except UntrustedData:
            bad.append((first, last))
        else:
            good.append((number, record))
    return sorted(good, key=lambda kept: kept[1].first), bad
