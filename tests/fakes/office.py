"""An office of our own for tests: real keys, real signed files and answers, no database, no pages.

It speaks the protocol of docs/protocols.md with the functions of `keys`, as any other
implementation would. tests/fakes/office_server.py puts it on loopback HTTP.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Any

from keys.batches import Batch, Receipt, SetAside, batch_kid, open_batch, seal_receipt, station_kid
from keys.certificate import StationCertificate, seal_certificate
from keys.ed25519 import SigningKey
from keys.enrolment import (
    EnrolCode,
    LastHead,
    check_request_mac,
    check_request_root,
    code_id,
    mac_key,
    open_request,
    root_pin,
    seal_answer,
    write_code,
)
from keys.errors import UntrustedData
from keys.passages import PassageRow, encode_row
from tests.fakes.publisher import DAY_S, ISSUER, STATION_KID, ZONE, Publisher


class Refusal(Exception):
    """The office says no: HTTP status, its own code, seconds to wait if waiting helps."""

    def __init__(self, status: int, code: str, retry_after_s: int | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


@dataclass(slots=True, kw_only=True)
class StationPlace:
    """A station as the office knows it. state of its code: `open`, `used`, `expired`, `locked`."""

    name: str
    checkpoint: str
    zone: int
    code: EnrolCode
    code_state: str = "open"
    public_key: bytes | None = None
    request: bytes = b""
    answer: bytes = b""


@dataclass(slots=True, kw_only=True)
class Bends:
    """How this office departs from what it should say; nothing unless a test sets it."""

    refused_rows: set[int] = field(default_factory=set)
    refusal: Refusal | None = None
    set_aside: dict[int, str] = field(default_factory=dict)
    receipt_signer: SigningKey | None = None
    receipt: dict[str, Any] = field(default_factory=dict)
    forgets_rows: set[int] = field(default_factory=set)
    certificate: dict[str, Any] = field(default_factory=dict)
    certificate_signer: SigningKey | None = None


class Office(Publisher):
    """One issuer as a station meets it: what it publishes, enrolment, and passages received."""

    def __init__(self, now_s: int, *, name: str = ISSUER, seed: str = "", lists: int = 1) -> None:
        super().__init__(now_s, name=name, seed=seed, lists=lists)
        self.bends = Bends()
        self.stations: dict[str, StationPlace] = {}
        self.rows: dict[tuple[str, bytes], PassageRow] = {}
        self.batches: list[Batch] = []
        # By station: what a box that takes the place of another is told to go on behind.
        self.last_heads: dict[str, LastHead] = {}

    def add_station(self, name: str = "west-1", checkpoint: str = "west gate") -> str:
        """Return the one-time code of a new station, as a person types it."""
        secret = hashlib.sha256(f"code of {name} {len(self.stations)}".encode()).digest()[:16]
        code = EnrolCode(secret=secret, root_pin=root_pin(self.root))
        self.stations[name] = StationPlace(name=name, checkpoint=checkpoint, zone=ZONE, code=code)
        return write_code(code)

    def enrol(self, raw: bytes) -> bytes:
        """Return the signed answer to a request; Refusal, UntrustedData."""
        request = open_request(raw)
        found = [s for s in self.stations.values() if code_id(s.code.secret) == request.code_id]
        if not found:
            raise Refusal(403, "unknown_code")
        station = found[0]
        if station.code_state in {"expired", "locked"}:
            raise Refusal(403, f"code_{station.code_state}")
        key = mac_key(station.code.secret)
        check_request_mac(request, key)
        check_request_root(request, self.root)
        if station.public_key is not None and station.public_key != request.public_key:
            raise Refusal(403, "code_used")
        if station.request == raw:
            return station.answer
        answer = seal_answer(
            self.station_key,
            STATION_KID,
            request,
            key,
            certificate=self.certificate(station, request.public_key),
            checkpoint_secret=secrets.token_bytes(32),
            last=self.last_heads.get(station.name),
        )
        station.public_key, station.request, station.answer = request.public_key, raw, answer
        return answer

    def certificate(self, station: StationPlace, public_key: bytes) -> bytes:
        """Return the station's certificate, bent as the test asks."""
        fields: dict[str, Any] = {
            "issuer": self.name,
            "station": station.name,
            "checkpoint": station.checkpoint,
            "zone": station.zone,
            "public_key": public_key,
            "iat": self.now_s,
            "exp": self.now_s + 365 * DAY_S,
        }
        certificate = StationCertificate(**fields | self.bends.certificate)
        key = self.bends.certificate_signer or self.station_key
        return seal_certificate(key, STATION_KID, certificate)

    # --- passages

    def receive(self, raw: bytes) -> bytes:
        """Return the signed receipt of a batch whose rows are kept; Refusal."""
        kid = batch_kid(raw)
        keys = [s.public_key for s in self.stations.values() if s.public_key]
        known = [key for key in keys if station_kid(key) == kid]
        if not known:
            raise Refusal(403, "unknown_station_key")
        try:
            batch = open_batch(raw, known[0])
        except UntrustedData as error:
            raise Refusal(400, "malformed_batch") from error
        sequences = {row.sequence for row in batch.rows}
        if self.bends.refusal is not None:
            raise self.bends.refusal
        if sequences & self.bends.refused_rows:
            raise Refusal(400, "malformed_batch")
        self.batches.append(batch)
        return self._receipt(raw, batch)

    def _receipt(self, raw: bytes, batch: Batch) -> bytes:
        bends = self.bends
        aside = list(batch.set_aside)
        stored = []
        for row in batch.rows:
            code = bends.set_aside.get(row.sequence)
            known = self.rows.get((batch.station, row.passage.passage_id))
            if code is None and known is not None and encode_row(known) != encode_row(row):
                code = "conflict"
            if code is not None:
                at, row_id = row.sequence, row.passage.passage_id
                aside.append(SetAside(sequence=at, passage_id=row_id, code=code))
                continue
            self.rows[batch.station, row.passage.passage_id] = row
            if row.sequence not in bends.forgets_rows:
                stored.append(row.passage.passage_id)
        fields: dict[str, Any] = {
            "station": batch.station,
            "batch_hash": hashlib.sha256(raw).digest(),
            "stored": tuple(stored),
            "set_aside": tuple(aside),
            "received_at": self.now_s,
        }
        receipt = Receipt(**fields | bends.receipt)
        key = bends.receipt_signer or self.station_key
        return seal_receipt(key, STATION_KID.to_bytes(2, "big"), receipt)

    def sequences(self, station: str = "west-1") -> list[int]:
        """Return the sequence numbers of the rows that were taken from `station`, ascending."""
        return sorted(row.sequence for (name, _), row in self.rows.items() if name == station)
