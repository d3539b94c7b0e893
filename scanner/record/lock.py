"""One running station a data folder, since two would write one chain twice; and one pull at a time,
since the slower of two could put an older list over a newer one.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from scanner.errors import StationFault

_PULL_TRIES: Final = 600
_PULL_PAUSE_S: Final = 0.05


class FolderLock:
    """Holds `run.lock` of a data folder until closed; the system lets go of it when the process
    dies.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock. StationFault `already_running` if another process has it."""
        self._file = _open(folder, "run.lock")
        if not _taken(self._file):
            self._file.close()
            raise StationFault(
                f"a station is already running on {folder}",
                code="already_running",
                next_step="Close the other window or service first.",
            )

    def close(self) -> None:
        """Let go of the lock."""
        self._file.close()


@contextmanager
def pull_lock(folder: Path, tries: int = _PULL_TRIES) -> Iterator[None]:
    """Hold the right to change what the station of `folder` believes; waits half a minute for it,
    or takes `tries` looks. StationFault `already_pulling`.
    """
    with _open(folder, "pull.lock") as file:
        for _ in range(tries):
            if _taken(file):
                break
            threading.Event().wait(_PULL_PAUSE_S)
        else:
            raise StationFault(
                f"another pull is running on {folder}",
                code="already_pulling",
                next_step="Try again in a minute; a running station pulls by itself.",
            )
        yield


def _open(folder: Path, name: str) -> IO[bytes]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return (folder / name).open("ab")
    except OSError as error:
        raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None


def _taken(file: IO[bytes]) -> bool:
    try:
        _lock(file)
    except OSError:
        return False
    return True


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
