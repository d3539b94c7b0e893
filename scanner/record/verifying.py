"""Whether a log is still what its station wrote: every edited, dropped or reordered row is found
with its place.

The hashes alone stop nobody: who edits a row can make all hashes behind it anew. What cannot be
made without the station's key are its signatures: under the head of every row, under the heads kept
aside, and under the records of what was deleted. A tail that was cut off is found by the heads kept
aside, and by the receipts that the issuer signed (keys.batches).

What is not found: a whole folder put back as it was yesterday, unless there is a later receipt or
head outside it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlite_utils import Database

from keys.batches import Receipt
from keys.errors import UntrustedData
from keys.heads import Head, check_head_signature, open_head
from scanner.record.heads import kept_heads, kept_records
from scanner.record.marks import odd_marks, runs
from scanner.record.retention import REMOVED_AFTER_S
from scanner.record.rows import ask
from scanner.record.walking import ChainWalk


class Found(StrEnum):
    """What can be wrong with a stretch of rows. Codes are permanent."""

    ROW_EDITED = "row_edited"
    ROW_UNREADABLE = "row_unreadable"
    ROWS_MISSING = "rows_missing"
    ROW_ADDED = "row_added"
    BODY_EDITED = "body_edited"
    EMPTIED_UNSIGNED = "emptied_unsigned"
    RECORD_NOT_OURS = "record_not_ours"
    HEAD_NOT_OURS = "head_not_ours"
    HEAD_CONTRADICTED = "head_contradicted"
    SIGNATURE_WRONG = "signature_wrong"
    TAIL_UNSIGNED = "tail_unsigned"
    TAIL_CUT = "tail_cut"
    RECEIPT_CONTRADICTED = "receipt_contradicted"
    MARKS_EDITED = "marks_edited"
    FILE_DAMAGED = "file_damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong with the rows `first` to `last` (0 and 0 where no place is known). count: how
    many rows or ids.
    """

    code: Found
    first: int
    last: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """What was looked at. first, last: places of the oldest and the newest row (0 in an empty log).

    emptied: rows whose body and tag were deleted by a signed record. signed_to: up to which place
    the station's signature covers the rows. receipts: how many were compared.
    """

    station: str
    rows: int
    first: int
    last: int
    emptied: int
    signed_to: int
    receipts: int
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify_log(
    database: Database,
    *,
    station: str,
    chain: bytes,
    public_key: bytes,
    receipts: Sequence[Receipt] = (),
    heads: Sequence[bytes] = (),
) -> LogReport:
    """Return what stands against the log of `station` (its name), whose chain has the id `chain`
    (16 bytes) and whose key is `public_key` (32 bytes).

    receipts: those whose signature stands; of other stations they are passed over. heads: signed
    ones that were kept outside the file, looked at beside those in it. One reading of the whole
    file, in one transaction: rows that come meanwhile are not looked at. StationFault if it cannot
    be read.
    """
    connection: sqlite3.Connection = database.conn
    ask(connection, "BEGIN")
    try:
        own = [receipt for receipt in receipts if receipt.station == station]
        looked = _Verification(connection, station, chain, public_key, heads)
        return looked.report(own)
    finally:
        connection.rollback()


