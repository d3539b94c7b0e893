"""The exchanges of a station with its office - pull what to believe, push what happened - and the
upkeep of its log between them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Final

from keys.errors import UntrustedData
from keys.passages import ClockGrade
from keys.trustlist import TrustList
from scanner.errors import StationFault
from scanner.record.asidehead import keep_head
from scanner.record.database import open_database
from scanner.record.heads import Owner
from scanner.record.lock import pull_lock
from scanner.record.marks import mend_marks
from scanner.record.passages import PassageLog
from scanner.record.resealing import Resealed, seal_stored
from scanner.record.retention import Retained, retain
from scanner.record.stationrecord import StationRecord
from scanner.surroundings.known import Known
from scanner.surroundings.lostlog import check_held
from scanner.sync.fetch import Fetcher
from scanner.sync.receipts import KeptReceipts
from scanner.sync.refresh import PullReport, pull_once
from scanner.sync.servertime import learn_time
from scanner.sync.upload import Poster, PushReport, Sender, push_all

log = logging.getLogger(__name__)
UPKEEP_EVERY_S: Final = 300.0
NO_LIST_YET: Final = "trust_missing"


def pull(known: Known, exchange: Fetcher) -> PullReport:
    """Pull once, and believe what came."""
    home, root = known.identity.record.issuer, known.identity.root
    with pull_lock(known.cache.folder):
        try:
            return pull_once(exchange, known.cache, home=home, root=root, reading=known.read())
        finally:
            # Read the files again even when this pull changed nothing or failed half-way:
            # `kakou-scanner sync` may have changed them, and so may its first half.
            known.read_again()


def sender_of(known: Known, record: StationRecord | None = None) -> Sender:
    """Return as whom the station of `known` sends. record: under which the log was opened, which
    says whose chain its rows are of.
    """
    record = record or known.identity.record
    universe = known.beliefs.universes.get(record.issuer)
    return Sender(
        station=record.station,
        issuer=record.issuer,
        chain=bytes.fromhex(record.chain),
        key=known.identity.key,
        list_version=None if universe is None else universe.version,
    )


def held_trust(known: Known) -> TrustList:
    """Return the trust list in force; UntrustedData `trust_missing` before the first."""
    held = known.cache.trust()
    if held is None:
        raise UntrustedData(code=NO_LIST_YET)
    return held[0]


def push(
    known: Known, exchange: Poster, log: PassageLog, record: StationRecord | None = None
) -> PushReport:
    """Push everything that waits; receipts are kept, and tell the time. record: as in `sender_of`.
    The errors of push_all; UntrustedData `trust_missing` before the first pull.
    """
    record = record or known.identity.record
    report = push_all(
        exchange,
        log,
        sender_of(known, record),
        held_trust(known),
        sent_at=known.moment().now_s,
        keep=KeptReceipts(known.cache.folder, record.log).keep,
    )
    heard_s = report.received_at
    if heard_s is not None:
        sign_head(known, log, record)
    if heard_s is not None and learn_time(known.cache, heard_s, known.read()):
        known.clock = known.cache.clock()
    return report


def sign_head(known: Known, log: PassageLog, record: StationRecord) -> bool:
    """Sign the head of a log, and keep it in the log and beside it; return whether it has one: an
    empty log has not. StationFault.
    """
    owner = owner_of(known, record)
    head = log.sign_head(owner.key, chain=owner.chain, now_s=known.moment().now_s)
    if head is None:
        return False
    if record.log == known.identity.record.log:
        keep_head(known.cache.folder, record.log, head)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUp:
    """What one round of upkeep did. head: whether the newest row stands under a signed head.
    resealed: None while there is no passage key. retained: None while the clock is not sure.
    """

    head: bool
    resealed: Resealed | None
    retained: Retained | None


def upkeep(known: Known) -> KeptUp:
    """Sign the log's head, seal what stands in clear from before there was a passage key, and
    delete what was kept long enough. StationFault.
    """
    record = known.identity.record
    owner, moment = owner_of(known, record), known.moment()
    check_held(known)
    database = open_database(known.cache.folder, record.log)
    try:
        head = sign_head(known, PassageLog(database, owner.station), record)
        resealed = retained = None
        if known.passage_key is not None:
            resealed = seal_stored(database, owner, known.seal, now_s=moment.now_s)
        # A clock that runs ahead would delete too early, and nothing brings that back.
        if moment.grade is ClockGrade.CONFIRMED:
            retained = retain(database, owner, now_s=moment.now_s)
    finally:
        database.close()
    return KeptUp(head=head, resealed=resealed, retained=retained)


def check_marks(known: Known) -> int:
    """Let the rows that let somebody through count, as they say themselves, and return how many did
    not: somebody changed the file. At a start, beside the scans; StationFault.
    """
    check_held(known)
    database = open_database(known.cache.folder, known.identity.record.log)
    try:
        mended = mend_marks(database.conn)
    finally:
        database.close()
    if mended:
        known.news.append(f"log edited: {mended} rows were marked against what they say")
    return mended


def end_well(known: Known) -> None:
    """Sign the newest head before the station stops; never raises."""
    record = known.identity.record
    try:
        check_held(known)
        database = open_database(known.cache.folder, record.log)
        try:
            sign_head(known, PassageLog(database, record.station), record)
        finally:
            database.close()
    except StationFault as fault:
        log.warning("log: no head at the end: %s", fault.code)


def owner_of(known: Known, record: StationRecord | None = None) -> Owner:
    """Return whose log the station of `known` writes. record: as in `sender_of`."""
    record = record or known.identity.record
    return Owner(station=record.station, chain=bytes.fromhex(record.chain), key=known.identity.key)
