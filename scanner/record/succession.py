"""A new log in the place of a damaged one, which stays where it is, as it is.

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
from keys.heads import NO_DIGEST, LogRecord, Taken
from keys.passages import FIRST_HASH
from scanner.record.database import DATABASE_ERRORS, open_database, transaction
from scanner.record.heads import Owner, add_record
from scanner.record.passages import PassageLog
from scanner.record.stationrecord import EarlierLog, StationRecord, write_record

WHY: Final = "log_damaged"
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
    """Return the damaged logs that are still in the folder."""
    return [one for one in record.earlier if (folder / one.log).exists()]


def succeed(
    folder: Path,
    record: StationRecord,
    key: SigningKey,
    last: Place,
    *,
    chain: bytes,
    now_s: int,
) -> StationRecord:
    """Let the station of `record` go on in a new log and return its new record. chain: 16 random
    bytes. StationFault if the disk does not take it: then nothing has changed.
    """
    name = f"station-{chain.hex()}.db"
    owner = Owner(station=record.station, chain=chain, key=key)
    with closing(open_database(folder, name)) as database:
        if last.sequence:
            with transaction(database.conn, "no new log"):
                add_record(database.conn, owner, _beginning(owner, last, now_s))
        PassageLog(database, record.station).set_inside(last.inside)
    ended = EarlierLog(log=record.log, chain=record.chain, ended_at=now_s)
    new = replace(
        record,
        log=name,
        chain=chain.hex(),
        behind=last.sequence,
        behind_hash=last.hash.hex() if last.sequence else "",
        earlier=(*record.earlier, ended),
    )
    write_record(folder, new)
    return new


def newest_place(path: Path) -> Place | None:
    """Return where the chain in a damaged file stood, None if it cannot be read."""
    with suppress(*DATABASE_ERRORS, TypeError, ValueError, OverflowError):
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            sequence, chained, inside = connection.execute(_LAST_ROW).fetchone()
            place = Place(sequence=int(sequence), hash=bytes(chained), inside=int(inside))
        if 0 < place.sequence < 1 << 53 and len(place.hash) == len(FIRST_HASH):
            return place
    return None


def _beginning(owner: Owner, last: Place, now_s: int) -> LogRecord:
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
        why=WHY,
    )
