"""The logs that a station went on from: what could be saved of them is sent, counted and carried
like any other rows, and nothing of them is kept longer than other rows are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from keys.passages import ClockGrade
from scanner.errors import StationFault
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.record.retention import DAY_S, KEEP_DAYS, retain
from scanner.record.salvage import salvage, salvage_name
from scanner.record.stationrecord import EarlierLog, Ended, StationRecord
from scanner.record.succession import kept_logs
from scanner.record.wiping import empty_old_rows, wipe
from scanner.surroundings.known import Known
from scanner.surroundings.lostlog import check_held
from scanner.surroundings.syncing import owner_of, push
from scanner.sync.upload import Poster

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingLog:
    """A log whose rows are to be sent. record: as whose rows they are; file: its name."""

    record: StationRecord
    file: str

    @contextmanager
    def opened(self, folder: Path) -> Iterator[PassageLog]:
        """Let the log be open for a while; StationFault."""
        database = open_database(folder, self.file)
        behind = self.record.goes_on_from
        try:
            yield PassageLog(database, self.record.station, behind=behind)
        finally:
            database.close()


def sending_logs(known: Known) -> list[SendingLog]:
    """Return the log in force, and behind it what was saved of earlier ones. StationFault
    `log_missing`.
    """
    record = known.identity.record
    check_held(known)
    return [SendingLog(record=record, file=record.log), *salvaged_logs(known)]


def salvaged_logs(known: Known) -> list[SendingLog]:
    """Return what was saved of earlier logs, oldest first."""
    record, folder = known.identity.record, known.cache.folder
    return [
        SendingLog(record=_as_of(record, earlier), file=salvage_name(earlier))
        for earlier in record.earlier
        if (folder / salvage_name(earlier)).exists()
    ]


def _as_of(record: StationRecord, earlier: EarlierLog) -> StationRecord:
    return replace(record, log=earlier.log, chain=earlier.chain, behind=0, behind_hash="")


def told_logs(known: Known) -> list[EarlierLog]:
    """Return the logs that this station went on from and that somebody must still look after: those
    whose files are there, and those that were taken away within a month.
    """
    folder, record = known.cache.folder, known.identity.record
    there, now_s = kept_logs(folder, record), known.moment().now_s
    taken = {Ended.MISSING, Ended.ROLLED_BACK}
    return [
        one
        for one in record.earlier
        if one in there or (one.why in taken and now_s - one.ended_at < KEEP_DAYS * DAY_S)
    ]


def salvaged_waiting(known: Known) -> int:
    """Return how many saved rows wait; what cannot be read counts as none."""
    waiting = 0
    for one in salvaged_logs(known):
        try:
            with one.opened(known.cache.folder) as rows:
                waiting += rows.waiting_count()
        except StationFault as fault:
            log.warning("log: %s: %s", one.file, fault.code)
    return waiting


def save(known: Known) -> None:
    """Save what can be read of earlier logs, each once. What ails one holds up nothing else."""
    for earlier in known.identity.record.earlier:
        try:
            done = salvage(known.cache.folder, earlier)
        except StationFault as fault:
            log.warning("log: %s not salvaged: %s", earlier.log, fault.code)
            continue
        if done is not None:
            known.news.append(
                f"{earlier.log}: {done.waiting} rows salvaged, {done.unreadable} unreadable"
            )


def push_salvaged(known: Known, exchange: Poster) -> int:
    """Push what was saved of earlier logs, each under its own chain; return how many rows were
    delivered. What ails one holds up nothing else; errors of the network as in `push`.
    """
    delivered = 0
    for one in salvaged_logs(known):
        try:
            with one.opened(known.cache.folder) as rows:
                if rows.waiting_count():
                    delivered += push(known, exchange, rows, one.record).delivered
        except StationFault as fault:
            log.warning("log: %s: %s", one.file, fault.code)
    return delivered


def retain_earlier(known: Known, done: dict[str, int]) -> None:
    """Delete of earlier logs, once a day with confirmed time, what was kept long enough: rows as in
    the log itself, and whole files so long after the station went on from them. done: the day of
    each file that was looked at. Never raises.
    """
    moment = known.moment()
    if moment.grade is not ClockGrade.CONFIRMED:
        return
    day = moment.now_s // DAY_S
    for earlier in known.identity.record.earlier:
        if done.get(earlier.log) != day:
            try:
                _retain_one(known, earlier, now_s=moment.now_s)
                done[earlier.log] = day
            except StationFault as fault:
                log.warning("log: %s kept too long: %s", earlier.log, fault.code)


def _retain_one(known: Known, earlier: EarlierLog, *, now_s: int) -> None:
    folder, saved = known.cache.folder, salvage_name(earlier)
    if not (folder / saved).exists():
        return  # gone, or not saved yet: what waits in it must not be lost
    record = _as_of(known.identity.record, earlier)
    database = open_database(folder, saved)
    try:
        retain(database, owner_of(known, record), now_s=now_s)
        waits = PassageLog(database, record.station).waiting_count() > 0
    finally:
        database.close()
    limit_s = (now_s // DAY_S - KEEP_DAYS) * DAY_S
    if earlier.ended_at >= limit_s:
        empty_old_rows(folder / earlier.log, before_s=limit_s)
        return
    # The damaged file first: without it nothing is saved anew.
    wipe(folder / earlier.log)
    if not waits:
        wipe(folder / saved)
