"""The office's trust repository on disk: `<data>/trust/`, in the form in which it is published.

Roots `1.root.json`, `2.root.json`, ..., `timestamp.json`, and everything that it leads to. Read
from the first root on, every signature checked, as a station does it: a file that somebody changed
is a fault before it is published.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from issuer.errors import Code, Fault
from keys.errors import UntrustedData
from keys.trustmeta import ROOT, SNAPSHOT, TARGETS
from keys.trustset import TrustSet, first_trust_set, metadata_path, target_path
from keys.trustupdate import TrustUpdate

TIMESTAMP_FILE: Final = "timestamp.json"
FIRST_ROOT: Final = metadata_path(ROOT, 1)


# A change that was decided and not yet put in place: its files count before those beside it.
READY: Final = ".ready"
_TRIES: Final = 3


def read_trust(folder: Path) -> TrustSet:
    """Return what the repository of `folder` says; Fault trust_damaged with what is wrong."""
    for _ in range(_TRIES - 1):
        try:
            return trust_of(lambda path: _read(folder, path))
        except Fault:
            # A change by another process fell between two of our reads: the next try sees all of
            # it. What is really damaged stays so.
            continue
    return trust_of(lambda path: _read(folder, path))


def trust_of(fetch: Callable[[str], bytes | None]) -> TrustSet:
    """Return what a repository says. fetch: path -> bytes, None where there is no such file. Fault
    trust_damaged where a station would refuse it.
    """

    def need(path: str) -> bytes:
        raw = fetch(path)
        if raw is None:
            raise Fault(Code.TRUST_DAMAGED, f"trust/{path} is missing")
        return raw

    try:
        update = TrustUpdate(first_trust_set(need(FIRST_ROOT)), None)
        while (root := fetch(update.next_root_path())) is not None:
            update.add_root(root)
        update.add_timestamp(need(TIMESTAMP_FILE))
        update.add_snapshot(need(update.wanted_snapshot().path))
        update.add_targets(need(update.wanted_targets().path))
        roles = update.wanted_roles()
        for role in roles:
            update.add_role(role.name, need(role.path))
        for name in (TARGETS, *(role.name for role in roles)):
            for wanted in update.wanted_files(name):
                update.add_file(wanted, need(wanted.path))
        return update.finish()
    except UntrustedData as error:
        raise Fault(Code.TRUST_DAMAGED, f"{error.code}: {error}") from None


def _read(folder: Path, path: str) -> bytes | None:
    for place in (folder / READY / path, folder / path):
        try:
            return place.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise Fault(Code.TRUST_DAMAGED, f"trust/{path}: {error.strerror}") from None
    return None


def paths_of(held: TrustSet) -> list[str]:
    """Return every file that a reader of `held` may ask for, the timestamp last."""
    paths = [metadata_path(ROOT, version + 1) for version in range(held.root.version)]
    if held.snapshot is not None:
        paths.append(metadata_path(SNAPSHOT, held.snapshot.version))
    for name, role in held.roles.items():
        paths.append(metadata_path(name, role.version))
        paths += [
            target_path(path, bytes.fromhex(file.hashes["sha256"]))
            for path, file in role.signed.targets.items()
        ]
    return [*paths, TIMESTAMP_FILE]
