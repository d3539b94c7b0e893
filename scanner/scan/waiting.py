"""Who waited for a hand check when the station stopped, put together again from the log.

A sealed body cannot be opened here, so such a result says only what stands in clear: when, why, and
the row's number, by which the office finds the name.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from keys.bodies import PassageBody, decode_body
from keys.errors import MalformedBytes
from keys.passages import PassageRow, Reason
from keys.sealing import is_sealed
from scanner.decide.judgement import Judgement
from scanner.errors import StationFault
from scanner.scan.logkeeping import KeptLog
from scanner.scan.results import ScanResult

# Whoever was sent to the hand check longer ago has gone; the log keeps the row all the same.
WAITS_S: Final = 12 * 3600
MOST: Final = 50


def who_waits(log: KeptLog, now: datetime) -> tuple[ScanResult, ...] | None:
    """Return who nobody has decided about, newest first; None while the log cannot say. now: aware
    UTC.
    """
    since_ms = int((now - timedelta(seconds=WAITS_S)).timestamp() * 1000)
    try:
        rows = log.ask(lambda kept: kept.undecided(since_ms=since_ms, most=MOST))
    except StationFault:
        return None
    known = set(Reason)
    return tuple(_result(row) for row in rows if row.passage.reason in known)


def _result(row: PassageRow) -> ScanResult:
    passage = row.passage
    body = _body_of(passage.body)
    return ScanResult(
        judgement=Judgement(
            passage.verdict,
            Reason(passage.reason),
            identity=body.identity,
            name=body.name,
            id_tail=body.id_tail,
        ),
        seen=None,
        seen_at=datetime.fromtimestamp(passage.seen_at_ms / 1000, tz=UTC),
        counted=True,
        passage_id=passage.passage_id,
        sequence=row.sequence,
    )


def _body_of(raw: bytes) -> PassageBody:
    try:
        return PassageBody() if is_sealed(raw) else decode_body(raw)
    except MalformedBytes:
        return PassageBody()
