"""`kakou-scanner log verify`: whether the log is still what this station wrote, one line a finding.

Receipts count only under the office's signature; those that the station kept are looked at by
themselves, and an older disk that was put back is found by one that was kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from keys.batches import RECEIPT_MAX_BYTES, Receipt
from scanner.errors import BadSetting, IssuerTrouble, StationFault
from scanner.record.asidehead import kept_head
from scanner.record.database import open_database
from scanner.record.files import read_whole
from scanner.record.stationrecord import Ended
from scanner.record.verifying import Finding, Found, LogReport, verify_log
from scanner.surroundings.earlierlogs import told_logs
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.lostlog import check_held
from scanner.surroundings.syncing import held_trust, sender_of
from scanner.sync.receipts import KeptReceipts
from scanner.sync.upload import checked_receipt

RECEIPT_NOT_BY_OFFICE: Final = "receipt_not_by_office"
DAMAGED_LOG_KEPT: Final = "damaged_log_kept"
LOG_REMOVED: Final = "log_removed"
ROLLED_BACK_LOG: Final = "rolled_back_log"
LEFT_LOG_KEPT: Final = "left_log_kept"
_EARLIER: Final[Mapping[Ended, tuple[str, str]]] = {
    Ended.DAMAGED: (
        DAMAGED_LOG_KEPT,
        "Was damaged; what could be read of it is sent. Hand the file to the office.",
    ),
    Ended.MISSING: (
        LOG_REMOVED,
        "Somebody removed it, and rows that waited with it: tell the office, ask who was there.",
    ),
    Ended.ROLLED_BACK: (
        ROLLED_BACK_LOG,
        "Somebody put back an older copy of it: keep the folder, tell the office.",
    ),
    Ended.LEFT: (
        LEFT_LOG_KEPT,
        "Of this folder before it was enrolled anew; its rows are sent. Hand it to the office.",
    ),
}
_EDITED: Final = "Somebody changed the file: keep the folder as it is, call the office."
_CUT: Final = "Rows that were there are gone: keep the folder, the office has what was delivered."
_NEXT: Final[Mapping[Found, str]] = {
    Found.ROW_EDITED: _EDITED,
    Found.ROW_ADDED: _EDITED,
    Found.BODY_EDITED: _EDITED,
    Found.HEAD_CONTRADICTED: _EDITED,
    Found.SIGNATURE_WRONG: _EDITED,
    Found.RECORD_NOT_OURS: _EDITED,
    Found.HEAD_NOT_OURS: _EDITED,
    Found.EMPTIED_UNSIGNED: "Bodies were deleted, not by the station: call the office.",
    Found.ROW_UNREADABLE: "Disk or file is damaged: copy the folder, then have the disk checked.",
    Found.FILE_DAMAGED: "Disk or file is damaged: copy the folder, then have the disk checked.",
    Found.ROWS_MISSING: _CUT,
    Found.TAIL_CUT: _CUT,
    Found.RECEIPT_CONTRADICTED: _CUT,
    Found.MARKS_EDITED: "Somebody changed who counts as passed: call the office. A start mends it.",
    Found.TAIL_UNSIGNED: "These rows carry no signature yet: run the station once, then ask again.",
}


def verify_lines(folder: Path, receipt_files: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield a line for every finding, each with `code` and `next`, and one last line that says what
    was looked at and whether the log `holds`.

    receipt_files: receipts that were kept elsewhere, as the office signed them. BadSetting if one
    cannot be read; UntrustedData `trust_missing` if there is no trust list to check them by.
    """
    known = open_known(folder)
    kept, others = _own_receipts(known), _named_receipts(known, receipt_files)
    strange = [path for path, receipt in others if receipt is None]
    receipts = [*kept, *(receipt for _, receipt in others if receipt is not None)]
    report = None
    try:
        report = _report(known, receipts)
    except StationFault as fault:
        if fault.code != Ended.MISSING:
            raise
        yield {"code": fault.code, "next": fault.next_step}
    else:
        yield from map(_finding_line, report.findings)
    for path in strange:
        yield {
            "code": RECEIPT_NOT_BY_OFFICE,
            "file": str(path),
            "next": "Not signed by the office for this station: ask the office for another copy.",
        }
    yield from earlier_lines(known)
    yield _last_line(known, report, holds=not strange)


def _report(known: Known, receipts: Sequence[Receipt]) -> LogReport:
    record, folder = known.identity.record, known.cache.folder
    public_key = known.identity.key.public_key
    check_held(known)
    head = kept_head(folder, record, public_key)
    database = open_database(folder, record.log)
    try:
        return verify_log(
            database,
            station=record.station,
            chain=bytes.fromhex(record.chain),
            public_key=public_key,
            receipts=receipts,
            heads=[] if head is None else [head],
        )
    finally:
        database.close()


def earlier_lines(known: Known) -> Iterator[dict[str, Any]]:
    """Yield a line for every earlier log that somebody must still look after."""
    for earlier in told_logs(known):
        code, step = _EARLIER[earlier.why]
        yield {
            "code": code,
            "file": str(known.cache.folder / earlier.log),
            "chain": earlier.chain,
            "ended_at": earlier.ended_at,
            "next": step,
        }


def _last_line(known: Known, report: LogReport | None, *, holds: bool) -> dict[str, Any]:
    record = known.identity.record
    line: dict[str, Any] = {"station": record.station}
    if record.remembers_since_s is not None:
        line |= {"behind": record.behind, "begun_at": int(record.remembers_since_s)}
    if report is None:
        return line | {"rows": 0, "holds": False}
    return line | {
        "rows": report.rows,
        "first": report.first,
        "last": report.last,
        "emptied": report.emptied,
        "signed_to": report.signed_to,
        "receipts": report.receipts,
        "holds": report.holds and holds,
    }


def _finding_line(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code.value,
        "first": finding.first,
        "last": finding.last,
        "count": finding.count,
        "next": _NEXT[finding.code],
    }


def _own_receipts(known: Known) -> list[Receipt]:
    """Return the receipts that this station kept and that the office's keys still stand for."""
    raws = KeptReceipts(known.cache.folder, known.identity.record.log).newest()
    if known.cache.trust() is None:
        return []
    found = (_checked(known, raw) for raw in raws)
    return [receipt for receipt in found if receipt is not None]


def _named_receipts(known: Known, paths: Sequence[Path]) -> list[tuple[Path, Receipt | None]]:
    found: list[tuple[Path, Receipt | None]] = []
    for path in paths:
        raw = read_whole(path, RECEIPT_MAX_BYTES)
        if raw is None:
            raise BadSetting(f"{path} is not there", next_step="Name the file of a receipt.")
        found.append((path, _checked(known, raw)))
    return found


def _checked(known: Known, raw: bytes) -> Receipt | None:
    trust = held_trust(known)
    try:
        return checked_receipt(raw, sender_of(known), trust)
    except IssuerTrouble:
        return None
