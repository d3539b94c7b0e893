"""Whether a log is gone, or an older copy of it was put back: by what is known of it outside its
file - the station's record, the signed head beside it, the receipts.

Who removes all of these as well, or puts back the whole folder, is found by a receipt that lies
elsewhere (`log verify --receipt`), and by the office, where the places it has come once more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from keys.heads import Head, open_head
from scanner.errors import StationFault
from scanner.record.asidehead import kept_head
from scanner.record.identity import is_enrolled
from scanner.record.passages import PassageLog
from scanner.record.stationrecord import Ended, StationRecord
from scanner.surroundings.known import Known
from scanner.sync.receipts import KeptReceipts

_NEXT: Final = "Start the station: it goes on in a new log. Tell the office, and ask who was there."
# What a running station goes on from in a new log without another look.
LOST: Final = frozenset({Ended.MISSING.value, Ended.ROLLED_BACK.value})


def head_beside(folder: Path, record: StationRecord, public_key: bytes) -> Head | None:
    """Return the newest head that is kept beside the log of `record`, None without one."""
    raw = kept_head(folder, record, public_key)
    return None if raw is None else open_head(raw, public_key)


def heard_place(folder: Path, record: StationRecord, public_key: bytes) -> int:
    """Return the last place that is known without the log's file, 0 if none is."""
    head = head_beside(folder, record, public_key)
    heard = KeptReceipts(folder, record.log).last_place(), record.behind
    return max(*heard, 0 if head is None else head.sequence)


def is_missing(folder: Path, record: StationRecord, public_key: bytes) -> bool:
    """Return whether a log that was there once is not; False for a station that wrote none yet."""
    if _is_there(folder / record.log):
        return False
    return record.had_log or heard_place(folder, record, public_key) > 0


def check_held(known: Known) -> None:
    """As `check_there`, for whoever is about to open the log without appending to it."""
    identity = known.identity
    check_there(known.cache.folder, identity.record, identity.key.public_key)


def check_there(folder: Path, record: StationRecord, public_key: bytes) -> None:
    """Return if the log of `record` is there, or was never made. StationFault `log_missing`;
    `disk_unusable` if the whole folder is gone, as when its disk was taken out.
    """
    if _is_there(folder / record.log):
        return
    if not is_folder_there(folder):
        raise StationFault(f"{folder} is not there", code="disk_unusable")
    if is_missing(folder, record, public_key):
        raise StationFault(f"{record.log} was removed", code=Ended.MISSING.value, next_step=_NEXT)


def is_folder_there(folder: Path) -> bool:
    """Return whether the data folder is there: False where its disk was taken out, or is broken."""
    try:
        return is_enrolled(folder)
    except OSError:
        return False


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return True  # whoever opens it will be told what ails the disk


def check_newest(
    folder: Path,
    record: StationRecord,
    public_key: bytes,
    opened: PassageLog,
    written: tuple[int, bytes, int] | None = None,
) -> None:
    """Return if the log that was opened is as new as what is known of it outside its file.
    StationFault `log_rolled_back`. written: place and hash of the last row that this process wrote.
    """
    last, head = opened.last_place(), head_beside(folder, record, public_key)
    known = [] if written is None else [written[:2]]
    if head is not None:
        known.append((head.sequence, head.hash))
    stands = [opened.hash_at(place) in {None, chained} for place, chained in known]
    heard = max([KeptReceipts(folder, record.log).last_place(), *(place for place, _ in known)])
    if heard > last or not all(stands):
        raise StationFault(
            f"{record.log} ends at row {last}, and row {heard} is known",
            code=Ended.ROLLED_BACK.value,
            next_step=_NEXT,
        )
