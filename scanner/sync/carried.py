"""Passages that travel on a stick: batches out as they would be posted, receipts back in.

Taking a batch along marks nothing: only the office's receipt says that it arrived, as over the
network. What happens when the stick is lost, or carried twice: the rows wait and go along again,
and the office knows them by (station, id).
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keys.batches import RECEIPT_MAX_BYTES, Receipt
from keys.trustlist import TrustList
from scanner.errors import IssuerTrouble, StationFault
from scanner.record.files import TOO_LARGE, read_whole, write_whole
from scanner.record.passages import PassageLog, WaitingRow
from scanner.record.stationrecord import FIRST_LOG
from scanner.sync.folder import FolderFetcher, FolderWriter
from scanner.sync.receipts import KeptReceipts
from scanner.sync.upload import BATCH_ROWS, NO_RECEIPT, Sender, batch_of, checked_receipt, mark_by

BATCHES: Final = "passages"
RECEIPTS: Final = "receipts"
# Of so many batches it is remembered that they went along: more rows than a year at a busy gate.
REMEMBERED_MAX: Final = 4000
_MEMORY_MAX_BYTES: Final = 1 << 20
_NAME_MAX: Final = 40
_MARK_DIGITS: Final = 8
_ODD: Final = re.compile(r"[^\w-]|^-")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """What was put on the stick: names of the files, rows in them, and how many rows that wait
    cannot be read here.
    """

    files: tuple[str, ...]
    rows: int
    unreadable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedBack:
    """What receipts on the stick changed. receipts: names of those that were taken, which are
    of this log; refused: name of a file and the code why not.
    """

    receipts: tuple[str, ...]
    delivered: int
    set_aside: int
    refused: tuple[tuple[str, str], ...]


class SentAlong:
    """Which batches of one log (its file's name) of a data folder travel: SHA-256 of each, with the
    places of its rows. mark: ends the names of its batches, so that two boxes of one station do not
    write over each other's.
    """

    def __init__(self, folder: Path, log: str = FIRST_LOG) -> None:
        chain = "" if log == FIRST_LOG else log.removeprefix("station-")[:_MARK_DIGITS]
        self.mark = f"-{chain}" if chain else ""
        self._path = folder / f"carried{self.mark}.json"

    def all(self) -> dict[bytes, tuple[int, int]]:
        """Return first and last place by hash, oldest first; damaged: none, and the rows go along
        again.
        """
        try:
            found = json.loads(read_whole(self._path, _MEMORY_MAX_BYTES) or b"[]")
            return {bytes.fromhex(digest): (int(a), int(b)) for digest, a, b in found}
        except (ValueError, TypeError, OverflowError, RecursionError):
            return {}
        except StationFault as fault:
            if fault.code != TOO_LARGE:
                raise
            return {}

    def add(self, digest: bytes, first: int, last: int) -> None:
        """Remember one more, before it goes along. StationFault."""
        places = self.all()
        places.pop(digest, None)
        places[digest] = (first, last)
        newest = list(places.items())[-REMEMBERED_MAX:]
        listed = [[digest.hex(), a, b] for digest, (a, b) in newest]
        write_whole(self._path, json.dumps(listed).encode())


def file_name(station: str, first: int, last: int) -> str:
    """Return the name of a batch on a stick, which its receipt has as well.

    What no file system likes in a station's name becomes `_`, a long one is cut, and four digits
    keep two such names apart; also those with capitals, which FAT on a stick does not tell apart.
    """
    plain = _ODD.sub("_", station)[:_NAME_MAX]
    if plain != station or plain != plain.casefold():
        plain += hashlib.sha256(station.encode()).hexdigest()[:4]
    return f"{plain}-{first}-{last}"


def carry_out(
    log: PassageLog, sender: Sender, stick: FolderWriter, along: SentAlong, *, sent_at: int
) -> CarriedOut:
    """Put every waiting row on the stick, in signed batches. sent_at: unix seconds. StationFault,
    StickFault.
    """
    files: list[str] = []
    rows = unreadable = after = 0
    while (waiting := log.waiting_rows(BATCH_ROWS, after)) is not None:
        unreadable += len(waiting.unreadable)
        after = max((*waiting.unreadable, *(row.sequence for row in waiting.rows)))
        if not waiting.rows:
            continue
        first, last = waiting.first_sequence, waiting.rows[-1].sequence
        raw = batch_of(sender, waiting, waiting.rows, sent_at=sent_at)
        along.add(hashlib.sha256(raw).digest(), first, last)
        name = file_name(sender.station, first, last) + along.mark
        stick.put(f"{BATCHES}/{name}", raw)
        files.append(name)
        rows += len(waiting.rows)
    return CarriedOut(files=tuple(files), rows=rows, unreadable=unreadable)


def take_back(
    log: PassageLog,
    sender: Sender,
    trust: TrustList,
    stick: FolderFetcher,
    *,
    along: SentAlong,
    kept: KeptReceipts,
) -> CarriedBack:
    """Take in the receipts for one log of this station, by the checks of a receipt over the
    network. IssuerTrouble if the stick cannot be read.
    """
    whose = re.escape(file_name(sender.station, 0, 0)[:-3])
    own = re.compile(rf"{whose}[0-9]+-[0-9]+(-[0-9a-f]{{{_MARK_DIGITS}}})?")
    places = along.all()
    delivered = aside = 0
    taken: list[str] = []
    refused: list[tuple[str, str]] = []
    for name in stick.names(RECEIPTS):
        if own.fullmatch(name) is None:
            continue
        try:
            raw = stick.fetch(f"{RECEIPTS}/{name}", RECEIPT_MAX_BYTES)
            receipt = checked_receipt(raw, sender, trust)
            first, last = _places_of(receipt, places)
        except IssuerTrouble as error:
            refused.append((name, error.code))
            continue
        kept.keep(raw, first, last)
        done = mark_by(log, _still_waiting(log, first, last), receipt)
        taken.append(name)
        delivered, aside = delivered + done[0], aside + done[1]
    return CarriedBack(
        receipts=tuple(taken), delivered=delivered, set_aside=aside, refused=tuple(refused)
    )


def _places_of(receipt: Receipt, places: dict[bytes, tuple[int, int]]) -> tuple[int, int]:
    found = places.get(receipt.batch_hash)
    if found is None:
        raise IssuerTrouble("a receipt for a batch that did not go along", code=NO_RECEIPT)
    return found


def _still_waiting(log: PassageLog, first: int, last: int) -> list[WaitingRow]:
    """Return the rows from `first` to `last` that nobody delivered meanwhile."""
    rows: list[WaitingRow] = []
    after = first - 1
    while after < last and (found := log.waiting_rows(BATCH_ROWS, after)) is not None:
        rows += [row for row in found.rows if row.sequence <= last]
        after = max((*found.unreadable, *(row.sequence for row in found.rows)))
    return rows
