"""The one way in which newer trust metadata replaces what is in force (formats.md 5; The Update
Framework, section 5 of the specification).

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
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from tuf.api.metadata import MetaFile, Root, Snapshot, Targets, Timestamp

from keys.errors import UntrustedData
from keys.readmission import READMISSION_MAX_BYTES
from keys.trustlist import decode_trust_list
from keys.trustmeta import (
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
from keys.trustset import (
    TRUST_LIST,
    TrustSet,
    Wanted,
    check_no_fork,
    check_not_older,
    check_version,
    delegations_of,
    is_by_delegate,
    kept_at_gates,
    metadata_path,
    speaker_for,
    wanted_file,
    wanted_metadata,
)

# A neighbour's files are small: where its lists are, how it is called.
DELEGATED_FILE_MAX_BYTES: Final = 1 << 20


class TrustUpdate:
    """One update of `held`. now: trusted unix seconds (formats.md 6), None to load what was
    accepted before; to be set anew after a root that changes the epoch. wanted: which target files
    to take.

    `held` grows with every root that is accepted, so that a caller keeps a revocation even where
    the rest of the update fails.
    """

    def __init__(
        self, held: TrustSet, now: int | None, wanted: Callable[[str], bool] = kept_at_gates
    ) -> None:
        self.held = held
        self.left_out: dict[str, str] = {}
        self.now = now
        self._is_wanted = wanted
        self._timestamp: MetadataFile[Timestamp] | None = None
        self._snapshot: MetadataFile[Snapshot] | None = None
        self._targets: MetadataFile[Targets] | None = None
        self._delegated: dict[str, MetadataFile[Targets]] = {}
        self._files: dict[str, bytes] = {}

    def next_root_path(self) -> str:
        """Return where the next root would be; that it is not there is the usual end."""
        return metadata_path(ROOT, self.held.root.version + 1)

    def add_root(self, raw: bytes) -> None:
        """Take the next root: one version higher, signed by the root held and by itself."""
        new = read_metadata(raw, Root)
        old = self.held.root
        if new.version != old.version + 1:
            raise UntrustedData(f"root {new.version} after {old.version}", code="wrong_version")
        check_signed(new, old.signed.roles[ROOT], old.signed.keys)
        check_signed(new, new.signed.roles[ROOT], new.signed.keys)
        newer = replace(self.held, root=new)
        if newer.epoch < self.held.epoch:
            raise UntrustedData(f"epoch {newer.epoch}", code="trust_rollback")
        self.held = newer

    def add_timestamp(self, raw: bytes) -> bool:
        """Take the timestamp; False if it is the one held, and then nothing more is to be done."""
        self._check_fresh(self.held.root)
        new = read_metadata(raw, Timestamp)
        self._check_by_root(new, TIMESTAMP)
        floor = self._still_trusted(self.held.timestamp, TIMESTAMP)
        if floor is not None:
            if new.version == floor.version:
                check_no_fork(new, floor)
                return False
            if (
                new.version < floor.version
                or new.signed.snapshot_meta.version < floor.signed.snapshot_meta.version
            ):
                raise UntrustedData(f"timestamp {new.version}", code="trust_rollback")
        self._check_fresh(new)
        self._timestamp = new
        return True

    def wanted_snapshot(self) -> Wanted:
        """Return which snapshot the timestamp names."""
        return wanted_metadata(SNAPSHOT, _given(self._timestamp).signed.snapshot_meta)

    def add_snapshot(self, raw: bytes) -> None:
        """Take the snapshot: no role may be missing or older than in the snapshot held."""
        wanted = self.wanted_snapshot()
        wanted.check(raw)
        new = read_metadata(raw, Snapshot)
        self._check_by_root(new, SNAPSHOT)
        check_version(new, _given(self._timestamp).signed.snapshot_meta)
        floor = self._floor()
        if floor is not None:
            check_not_older(new, floor)
        self._check_fresh(new)
        self._snapshot = new

    def wanted_targets(self) -> Wanted:
        """Return which top-level targets the snapshot names."""
        return wanted_metadata(TARGETS, self._meta_of(TARGETS))

    def add_targets(self, raw: bytes) -> None:
        """Take the top-level targets; they must name a trust list."""
        self.wanted_targets().check(raw)
        new = read_metadata(raw, Targets)
        self._check_by_root(new, TARGETS)
        check_version(new, self._meta_of(TARGETS))
        self._check_no_fork(TARGETS, new)
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
        for name in delegations_of(_given(self._targets)):
            if f"{name}.json" in listed:
                wanted.append(wanted_metadata(name, listed[f"{name}.json"]))
            else:
                self.left_out[name] = "missing_role"
        return wanted

    def add_role(self, name: str, raw: bytes) -> None:
        """Take a delegated role; delegating on is refused."""
        wanted_metadata(name, self._meta_of(name)).check(raw)
        new = read_metadata(raw, Targets)
        self._check_delegated(name, new)
        check_version(new, self._meta_of(name))
        self._check_no_fork(name, new)
        self._check_fresh(new)
        self._delegated[name] = new

    def restore_role(self, name: str, raw: bytes) -> None:
        """Take a delegated role that was accepted before, perhaps under an older snapshot."""
        role = read_metadata(raw, Targets)
        self._check_delegated(name, role)
        self._delegated[name] = role

    def leave_out(self, name: str, code: str) -> None:
        """Go on without the delegated role `name`; the one held stays in force for it."""
        self._delegated.pop(name, None)
        self.left_out[name] = code

    def wanted_files(self, name: str) -> list[Wanted]:
        """Return which target files of the role `name` (`targets` or a delegated one) to fetch."""
        role = _given(self._targets) if name == TARGETS else self._delegated[name]
        files = [
            wanted_file(path, file)
            for path, file in role.signed.targets.items()
            if self._is_wanted(path) and speaker_for(_given(self._targets), path) == name
        ]
        limit = READMISSION_MAX_BYTES if name == TARGETS else DELEGATED_FILE_MAX_BYTES
        if any(file.length > limit for file in files):
            raise UntrustedData(f"a file of {name}", code="too_large")
        return files

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
        files = {wanted.name: self._files[wanted.name] for wanted in self.wanted_files(TARGETS)}
        for name in delegations_of(roles[TARGETS]):
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
        # The keys that the new targets name must still be the ones that signed it.
        if old is None or not is_by_delegate(old, name, _given(self._targets)):
            return
        roles[name] = old
        for path in old.signed.targets:
            if speaker_for(_given(self._targets), path) == name and path in self.held.files:
                files[path] = self.held.files[path]

    def _meta_of(self, name: str) -> MetaFile:
        meta = _given(self._snapshot).signed.meta.get(f"{name}.json")
        if meta is None:
            raise UntrustedData(f"no {name} in the snapshot", code="missing_role")
        return meta

    def _check_by_root(self, file: MetadataFile[T], role: str) -> None:
        root = self.held.root.signed
        check_signed(file, root.roles[role], root.keys)

    def _check_delegated(self, name: str, file: MetadataFile[Targets]) -> None:
        if not is_by_delegate(file, name, _given(self._targets)):
            raise UntrustedData(f"{name} is not signed by who may", code="too_few_signatures")
        if file.signed.delegations is not None:
            raise UntrustedData(f"{name} delegates on", code="malformed_trust")

    def _check_no_fork(self, name: str, file: MetadataFile[Targets]) -> None:
        held = self.held.roles.get(name)
        if held is not None and self._floor() is not None:
            check_no_fork(file, held)

    def _floor(self) -> MetadataFile[Snapshot] | None:
        if self._still_trusted(self.held.timestamp, TIMESTAMP) is None:
            return None
        return self._still_trusted(self.held.snapshot, SNAPSHOT)

    def _check_fresh(self, file: MetadataFile[T]) -> None:
        if self.now is not None and self.now >= file.expires_at:
            raise UntrustedData(f"{file.signed.type} has expired", code="expired_trust")

    def _still_trusted(self, file: MetadataFile[T] | None, role: str) -> MetadataFile[T] | None:
        # A held file that the newest root's keys did not sign is no floor: the root took away the
        # key that made it, and its thief may have signed a huge version.
        root = self.held.root.signed
        return file if file is not None and is_signed(file, root.roles[role], root.keys) else None


def _given(file: MetadataFile[T] | None) -> MetadataFile[T]:
    if file is None:
        raise UntrustedData("a file out of order", code="wrong_order")
    return file
