"""Changing and publishing the trust repository: planned by the rules, checked as a station would,
then written, the timestamp last.

A crash leaves files that nothing names yet, and the old timestamp or the new one; never a mix.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from issuer.people.office import Office
from issuer.tokens.actions.files import (
    file_faults,
    held_lock,
    make_folder,
    sync_folder,
    write_public,
)
from issuer.trust.actions.roster import current_roster
from issuer.trust.actions.signers import Media, make_keys, offline_signers, online_signers
from issuer.trust.rules.publication import (
    Change,
    Files,
    Signers,
    first_files,
    next_files,
    office_files,
)
from issuer.trustfiles import READY, TIMESTAMP_FILE, paths_of, read_trust, trust_of
from keys.roster import encode_roster
from keys.trustlist import TrustList, encode_trust_list
from keys.trustmeta import ROOT, TARGETS
from keys.trustset import STATION_ROSTER, TRUST_LIST, TrustSet

# A reader may be between its timestamp and its files: those of before stay for a day.
_KEEP_S = 86_400
# Two people with their media are not found in a day.
_WARN_S = 60 * 86_400
# Written whole under the name of their hash: not read again at every publication.
_LARGE = "targets/releases/"
_LOG = logging.getLogger(__name__)
FIRST_EPOCH = 1


def found_repository(
    trust_folder: Path,
    keys: Path,
    media: Media,
    trust: TrustList,
    others: Files,
    *,
    now: int,
    draw: Callable[[int], bytes],
    epoch: int = FIRST_EPOCH,
) -> TrustSet:
    """Make all keys and the first files of a repository; return what it says. others: top-level
    targets beside the trust list. Fault key_file.
    """
    signers = make_keys(media, keys, draw)
    first = {TRUST_LIST: encode_trust_list(trust)} | others
    files = first_files(first, encode_roster(()), signers, epoch=epoch, now=now)
    _write(trust_folder, files)
    return read_trust(trust_folder)


def change_repository(
    office: Office,
    plan: Callable[[TrustSet], Change],
    *,
    media: Media | None = None,
    new: Callable[[Signers], Signers] = lambda signers: signers,
) -> TrustSet:
    """Sign and write what `plan` asks of the repository as it is; return what it says after.

    media: where the offline keys are, for a change of root or targets. new: the signers after the
    change, where it gives a role another key. Fault not_enough_keys, key_file, trust_damaged.
    """
    with held_lock(office.folder.publish_lock), file_faults():
        _put_in_place(office.folder.trust)
        held = read_trust(office.folder.trust)
        signers = online_signers(office.folder.keys, held)
        if media is not None:
            offline = offline_signers(media, held)
            signers = replace(signers, root=offline[ROOT], targets=offline[TARGETS])
        files = next_files(held, plan(held), new(signers), now=office.now())
        _check(office.folder.trust, files)
        _write(office.folder.trust, files)
        return read_trust(office.folder.trust)


def refresh_repository(office: Office) -> None:
    """Sign the timestamp anew, and with it the roster if a station came or went. The publish lock
    is held by the caller.
    """
    _put_in_place(office.folder.trust)
    held = read_trust(office.folder.trust)
    _warn_of_dates(held, office.now())
    roster = current_roster(office, held.trust_list())
    change = Change()
    if held.files.get(STATION_ROSTER) != roster:
        change = Change(office_files=office_files(held) | {STATION_ROSTER: roster})
    signers = online_signers(office.folder.keys, held)
    files = next_files(held, change, signers, now=office.now())
    _check(office.folder.trust, files)
    _write(office.folder.trust, files)


def _warn_of_dates(held: TrustSet, now: int) -> None:
    for name, file in ((ROOT, held.root), (TARGETS, held.roles[TARGETS])):
        if file.expires_at - now < _WARN_S:
            _LOG.warning("the signatures of %s end soon: `trust renew` with two media", name)


def _check(folder: Path, files: Files) -> None:
    """Return if a station would take the repository with `files` in it; else Fault."""

    def fetch(path: str) -> bytes | None:
        if path in files:
            return files[path]
        place = folder / path
        return place.read_bytes() if place.exists() else None

    trust_of(fetch)


def _write(folder: Path, files: Files) -> None:
    """Put `files` in force, all or none: written aside, decided by one rename, put in place."""
    aside = folder / ".staged"
    shutil.rmtree(aside, ignore_errors=True)
    for path, raw in files.items():
        make_folder((aside / path).parent, 0o700)
        write_public(aside / path, raw)
        sync_folder((aside / path).parent)
    aside.rename(folder / READY)
    sync_folder(folder)
    _put_in_place(folder)


def _put_in_place(folder: Path) -> None:
    """Finish what was decided, perhaps before a crash."""
    ready = folder / READY
    if not ready.exists():
        return
    for place in sorted(ready.rglob("*")):
        target = folder / place.relative_to(ready)
        if place.is_file():
            place.replace(target)
        else:
            make_folder(target, 0o700)
    sync_folder(folder)
    shutil.rmtree(ready)


def show_repository(office: Office) -> None:
    """Copy the repository to where the world reads it, the timestamp last, and take away what
    nothing names any more.
    """
    source, shown = office.folder.trust, office.folder.published / "trust"
    held = read_trust(source)
    paths = paths_of(held)
    for path in paths:
        target = shown / path
        if path.startswith(_LARGE) and _as_long(source / path, target):
            continue
        raw = (source / path).read_bytes()
        make_folder(target.parent, 0o755)
        if not target.exists() or target.read_bytes() != raw:
            if path == TIMESTAMP_FILE:
                # What enrolment codes pin: the newest root, before anything that it signed.
                write_public(shown / "root", held.root.raw)
                sync_folder(shown)
            write_public(target, raw)
    for folder in (source, shown):
        _take_away(folder, {*paths, "root"}, office.now() - _KEEP_S)


def _as_long(source: Path, target: Path) -> bool:
    return target.exists() and target.stat().st_size == source.stat().st_size


def _take_away(folder: Path, named: set[str], before: int) -> None:
    for place in folder.rglob("*"):
        path = place.relative_to(folder).as_posix()
        if place.is_file() and path not in named and place.stat().st_mtime < before:
            place.unlink(missing_ok=True)
