"""The office's trust repository on disk: `<data>/trust/`, in the form in which it is published.

Roots `1.root.json`, `2.root.json`, ..., `timestamp.json`, and everything that it leads to. Read
from the first root on, every signature checked, as a station does it: a file that somebody changed
is a fault before it is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from issuer.errors import Code, Fault
from keys.errors import UntrustedData
from keys.trustmeta import MAX_BYTES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustset import (
    TrustSet,
    Wanted,
    delegations_of,
    first_trust_set,
    metadata_path,
    target_path,
)
from keys.trustupdate import TrustUpdate

TIMESTAMP_FILE: Final = "timestamp.json"


def read_root(folder: Path) -> bytes:
    """Return the newest root file; its SHA-256 is what enrolment codes pin. Fault trust_damaged."""
    return read_trust(folder).root.raw


def read_trust(folder: Path) -> TrustSet:
    """Return what the repository of `folder` says; Fault trust_damaged with what is wrong."""
    try:
        update = TrustUpdate(first_trust_set(_read(folder, "1.root.json")), None)
        while (folder / update.next_root_path()).exists():
            update.add_root(_read(folder, update.next_root_path()))
        update.add_timestamp(_read(folder, TIMESTAMP_FILE))
        update.add_snapshot(_fetch(folder, update.wanted_snapshot()))
        update.add_targets(_fetch(folder, update.wanted_targets()))
        roles = update.wanted_roles()
        for role in roles:
            update.add_role(role.name, _fetch(folder, role))
        for name in (TARGETS, *(role.name for role in roles)):
            for wanted in update.wanted_files(name):
                update.add_file(wanted, _fetch(folder, wanted))
        return replace(update.finish(), root=update.held.root)
    except UntrustedData as error:
        raise Fault(Code.TRUST_DAMAGED, f"{error.code}: {error}") from None


def _fetch(folder: Path, wanted: Wanted) -> bytes:
    return _read(folder, wanted.path)


def _read(folder: Path, path: str) -> bytes:
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise Fault(Code.TRUST_DAMAGED, f"trust/{path}: {error.strerror}") from None


def paths_of(held: TrustSet) -> list[str]:
    """Return every file that a reader of `held` may ask for but the roots, the timestamp last."""
    snapshot, timestamp = held.snapshot, held.timestamp
    if snapshot is None or timestamp is None:
        return []
    paths = [metadata_path(SNAPSHOT, snapshot.version)]
    for name, role in held.roles.items():
        paths.append(metadata_path(name, role.version))
        paths += [
            target_path(path, bytes.fromhex(file.hashes["sha256"]))
            for path, file in role.signed.targets.items()
        ]
    return [*paths, TIMESTAMP_FILE]


__all__ = [
    "MAX_BYTES",
    "ROOT",
    "TIMESTAMP",
    "Mapping",
    "delegations_of",
    "paths_of",
    "read_root",
    "read_trust",
]
