"""Receipts that the office signed, kept as they came: what shows a log whose end was cut off.

A row that the office has and the log has not was taken off the disk after it was delivered, or the
whole disk was put back. Only the newest receipts matter for that, so their number is bounded.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Final

from keys.batches import RECEIPT_MAX_BYTES
from scanner.errors import StationFault
from scanner.record.files import read_whole, write_whole
from scanner.record.stationrecord import FIRST_LOG

log = logging.getLogger(__name__)
KEPT_MAX: Final = 32
_FOLDER: Final = "receipts"
_NAME: Final = re.compile(r"[0-9]{16}-[0-9]{16}\.receipt")


class KeptReceipts:
    """The receipts for one log of a data folder (its file's name), newest place in it last."""

    def __init__(self, folder: Path, log: str = FIRST_LOG) -> None:
        # Places of another log are others: each has its own receipts.
        name = _FOLDER if log == FIRST_LOG else f"{_FOLDER}-{log.removesuffix('.db')}"
        self._folder = folder / name

    def last_place(self) -> int:
        """Return the last place that a receipt speaks of, 0 without any."""
        try:
            return max((int(name[:16]) for name in self._names()), default=0)
        except OSError:
            return 0

    def keep(self, raw: bytes, first: int, last: int) -> None:
        """Keep a receipt that was checked; first, last: places of the rows that it speaks of.

        A disk that has no room for it is told in the journal and holds up nothing: rows that stay
        queued for want of a receipt's file would fill the disk for good.
        """
        try:
            write_whole(self._folder / f"{last:016}-{first:016}.receipt", raw)
            for name in self._names()[:-KEPT_MAX]:
                (self._folder / name).unlink(missing_ok=True)
        except (StationFault, OSError):
            log.warning("receipt for the rows %d to %d could not be kept", first, last)

    def newest(self) -> list[bytes]:
        """Return the receipts as they came, those of the newest rows last. A file that is larger
        than any receipt is left out; StationFault if the disk cannot be read.
        """
        found = []
        for name in self._names():
            try:
                raw = read_whole(self._folder / name, RECEIPT_MAX_BYTES)
            except StationFault as fault:
                if fault.code == "disk_unusable":
                    raise
                continue
            if raw is not None:
                found.append(raw)
        return found

    def _names(self) -> list[str]:
        if not self._folder.is_dir():
            return []
        return sorted(entry.name for entry in self._folder.iterdir() if _NAME.fullmatch(entry.name))
