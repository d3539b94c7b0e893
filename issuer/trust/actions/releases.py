"""Releases: files of the program, or of anything a station installs, as top-level targets. Who
fetches one checks its length and SHA-256 against what two of the three offline keys signed.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from issuer.errors import BadInput, Code, Refused
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.signers import Media
from issuer.trust.rules.publication import Change
from issuer.trustfiles import read_trust
from keys.trustmeta import TARGETS
from keys.trustrepo import TargetFacts, facts_of, files_in
from keys.trustset import target_path

FOLDER: Final = "releases/"
RELEASE_MAX_BYTES: Final = 512 << 20
_NAME: Final = re.compile("[a-z0-9][a-z0-9._-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A signed file. path: where it lies below the published folder `trust`."""

    name: str
    length: int
    sha256: str
    path: str


def releases(office: Office) -> list[Release]:
    """Return what is published, by name."""
    facts = files_in(read_trust(office.folder.trust).roles[TARGETS])
    found = [path for path in facts if path.startswith(FOLDER)]
    return [_release(path.removeprefix(FOLDER), facts[path]) for path in sorted(found)]


def _release(name: str, facts: TargetFacts) -> Release:
    path = target_path(FOLDER + name, facts.sha256)
    return Release(name=name, length=facts.length, sha256=facts.sha256.hex(), path=path)


def publish_release(office: Office, name: str, raw: bytes, *, media: Media, by: str) -> Release:
    """Sign `raw` as the release `name`, in the place of what had that name, and publish it.
    BadInput bad_release; Fault not_enough_keys.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(Code.BAD_RELEASE, "a name is 1 to 100 of a-z 0-9 . _ - ")
    if not raw:
        raise BadInput(Code.BAD_RELEASE, "an empty file")
    change = Change(files={FOLDER + name: raw})
    change_repository(office, lambda _: change, media=media)
    release = _release(name, facts_of(raw))
    office.log(by, "release.publish", name, sha256=release.sha256, bytes=release.length)
    publish(office)
    return release


def withdraw_release(office: Office, name: str, *, media: Media, by: str) -> None:
    """Take the release `name` back: nobody who looks from now on finds it. BadInput
    unknown_release.
    """
    release = _find(office, name)
    change = Change(files={FOLDER + name: None})
    change_repository(office, lambda _: change, media=media)
    office.log(by, "release.withdraw", name, sha256=release.sha256)
    publish(office)


def check_release(office: Office, name: str, path: Path) -> Release:
    """Return the release `name` if the file at `path` is that file; else Refused wrong_release."""
    release = _find(office, name)
    try:
        with path.open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
            length = source.tell()
    except OSError as error:
        raise BadInput(Code.BAD_ARGUMENTS, f"{path}: {error.strerror}") from None
    if (length, digest) != (release.length, release.sha256):
        raise Refused(Code.WRONG_RELEASE, f"{path}: {length} bytes, SHA-256 {digest}")
    return release


def _find(office: Office, name: str) -> Release:
    for release in releases(office):
        if release.name == name:
            return release
    raise BadInput(Code.UNKNOWN_RELEASE, name)
