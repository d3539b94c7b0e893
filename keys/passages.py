"""What both programs know of a passage: verdicts, reasons, rows and the chain of their hashes
(protocols.md).

A row is a fact of the past: it never changes, and the chain of hashes keeps it in its place.
docs/protocols.md gives the bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes
from keys.shapes import is_bytes, is_count, need
from keys.verdicts import NOTE_REASONS, ClockGrade, Direction, Reason, Verdict

__all__ = [
    "FIRST_HASH",
    "NOTE_REASONS",
    "ROW_MAX_BYTES",
    "ClockGrade",
    "Direction",
    "PassIdentity",
    "Passage",
    "PassageRow",
    "Reason",
    "Verdict",
    "clear_fields",
    "decode_row",
    "encode_row",
    "row_hash",
    "row_hash_over",
]

ROW_MAX_BYTES: Final = 4096
FIRST_HASH: Final = bytes(32)
_ROW_DOMAIN: Final = "kakou-passage-1"
_REASONS: Final = {reason.value: reason for reason in Reason}


class PassIdentity(NamedTuple):
    """Which pass: never given twice, and what everything compares (formats.md 1.1).

    A tuple, as keys.claims.Claims: one is made for every scan.
    """

    issuer: str
    list_number: int
    index: int  # type: ignore[assignment]  # the tuple's own method of that name is not missed

    def __str__(self) -> str:
        return f"{self.issuer}/{self.list_number}/{self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One judged scan that was acted on, before it has a place in a chain.

    reason: a `Reason`, or the word of a newer station: a fact is kept even where this version
    cannot name it. passage_id: 16 random bytes. seen_at_ms: milliseconds since 1970 UTC. body: what
    is sealed later (pass identity, masked name, observations), CBOR. tag: 16 bytes or None.
    trace_digest: 32 bytes or None.
    """

    passage_id: bytes
    seen_at_ms: int
    clock: ClockGrade
    verdict: Verdict
    reason: str
    direction: Direction
    tag: bytes | None
    trace_digest: bytes | None
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """A passage at its place in a station's chain: `hash` covers every field, the station and the
    hash before.
    """

    sequence: int
    passage: Passage
    hash: bytes


def row_hash(station: str, sequence: int, previous_hash: bytes, passage: Passage) -> bytes:
    """Return the 32-byte hash of a row: station, place, the hash before and every field, the body
    by its SHA-256.
    """
    body_hash = hashlib.sha256(passage.body).digest()
    return row_hash_over(station, sequence, previous_hash, passage, body_hash)


def row_hash_over(
    station: str, sequence: int, previous_hash: bytes, passage: Passage, body_hash: bytes
) -> bytes:
    """Return the hash of a row by the SHA-256 of the body that it was appended with: one that was
    sealed or deleted since is not needed.
    """
    fields = [_ROW_DOMAIN, station, sequence, previous_hash, *clear_fields(passage)]
    return hashlib.sha256(cbor_encode([*fields, body_hash])).digest()


def clear_fields(passage: Passage) -> list[Any]:
    """Return what stands in clear of a passage, as CBOR takes it, in the order of a row; the tag is
    number 6.
    """
    return [
        passage.passage_id,
        passage.seen_at_ms,
        passage.clock.value,
        passage.verdict.value,
        str(passage.reason),
        passage.direction.value,
        passage.tag,
        passage.trace_digest,
    ]


def encode_row(row: PassageRow) -> bytes:
    """Return the deterministic CBOR of one row; over 4,096 bytes: MalformedBytes (that row is set
    aside).
    """
    raw = cbor_encode([row.sequence, *clear_fields(row.passage), row.passage.body, row.hash])
    if len(raw) > ROW_MAX_BYTES:
        raise MalformedBytes("row too large")
    return raw


def decode_row(raw: bytes) -> PassageRow:
    """Return the row of its CBOR; anything else: MalformedBytes. Its hash is not checked here."""
    fields = cbor_decode(raw, max_bytes=ROW_MAX_BYTES)
    if type(fields) is not list or len(fields) != 11:
        raise MalformedBytes("not a row")
    sequence, passage_id, seen_at_ms, clock, verdict, reason, direction, *rest = fields
    tag, digest, body, chain_hash = rest
    need(is_count(sequence) and sequence >= 1 and is_count(seen_at_ms), "number out of range")
    need(
        is_bytes(passage_id, 16) and is_bytes(chain_hash, 32) and type(body) is bytes,
        "field of a wrong size",
    )
    need(
        (tag is None or is_bytes(tag, 16)) and (digest is None or is_bytes(digest, 32)),
        "field of a wrong size",
    )
    try:
        passage = Passage(
            passage_id=passage_id,
            seen_at_ms=seen_at_ms,
            clock=ClockGrade(clock),
            verdict=Verdict(verdict),
            reason=_reason(reason),
            direction=Direction(direction),
            tag=tag,
            trace_digest=digest,
            body=body,
        )
    except ValueError:
        raise MalformedBytes("unknown word") from None
    return PassageRow(sequence=sequence, passage=passage, hash=chain_hash)


def _reason(value: object) -> str:
    if type(value) is not str or not re.fullmatch("[a-z][a-z0-9_]{0,39}", value, re.ASCII):
        raise ValueError("not a reason code")
    return _REASONS.get(value, value)