class _Verification:
    """One look at one log."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        station: str,
        chain: bytes,
        public_key: bytes,
        heads: Sequence[bytes],
    ) -> None:
        self._connection = connection
        self._heads = heads
        self._station = station
        self._chain = chain
        self._public_key = public_key
        self._findings: list[Finding] = []

    def report(self, receipts: Sequence[Receipt]) -> LogReport:
        kept, not_ours = kept_records(self._connection, self._public_key)
        records = [record for _, record in kept if self._is_ours(record.station, record.chain)]
        strange = len(kept) - len(records)
        for first, last in [*not_ours, *([(0, 0)] * strange)]:
            self._add(Found.RECORD_NOT_OURS, first, last)
        if ask(self._connection, "PRAGMA quick_check(1)") != [("ok",)]:
            self._add(Found.FILE_DAMAGED, 0, 0, 0)
        walk = ChainWalk(self._station, records)
        walk.through(self._connection)
        self._findings += [
            Finding(code=Found(code), first=first, last=last, count=last - first + 1)
            for code, first, last in walk.findings
        ]
        signed_to = max(self._signed_by_row(walk), self._signed_by_heads(walk))
        if signed_to < walk.last:
            self._add(Found.TAIL_UNSIGNED, max(signed_to + 1, walk.first), walk.last)
        for receipt in receipts:
            self._compare(receipt, walk)
        odd = odd_marks(self._connection)
        for first, last in runs(sorted((*odd.missing, *odd.wrong))):
            self._add(Found.MARKS_EDITED, first, last)
        return LogReport(
            station=self._station,
            rows=walk.rows,
            first=walk.first,
            last=walk.last,
            emptied=walk.emptied,
            signed_to=signed_to,
            receipts=len(receipts),
            findings=tuple(self._findings),
        )

    def _is_ours(self, station: str, chain: bytes) -> bool:
        return (station, chain) == (self._station, self._chain)

    def _add(self, code: Found, first: int, last: int, count: int | None = None) -> None:
        rows = last - first + 1 if count is None else count
        self._findings.append(Finding(code=code, first=first, last=last, count=rows))

    def _signed_by_row(self, walk: ChainWalk) -> int:
        """Return the last place if the newest row's own signature stands, 0 if not."""
        row, signature = walk.tail or (None, None)
        if row is None or signature is None:
            return 0
        head = Head(
            station=self._station,
            chain=self._chain,
            sequence=row.sequence,
            hash=row.hash,
            signed_at=row.passage.seen_at_ms // 1000,
        )
        try:
            check_head_signature(self._public_key, head, signature)
        except UntrustedData:
            self._add(Found.SIGNATURE_WRONG, row.sequence, row.sequence)
            return 0
        return row.sequence

    def _signed_by_heads(self, walk: ChainWalk) -> int:
        """Return the last place that a kept head proves."""
        proven = 0
        for raw in dict.fromkeys((*kept_heads(self._connection), *self._heads)):
            try:
                head = open_head(raw, self._public_key)
            except UntrustedData:
                self._add(Found.HEAD_NOT_OURS, 0, 0)
                continue
            if not self._is_ours(head.station, head.chain):
                self._add(Found.HEAD_NOT_OURS, 0, 0)
            elif head.sequence > walk.last:
                self._add(Found.TAIL_CUT, walk.last + 1, head.sequence)
            elif head.sequence >= walk.first:
                stands = self._hash_at(head.sequence)
                if stands == head.hash:
                    proven = max(proven, head.sequence)
                elif stands is not None:  # a row that is not there was found before
                    self._add(Found.HEAD_CONTRADICTED, head.sequence, head.sequence)
        return proven

    def _hash_at(self, sequence: int) -> bytes | None:
        query = "SELECT hash FROM passages WHERE sequence = ?"
        found = ask(self._connection, query, (sequence,))
        return found[0][0] if found else None

    def _compare(self, receipt: Receipt, walk: ChainWalk) -> None:
        """Look for what a receipt calls stored; what may be gone by now is no finding."""
        begins = walk.begins
        if begins is not None and receipt.received_at <= begins.made_at - REMOVED_AFTER_S:
            return
        query = "SELECT 1 FROM passages WHERE passage_id = ?"
        missing = [not ask(self._connection, query, (item,)) for item in receipt.stored]
        if any(missing):
            # Ids stand in the order of the chain: the newest ones gone is a cut, others were
            # dropped between.
            cut = missing[-1]
            code = Found.TAIL_CUT if cut else Found.RECEIPT_CONTRADICTED
            self._add(code, walk.last + 1 if cut else 0, walk.last + 1 if cut else 0, sum(missing))
