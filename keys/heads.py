"""Signed words of a station about its own log: how far the chain goes, and what was taken out.

A head says "at place n the chain's hash is h". A record says that a stretch of rows lost its bodies
and tags (EMPTIED), had its plain bodies sealed in place (SEALED), or left the log as a whole
(BEGINS), and fixes what of it must still be found. Nobody without the station's key can make
either. Bytes: docs/protocols.md section 12.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from keys.batches import station_kid
from keys.ed25519 import SigningKey
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import (
    assemble,
    open_envelope,
    protected_header,
    seal_envelope,
    signed_bytes,
)
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import PassageRow, clear_fields
from keys.shapes import is_bytes, is_count, is_name, need

HEAD_TYP: Final = "application/kakou-head"
RECORD_TYP: Final = "application/kakou-log-record"
HEAD_MAX_BYTES: Final = 512
RECORD_MAX_BYTES: Final = 1024
NO_DIGEST: Final = bytes(32)
_TAG: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a chain stood. chain: 16 bytes; hash: 32 bytes, of row `sequence`; signed_at: unix
    seconds.
    """

    station: str
    chain: bytes
    sequence: int
    hash: bytes
    signed_at: int


class Taken(StrEnum):
    """What a record says was done to its rows."""

    EMPTIED = "emptied"
    SEALED = "sealed"
    BEGINS = "begins"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """What was done to the rows `first` to `last`.

    hash_before, hash_last: of the row before the first, and of the last. digest: of what must still
    be found (`left_of` each row; 32 zero bytes where nothing is left). made_at: unix seconds. why:
    a word such as `retention`.
    """

    kind: Taken
    station: str
    chain: bytes
    first: int
    last: int
    hash_before: bytes
    hash_last: bytes
    digest: bytes
    made_at: int
    why: str


def _head_payload(head: Head) -> bytes:
    return cbor_encode([head.station, head.chain, head.sequence, head.hash, head.signed_at])


def seal_head(key: SigningKey, head: Head) -> bytes:
    """Return the head signed by the station's key."""
    payload = _head_payload(head)
    return seal_envelope(key, kid=station_kid(key.public_key), typ=HEAD_TYP, payload=payload)


def row_signer(key: SigningKey, station: str, chain: bytes) -> Callable[[int, bytes, int], bytes]:
    """Return what signs the head that each new row makes, from its (sequence, hash, unix seconds):
    the signature alone (64 bytes), since all else stands in the row.
    """
    # All that never changes is put together once: this runs before every verdict.
    protected = protected_header(station_kid(key.public_key), HEAD_TYP)
    begins = b"\x85" + cbor_encode(station) + cbor_encode(chain)

    def sign(sequence: int, chained: bytes, signed_at: int) -> bytes:
        payload = b"".join(
            (begins, cbor_encode(sequence), cbor_encode(chained), cbor_encode(signed_at))
        )
        return key.sign(signed_bytes(protected, payload))

    return sign


def check_head_signature(public_key: bytes, head: Head, signature: bytes) -> None:
    """Return if `signature` is that of the station with `public_key` under `head`; else
    UntrustedData.
    """
    protected = protected_header(station_kid(public_key), HEAD_TYP)
    open_head(assemble(protected, _head_payload(head), signature), public_key)


def open_head(raw: bytes, public_key: bytes) -> Head:
    """Return the head that the station with `public_key` signed; else UntrustedData
    (`malformed_head`, ...).
    """
    payload, _ = open_envelope(
        raw, typ=HEAD_TYP, max_bytes=HEAD_MAX_BYTES, keys_of=lambda _: (public_key,)
    )
    try:
        fields = _list_of(payload, 5)
        station, chain, sequence, chained, signed_at = fields
        need(is_name(station) and is_bytes(chain, 16) and is_bytes(chained, 32), "not a head")
        need(is_count(sequence) and sequence >= 1 and is_count(signed_at), "not a head")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_head") from None
    return Head(station=station, chain=chain, sequence=sequence, hash=chained, signed_at=signed_at)


def seal_record(key: SigningKey, record: LogRecord) -> bytes:
    """Return the record signed by the station's key."""
    fields = [
        record.kind.value,
        record.station,
        record.chain,
        record.first,
        record.last,
        record.hash_before,
        record.hash_last,
        record.digest,
        record.made_at,
        record.why,
    ]
    kid = station_kid(key.public_key)
    return seal_envelope(key, kid=kid, typ=RECORD_TYP, payload=cbor_encode(fields))


def open_record(raw: bytes, public_key: bytes) -> LogRecord:
    """Return the record that the station with `public_key` signed; else UntrustedData
    (`malformed_record`, ...).
    """
    payload, _ = open_envelope(
        raw, typ=RECORD_TYP, max_bytes=RECORD_MAX_BYTES, keys_of=lambda _: (public_key,)
    )
    try:
        kind, station, chain, first, last, before, at_last, digest, made_at, why = _list_of(
            payload, 10
        )
        need(type(kind) is str and kind in set(Taken), "not a record")
        need(is_name(station) and is_bytes(chain, 16), "not a record")
        need(is_count(first) and is_count(last) and 1 <= first <= last, "not a record")
        need(all(is_bytes(part, 32) for part in (before, at_last, digest)), "not a record")
        need(is_count(made_at) and is_name(why), "not a record")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_record") from None
    return LogRecord(
        kind=Taken(kind),
        station=station,
        chain=chain,
        first=first,
        last=last,
        hash_before=before,
        hash_last=at_last,
        digest=digest,
        made_at=made_at,
        why=why,
    )


def _list_of(payload: bytes, size: int) -> list[Any]:
    fields = cbor_decode(payload, max_bytes=RECORD_MAX_BYTES)
    if type(fields) is not list or len(fields) != size:
        raise MalformedBytes("another number of fields")
    return fields


def left_of(kind: Taken, row: PassageRow, body_hash: bytes) -> bytes:
    """Return the bytes of one row that a record's digest goes over: SHA-256 of them all, in order.

    body_hash: SHA-256 of the body that the row was appended with. EMPTIED: everything but body and
    tag. SEALED: place, chain, and the body as it stands now.
    """
    if kind is Taken.EMPTIED:
        fields = clear_fields(row.passage)
        del fields[_TAG]
        return cbor_encode([row.sequence, *fields, body_hash, row.hash])
    stands = hashlib.sha256(row.passage.body).digest()
    return cbor_encode([row.sequence, row.hash, body_hash, stands])
