"""The published files onto a stick, for gates that see no network: what `cp -r published/. kakou/`
does, in an order in which a stick that is pulled out half-way is refused and not believed.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from issuer.errors import Code, Fault
from issuer.people.office import Office
from issuer.tokens.actions.files import file_faults, held_lock, sync_folder

FOLDER: Final = "kakou"
# Each names what was written before it: the older files on the stick hold until these are there.
_LAST: Final = ("trust/timestamp.json", "manifest")
_PACK: Final = re.compile(r"\d+-\d+")
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class OnStick:
    """What lies on a stick now. written: files that were not there, or were others."""

    folder: str
    files: int
    written: int


def put_on_stick(office: Office, chosen: Path) -> OnStick:
    """Make `kakou` on a stick (or that folder itself) hold what is published; batches and receipts
    beside it stay, packs that are no longer published go. Fault folder_unusable, disk_full.
    """
    if not chosen.is_dir():
        raise Fault(Code.FOLDER_UNUSABLE, f"{chosen} is no folder")
    folder = chosen if chosen.name == FOLDER else chosen / FOLDER
    published = office.folder.published
    written = 0
    with held_lock(office.folder.publish_lock), file_faults():
        names = sorted(_names(published), key=lambda name: (name in _LAST, name == _LAST[-1], name))
        for name in names:
            written += _put(published / name, folder, name)
        for pack in (folder / "packs").iterdir():
            if _PACK.fullmatch(pack.name) and f"packs/{pack.name}" not in names:
                pack.unlink()
    return OnStick(folder=str(folder), files=len(names), written=written)


def _names(published: Path) -> list[str]:
    return [
        path.relative_to(published).as_posix()
        for path in published.rglob("*")
        # A file that is just being written has a dot before its name.
        if path.is_file() and not path.name.startswith(".")
    ]


def _put(source: Path, folder: Path, name: str) -> bool:
    """Put one file there whole or not at all; return whether it was another before."""
    place = folder
    for part in ("", *Path(name).parts[:-1]):
        place = place / part
        if place.is_symlink():
            # Through a link left here somebody could have us write over other files.
            raise Fault(Code.FOLDER_UNUSABLE, f"{place} is a link")
        place.mkdir(exist_ok=True)
    goal = folder / name
    if goal.is_file() and not goal.is_symlink() and goal.read_bytes() == source.read_bytes():
        return False
    aside = place / f".{goal.name}.part"
    aside.unlink(missing_ok=True)
    with source.open("rb") as raw, os.fdopen(os.open(aside, _WRITE, 0o644), "wb") as out:
        shutil.copyfileobj(raw, out)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(goal)
    sync_folder(place)
    return True
