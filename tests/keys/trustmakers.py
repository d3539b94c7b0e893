"""A small trust repository in memory: valid unless a test bends it, and readable as a station
reads one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from securesystemslib.formats import encode_canonical

from keys.ed25519 import SigningKey
from keys.errors import UntrustedData
from keys.trustlist import TrustList, encode_trust_list
from keys.trustmeta import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustrepo import (
    Delegation,
    RoleKeys,
    TargetFacts,
    add_signature,
    facts_of,
    key_id,
    sign_root,
    sign_snapshot,
    sign_targets,
    sign_timestamp,
)
from keys.trustset import TrustSet, first_trust_set, metadata_path, target_path
from keys.trustupdate import TrustUpdate
from tests.keys.makers import NOW, signing_key, trust_list

DAY = 86_400
ROOTS = tuple(signing_key(f"root {number}") for number in (1, 2, 3))
TARGET_KEYS = tuple(signing_key(f"targets {number}") for number in (1, 2, 3))
SNAPSHOT_KEY = signing_key("snapshot")
TIMESTAMP_KEY = signing_key("timestamp")
STATIONS_KEY = signing_key("stations")
NEIGHBOUR_KEY = signing_key("neighbour")
NEW_KEY = signing_key("the key that comes after")
STATIONS, NEIGHBOUR = "stations", "issuer-ningbo"


def of(*keys: SigningKey, threshold: int = 1) -> RoleKeys:
    """Return the role of these keys."""
    return RoleKeys(public_keys=tuple(key.public_key for key in keys), threshold=threshold)


def top_roles(**changes: RoleKeys) -> dict[str, RoleKeys]:
    """Return the four top-level roles: root and targets two of three, snapshot and timestamp one
    key each.
    """
    return {
        ROOT: of(*ROOTS, threshold=2),
        TARGETS: of(*TARGET_KEYS, threshold=2),
        SNAPSHOT: of(SNAPSHOT_KEY),
        TIMESTAMP: of(TIMESTAMP_KEY),
    } | changes


def root_bytes(version: int = 1, **changes: Any) -> bytes:
    """Return a root signed by two of three."""
    usual: dict[str, Any] = {
        "roles": top_roles(),
        "epoch": 1,
        "expires": NOW + 365 * DAY,
        "signers": ROOTS[:2],
    }
    fields = usual | changes
    return sign_root(version, fields.pop("roles"), **fields)


DELEGATIONS = (
    Delegation(name=STATIONS, keys=of(STATIONS_KEY), patterns=("station-roster", "policies/*")),
    Delegation(name=NEIGHBOUR, keys=of(NEIGHBOUR_KEY), patterns=("issuers/ningbo/*",)),
)


@dataclass
class Repository:
    """The office's side. `publish` signs what is set here; `files` is what a web server would
    show.
    """

    roots: list[bytes] = field(default_factory=lambda: [root_bytes()])
    contents: dict[str, dict[str, bytes]] = field(
        default_factory=lambda: {
            TARGETS: {"trust-list": encode_trust_list(trust_list()), "releases/1": b"a program"},
            STATIONS: {"station-roster": b"\x80", "policies/gate": b"strict"},
            NEIGHBOUR: {"issuers/ningbo/place": b"https://ningbo.example"},
        }
    )
    delegations: tuple[Delegation, ...] = DELEGATIONS
    signers: dict[str, tuple[SigningKey, ...]] = field(
        default_factory=lambda: {
            TARGETS: TARGET_KEYS[:2],
            SNAPSHOT: (SNAPSHOT_KEY,),
            TIMESTAMP: (TIMESTAMP_KEY,),
            STATIONS: (STATIONS_KEY,),
            NEIGHBOUR: (NEIGHBOUR_KEY,),
        }
    )
    expires: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    roles: dict[str, bytes] = field(default_factory=dict)
    snapshot: bytes | None = None
    timestamp: bytes = b""
    files: dict[str, bytes] = field(default_factory=dict)
    now_s: int = NOW

    def version_of(self, role: str) -> int:
        """Return the next version of `role`."""
        self.versions[role] = self.versions.get(role, 0) + 1
        return self.versions[role]

    def sign_role(self, name: str) -> bytes:
        """Sign a new version of a targets role."""
        files: dict[str, TargetFacts] = {
            path: facts_of(raw) for path, raw in self.contents[name].items()
        }
        self.roles[name] = sign_targets(
            self.version_of(name),
            files,
            expires=self.expires.get(name, self.now_s + 30 * DAY),
            signers=self.signers[name],
            delegations=self.delegations if name == TARGETS else None,
        )
        return self.roles[name]

    def publish(self, *, sign: tuple[str, ...] | None = None, iat: int | None = None) -> Repository:
        """Sign the roles named (all, unless told), a snapshot and a timestamp, and show them."""
        for name in self.contents if sign is None else sign:
            self.sign_role(name)
        self.snapshot = sign_snapshot(
            self.version_of(SNAPSHOT),
            self.roles,
            expires=self.expires.get(SNAPSHOT, self.now_s + 30 * DAY),
            signers=self.signers[SNAPSHOT],
            before=self.snapshot,
        )
        return self.stamp(iat=iat)

    def stamp(self, *, iat: int | None = None) -> Repository:
        """Sign a timestamp of the snapshot that stands, and show everything."""
        assert self.snapshot is not None
        self.timestamp = sign_timestamp(
            self.version_of(TIMESTAMP),
            self.snapshot,
            iat=self.now_s if iat is None else iat,
            expires=self.expires.get(TIMESTAMP, self.now_s + 7 * DAY),
            signers=self.signers[TIMESTAMP],
        )
        self.show()
        return self

    def show(self) -> None:
        """Put everything where readers look for it; what was there before stays."""
        assert self.snapshot is not None
        for number, raw in enumerate(self.roots, 1):
            self.files[metadata_path(ROOT, number)] = raw
        self.files["timestamp.json"] = self.timestamp
        self.files[metadata_path(SNAPSHOT, self.versions[SNAPSHOT])] = self.snapshot
        for name, raw in self.roles.items():
            self.files[metadata_path(name, self.versions[name])] = raw
            for path, content in self.contents[name].items():
                self.files[target_path(path, facts_of(content).sha256)] = content

    def rotate(self, roles: Mapping[str, RoleKeys], signers: tuple[SigningKey, ...]) -> bytes:
        """Add the next root with these roles."""
        raw = root_bytes(len(self.roots) + 1, roles=dict(roles), signers=signers)
        self.roots.append(raw)
        return raw

    def with_trust_list(self, trust: TrustList) -> Repository:
        """Set the trust list that the next publication carries."""
        self.contents[TARGETS]["trust-list"] = encode_trust_list(trust)
        return self


def read(
    files: Mapping[str, bytes], held: TrustSet, now: int | None = NOW
) -> tuple[TrustSet, TrustUpdate]:
    """Update `held` from `files` as a station does; return the set now in force, and the update."""
    update = TrustUpdate(held, now)
    while (root := files.get(update.next_root_path())) is not None:
        update.add_root(root)
    if not update.add_timestamp(files["timestamp.json"]):
        return update.held, update
    wanted = update.wanted_snapshot()
    update.add_snapshot(update.at_hand(wanted) or files[wanted.path])
    wanted = update.wanted_targets()
    update.add_targets(update.at_hand(wanted) or files[wanted.path])
    for wanted in update.wanted_files(TARGETS):
        update.add_file(wanted, update.at_hand(wanted) or files[wanted.path])
    for role in update.wanted_roles():
        read_role(files, update, role.name, files.get(role.path, b""))
    return update.finish(), update


def read_role(files: Mapping[str, bytes], update: TrustUpdate, name: str, raw: bytes) -> None:
    """Take one delegated role with its files, or leave it out with the code of what was wrong."""
    try:
        update.add_role(name, raw)
        for wanted in update.wanted_files(name):
            update.add_file(wanted, update.at_hand(wanted) or files.get(wanted.path, b""))
    except UntrustedData as error:
        update.leave_out(name, error.code)


def station_of(repository: Repository) -> TrustSet:
    """Return the set of a station that was enrolled by root 1 and has read the repository."""
    return read(repository.files, first_trust_set(repository.roots[0]))[0]


def bent(raw: bytes, *signers: SigningKey, **changes: Any) -> bytes:
    """Return the file with fields of its signed part changed, signed again by `signers`: a key
    that goes wrong, not a flipped bit.
    """
    value = json.loads(raw)
    for path, new in changes.items():
        place = value["signed"]
        *outer, last = path.split("__")
        for name in outer:
            place = place[name]
        place[last] = new
    return signed_anew(value, *signers)


def signed_anew(value: dict[str, Any], *signers: SigningKey) -> bytes:
    """Return the file of `value` with its signatures replaced by those of `signers`, without any
    look at its shape.
    """
    message = (encode_canonical(value["signed"]) or "").encode()
    value["signatures"] = [
        {"keyid": key_id(signer.public_key), "sig": signer.sign(message).hex()}
        for signer in signers
    ]
    return json.dumps(value).encode()


__all__ = [
    "DAY",
    "DELEGATIONS",
    "NEIGHBOUR",
    "NEIGHBOUR_KEY",
    "ROOTS",
    "SNAPSHOT_KEY",
    "STATIONS",
    "STATIONS_KEY",
    "TARGET_KEYS",
    "TIMESTAMP_KEY",
    "Repository",
    "add_signature",
    "bent",
    "of",
    "read",
    "root_bytes",
    "signed_anew",
    "station_of",
    "top_roles",
]


def refused(repository: Repository, held: TrustSet, now: int = NOW) -> str:
    """Return the code with which a station refuses what the repository shows."""
    with pytest.raises(UntrustedData) as caught:
        read(repository.files, held, now)
    return caught.value.code
