"""What both programs know of a passage: verdicts, reasons, rows and the chain of their hashes
(protocols.md).

A row is a fact of the past: it never changes, and the chain of hashes keeps it in its place.
docs/protocols.md gives the bytes.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes
from keys.shapes import is_bytes, is_count, need

ROW_MAX_BYTES: Final = 4096
FIRST_HASH: Final = bytes(32)
_ROW_DOMAIN: Final = "kakou-passage-1"


class Verdict(StrEnum):
    """What a gate decides. CANNOT_JUDGE: the machine, not the person, is at fault."""

    ADMIT = "admit"
    ADMIT_WITH_NOTE = "admit_with_note"
    HAND_CHECK = "hand_check"
    REFUSE = "refuse"
    CANNOT_JUDGE = "cannot_judge"


class Reason(StrEnum):
    """Why a gate decided so. Codes are permanent: they stand in logs for years; titles and next
    steps are elsewhere.
    """

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUED_IN_FUTURE = "issued_in_future"
    MALFORMED_CODE = "malformed_code"
    UNKNOWN_KEY = "unknown_key"
    WRONG_KEY_PURPOSE = "wrong_key_purpose"
    KEY_BURNED = "key_burned"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    BAD_SIGNATURE = "bad_signature"
    ROTATING_CODE_MISSING = "rotating_code_missing"
    ROTATING_CODE_WRONG = "rotating_code_wrong"
    ROTATING_CODE_OUT_OF_TIME = "rotating_code_out_of_time"
    OUTSIDE_ZONE = "outside_zone"
    OUTSIDE_HOURS = "outside_hours"
    LIST_LATE = "list_late"
    LIST_STALE = "list_stale"
    LIST_CLOSED = "list_closed"
    LIST_MISSING = "list_missing"
    INDEX_BEYOND_LIST = "index_beyond_list"
    TRUST_MISSING = "trust_missing"
    CLOCK_NOT_CONFIRMED = "clock_not_confirmed"
    CLOCK_ROLLED_BACK = "clock_rolled_back"
    STATION_FAULT = "station_fault"
    SEEN_BEFORE = "seen_before"
    SEEN_ELSEWHERE = "seen_elsewhere"
    PLACE_CLOSED = "place_closed"
    PLACE_NEARLY_FULL = "place_nearly_full"
    PLACE_FULL = "place_full"
    DENIED_HERE = "denied_here"
    NOT_ON_LIST = "not_on_list"
    KIND_NOT_HERE = "kind_not_here"
    PARTY_TOO_LARGE = "party_too_large"
    TEMPERATURE_MISSING = "temperature_missing"
    TEMPERATURE_AGAIN = "temperature_again"
    TEMPERATURE_HIGH = "temperature_high"
    PASSED_ALREADY = "passed_already"
    QUOTA_USED = "quota_used"
    COMPANION_MISSING = "companion_missing"
    CONDITION_NOT_MET = "condition_not_met"
    RULE_NOT_JUDGED = "rule_not_judged"
    EMERGENCY = "emergency"
    FIRE_RELEASE = "fire_release"
    HAND_CHECKED = "hand_checked"
    REGISTERED_BY_HAND = "registered_by_hand"
    LOOKED_UP = "looked_up"
    TAKEN_BACK = "taken_back"
    CAUSE_GIVEN = "cause_given"
    INCIDENT = "incident"
    SHIFT_BEGUN = "shift_begun"
    SHIFT_ENDED = "shift_ended"


# Rows that say something of another row or of the shift: kept like all others, counted as nobody's
# passage. Such a row repeats the verdict of the row that it names, HAND_CHECK where it names none.
NOTE_REASONS: Final = frozenset(
    {
        Reason.TAKEN_BACK,
        Reason.CAUSE_GIVEN,
        Reason.INCIDENT,
        Reason.SHIFT_BEGUN,
        Reason.SHIFT_ENDED,
    }
)
_REASONS: Final = {reason.value: reason for reason in Reason}


class Direction(StrEnum):
    """Which way the person passes."""

    ENTRY = "entry"
    EXIT = "exit"


class ClockGrade(StrEnum):
    """How sure the station was of its time when it judged (formats.md 6)."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    ROLLED_BACK = "rolled_back"


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
    (
        sequence,
        passage_id,
        seen_at_ms,
        clock,
        verdict,
        reason,
        direction,
        tag,
        digest,
        body,
        chain_hash,
    ) = fields
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
