"""What a running station does about a log that is damaged, removed or rolled back: it goes on in a
new one within the second, sends what can be saved of the old one, and tells it.

What is removed or rolled back is told by what is known outside the file (lostlog). Two things must
agree that a file is damaged: SQLite met wrong bytes, and a second look at the file finds some (or
SQLite meets them again). A disk that is full, read-only or locked shows neither, and a disk that
cannot be written takes no new log: then nothing changes, and the gate goes on saying `log_damaged`.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from keys.heads import row_signer
from keys.passages import FIRST_HASH
from scanner.errors import StationFault
from scanner.record.damage import is_damaged, may_be_damage, says_wrong_bytes
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.record.salvage import rescue
from scanner.record.stationrecord import EarlierLog, Ended, StationRecord, write_record
from scanner.record.succession import KEPT_MAX, Place, kept_logs, newest_place, succeed
from scanner.scan.logkeeping import KeptLog, same_file
from scanner.surroundings.known import Known
from scanner.surroundings.lostlog import (
    LOST,
    check_newest,
    check_there,
    heard_place,
    is_folder_there,
    is_missing,
)

log = logging.getLogger(__name__)
# SQLite met wrong bytes in so many openings of one file, even if a look at it finds none.
_STRIKES: Final = 2
# A log whose newest rows are not known goes on so far behind the last that is.
_CLEAR_OF: Final = 10_000


class NewLog:
    """Puts a new log in the place of a damaged one; asked by whichever thread met it."""

    def __init__(
        self, known: Known, chain: Callable[[], bytes] = lambda: secrets.token_bytes(16)
    ) -> None:
        """chain: 16 random bytes."""
        self._known = known
        self._chain = chain
        self._lock = threading.Lock()
        self._strikes = 0
        # The log that this process appends to, which knows its last row when the file does not.
        self._writer: PassageLog | None = None
        self._told: set[str] = set()

    @property
    def record(self) -> StationRecord:
        """The record in force: which file the log is, and which chain."""
        return self._known.identity.record

    def news(self) -> str | None:
        """Return the oldest event that is not written down yet, None if there is none."""
        try:
            return self._known.news.popleft()
        except IndexError:
            return None

    def open_log(self, record: StationRecord, *, writes: bool) -> PassageLog:
        """Return the log of `record`, opened; StationFault, also where it was there and is gone.
        writes: for whoever appends to it.
        """
        known = self._known
        folder, public_key = known.cache.folder, known.identity.key.public_key
        check_there(folder, record, public_key)
        database = open_database(folder, record.log)
        if not record.log_made:
            self._note_made(record)
        behind = record.goes_on_from
        if not writes:
            return PassageLog(database, record.station, behind=behind)
        chain = bytes.fromhex(record.chain)
        sign = row_signer(known.identity.key, record.station, chain)
        opened = PassageLog(database, record.station, known.seal, sign, behind)
        written = None if self._writer is None else self._writer.newest
        try:
            check_newest(folder, record, public_key, opened, written)
        except StationFault:
            opened.close()
            raise
        opened.newest = written
        self._writer = opened
        self._tell(record, opened)
        return opened

    def _note_made(self, record: StationRecord) -> None:
        # From now on a log that is not there was removed. Only the record in force is changed.
        with self._lock:
            if record.log != self.record.log or self.record.log_made:
                return
            made = replace(self.record, log_made=True)
            try:
                write_record(self._known.cache.folder, made)
            except StationFault as fault:
                log.warning("log: not noted that it was made: %s", fault.code)
                return
            self._known.identity = replace(self._known.identity, record=made)

    def _tell(self, record: StationRecord, opened: PassageLog) -> None:
        # Also after a crash between the change and the row that tells of it.
        if not record.begun_at and not record.earlier:
            return
        if record.log not in self._told and opened.is_empty():
            self._told.add(record.log)
            self._known.news.append(_said_of(record))

    def same_file(self, record: StationRecord) -> Callable[[], bool]:
        """Return a question: is the file of `record` still the one it was, and still in force?"""
        same = self.same_inode(record)
        return lambda: self.record.log == record.log and same()

    def same_inode(self, record: StationRecord) -> Callable[[], bool]:
        """Return a question: is the file of `record` still the one it was, in force or not?"""
        return same_file(self._known.cache.folder / record.log)

    def rescue(self, held: PassageLog, record: StationRecord) -> None:
        """Save the rows that wait in the log of `record`, whose file was removed or replaced while
        it is held open. Never raises.
        """
        known = self._known
        folder, now_s = known.cache.folder, known.moment().now_s
        if not is_folder_there(folder):
            return  # the disk was taken out: the file went with it, and comes back with it
        earlier = EarlierLog(log=record.log, chain=record.chain, ended_at=now_s)
        try:
            done = rescue(folder, earlier, held.connection)
        except StationFault as fault:
            log.warning("log: %s not rescued: %s", record.log, fault.code)
            return
        if done is not None:
            known.news.append(f"{record.log}: {done.waiting} rows rescued")

    def replaces(self, fault: StationFault, opened: StationRecord) -> bool:
        """Return whether another log is in force now than that of `opened`, of which `fault` was
        told. Never raises.
        """
        with self._lock:
            record = self.record
            if opened.log != record.log:
                return True
            if not self._is_established(fault, record):
                return False
            try:
                self._go_on(record, self._why(fault, record))
            except StationFault as why:
                log.warning("log: no new one: %s", why.code)
                return False
            return True

    def _is_established(self, fault: StationFault, record: StationRecord) -> bool:
        folder = self._known.cache.folder
        if len(kept_logs(folder, record)) >= KEPT_MAX:
            return False
        if fault.code in LOST or self._is_gone(record):
            return True
        if not may_be_damage(fault.__cause__):
            return False
        self._strikes += says_wrong_bytes(fault.__cause__)
        return is_damaged(folder / record.log) or self._strikes >= _STRIKES

    def _is_gone(self, record: StationRecord) -> bool:
        known = self._known
        folder = known.cache.folder
        # A folder that is gone as a whole is a disk that was taken out, and may come back.
        return is_folder_there(folder) and is_missing(folder, record, known.identity.key.public_key)

    def _why(self, fault: StationFault, record: StationRecord) -> Ended:
        if self._is_gone(record):
            return Ended.MISSING
        return Ended.ROLLED_BACK if fault.code == Ended.ROLLED_BACK else Ended.DAMAGED

    def _go_on(self, record: StationRecord, why: Ended) -> None:
        known = self._known
        new = succeed(
            known.cache.folder,
            record,
            known.identity.key,
            self._last_place(record, why),
            chain=self._chain(),
            now_s=known.moment().now_s,
            why=why,
        )
        known.identity = replace(known.identity, record=new)
        log.warning("log: %s: %s; goes on in %s", why, record.log, new.log)
        self._strikes, self._writer = 0, None

    def _last_place(self, record: StationRecord, why: Ended) -> Place:
        """Return where the log stood: as this process wrote it, else as it can be read; else well
        behind what is known outside it.
        """
        folder = self._known.cache.folder
        written = None if self._writer is None else self._writer.newest
        if written is not None:
            return Place(sequence=written[0], hash=written[1], inside=written[2])
        read = newest_place(folder / record.log) if why is Ended.DAMAGED else None
        heard = heard_place(folder, record, self._known.identity.key.public_key)
        if read is not None and read.sequence >= heard:
            return read
        return Place(sequence=heard + _CLEAR_OF, hash=FIRST_HASH)


def _said_of(record: StationRecord) -> str:
    """Return what a row of the new log says of how it came to be."""
    if not record.earlier:
        return f"new box: goes on behind {record.behind}"
    before = record.earlier[-1]
    said = {
        Ended.DAMAGED: f"log damaged: {before.log} is kept",
        Ended.MISSING: f"log removed: {before.log} is gone",
        Ended.ROLLED_BACK: f"log rolled back: an older {before.log} was put back, and is kept",
        Ended.LEFT: f"enrolled anew: {before.log} is kept",
    }
    return f"{said[before.why]}, goes on behind {record.behind}"


class CurrentLog(KeptLog):
    """One thread's log, whichever file it is now. record: under which it was opened last."""

    def __init__(
        self, new_log: NewLog, mono_s: Callable[[], float], *, writes: bool = False
    ) -> None:
        """writes: whether this thread appends to it; one does."""
        self.record = new_log.record
        self._new_log = new_log
        self._writes = writes
        self._same = new_log.same_file(self.record)
        self._on_disk = new_log.same_inode(self.record)
        super().__init__(
            self._open,
            mono_s,
            self._is_same,
            lambda fault: new_log.replaces(fault, self.record),
            self._leave,
        )

    def _is_same(self) -> bool:
        return self._same()

    def _leave(self, held: PassageLog) -> None:
        # A damaged file that is still there is the push task's to save.
        if self._writes and not self._on_disk():
            self._new_log.rescue(held, self.record)

    def _open(self) -> PassageLog:
        self.record = self._new_log.record
        self._same = self._new_log.same_file(self.record)
        opened = self._new_log.open_log(self.record, writes=self._writes)
        self._on_disk = self._new_log.same_inode(self.record)
        self._on_disk()
        return opened
