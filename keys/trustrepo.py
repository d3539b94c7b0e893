"""The signing side of the trust repository: keys and facts in, files out (formats.md 5).

Nothing here reads a clock or a disk; versions, times (unix seconds) and keys are arguments. What
comes out has passed the reader's own check of its shape.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key, Signature, SSlibKey
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from keys.ed25519 import SigningKey
from keys.trustmeta import EPOCH_FIELD, IAT_FIELD, MetadataFile, T, read_metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleKeys:
    """Who may sign for a role: public keys (32 bytes each), and how many of them must."""

    public_keys: tuple[bytes, ...]
    threshold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """A role that speaks for the target paths that match `patterns` (`*` stands for no slash)."""

    name: str
    keys: RoleKeys
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """What is signed of a target file: bytes and SHA-256."""

    length: int
    sha256: bytes


def facts_of(raw: bytes) -> TargetFacts:
    """Return what is signed of the target file `raw`."""
    return TargetFacts(length=len(raw), sha256=hashlib.sha256(raw).digest())


def key_id(public_key: bytes) -> str:
    """Return the id of a key in the metadata: SHA-256 of its canonical form, in hex."""
    form = {"keytype": "ed25519", "scheme": "ed25519", "keyval": {"public": public_key.hex()}}
    return hashlib.sha256((encode_canonical(form) or "").encode()).hexdigest()


def _key(public_key: bytes) -> Key:
    return SSlibKey(key_id(public_key), "ed25519", "ed25519", {"public": public_key.hex()})


def _ids(keys: RoleKeys) -> list[str]:
    return [key_id(public_key) for public_key in keys.public_keys]


def _moment(unix_s: int) -> datetime:
    return datetime.fromtimestamp(unix_s, UTC)


def sign_root(
    version: int,
    roles: Mapping[str, RoleKeys],
    *,
    epoch: int,
    expires: int,
    signers: Iterable[SigningKey],
) -> bytes:
    """Return a root that names the keys of the four top-level roles, and the epoch of the office's
    own issuer.

    signers: enough of its own root keys, and from version 2 on also enough of the root before.
    """
    keys = [public_key for role in roles.values() for public_key in role.public_keys]
    root = Root(
        version=version,
        expires=_moment(expires),
        keys={key_id(public_key): _key(public_key) for public_key in keys},
        roles={name: Role(_ids(role), role.threshold) for name, role in roles.items()},
        consistent_snapshot=True,
        unrecognized_fields={EPOCH_FIELD: epoch},
    )
    return _sealed(root, Root, signers)


def sign_targets(
    version: int,
    files: Mapping[str, TargetFacts],
    *,
    expires: int,
    signers: Iterable[SigningKey],
    delegations: Iterable[Delegation] | None = None,
) -> bytes:
    """Return the targets of the top level, or of a delegated role (which has no delegations)."""
    targets = Targets(
        version=version,
        expires=_moment(expires),
        targets={
            path: TargetFile(facts.length, {"sha256": facts.sha256.hex()}, path)
            for path, facts in files.items()
        },
        delegations=None if delegations is None else _delegations(tuple(delegations)),
    )
    return _sealed(targets, Targets, signers)


def _delegations(delegations: tuple[Delegation, ...]) -> Delegations:
    keys = [public_key for item in delegations for public_key in item.keys.public_keys]
    roles = {
        item.name: DelegatedRole(
            item.name,
            _ids(item.keys),
            item.keys.threshold,
            terminating=True,
            paths=list(item.patterns),
        )
        for item in delegations
    }
    return Delegations({key_id(public_key): _key(public_key) for public_key in keys}, roles)


def sign_snapshot(
    version: int,
    roles: Mapping[str, bytes],
    *,
    expires: int,
    signers: Iterable[SigningKey],
    before: bytes | None = None,
) -> bytes:
    """Return the snapshot of the targets' files (`targets` and every delegated role, by name).

    before: the snapshot that this one follows. A role that it names may not vanish: one that is no
    longer delegated goes on to be listed, and nobody asks for it.
    """
    meta: dict[str, MetaFile] = {}
    if before is not None:
        meta |= read_metadata(before, Snapshot).signed.meta
    for name, raw in roles.items():
        meta[f"{name}.json"] = _meta_file(read_metadata(raw, Targets))
    snapshot = Snapshot(version=version, expires=_moment(expires), meta=meta)
    return _sealed(snapshot, Snapshot, signers)


def sign_timestamp(
    version: int, snapshot: bytes, *, iat: int, expires: int, signers: Iterable[SigningKey]
) -> bytes:
    """Return the timestamp that names `snapshot`; iat: when it is made, a lower bound on now for
    whoever accepts it.
    """
    timestamp = Timestamp(
        version=version,
        expires=_moment(expires),
        snapshot_meta=_meta_file(read_metadata(snapshot, Snapshot)),
        unrecognized_fields={IAT_FIELD: iat},
    )
    return _sealed(timestamp, Timestamp, signers)


def _meta_file(file: MetadataFile[T]) -> MetaFile:
    facts = facts_of(file.raw)
    return MetaFile(file.version, facts.length, {"sha256": facts.sha256.hex()})


def _sealed(signed: T, kind: type[T], signers: Iterable[SigningKey]) -> bytes:
    metadata: Metadata[T] = Metadata(signed)
    for signer in signers:
        _add(metadata, signer)
    raw = metadata.to_bytes()
    read_metadata(raw, kind)
    return raw


def _add(metadata: Metadata[T], signer: SigningKey) -> None:
    keyid = key_id(signer.public_key)
    metadata.signatures[keyid] = Signature(keyid, signer.sign(metadata.signed_bytes).hex())


def add_signature(raw: bytes, signer: SigningKey) -> bytes:
    """Return the file `raw` with one more signature: for keys that are never in one place."""
    metadata: Metadata[Root] = Metadata.from_bytes(raw)
    _add(metadata, signer)
    return metadata.to_bytes()


def roles_in(root: MetadataFile[Root]) -> dict[str, RoleKeys]:
    """Return the top-level roles that a root names, to sign the next one from."""
    keys = root.signed.keys
    return {name: _role_keys(role, keys) for name, role in root.signed.roles.items()}


def delegations_in(targets: MetadataFile[Targets]) -> tuple[Delegation, ...]:
    """Return what top-level targets delegate, in their order."""
    given = targets.signed.delegations
    if given is None:
        return ()
    return tuple(
        Delegation(name=name, keys=_role_keys(role, given.keys), patterns=tuple(role.paths or ()))
        for name, role in (given.roles or {}).items()
    )


def files_in(targets: MetadataFile[Targets]) -> dict[str, TargetFacts]:
    """Return what a targets role says of its files."""
    return {
        path: TargetFacts(length=file.length, sha256=bytes.fromhex(file.hashes["sha256"]))
        for path, file in targets.signed.targets.items()
    }


def _role_keys(role: Role, keys: Mapping[str, Key]) -> RoleKeys:
    publics = tuple(bytes.fromhex(keys[keyid].keyval["public"]) for keyid in role.keyids)
    return RoleKeys(public_keys=publics, threshold=role.threshold)


def targets_version(raw: bytes) -> int:
    """Return the version of a targets role's file; not one: UntrustedData."""
    return read_metadata(raw, Targets).version
