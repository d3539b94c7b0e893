"""What enrolment settled of a station, in one small file. Reading it loads no key and no library,
so a window can show its place before anything else is there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from scanner.errors import NotEnrolled, StationFault
from scanner.record.files import read_whole

RECORD_FILE: Final = "station.json"
_SMALL: Final = 1 << 16
_CHAIN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRecord:
    """What enrolment settled: names, zone, where the issuer is, and the id of the log's chain (16
    bytes in hex).
    """

    station: str
    checkpoint: str
    zone: int
    issuer: str
    issuer_url: str
    chain: str


def read_record(folder: Path) -> StationRecord:
    """Return the record of an enrolled station; NotEnrolled, StationFault `identity_damaged`."""
    raw = read_whole(folder / RECORD_FILE, _SMALL)
    if raw is None:
        raise NotEnrolled(f"{folder} is not enrolled")
    try:
        return _record(json.loads(raw))
    except (ValueError, TypeError, RecursionError) as error:
        raise StationFault(f"{folder}: {error}", code="identity_damaged") from None


def _record(value: Any) -> StationRecord:
    record = StationRecord(**value)
    texts = (record.station, record.checkpoint, record.issuer, record.issuer_url, record.chain)
    if not all(type(text) is str and text for text in texts):
        raise ValueError("a name is missing")
    if type(record.zone) is not int or not 0 <= record.zone < 1 << 16:
        raise ValueError("no such zone")
    if len(bytes.fromhex(record.chain)) != _CHAIN_BYTES:
        raise ValueError("not the id of a chain")
    return record
