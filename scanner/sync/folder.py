"""A stick or another folder: published files that come, signed batches that go, receipts that come
back. The same files as over the network, the same checks after.

Nothing on a stick is executed, no link is followed, no name leads out of the folder, and a file is
read only up to what the reader asked for. What is written is whole or not there.
"""

from __future__ import annotations

import errno
import os
import stat
from itertools import islice
from pathlib import Path
from typing import Final

from scanner.errors import IssuerTrouble, NotPublished, StickFault
from scanner.record.files import sync_folder

FOLDER: Final = "kakou"
NAMES_MAX: Final = 10_000
_NOT_IN_NAMES: Final = frozenset("\\:\0")
_SAFE: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_READ: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _SAFE
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _SAFE


def kakou_folder(chosen: Path) -> Path:
    """Return the folder of ours that is meant by a stick, or by that folder itself."""
    return chosen if chosen.name == FOLDER else chosen / FOLDER


class FolderFetcher:
    """The published files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the file at `path`; NotPublished, IssuerTrouble (codes `too_large`, `odd_file`,
        `stick_unreadable`).
        """
        try:
            handle = os.open(_place(self._folder, path), _READ)
            with os.fdopen(handle, "rb") as source:
                if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                    raise IssuerTrouble(path, code="odd_file")
                raw = source.read(max_bytes + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise NotPublished(path) from None
        except OSError as error:
            raise IssuerTrouble(f"{path}: {error.strerror}", code="stick_unreadable") from None
        if len(raw) > max_bytes:
            raise IssuerTrouble(f"{path}: more than {max_bytes} bytes", code="too_large")
        return raw

    def names(self, path: str) -> list[str]:
        """Return the names in the folder at `path` (of the folder itself at ``""``), in order, []
        if there is none; IssuerTrouble `too_large` if there are more than 10,000.
        """
        place = _place(self._folder, path) if path else self._folder
        try:
            with os.scandir(place) as entries:
                found = [entry.name for entry in islice(entries, NAMES_MAX + 1)]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise IssuerTrouble(f"{path}: {error.strerror}", code="stick_unreadable") from None
        if len(found) > NAMES_MAX:
            raise IssuerTrouble(f"{path}: more than {NAMES_MAX} files", code="too_large")
        return sorted(found)


class FolderWriter:
    """Puts files below `folder`, which is made on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, path: str, raw: bytes) -> None:
        """Put `raw` at `path`: written aside, on the disk, then renamed. StickFault; IssuerTrouble
        `odd_file`.
        """
        place = _place(self._folder, path)
        if self._folder.is_symlink():
            raise IssuerTrouble(path, code="odd_file")
        aside = place.with_name(f".{place.name}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # Made anew: through a link left here somebody could have us write over another file.
            aside.unlink(missing_ok=True)
            with os.fdopen(os.open(aside, _WRITE, 0o600), "wb") as out:
                out.write(raw)
                out.flush()
                os.fsync(out.fileno())
            aside.replace(place)
            sync_folder(place.parent)
        except OSError as error:
            full = error.errno in {errno.ENOSPC, errno.EDQUOT}
            _give_back(aside)
            code = "stick_full" if full else "stick_unwritable"
            raise StickFault(f"{path}: {error.strerror}", code=code) from None


def _give_back(aside: Path) -> None:
    try:
        aside.unlink(missing_ok=True)
    except OSError:
        return  # the stick was pulled out: there is nothing to give back


def _place(folder: Path, path: str) -> Path:
    place = folder
    for name in path.split("/"):
        if name in {"", ".", ".."} or not _NOT_IN_NAMES.isdisjoint(name):
            raise IssuerTrouble(path, code="odd_file")
        place /= name
        try:
            is_link = place.is_symlink()
        except OSError as error:  # pulled out just now, or a name that no file system takes
            raise IssuerTrouble(f"{path}: {error.strerror}", code="stick_unreadable") from None
        if is_link:
            raise IssuerTrouble(f"{path}: a link", code="odd_file")
    return place
