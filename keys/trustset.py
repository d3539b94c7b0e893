"""The trust metadata in force at a station: what was accepted, and what it says (formats.md 5; The
Update Framework). How newer metadata replaces it is `keys.trustupdate`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from tuf.api.metadata import DelegatedRole, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from keys.errors import UntrustedData
from keys.readmission import readmitted_passes
from keys.sealing import PASSAGE_KEYS
from keys.trustlist import Keyring, TrustList, decode_trust_list, keyring_of
from keys.trustmeta import (
    EPOCH_FIELD,
    IAT_FIELD,
    ROOT,
    TARGETS,
    MetadataFile,
    T,
    check_signed,
    is_signed,
    read_metadata,
)

TRUST_LIST: Final = "trust-list"
STATION_ROSTER: Final = "station-roster"
# What a gate needs to judge. Releases are fetched by who installs them.
_KEPT: Final = (
    TRUST_LIST,
    STATION_ROSTER,
    "policies/",
    "readmit/",
    "issuers/",
    PASSAGE_KEYS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to fetch: below the repository's folder, its exact length, and its SHA-256."""

    name: str
    path: str
    length: int
    sha256: bytes

    def check(self, raw: bytes) -> None:
        """Return if `raw` is that file; else UntrustedData `wrong_hash`."""
        if len(raw) != self.length or hashlib.sha256(raw).digest() != self.sha256:
            raise UntrustedData(f"not the {self.name} that was announced", code="wrong_hash")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSet:
    """What is in force. root: the newest root; signed_under: the root that the rest was accepted
    under.

    roles: `targets` and the delegated roles. files: target files by path. All empty before the
    first complete update.
    """

    root: MetadataFile[Root]
    signed_under: MetadataFile[Root]
    timestamp: MetadataFile[Timestamp] | None = None
    snapshot: MetadataFile[Snapshot] | None = None
    roles: Mapping[str, MetadataFile[Targets]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def iat(self) -> int | None:
        """When the timestamp in force was made (unix seconds): a lower bound on now."""
        if self.timestamp is None:
            return None
        return cast("int", self.timestamp.signed.unrecognized_fields[IAT_FIELD])

    @property
    def epoch(self) -> int:
        """The epoch of the office's own issuer, by the newest root."""
        return cast("int", self.root.signed.unrecognized_fields[EPOCH_FIELD])

    def trust_list(self) -> TrustList:
        """Return the trust list in force; UntrustedData `trust_missing` before the first."""
        raw = self.files.get(TRUST_LIST)
        if raw is None:
            raise UntrustedData(code="trust_missing")
        return decode_trust_list(raw)

    def keyring(self) -> Keyring:
        """Return the keys to judge passes with, and what was re-admitted of the burned ones."""
        trust = self.trust_list()
        return keyring_of(trust, readmitted_passes(trust, self.files))


def first_trust_set(root_raw: bytes) -> TrustSet:
    """Return the set that holds nothing but its first root, which must be signed by itself.

    That it is the right root is for the caller to know: its SHA-256 stands in the enrolment code.
    """
    root = read_metadata(root_raw, Root)
    check_signed(root, root.signed.roles[ROOT], root.signed.keys)
    return TrustSet(root=root, signed_under=root)


def kept_at_gates(path: str) -> bool:
    """Return whether a station keeps the target at `path`."""
    return path.startswith(_KEPT)


def delegations_of(targets: MetadataFile[Targets]) -> Mapping[str, DelegatedRole]:
    """Return the roles that the top-level targets delegate to, by name, in their order."""
    delegations = targets.signed.delegations
    return (delegations.roles or {}) if delegations else {}


def speaker_for(targets: MetadataFile[Targets], path: str) -> str | None:
    """Return which role speaks for the target at `path`: the top level before the first delegation
    that covers it; None if nobody does.
    """
    if path in targets.signed.targets:
        return TARGETS
    for name, role in delegations_of(targets).items():
        if role.is_delegated_path(path):
            return name
    return None


def is_by_delegate(file: MetadataFile[Targets], name: str, targets: MetadataFile[Targets]) -> bool:
    """Return whether enough keys that `targets` name for the delegated role `name` signed
    `file`.
    """
    role = delegations_of(targets).get(name)
    delegations = targets.signed.delegations
    return role is not None and delegations is not None and is_signed(file, role, delegations.keys)


def check_version(file: MetadataFile[T], meta: MetaFile) -> None:
    """Return if `file` has the version that was announced; else UntrustedData `wrong_version`."""
    if file.version != meta.version:
        raise UntrustedData(f"version {file.version}, not {meta.version}", code="wrong_version")


def check_no_fork(new: MetadataFile[T], held: MetadataFile[T]) -> None:
    """Return unless `new` says something else than `held` under the same version: UntrustedData
    `trust_fork`.
    """
    if new.version == held.version and new.signed_bytes != held.signed_bytes:
        raise UntrustedData(f"two {new.signed.type} {new.version}", code="trust_fork")


def check_not_older(new: MetadataFile[Snapshot], held: MetadataFile[Snapshot]) -> None:
    """Return if no role of the snapshot `held` is missing or older in `new`; else UntrustedData
    `trust_rollback`.
    """
    check_no_fork(new, held)
    for name, meta in held.signed.meta.items():
        newer = new.signed.meta.get(name)
        if newer is None or newer.version < meta.version:
            raise UntrustedData(f"snapshot: {name}", code="trust_rollback")


def metadata_path(name: str, version: int) -> str:
    """Return where a version of a role's file lies below the repository's folder."""
    return f"{version}.{name}.json"


def target_path(path: str, sha256: bytes) -> str:
    """Return where a target file lies below the repository's folder: named by its hash."""
    folder, slash, name = path.rpartition("/")
    return f"targets/{folder}{slash}{sha256.hex()}.{name}"


def wanted_metadata(name: str, meta: MetaFile) -> Wanted:
    """Return the file of the role `name` as the snapshot (or the timestamp) announces it."""
    return Wanted(
        name=name,
        path=metadata_path(name, meta.version),
        length=meta.length or 0,
        sha256=bytes.fromhex((meta.hashes or {})["sha256"]),
    )


def wanted_file(path: str, file: TargetFile) -> Wanted:
    """Return a target file as its role announces it."""
    sha256 = bytes.fromhex(file.hashes["sha256"])
    return Wanted(name=path, path=target_path(path, sha256), length=file.length, sha256=sha256)
