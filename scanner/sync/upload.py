"""Push: waiting rows in signed batches; only a signed receipt takes a row off the queue.

What happens: no network or a portal's answer -> nothing changes, again later. The issuer refuses a
batch as a whole -> it is halved until the bad row stands alone; a refusal is not signed, so that
row is set aside only once a receipt shows that the issuer takes others. A damaged row on the disk
-> set aside, the rest goes on. A crash anywhere -> the same rows are sent again, and the issuer
knows them by (station, id).
"""

from __future__ import annotations

import hashlib
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


class Poster(Protocol):
    """Where batches go."""

    def post(self, path: str, body: bytes, max_bytes: int) -> bytes:
        """Return the answer to `body`; NetworkDown, IssuerTrouble, BatchRefused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: station name, issuer's name, chain id (16 bytes), and the key that signs the
    batches.
    """

    station: str
    issuer: str
    chain: bytes
    key: SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReport:
    """What one push did, in rows."""

    delivered: int
    set_aside: int
    still_waiting: int


class _Outcome(NamedTuple):
    """What became of one batch. refused: a row that was refused alone, and the code."""

    delivered: int = 0
    set_aside: int = 0
    refused: tuple[int, str] | None = None


def push_all(
    poster: Poster, log: PassageLog, sender: Sender, trust: TrustList, *, sent_at: int
) -> PushReport:
    """Send every waiting row; sent_at: unix seconds. Errors of the network end it, with what was
    delivered so far kept.
    """
    delivered = aside = after = 0
    refused: list[tuple[int, str]] = []
    while (waiting := log.waiting_rows(BATCH_ROWS, after)) is not None:
        done = _push_batch(poster, log, sender, trust, waiting, sent_at=sent_at)
        delivered, aside = delivered + done.delivered, aside + done.set_aside
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
    return PushReport(delivered=delivered, set_aside=aside, still_waiting=log.waiting_count())


def _push_batch(
    poster: Poster,
    log: PassageLog,
    sender: Sender,
    trust: TrustList,
    waiting: WaitingRows,
    *,
    sent_at: int,
) -> _Outcome:
    """Send one batch, or as much of it from its beginning as the issuer takes."""
    if not waiting.rows:
        log.mark(delivered=(), set_aside=[(number, DAMAGED_HERE) for number in waiting.unreadable])
        return _Outcome(set_aside=len(waiting.unreadable))
    rows = list(waiting.rows)
    while True:
        try:
            receipt = _send(poster, sender, trust, waiting, rows, sent_at=sent_at)
        except BatchRefused as refusal:
            if len(rows) == 1:
                return _Outcome(refused=(rows[0].sequence, refusal.code))
            # One bad row must not hold up the rest: send the first half, the queue comes back for
            # the other.
            rows = rows[: len(rows) // 2]
            continue
        return _mark(log, rows, receipt)


def _send(
    poster: Poster,
    sender: Sender,
    trust: TrustList,
    waiting: WaitingRows,
    rows: list[WaitingRow],
    *,
    sent_at: int,
) -> Receipt:
    batch = seal_batch(
        sender.key,
        station=sender.station,
        chain=sender.chain,
        previous_hash=waiting.previous_hash,
        first_sequence=waiting.first_sequence,
        rows=[row.raw for row in rows],
        sent_at=sent_at,
    )
    answer = poster.post(SYNC_PATH, batch, RECEIPT_MAX_BYTES)
    try:
        receipt = open_receipt(answer, issuer_keys(trust, sender.issuer, Purpose.STATION))
    except UntrustedData as error:
        raise IssuerTrouble(f"no receipt: {error.code}", code="no_receipt") from None
    if receipt.station != sender.station or receipt.batch_hash != hashlib.sha256(batch).digest():
        raise IssuerTrouble("a receipt for another batch", code="no_receipt")
    return receipt


def _mark(log: PassageLog, rows: list[WaitingRow], receipt: Receipt) -> _Outcome:
    stored = set(receipt.stored)
    codes = {item.sequence: item.code for item in receipt.set_aside}
    delivered = [row.sequence for row in rows if row.passage_id in stored]
    # A row that the receipt names nowhere would be sent for ever: it is set aside and shown.
    left = {row.sequence for row in rows} - set(delivered)
    aside = [(number, codes.get(number, NOT_NAMED)) for number in sorted(left)]
    log.mark(delivered=delivered, set_aside=aside)
    return _Outcome(delivered=len(delivered), set_aside=len(aside))
