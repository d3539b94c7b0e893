"""The trust metadata in force at a station, and the one way in which newer metadata replaces it
(formats.md 5; The Update Framework, section 5 of the specification).

Pure: bytes and trusted now in, a new `TrustSet` out. `TrustUpdate` takes files in the order root,
timestamp, snapshot, targets, delegated targets, target files, and says which file it wants next.
What happens in each failure: an UntrustedData with its code, and the set held stays in force.

- expiry is judged by the trusted now that the caller gives, and bars new metadata only: what was
  accepted once is never dropped because its date has passed
- a version below the one held, or another text of the same version, is refused; a root that takes
  a stolen key away also takes away the floor that the thief may have set
- every file but the root and the timestamp is bound by length and SHA-256 to the file before it:
  parts of two publications never mix
- a delegated role that fails (a neighbour who let its date pass) is left out with its code, and its
  own last accepted files stay; nobody else's update waits for it
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, cast

from tuf.api.metadata import DelegatedRole, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from keys.encoding import cbor_decode, cbor_encode
from keys.errors import MalformedBytes, UntrustedData
from keys.readmission import READMISSION_MAX_BYTES, readmitted_passes
from keys.shapes import need
from keys.trustlist import Keyring, TrustList, decode_trust_list, keyring_of
from keys.trustmeta import (
    IAT_FIELD,
    MAX_BYTES,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    MetadataFile,
    T,
    check_signed,
    is_signed,
    read_metadata,
)

TRUST_LIST: Final = "trust-list"
STATION_ROSTER: Final = "station-roster"
STORED_MAX_BYTES: Final = 1 << 26
# What a gate needs to judge. Releases are fetched by who installs them.
_KEPT: Final = (TRUST_LIST, STATION_ROSTER, "policies/", "readmit/", "issuers/")
_KEPT_MAX_BYTES: Final = READMISSION_MAX_BYTES


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


class TrustUpdate:
    """One update of `held`. now: trusted unix seconds (formats.md 6), None to load what was
    accepted before. wanted: which target files to take.

    `held` grows with every root that is accepted, so that a caller keeps a revocation even where
    the rest of the update fails.
    """

    def __init__(
        self, held: TrustSet, now: int | None, wanted: Callable[[str], bool] = kept_at_gates
    ) -> None:
        self.held = held
        self.left_out: dict[str, str] = {}
        self._now = now
        self._is_wanted = wanted
        self._timestamp: MetadataFile[Timestamp] | None = None
        self._snapshot: MetadataFile[Snapshot] | None = None
        self._targets: MetadataFile[Targets] | None = None
        self._delegated: dict[str, MetadataFile[Targets]] = {}
        self._files: dict[str, bytes] = {}

    # ------------------------------------------------------------------ root
    def next_root_path(self) -> str:
        """Return where the next root would be; that it is not there is the usual end."""
        return f"{self.held.root.version + 1}.root.json"

    def add_root(self, raw: bytes) -> None:
        """Take the next root: one version higher, signed by the root held and by itself."""
        new = read_metadata(raw, Root)
        old = self.held.root
        if new.version != old.version + 1:
            raise UntrustedData(f"root {new.version} after {old.version}", code="wrong_version")
        check_signed(new, old.signed.roles[ROOT], old.signed.keys)
        check_signed(new, new.signed.roles[ROOT], new.signed.keys)
        self.held = replace(self.held, root=new)

    # ------------------------------------------------------------------ timestamp
    def add_timestamp(self, raw: bytes) -> bool:
        """Take the timestamp; False if it is the one held, and then nothing more is to be done."""
        self._check_fresh(self.held.root)
        new = read_metadata(raw, Timestamp)
        self._check_by_root(new, TIMESTAMP)
        floor = self._still_trusted(self.held.timestamp, TIMESTAMP)
        if floor is not None:
            if new.version == floor.version:
                return self._same(new, floor)
            if (
                new.version < floor.version
                or new.signed.snapshot_meta.version < floor.signed.snapshot_meta.version
            ):
                raise UntrustedData(f"timestamp {new.version}", code="trust_rollback")
        self._check_fresh(new)
        self._timestamp = new
        return True

    def _same(self, new: MetadataFile[Timestamp], held: MetadataFile[Timestamp]) -> bool:
        if new.signed_bytes != held.signed_bytes:
            raise UntrustedData(f"two timestamps {new.version}", code="trust_fork")
        return False

    # ------------------------------------------------------------------ snapshot
    def wanted_snapshot(self) -> Wanted:
        """Return which snapshot the timestamp names."""
        meta = _given(self._timestamp).signed.snapshot_meta
        return _wanted_metadata(SNAPSHOT, meta)

    def add_snapshot(self, raw: bytes) -> None:
        """Take the snapshot: no role may be missing or older than in the snapshot held."""
        wanted = self.wanted_snapshot()
        wanted.check(raw)
        new = read_metadata(raw, Snapshot)
        self._check_by_root(new, SNAPSHOT)
        self._check_version(new, _given(self._timestamp).signed.snapshot_meta)
        floor = self._still_trusted(self.held.snapshot, SNAPSHOT)
        if floor is not None and self._still_trusted(self.held.timestamp, TIMESTAMP) is not None:
            for name, meta in floor.signed.meta.items():
                newer = new.signed.meta.get(name)
                if newer is None or newer.version < meta.version:
                    raise UntrustedData(f"snapshot: {name}", code="trust_rollback")
        self._check_fresh(new)
        self._snapshot = new

    # ------------------------------------------------------------------ targets
    def wanted_targets(self) -> Wanted:
        """Return which top-level targets the snapshot names."""
        return _wanted_metadata(TARGETS, self._meta_of(TARGETS))

    def add_targets(self, raw: bytes) -> None:
        """Take the top-level targets; they must name a trust list."""
        self.wanted_targets().check(raw)
        new = read_metadata(raw, Targets)
        self._check_by_root(new, TARGETS)
        self._check_version(new, self._meta_of(TARGETS))
        self._check_fresh(new)
        if TRUST_LIST not in new.signed.targets:
            raise UntrustedData("targets without a trust list", code="trust_missing")
        self._targets = new

    def wanted_roles(self) -> list[Wanted]:
        """Return which delegated roles to fetch. One that the snapshot does not name is left
        out.
        """
        listed = _given(self._snapshot).signed.meta
        wanted = []
        for name in _delegations(_given(self._targets)):
            if f"{name}.json" in listed:
                wanted.append(_wanted_metadata(name, listed[f"{name}.json"]))
            else:
                self.left_out[name] = "missing_role"
        return wanted

    def add_role(self, name: str, raw: bytes) -> None:
        """Take a delegated role; delegating on is refused."""
        _wanted_metadata(name, self._meta_of(name)).check(raw)
        new = read_metadata(raw, Targets)
        self._check_delegated(name, new)
        self._check_version(new, self._meta_of(name))
        self._check_fresh(new)
        self._delegated[name] = new

    def leave_out(self, name: str, code: str) -> None:
        """Go on without the delegated role `name`; the one held stays in force for it."""
        self._delegated.pop(name, None)
        self.left_out[name] = code

    # ------------------------------------------------------------------ target files
    def wanted_files(self, name: str) -> list[Wanted]:
        """Return which target files of the role `name` (`targets` or a delegated one) to fetch."""
        role = _given(self._targets) if name == TARGETS else self._delegated[name]
        files = role.signed.targets
        return [
            _wanted_file(path, file)
            for path, file in files.items()
            if self._is_wanted(path) and self._lister(path) == name
        ]

    def add_file(self, wanted: Wanted, raw: bytes) -> None:
        """Take a target file."""
        wanted.check(raw)
        if wanted.name == TRUST_LIST:
            decode_trust_list(raw)
        self._files[wanted.name] = raw

    def at_hand(self, wanted: Wanted) -> bytes | None:
        """Return the file if the set held has those very bytes, so that it need not be fetched."""
        candidates: tuple[bytes | None, ...] = (
            self.held.snapshot.raw if self.held.snapshot and wanted.name == SNAPSHOT else None,
            self.held.roles[wanted.name].raw if wanted.name in self.held.roles else None,
            self.held.files.get(wanted.name),
        )
        for raw in candidates:
            if raw is not None and hashlib.sha256(raw).digest() == wanted.sha256:
                return raw
        return None

    def finish(self) -> TrustSet:
        """Return the new set; UntrustedData `incomplete_trust` where a file of the top level is
        missing.
        """
        roles = {TARGETS: _given(self._targets)}
        if not self._has_all(TARGETS):
            raise UntrustedData(code="incomplete_trust")
        files = {path: raw for path, raw in self._files.items() if self._lister(path) == TARGETS}
        for name in _delegations(roles[TARGETS]):
            if name in self._delegated and self._has_all(name):
                roles[name] = self._delegated[name]
                files |= {
                    wanted.name: self._files[wanted.name] for wanted in self.wanted_files(name)
                }
            else:
                self.left_out.setdefault(name, "incomplete_trust")
                self._keep_old(name, roles, files)
        return replace(
            self.held,
            signed_under=self.held.root,
            timestamp=self._timestamp,
            snapshot=self._snapshot,
            roles=MappingProxyType(roles),
            files=MappingProxyType(files),
        )

    def _has_all(self, name: str) -> bool:
        return all(wanted.name in self._files for wanted in self.wanted_files(name))

    def _keep_old(
        self, name: str, roles: dict[str, MetadataFile[Targets]], files: dict[str, bytes]
    ) -> None:
        old = self.held.roles.get(name)
        try:
            if old is not None:
                # The keys that the new targets name must still be the ones that signed it.
                self._check_delegated(name, old)
        except UntrustedData:
            return
        if old is None:
            return
        roles[name] = old
        for path in old.signed.targets:
            if self._lister(path) == name and path in self.held.files:
                files[path] = self.held.files[path]

    # ------------------------------------------------------------------ rules
    def _meta_of(self, name: str) -> MetaFile:
        meta = _given(self._snapshot).signed.meta.get(f"{name}.json")
        if meta is None:
            raise UntrustedData(f"no {name} in the snapshot", code="missing_role")
        return meta

    def _check_by_root(self, file: MetadataFile[T], role: str) -> None:
        root = self.held.root.signed
        check_signed(file, root.roles[role], root.keys)

    def _check_delegated(self, name: str, file: MetadataFile[Targets]) -> None:
        role = _delegations(_given(self._targets)).get(name)
        if role is None:
            raise UntrustedData(f"{name} is not delegated", code="missing_role")
        delegations = _given(self._targets).signed.delegations
        check_signed(file, role, delegations.keys if delegations else {})
        if file.signed.delegations is not None:
            raise UntrustedData(f"{name} delegates on", code="malformed_trust")

    def _check_version(self, file: MetadataFile[T], meta: MetaFile) -> None:
        if file.version != meta.version:
            raise UntrustedData(f"version {file.version}", code="wrong_version")

    def _check_fresh(self, file: MetadataFile[T]) -> None:
        if self._now is not None and self._now >= file.expires_at:
            raise UntrustedData(f"{file.signed.type} has expired", code="expired_trust")

    def _still_trusted(self, file: MetadataFile[T] | None, role: str) -> MetadataFile[T] | None:
        # A held file that the newest root's keys did not sign is no floor: the root took away the
        # key that made it, and its thief may have signed a huge version.
        root = self.held.root.signed
        if file is None or not is_signed(file, root.roles[role], root.keys):
            return None
        return file

    def _lister(self, path: str) -> str | None:
        """Return which role speaks for `path`: the top level before the first delegation that
        covers it.
        """
        targets = _given(self._targets)
        if path in targets.signed.targets:
            return TARGETS
        for name, role in _delegations(targets).items():
            if role.is_delegated_path(path):
                return name
        return None


def _given(file: MetadataFile[T] | None) -> MetadataFile[T]:
    if file is None:
        raise UntrustedData("a file out of order", code="wrong_order")
    return file


def _delegations(targets: MetadataFile[Targets]) -> Mapping[str, DelegatedRole]:
    delegations = targets.signed.delegations
    return (delegations.roles or {}) if delegations else {}
