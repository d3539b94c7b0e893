"""What has to be signed for a change of the trust repository, and by whom (formats.md 5).

root, targets: offline, two of three. snapshot, timestamp and `office` (the station roster and gate
policies): one key each, in the office's folder. What nothing changed is not signed again, except
that files signed online get a new date when half of their life has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from keys.ed25519 import SigningKey
from keys.trustmeta import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustrepo import (
    Delegation,
    RoleKeys,
    TargetFacts,
    delegations_in,
    facts_of,
    files_in,
    roles_in,
    sign_root,
    sign_snapshot,
    sign_targets,
    sign_timestamp,
    targets_version,
)
from keys.trustset import STATION_ROSTER, TrustSet, metadata_path, target_path

DAY_S: Final = 86_400
OFFICE: Final = "office"
OFFICE_PATHS: Final = (STATION_ROSTER, "policies/*")
OFFLINE_ROLES: Final = (ROOT, TARGETS)
ONLINE_ROLES: Final = (SNAPSHOT, TIMESTAMP, OFFICE)
# A gate that is visited with a stick once a week must still find the timestamp alive.
LIFE_S: Final = {
    ROOT: 3 * 365 * DAY_S,
    TARGETS: 400 * DAY_S,
    SNAPSHOT: 60 * DAY_S,
    OFFICE: 60 * DAY_S,
    TIMESTAMP: 10 * DAY_S,
}
OFFLINE_KEYS: Final = 3
OFFLINE_THRESHOLD: Final = 2

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """The keys at hand. root, targets: those that were brought for this change."""

    snapshot: SigningKey
    timestamp: SigningKey
    office: SigningKey
    root: tuple[SigningKey, ...] = ()
    targets: tuple[SigningKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A neighbour's own part: the role file that it signed, and the target files in it."""

    role: bytes
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be different; None or absent: as it is.

    files: top-level targets by path, None takes one away. office_files: all files of the role
    `office`. renew: root and targets get a new date.
    """

    root_roles: Mapping[str, RoleKeys] | None = None
    epoch: int | None = None
    files: Mapping[str, bytes | None] = field(default_factory=dict)
    delegations: tuple[Delegation, ...] | None = None
    office_files: Mapping[str, bytes] | None = None
    foreign: Mapping[str, Foreign] = field(default_factory=dict)
    renew: bool = False


def office_delegation(public_key: bytes) -> Delegation:
    """Return the delegation to the office's own online role."""
    keys = RoleKeys(public_keys=(public_key,), threshold=1)
    return Delegation(name=OFFICE, keys=keys, patterns=OFFICE_PATHS)


def first_files(
    trust_list_files: Mapping[str, bytes],
    roster: bytes,
    signers: Signers,
    *,
    epoch: int,
    now: int,
) -> Files:
    """Return the files of a new repository. trust_list_files: the top-level targets."""
    roles = {
        ROOT: _offline_role(signers.root),
        TARGETS: _offline_role(signers.targets),
        SNAPSHOT: RoleKeys(public_keys=(signers.snapshot.public_key,), threshold=1),
        TIMESTAMP: RoleKeys(public_keys=(signers.timestamp.public_key,), threshold=1),
    }
    root = sign_root(1, roles, epoch=epoch, expires=now + LIFE_S[ROOT], signers=signers.root)
    targets = sign_targets(
        1,
        {path: facts_of(raw) for path, raw in trust_list_files.items()},
        expires=now + LIFE_S[TARGETS],
        signers=signers.targets,
        delegations=[office_delegation(signers.office.public_key)],
    )
    office_files = {STATION_ROSTER: roster}
    office = _sign_office(1, office_files, signers, now)
    files = _targets(trust_list_files) | _targets(office_files)
    roles_files = {TARGETS: targets, OFFICE: office}
    return {
        metadata_path(ROOT, 1): root,
        **files,
        **{metadata_path(name, 1): raw for name, raw in roles_files.items()},
        **_online(None, roles_files, signers, now, timestamp_version=1, iat=now),
    }


def _offline_role(keys: tuple[SigningKey, ...]) -> RoleKeys:
    publics = tuple(key.public_key for key in keys)
    return RoleKeys(public_keys=publics, threshold=OFFLINE_THRESHOLD)


def _targets(files: Mapping[str, bytes]) -> Files:
    return {target_path(path, facts_of(raw).sha256): raw for path, raw in files.items()}


def _sign_office(version: int, files: Mapping[str, bytes], signers: Signers, now: int) -> bytes:
    facts = {path: facts_of(raw) for path, raw in files.items()}
    expires = now + LIFE_S[OFFICE]
    return sign_targets(version, facts, expires=expires, signers=[signers.office])


