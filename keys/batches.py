"""Batches of passages and the receipts for them: what crosses between a station and the issuer
(protocols.md).

The batch's signature says which station wrote the rows; only a receipt signed by the issuer lets
the station call them delivered, so a captive portal that answers 200 to everything changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from keys import ed25519
from keys.encoding import cbor_decode, cbor_encode
from keys.envelope import envelope_kid, open_envelope, seal_envelope
from keys.errors import MalformedBytes, UntrustedData
from keys.passages import PassageRow, decode_row
from keys.shapes import is_bytes, is_count, is_name, need

BATCH_TYP: Final = "application/kakou-passages"
RECEIPT_TYP: Final = "application/kakou-receipt"
BATCH_MAX_ROWS: Final = 1000
BATCH_MAX_BYTES: Final = 4 << 20
RECEIPT_MAX_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A row that cannot be taken: its place, and a code that says why. `passage_id` is None where
    unreadable.
    """

    sequence: int
    passage_id: bytes | None
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of one station in order. `rows` holds the readable ones, `set_aside` the others; sent_at
    in seconds.
    """

    station: str
    chain: bytes
    first_sequence: int
    previous_hash: bytes
    rows: tuple[PassageRow, ...]
    set_aside: tuple[SetAside, ...]
    sent_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the issuer took of one batch: ids stored (now or before), rows set aside, and when
    (seconds).
    """

    station: str
    batch_hash: bytes
    stored: tuple[bytes, ...]
    set_aside: tuple[SetAside, ...]
    received_at: int


def station_kid(public_key: bytes) -> bytes:
    """Return the key id of a station's own key: the first 8 bytes of its SHA-256."""
    return hashlib.sha256(public_key).digest()[:8]


def seal_batch(
    key: ed25519.SigningKey,
    *,
    station: str,
    chain: bytes,
    previous_hash: bytes,
    first_sequence: int,
    rows: list[bytes],
    sent_at: int,
) -> bytes:
    """Return a signed batch of encoded rows, in order. chain: 16 bytes; at most 1,000 rows."""
    payload = cbor_encode([station, chain, first_sequence, previous_hash, rows, sent_at])
    return seal_envelope(key, kid=station_kid(key.public_key), typ=BATCH_TYP, payload=payload)


def batch_kid(raw: bytes) -> bytes:
    """Return the key id that a batch names, before anything is verified; wrong size or form:
    UntrustedData.
    """
    return envelope_kid(raw, typ=BATCH_TYP, max_bytes=BATCH_MAX_BYTES)


def open_batch(raw: bytes, public_key: bytes) -> Batch:
    """Return the batch that `public_key` signed. A row that cannot be read is set aside, the others
    stand.

    UntrustedData (code `bad_signature`, `malformed_batch`, ...) where the batch as a whole cannot
    be taken.
    """
    payload, _ = open_envelope(
        raw, typ=BATCH_TYP, max_bytes=BATCH_MAX_BYTES, keys_of=lambda _: (public_key,)
    )
    try:
        fields = cbor_decode(payload, max_bytes=BATCH_MAX_BYTES)
        need(type(fields) is list and len(fields) == 6, "not a batch")
        station, chain, first, previous, rows, sent_at = fields
        need(is_name(station) and is_bytes(chain, 16) and is_bytes(previous, 32), "not a batch")
        need(is_count(first) and first >= 1 and is_count(sent_at), "not a batch")
        need(type(rows) is list and 1 <= len(rows) <= BATCH_MAX_ROWS, "not a batch")
        need(all(type(row) is bytes for row in rows), "not a batch")
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_batch") from None
    taken: list[PassageRow] = []
    aside: list[SetAside] = []
    for place, row in enumerate(rows):
        try:
            taken.append(decode_row(row))
        except MalformedBytes:
            aside.append(SetAside(sequence=first + place, passage_id=None, code="malformed_row"))
    return Batch(
        station=station,
        chain=chain,
        first_sequence=first,
        previous_hash=previous,
        rows=tuple(taken),
        set_aside=tuple(aside),
        sent_at=sent_at,
    )


def seal_receipt(key: ed25519.SigningKey, kid: bytes, receipt: Receipt) -> bytes:
    """Return the signed receipt; `key` is an issuer key of purpose `station`."""
    aside = [[item.sequence, item.passage_id, item.code] for item in receipt.set_aside]
    fields = [receipt.station, receipt.batch_hash, list(receipt.stored), aside, receipt.received_at]
    return seal_envelope(key, kid=kid, typ=RECEIPT_TYP, payload=cbor_encode(fields))


def open_receipt(raw: bytes, keys_of: Callable[[bytes], Iterable[bytes]]) -> Receipt:
    """Return the receipt after its signature stands; `keys_of(kid)`: trusted keys of purpose
    `station`.

    Anything else, a captive portal's page among it: UntrustedData.
    """
    payload, _ = open_envelope(raw, typ=RECEIPT_TYP, max_bytes=RECEIPT_MAX_BYTES, keys_of=keys_of)
    try:
        fields = cbor_decode(payload, max_bytes=RECEIPT_MAX_BYTES)
        need(type(fields) is list and len(fields) == 5, "not a receipt")
        station, batch_hash, stored, aside, received_at = fields
        need(
            is_name(station) and is_bytes(batch_hash, 32) and is_count(received_at), "not a receipt"
        )
        need(type(stored) is list and all(is_bytes(item, 16) for item in stored), "not a receipt")
        need(type(aside) is list, "not a receipt")
        items = tuple(_read_set_aside(item) for item in aside)
    except MalformedBytes as error:
        raise UntrustedData(str(error), code="malformed_receipt") from None
    return Receipt(
        station=station,
        batch_hash=batch_hash,
        stored=tuple(stored),
        set_aside=items,
        received_at=received_at,
    )


def _read_set_aside(item: object) -> SetAside:
    if type(item) is not list or len(item) != 3:
        raise MalformedBytes("not a receipt")
    sequence, passage_id, code = item
    need(is_count(sequence) and (passage_id is None or is_bytes(passage_id, 16)), "not a receipt")
    need(is_name(code), "not a receipt")
    return SetAside(sequence=sequence, passage_id=passage_id, code=code)
