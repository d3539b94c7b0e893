"""Push: waiting rows in signed batches; only a signed receipt takes a row off the queue.

What happens: no network or a portal's answer -> nothing changes, again later. The issuer refuses a
batch as a whole -> it is halved until the bad row stands alone; a refusal is not signed, so that
row is set aside only once a receipt shows that the issuer takes others. A damaged row on the disk
-> set aside, the rest goes on. A crash anywhere -> the same rows are sent again, and the issuer
knows them by (station, id).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from keys.batches import RECEIPT_MAX_BYTES, Receipt, open_receipt, seal_batch
from keys.ed25519 import SigningKey
from keys.errors import UntrustedData
from keys.trustlist import Purpose, TrustList
from scanner.errors import BatchRefused, IssuerTrouble
from scanner.record.cache import issuer_keys
from scanner.record.passages import PassageLog, WaitingRow, WaitingRows

BATCH_ROWS: Final = 500
# So many rows refused one after another, and no receipt yet: it is not the rows.
REFUSED_MAX: Final = 8
SYNC_PATH: Final = "sync/passages"
DAMAGED_HERE: Final = "damaged_here"
NOT_NAMED: Final = "not_named_by_receipt"
NO_RECEIPT: Final = "no_receipt"
# What becomes of a checked receipt: its bytes, and the places of the rows that it speaks of.
KeepReceipt = Callable[[bytes, int, int], None]


class Poster(Protocol):
    """Where batches go."""

    def post(
        self, path: str, body: bytes, max_bytes: int, says: Mapping[str, str] | None = None
    ) -> bytes:
        """Return the answer to `body`; NetworkDown, IssuerTrouble, BatchRefused. says: headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: station name, issuer's name, chain id (16 bytes), and the key that signs the
    batches. list_version: of the status list that it judges with, None if it has none.
    """

    station: str
    issuer: str
    chain: bytes
    key: SigningKey
    list_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReport:
    """What one push did, in rows. received_at: when the office took the last of them, by its own
    signed word (unix seconds); None where nothing was sent.
    """

    delivered: int
    set_aside: int
    still_waiting: int
    received_at: int | None = None


class _Outcome(NamedTuple):
    """What became of one batch. refused: a row that was refused alone, and the code."""

    delivered: int = 0
    set_aside: int = 0
    refused: tuple[int, str] | None = None
    received_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One push: where to, of which log, as whom, by whose receipts, and when."""

    poster: Poster
    log: PassageLog
    sender: Sender
    trust: TrustList
    sent_at: int
    keep: KeepReceipt


def push_all(
    poster: Poster,
    log: PassageLog,
    sender: Sender,
    trust: TrustList,
    *,
    sent_at: int,
    keep: KeepReceipt = lambda *_: None,
) -> PushReport:
    """Send every waiting row; sent_at: unix seconds. keep: told of every receipt before its rows
    are marked. Errors of the network end it, with what was delivered so far kept.
    """
    line = _Line(poster=poster, log=log, sender=sender, trust=trust, sent_at=sent_at, keep=keep)
    delivered = aside = after = 0
    received_at: int | None = None
    refused: list[tuple[int, str]] = []
    while (waiting := log.waiting_rows(BATCH_ROWS, after)) is not None:
        done = _push_batch(line, waiting)
        delivered, aside = delivered + done.delivered, aside + done.set_aside
        received_at = done.received_at or received_at
        if done.refused is not None:
            after = done.refused[0]
            refused.append(done.refused)
            if not delivered and len(refused) >= REFUSED_MAX:
                break
        if delivered and refused:
            log.mark(delivered=(), set_aside=refused)
            aside, refused = aside + len(refused), []
    if refused:
        raise IssuerTrouble("every row was refused, and none was taken", code=refused[0][1])
    return PushReport(
        delivered=delivered,
        set_aside=aside,
        still_waiting=log.waiting_count(),
        received_at=received_at,
    )


def _push_batch(line: _Line, waiting: WaitingRows) -> _Outcome:
    """Send one batch, or as much of it from its beginning as the issuer takes."""
    if not waiting.rows:
        damaged = [(number, DAMAGED_HERE) for number in waiting.unreadable]
        line.log.mark(delivered=(), set_aside=damaged)
        return _Outcome(set_aside=len(waiting.unreadable))
    rows = list(waiting.rows)
    while True:
        try:
            return _send(line, waiting, rows)
        except BatchRefused as refusal:
            if len(rows) == 1:
                return _Outcome(refused=(rows[0].sequence, refusal.code))
            # One bad row must not hold up the rest: send the first half, the queue comes back for
            # the other.
            rows = rows[: len(rows) // 2]


def _send(line: _Line, waiting: WaitingRows, rows: list[WaitingRow]) -> _Outcome:
    batch = batch_of(line.sender, waiting, rows, sent_at=line.sent_at)
    # What will wait when these are taken.
    says = {"Kakou-Waiting": str(max(0, line.log.waiting_count() - len(rows)))}
    if line.sender.list_version is not None:
        says["Kakou-List-Version"] = str(line.sender.list_version)
    answer = line.poster.post(SYNC_PATH, batch, RECEIPT_MAX_BYTES, says)
    receipt = checked_receipt(answer, line.sender, line.trust)
    if receipt.batch_hash != hashlib.sha256(batch).digest():
        raise IssuerTrouble("a receipt for another batch", code=NO_RECEIPT)
    # Before the rows leave the queue: cut in between, they are sent again and named once more.
    line.keep(answer, rows[0].sequence, rows[-1].sequence)
    delivered, aside = mark_by(line.log, rows, receipt)
    return _Outcome(delivered, aside, received_at=receipt.received_at)


def batch_of(
    sender: Sender, waiting: WaitingRows, rows: Iterable[WaitingRow], *, sent_at: int
) -> bytes:
    """Return the signed batch of `rows`, the first of `waiting`."""
    return seal_batch(
        sender.key,
        station=sender.station,
        chain=sender.chain,
        previous_hash=waiting.previous_hash,
        first_sequence=waiting.first_sequence,
        rows=[row.raw for row in rows],
        sent_at=sent_at,
    )


def checked_receipt(raw: bytes, sender: Sender, trust: TrustList) -> Receipt:
    """Return the receipt that the sender's issuer signed for this station; IssuerTrouble
    `no_receipt`.
    """
    try:
        receipt = open_receipt(raw, issuer_keys(trust, sender.issuer, Purpose.STATION))
    except UntrustedData as error:
        raise IssuerTrouble(f"no receipt: {error.code}", code=NO_RECEIPT) from None
    if receipt.station != sender.station:
        raise IssuerTrouble("a receipt for another station", code=NO_RECEIPT)
    return receipt


def mark_by(log: PassageLog, rows: Iterable[WaitingRow], receipt: Receipt) -> tuple[int, int]:
    """Take `rows`, which wait and were in the receipt's batch, off the queue as it says; return how
    many were delivered and how many set aside.
    """
    stored = set(receipt.stored)
    codes = {item.sequence: item.code for item in receipt.set_aside}
    places = {row.sequence: row.passage_id in stored for row in rows}
    delivered = [number for number, is_stored in places.items() if is_stored]
    # A row that the receipt names nowhere would be sent for ever: it is set aside and shown.
    left = sorted(number for number, is_stored in places.items() if not is_stored)
    aside = [(number, codes.get(number, NOT_NAMED)) for number in left]
    log.mark(delivered=delivered, set_aside=aside)
    return len(delivered), len(aside)
