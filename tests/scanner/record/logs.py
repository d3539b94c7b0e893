"""Logs as a station keeps them: with a key, sealed bodies, and a way to ask whether they hold."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from keys.batches import Receipt
from keys.bodies import PassageBody, encode_body
from keys.heads import row_signer
from keys.passages import Passage, PassageRow
from keys.sealing import passage_key, passage_public, seal_body
from scanner.record.database import open_database
from scanner.record.heads import Owner
from scanner.record.passages import PassageLog
from scanner.record.verifying import Finding, LogReport, verify_log
from tests.keys.makers import BOX_KEY, passage

STATION = "west-1"
CHAIN = bytes(range(16))
OWNER = Owner(station=STATION, chain=CHAIN, key=BOX_KEY)
SECRET = bytes(range(32))
PASSAGE_KEY = passage_key(passage_public(SECRET))
BEGAN_S = 1_779_926_400  # 00:00 UTC
DAY_S = 86_400


def seal(plain: bytes) -> bytes:
    """Return a body sealed to the passage key of these tests."""
    return seal_body(plain, PASSAGE_KEY)


def tag(number: int) -> bytes:
    """Return the tag of a person."""
    return hashlib.sha256(b"person %d" % number).digest()[:16]


def name(number: int) -> bytes:
    """Return what stands in clear in the plain body of a person."""
    return b"person number %06d" % number


def person(number: int, **changes: Any) -> Passage:
    """Return a passage with a plain body and a tag; one a minute from `BEGAN_S` on."""
    fields: dict[str, Any] = {
        "seen_at_ms": (BEGAN_S + 60 * number) * 1000,
        "tag": tag(number),
        "body": encode_body(PassageBody(name=name(number).decode())),
    }
    return passage(number, **fields | changes)


@dataclass(slots=True, kw_only=True)
class KeptLog:
    """A log with the connection beside it."""

    database: Database
    log: PassageLog

    @property
    def sql(self) -> sqlite3.Connection:
        """The connection, for what a thief or a failing disk does."""
        connection: sqlite3.Connection = self.database.conn
        return connection

    def fill(self, count: int, first: int = 1) -> list[PassageRow]:
        """Append so many people."""
        return [self.log.append(person(number)) for number in range(first, first + count)]

    def report(self, receipts: Iterable[Receipt] = ()) -> LogReport:
        """Return what `verify_log` says."""
        return verify_log(
            self.database,
            station=STATION,
            chain=CHAIN,
            public_key=BOX_KEY.public_key,
            receipts=tuple(receipts),
        )

    def found(self, receipts: Iterable[Receipt] = ()) -> list[tuple[str, int, int]]:
        """Return (code, first, last) of every finding."""
        return [told(finding) for finding in self.report(receipts).findings]

    def head(self, now_s: int = BEGAN_S) -> bytes | None:
        """Sign the head."""
        return self.log.sign_head(BOX_KEY, chain=CHAIN, now_s=now_s)


def told(finding: Finding) -> tuple[str, int, int]:
    """Return (code, first, last)."""
    return finding.code.value, finding.first, finding.last


def kept_log(folder: Path, *, sealed: bool = True, quick: bool = True) -> KeptLog:
    """Return the log of a folder, with the station's key. quick: nobody waits for the disk."""
    database = open_database(folder)
    if quick:
        database.conn.execute("PRAGMA synchronous=OFF")
    sign = row_signer(BOX_KEY, STATION, CHAIN)
    log = PassageLog(database, STATION, seal=seal if sealed else None, sign=sign)
    return KeptLog(database=database, log=log)


def bytes_on_disk(folder: Path) -> bytes:
    """Return everything that lies in a folder, as who takes the disk finds it."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
