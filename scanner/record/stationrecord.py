"""What enrolment settled of a station, and which file its log is, in one small file. Reading it
loads no key and no library, so a window can show its place before anything else is there.

A log that was found damaged, removed or rolled back stays as it is, and the station goes on in
another file with a chain of its own: this record, replaced as a whole, is the one place that says
which.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
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


class Ended(StrEnum):
    """Why a station went on in another log. LEFT: enrolled anew in the folder of the one before."""

    DAMAGED = "log_damaged"
    MISSING = "log_missing"
    ROLLED_BACK = "log_rolled_back"
    LEFT = "log_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLog:
    """A log that the station went on from in another, kept as it was found: its file, the id of its
    chain, when that was (unix seconds), and why.
    """

    log: str
    chain: str
    ended_at: int
    why: Ended = Ended.DAMAGED


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecord:
    """What enrolment settled: names, zone, where the issuer is, and the id of the log's chain (16
    bytes in hex).

    log: the file of that chain; log_made: it was there once, so that its absence is no beginning.
    behind, behind_hash: the place and the hash (hex) that it goes on from, 0 and empty for a
    station's first. begun_at: since when the log remembers (unix seconds), 0: there was none
    before. earlier: oldest first.
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
    begun_at: int = 0
    log_made: bool = False

    @property
    def remembers_since_s(self) -> float | None:
        """Since when the log knows who passed, unix seconds; None where no earlier one was lost."""
        begun_at = self.begun_at or (self.earlier[-1].ended_at if self.earlier else 0)
        return float(begun_at) if begun_at else None

    @property
    def had_log(self) -> bool:
        """Whether its log was made once: every one but the first is made before it is named."""
        return self.log_made or self.log != FIRST_LOG

    @property
    def goes_on_from(self) -> tuple[int, bytes]:
        """The place and the hash that the first row of the log goes on from."""
        return self.behind, bytes.fromhex(self.behind_hash) or bytes(_HASH_BYTES)


def is_log_name(name: str) -> bool:
    """Return whether a file of this name is a log of a station."""
    return _LOG_NAME.fullmatch(name) is not None


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
    earlier = tuple(_earlier(one) for one in record.earlier)
    texts = (record.station, record.checkpoint, record.issuer, record.issuer_url, record.chain)
    if not all(type(text) is str and text for text in texts):
        raise ValueError("a name is missing")
    if type(record.zone) is not int or not 0 <= record.zone < 1 << 16:
        raise ValueError("no such zone")
    for name, chain in ((record.log, record.chain), *((one.log, one.chain) for one in earlier)):
        if len(bytes.fromhex(chain)) != _CHAIN_BYTES or not is_log_name(name):
            raise ValueError("not a log and the id of its chain")
    whole = (record.behind, record.begun_at, *(one.ended_at for one in earlier))
    if not all(type(number) is int and number >= 0 for number in whole):
        raise ValueError("not a place or a time")
    if len(bytes.fromhex(record.behind_hash)) != (_HASH_BYTES if record.behind else 0):
        raise ValueError("not a hash to go on from")
    return replace(record, earlier=earlier, log_made=bool(record.log_made))


def _earlier(value: Any) -> EarlierLog:
    one = EarlierLog(**value)
    return replace(one, why=Ended(one.why))
