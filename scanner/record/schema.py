"""What stands in the station's file, version by version, and how an older file becomes a newer one.

Columns of `passages` up to `hash` are the row as it was appended; hash covers them and never
changes. signature: the station's, under the head that the row made. counts, people, inside and
emptied are this station's own working marks, which no hash covers: whether the row counts as
somebody's passage, by how many people it moved the count of those inside, how many were inside
then, and whether its body and tag were deleted after their time. The view `logged` leaves out the
first three. `place` holds how many somebody counted inside, and behind which row.

All steps up to the newest version are one transaction: a crash leaves the old file or the new one.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Final

from scanner.errors import StationFault

SCHEMA_VERSION: Final = 2

_FIRST: Final = """
CREATE TABLE passages (
    sequence INTEGER PRIMARY KEY,
    passage_id BLOB NOT NULL UNIQUE,
    seen_at_ms INTEGER NOT NULL,
    clock TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    direction TEXT NOT NULL,
    tag BLOB,
    trace_digest BLOB,
    body BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE TABLE waiting (
    sequence INTEGER PRIMARY KEY
) STRICT;
CREATE TABLE set_aside (
    sequence INTEGER PRIMARY KEY,
    code TEXT NOT NULL
) STRICT;
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;
"""

# The first version's rows keep the hash of their body as it was, so that they can be sealed in
# place. Who is inside was not counted then.
_SECOND: Final = """
ALTER TABLE passages RENAME TO passages_1;
CREATE TABLE passages (
    sequence INTEGER PRIMARY KEY,
    passage_id BLOB NOT NULL UNIQUE,
    seen_at_ms INTEGER NOT NULL,
    clock TEXT NOT NULL,
    verdict TEXT NOT NULL,
    reason TEXT NOT NULL,
    direction TEXT NOT NULL,
    tag BLOB,
    trace_digest BLOB,
    body BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB,
    counts INTEGER NOT NULL,
    people INTEGER NOT NULL,
    inside INTEGER NOT NULL,
    emptied INTEGER NOT NULL
) STRICT;
INSERT INTO passages
    SELECT sequence, passage_id, seen_at_ms, clock, verdict, reason, direction, tag, trace_digest,
        body, sha256(body), hash, NULL, verdict IN ('admit', 'admit_with_note'), 0, 0,
        0
    FROM passages_1 ORDER BY sequence;
DROP TABLE passages_1;
CREATE VIEW logged AS
    SELECT sequence, passage_id, seen_at_ms, clock, verdict, reason, direction, tag, trace_digest,
        body, hash, emptied, body_hash, signature
    FROM passages;
CREATE INDEX counted ON passages (tag, direction, seen_at_ms)
    WHERE counts = 1 AND tag IS NOT NULL;
CREATE INDEX plain ON passages (sequence)
    WHERE emptied = 0 AND substr(body, 1, 1) BETWEEN x'a0' AND x'bf';
CREATE INDEX emptied ON passages (sequence) WHERE emptied = 1;
CREATE TABLE place (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    sequence INTEGER NOT NULL,
    inside INTEGER NOT NULL,
    plain_left INTEGER NOT NULL
) STRICT;
INSERT INTO place VALUES (1, 0, 0, 0);
CREATE TABLE heads (
    sequence INTEGER PRIMARY KEY,
    signed BLOB NOT NULL
) STRICT;
CREATE TABLE records (
    number INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    signed BLOB NOT NULL
) STRICT;
DROP TABLE facts;
"""
_STEPS: Final = {0: _FIRST, 1: _SECOND}


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file of whatever version up to the newest; one of a later program: StationFault
    `log_too_new`.
    """
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise StationFault("written by a later version of the program", code="log_too_new")
    if version == SCHEMA_VERSION:
        return
    connection.create_function("sha256", 1, _sha256, deterministic=True)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have made the tables while this one waited for the lock.
        for step in range(_version(connection), SCHEMA_VERSION):
            for statement in _STEPS[step].split(";"):
                if statement.strip():
                    connection.execute(statement)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