def next_files(held: TrustSet, change: Change, signers: Signers, *, now: int) -> Files:
    """Return the files that lead from `held` to `change`: what is named first, the timestamp last.

    The caller checks with `issuer.trustfiles.trust_of` that stations will take them (enough keys).
    """
    files: Files = {}
    roles = {name: role.raw for name, role in held.roles.items()}
    if _changes_root(change):
        files |= _next_root(held, change, signers, now)
    if _changes_targets(held, change):
        files |= _targets({path: raw for path, raw in change.files.items() if raw is not None})
        roles[TARGETS] = _next_targets(held, change, signers, now)
    if change.office_files is not None or _ageing(held, OFFICE, now) or change.delegations:
        kept = office_files(held) if change.office_files is None else change.office_files
        files |= _targets(kept)
        version = held.roles[OFFICE].version + 1 if OFFICE in held.roles else 1
        roles[OFFICE] = _sign_office(version, kept, signers, now)
    for name, foreign in change.foreign.items():
        files |= _targets(foreign.files)
        roles[name] = foreign.role
    files |= _named(held, roles)
    iat = max(now, held.iat or 0)
    version = held.timestamp.version + 1 if held.timestamp else 1
    return files | _online(held, roles, signers, now, timestamp_version=version, iat=iat)


def _changes_root(change: Change) -> bool:
    return change.root_roles is not None or change.epoch is not None or change.renew


def _changes_targets(held: TrustSet, change: Change) -> bool:
    other_keys = change.root_roles is not None and (
        change.root_roles[TARGETS] != roles_in(held.root)[TARGETS]
    )
    return bool(change.files) or change.delegations is not None or change.renew or other_keys


def _next_root(held: TrustSet, change: Change, signers: Signers, now: int) -> Files:
    version = held.root.version + 1
    raw = sign_root(
        version,
        change.root_roles or roles_in(held.root),
        epoch=held.epoch if change.epoch is None else change.epoch,
        expires=now + LIFE_S[ROOT],
        signers=signers.root,
    )
    return {metadata_path(ROOT, version): raw}


def _next_targets(held: TrustSet, change: Change, signers: Signers, now: int) -> bytes:
    before = held.roles[TARGETS]
    facts: dict[str, TargetFacts] = files_in(before)
    for path, raw in change.files.items():
        facts.pop(path, None)
        if raw is not None:
            facts[path] = facts_of(raw)
    return sign_targets(
        before.version + 1,
        facts,
        expires=now + LIFE_S[TARGETS],
        signers=signers.targets,
        delegations=delegations_in(before) if change.delegations is None else change.delegations,
    )


def office_files(held: TrustSet) -> dict[str, bytes]:
    """Return what the office's own role speaks for: the roster and the policies, by path."""
    role = held.roles.get(OFFICE)
    return {} if role is None else {path: held.files[path] for path in role.signed.targets}


def _ageing(held: TrustSet, name: str, now: int) -> bool:
    file = held.snapshot if name == SNAPSHOT else held.roles.get(name)
    return file is None or file.expires_at - now < LIFE_S[name] // 2


def _named(held: TrustSet, roles: Mapping[str, bytes]) -> Files:
    changed = {
        name: raw
        for name, raw in roles.items()
        if name not in held.roles or held.roles[name].raw != raw
    }
    return {metadata_path(name, targets_version(raw)): raw for name, raw in changed.items()}


def _online(
    held: TrustSet | None,
    roles: Mapping[str, bytes],
    signers: Signers,
    now: int,
    *,
    timestamp_version: int,
    iat: int,
) -> Files:
    """Return the snapshot, where a new one is due, and the timestamp."""
    files: Files = {}
    before = held.snapshot if held is not None else None
    snapshot = before.raw if before is not None else b""
    if held is None or before is None or _snapshot_due(held, roles, signers, now):
        version = 1 if before is None else before.version + 1
        snapshot = sign_snapshot(
            version,
            roles,
            expires=now + LIFE_S[SNAPSHOT],
            signers=[signers.snapshot],
            before=snapshot or None,
        )
        files[metadata_path(SNAPSHOT, version)] = snapshot
    files["timestamp.json"] = sign_timestamp(
        timestamp_version,
        snapshot,
        iat=iat,
        expires=now + LIFE_S[TIMESTAMP],
        signers=[signers.timestamp],
    )
    return files


def _snapshot_due(held: TrustSet, roles: Mapping[str, bytes], signers: Signers, now: int) -> bool:
    known = {name: role.raw for name, role in held.roles.items()}
    return (
        known != dict(roles)
        or _ageing(held, SNAPSHOT, now)
        or signers.snapshot.public_key not in roles_in(held.root)[SNAPSHOT].public_keys
    )
