"""Published files from a folder, such as a USB stick: the same files as on the web, the same checks
after.

Nothing on a stick is executed, no link is followed, no name leads out of the folder, and a file is
read only up to what the reader asked for.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from scanner.errors import IssuerTrouble, NotPublished

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


class FolderFetcher:
    """The published files below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str, max_bytes: int) -> bytes:
        """Return the file at `path`; NotPublished, IssuerTrouble (codes `too_large`, `odd_file`,
        `stick_unreadable`).
        """
        try:
            handle = os.open(self._place(path), _FLAGS)
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

    def _place(self, path: str) -> Path:
        place = self._folder
        for name in path.split("/"):
            if name in {"", ".", ".."} or "\\" in name or ":" in name:
                raise IssuerTrouble(path, code="odd_file")
            place /= name
            if place.is_symlink():
                raise IssuerTrouble(f"{path}: a link", code="odd_file")
        return place
