"""What enrolment settled of a station, and which file its log is, in one small file. Reading it
loads no key and no library, so a window can show its place before anything else is there.

A log that was found damaged stays as it is, and the station goes on in another file with a chain of
its own: this record, replaced as a whole, is the one place that says which.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from scanner.errors import NotEnrolled, StationFault
from scanner.record.files import read_whole, write_whole

RECORD_FILE: Final = "station.json"
FIRST_LOG: Final = "station.db"
_SMALL: Final = 1 << 16
_CHAIN_BYTES: Final = 16
_HASH_BYTES: Final = 32
_LOG_NAME: Final = re.compile(r"station(-[0-9a-f]{32})?\.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLog:
    """A damaged log that is kept as it was found: its file, the id of its chain, and when the
    station went on in another (unix seconds).
    """

    log: str
    chain: str
    ended_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecord:
    """What enrolment settled: names, zone, where the issuer is, and the id of the log's chain (16
    bytes in hex).

    log: the file of that chain. behind, behind_hash: the place and the hash (hex) that it goes on
    from, 0 and empty for a station's first. earlier: oldest first.
    """

    station: str
    checkpoint: str
    zone: int
    issuer: str
    issuer_url: str
    chain: str
    log: str = FIRST_LOG
    behind: int = 0
    behind_hash: str = ""
    earlier: tuple[EarlierLog, ...] = ()

    @property
    def goes_on_from(self) -> tuple[int, bytes]:
        """The place and the hash that the first row of the log goes on from."""
        return self.behind, bytes.fromhex(self.behind_hash) or bytes(_HASH_BYTES)


def read_record(folder: Path) -> StationRecord:
    """Return the record of an enrolled station; NotEnrolled, StationFault `identity_damaged`."""
    raw = read_whole(folder / RECORD_FILE, _SMALL)
    if raw is None:
        raise NotEnrolled(f"{folder} is not enrolled")
    try:
        return _record(json.loads(raw))
    except (ValueError, TypeError, RecursionError) as error:
        raise StationFault(f"{folder}: {error}", code="identity_damaged") from None


def write_record(folder: Path, record: StationRecord) -> None:
    """Put the record in its place, whole. StationFault."""
    write_whole(folder / RECORD_FILE, json.dumps(asdict(record), indent=1).encode())


def _record(value: Any) -> StationRecord:
    record = StationRecord(**value)
    earlier = tuple(EarlierLog(**one) for one in record.earlier)  # type: ignore[arg-type]
    texts = (record.station, record.checkpoint, record.issuer, record.issuer_url, record.chain)
    if not all(type(text) is str and text for text in texts):
        raise ValueError("a name is missing")
    if type(record.zone) is not int or not 0 <= record.zone < 1 << 16:
        raise ValueError("no such zone")
    for name, chain in ((record.log, record.chain), *((one.log, one.chain) for one in earlier)):
        if len(bytes.fromhex(chain)) != _CHAIN_BYTES or not _LOG_NAME.fullmatch(name):
            raise ValueError("not a log and the id of its chain")
    whole = (record.behind, *(one.ended_at for one in earlier))
    if not all(type(number) is int and number >= 0 for number in whole):
        raise ValueError("not a place or a time")
    if len(bytes.fromhex(record.behind_hash)) != (_HASH_BYTES if record.behind else 0):
        raise ValueError("not a hash to go on from")
    return replace(record, earlier=earlier)
