"""An office of our own for tests: real keys, real signed files and answers, no database and no pages.

It speaks the protocol of docs/protocols.md with the functions of `keys`, as any other
implementation would. tests/fakes/office_server.py puts it on loopback HTTP.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from keys.batches import Batch, Receipt, SetAside, batch_kid, open_batch, seal_receipt, station_kid
from keys.certificate import StationCertificate, seal_certificate
from keys.claims import LIST_ENTRIES, Claims, Site, Status
from keys.ed25519 import SigningKey
from keys.enrolment import (
    EnrolCode,
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
from keys.manifest import NO_PREVIOUS, Manifest, manifest_hash, seal_manifest
from keys.passages import PassageRow, encode_row
from keys.statusarray import Packed, state_of
from keys.statuspack import encode_pack
from keys.token import MintedPass, mint
from keys.trustlist import (
    IssuerEntry,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
    seal_trust_list,
)

ISSUER = "hangzhou"
PASS_KID, STATUS_KID, STATION_KID = 258, 300, 301
DAY_S = 24 * 3600
FOREVER = 1 << 32
ZONE = 7


def signing_key(name: str) -> SigningKey:
    """Return the key that belongs to `name`: the same in every run."""
    return SigningKey(hashlib.sha256(name.encode()).digest())


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


class Office:
    """One issuer. `published` holds what is served: path -> bytes. Time is `now_s`, set by the test."""

    def __init__(self, now_s: int, *, name: str = ISSUER, seed: str = "", lists: int = 1) -> None:
        self.name = name
        self.now_s = now_s
        self.root_key = signing_key(f"{seed}{name} root")
        self.pass_key = signing_key(f"{seed}{name} pass")
        self.status_key = signing_key(f"{seed}{name} status")
        self.station_key = signing_key(f"{seed}{name} station")
        self.root = self.root_key.public_key
        self.bends = Bends()
        self.published: dict[str, bytes] = {"trust/root": self.root}
        self.universe: Packed = np.zeros(lists * LIST_ENTRIES // 4, np.uint8)
        self.epoch = 1
        self.version = 0
        self.manifest_raw = b""
        self.states: dict[int, Packed] = {}
        self.stations: dict[str, StationPlace] = {}
        self.rows: dict[tuple[str, bytes], PassageRow] = {}
        self.batches: list[Batch] = []
        self.trust = self.first_trust()
        self.publish_trust()

    # --- trust

    def first_trust(self) -> TrustList:
        """Return the trust list with one key of each purpose."""
        keys = [
            (PASS_KID, self.pass_key, Purpose.PASS),
            (STATUS_KID, self.status_key, Purpose.STATUS),
            (STATION_KID, self.station_key, Purpose.STATION),
        ]
        return TrustList(
            version=1,
            issuers={self.name: self.entry()},
            keys=tuple(self.trusted(kid, key, purpose) for kid, key, purpose in keys),
        )

    def entry(self, **changes: Any) -> IssuerEntry:
        """Return this issuer's entry of a trust list."""
        fields: dict[str, Any] = {
            "epoch": self.epoch,
            "kid_ranges": ((256, 511),),
            "status_map": None,
            "name_zh": "杭州",
            "name_en": "Hangzhou",
        }
        return IssuerEntry(**fields | changes)

    def trusted(
        self, kid: int, key: SigningKey, purpose: Purpose, **changes: Any
    ) -> TrustedKey:
        """Return the trust list's entry for `key`."""
        fields: dict[str, Any] = {
            "kid": kid,
            "public_key": key.public_key,
            "issuer": self.name,
            "purpose": purpose,
            "not_before": 0,
            "not_after": FOREVER,
            "state": KeyState.LIVE,
        }
        return TrustedKey(**fields | changes)

    def change_trust(self, **changes: Any) -> bytes:
        """Publish the next version of the trust list with `changes` and return its bytes."""
        fields = {"issuers": self.trust.issuers, "keys": self.trust.keys}
        version = changes.pop("version", self.trust.version + 1)
        self.trust = TrustList(version=version, **{**fields, **changes})
        return self.publish_trust()

    def publish_trust(self) -> bytes:
        """Publish the trust list as it is and return its bytes."""
        raw = seal_trust_list(self.root_key, self.trust)
        self.published["trust/list"] = raw
        return raw

    # --- passes and statuses

    def claims(self, index: int = 1, **changes: Any) -> Claims:
        """Return the claims of a resident's phone pass, minted an hour before now."""
        iat = (self.now_s - 3600) // 60 * 60
        claims = Claims(PASS_KID, 0, 0, iat, iat + 72 * 3600, 0, index, "王*明", "123X")
        return claims._replace(**changes)

    def site(self, **changes: Any) -> Site:
        """Return a site that holds at every hour in the stations' zone, for one person."""
        return Site((self.now_s - 3600) // 60 * 60, ZONE, 0, 0, 1)._replace(**changes)

    def mint(self, index: int = 1, key: SigningKey | None = None, **changes: Any) -> MintedPass:
        """Return a minted pass, signed by another `key` where one is given."""
        return mint(key or self.pass_key, self.claims(index, **changes))

    def set_status(self, place: int, status: Status) -> None:
        """Set one entry of the universe; it counts from the next `publish` on."""
        self.universe[place >> 2] &= 0xFF ^ 3 << 2 * (place & 3)
        self.universe[place >> 2] |= status << 2 * (place & 3)

    def grow(self) -> None:
        """Add one list of entries that are all green."""
        self.universe = np.concatenate((self.universe, np.zeros(LIST_ENTRIES // 4, np.uint8)))

    def publish(self, *, deltas_from: list[int] | None = None, **changes: Any) -> Manifest:
        """Publish the next manifest and its packs; `changes` bend the manifest before it is signed.

        deltas_from: versions that deltas start at; the last three unless told.
        """
        self.version += 1
        new = self.universe.copy()
        froms = sorted(self.states)[-3:] if deltas_from is None else deltas_from
        packs = {0: encode_pack(np.zeros(0, np.uint8), new)}
        packs |= {first: encode_pack(self.states[first], new) for first in froms}
        fields: dict[str, Any] = {
            "version": self.version,
            "epoch": self.epoch,
            "n": len(new) * 4,
            "state": state_of(new),
            "previous": manifest_hash(self.manifest_raw) if self.manifest_raw else NO_PREVIOUS,
            "packs": tuple((first, len(pack)) for first, pack in sorted(packs.items())),
            "iat": self.now_s,
            "exp": self.now_s + DAY_S,
        }
        manifest = Manifest(**fields | changes)
        self.version = manifest.version
        self.manifest_raw = seal_manifest(self.status_key, STATUS_KID, manifest)
        self.states[self.version] = new
        self.published["manifest"] = self.manifest_raw
        for path in [path for path in self.published if path.startswith("packs/")]:
            del self.published[path]
        for first, pack in packs.items():
            self.published[f"packs/{first}-{self.version}"] = pack
        return manifest

    def write_folder(self, folder: Path) -> None:
        """Write everything published as files below `folder`."""
        for path, raw in self.published.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(raw)

    # --- stations

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
        return seal_certificate(self.station_key, STATION_KID, certificate)

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
