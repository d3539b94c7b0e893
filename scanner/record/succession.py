"""A new log in the place of one that is damaged, removed or rolled back, or of another box. What
there is of the old one stays where it is, as it is.

No file is renamed: a connection that is still open somewhere would write and delete under the old
name. First the new file is made, whole, then `station.json` is replaced: that is the moment of the
change. A crash before it leaves the old log in force and a file that nobody uses; after it the new
one is in force. The new chain goes on behind the last place that is known, and a record that the
station signs says so, as where retention took rows away.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keys.ed25519 import SigningKey
from keys.errors import UntrustedData
from keys.heads import NO_DIGEST, LogRecord, Taken, open_head
from keys.passages import FIRST_HASH
from scanner.errors import StationFault
from scanner.record.database import DATABASE_ERRORS, open_database, transaction
from scanner.record.heads import Owner, add_record
from scanner.record.passages import PassageLog
from scanner.record.stationrecord import (
    FIRST_LOG,
    EarlierLog,
    Ended,
    StationRecord,
    is_log_name,
    write_record,
)

ENROLLED: Final = "enrolled"
# So many logs before this one are remembered, those whose files are there before others.
REMEMBERED_MAX: Final = 64
# A disk that spoils one log after the other is no disk to go on with; and each is kept.
KEPT_MAX: Final = 8
_LAST_ROW: Final = "SELECT sequence, hash, inside FROM passages ORDER BY sequence DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a chain stood: the last place that is known, and the hash there (FIRST_HASH if it is
    not known); inside: how many people were inside.
    """

    sequence: int
    hash: bytes
    inside: int = 0


def kept_logs(folder: Path, record: StationRecord) -> list[EarlierLog]:
    """Return the earlier logs that are still in the folder."""
    return [one for one in record.earlier if (folder / one.log).exists()]


def new_log(
    folder: Path,
    record: StationRecord,
    key: SigningKey,
    last: Place,
    *,
    chain: bytes,
    now_s: int,
    why: str,
) -> StationRecord:
    """Make the file of a new chain behind `last`, whole, and return the record that names it; which
    log is in force does not change before somebody writes that. chain: 16 random bytes.
    StationFault.
    """
    name = f"station-{chain.hex()}.db"
    owner = Owner(station=record.station, chain=chain, key=key)
    with closing(open_database(folder, name)) as database:
        if last.sequence:
            with transaction(database.conn, "no new log"):
                add_record(database.conn, owner, _beginning(owner, last, now_s, why))
        PassageLog(database, record.station).set_inside(last.inside)
    return replace(
        record,
        log=name,
        chain=chain.hex(),
        behind=last.sequence,
        behind_hash=last.hash.hex() if last.sequence else "",
        begun_at=now_s,
        log_made=True,
    )


def succeed(
    folder: Path,
    record: StationRecord,
    key: SigningKey,
    last: Place,
    *,
    chain: bytes,
    now_s: int,
    why: Ended = Ended.DAMAGED,
) -> StationRecord:
    """Let the station of `record` go on in a new log and return its new record. chain: 16 random
    bytes. StationFault if the disk does not take it: then nothing has changed.
    """
    new = new_log(folder, record, key, last, chain=chain, now_s=now_s, why=why.value)
    ended = EarlierLog(log=record.log, chain=record.chain, ended_at=now_s, why=why)
    # Those that are there last: they are the ones that must not be forgotten.
    earlier = sorted((*record.earlier, ended), key=lambda one: (folder / one.log).exists())
    kept = set(earlier[-REMEMBERED_MAX:]) | {ended}
    new = replace(new, earlier=tuple(one for one in (*record.earlier, ended) if one in kept))
    write_record(folder, new)
    return new


def left_logs(folder: Path, key: SigningKey, *, chain: bytes, now_s: int) -> tuple[EarlierLog, ...]:
    """Return the logs with rows in a folder that lost its record: somebody enrols it anew with the
    same key. chain: 16 bytes, of a log that does not say its own.
    """
    names = [path.name for path in folder.glob("station*.db") if is_log_name(path.name)]
    names.sort(key=lambda name: (name != FIRST_LOG, name))
    found = []
    for name in names:
        own = _chain_left(folder, name, key, chain)
        if own is not None:
            found.append(EarlierLog(log=name, chain=own.hex(), ended_at=now_s, why=Ended.LEFT))
    return tuple(found)


def _chain_left(folder: Path, name: str, key: SigningKey, chain: bytes) -> bytes | None:
    """Return the chain of a log that was left, `chain` if it does not say, None if it is empty."""
    try:
        with closing(open_database(folder, name)) as database:
            log = PassageLog(database, "")
            if log.is_empty():
                return None
            head = log.last_head()
        return chain if head is None else open_head(head, key.public_key).chain
    except (StationFault, UntrustedData):
        return chain


def newest_place(path: Path) -> Place | None:
    """Return where the chain in a damaged file stood, None if it cannot be read or is not there."""
    if not path.exists():
        return None  # SQLite would make it
    with suppress(*DATABASE_ERRORS, TypeError, ValueError, OverflowError):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            sequence, chained, inside = connection.execute(_LAST_ROW).fetchone()
            place = Place(sequence=int(sequence), hash=bytes(chained), inside=int(inside))
        if 0 < place.sequence < 1 << 53 and len(place.hash) == len(FIRST_HASH):
            return place
    return None


def _beginning(owner: Owner, last: Place, now_s: int, why: str) -> LogRecord:
    return LogRecord(
        kind=Taken.BEGINS,
        station=owner.station,
        chain=owner.chain,
        first=1,
        last=last.sequence,
        hash_before=FIRST_HASH,
        hash_last=last.hash,
        digest=NO_DIGEST,
        made_at=now_s,
        why=why,
    )
