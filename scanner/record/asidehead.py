"""The newest signed head of a log, kept in a file beside it: what shows that the log's own file was
removed, or that an older copy was put back.

It is written behind the rows that it speaks of, at every upload, every five minutes and at the end:
rows of later than that are known to nobody but the log. Who puts back the whole folder puts this
back too; then a receipt that lies elsewhere, or the office, shows it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from keys.errors import UntrustedData
from keys.heads import HEAD_MAX_BYTES, Head, open_head
from scanner.errors import StationFault
from scanner.record.files import read_whole, write_whole
from scanner.record.stationrecord import StationRecord

log = logging.getLogger(__name__)
_END: Final = ".head"


def keep_head(folder: Path, log_name: str, signed: bytes) -> None:
    """Keep the newest head of the log of that name, as it was signed. A disk that has no room for
    it is told in the journal and holds up nothing.
    """
    path = _path(folder, log_name)
    try:
        if read_whole(path, HEAD_MAX_BYTES) != signed:
            write_whole(path, signed)
    except StationFault as fault:
        log.warning("head of the log could not be kept: %s", fault.code)


def kept_head(folder: Path, record: StationRecord, public_key: bytes) -> bytes | None:
    """Return the head that is kept of the log of `record`, as it was signed; None without one of
    this station (its key: `public_key`) and chain.
    """
    try:
        raw = read_whole(_path(folder, record.log), HEAD_MAX_BYTES)
        head = None if raw is None else open_head(raw, public_key)
    except (StationFault, UntrustedData):
        return None
    return raw if head is not None and _is_of(head, record) else None


def _is_of(head: Head, record: StationRecord) -> bool:
    return (head.station, head.chain.hex()) == (record.station, record.chain)


def _path(folder: Path, log_name: str) -> Path:
    return folder / (log_name.removesuffix(".db") + _END)
