"""One running station a data folder: two would write one chain twice."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from scanner.errors import StationFault


class FolderLock:
    """Holds `run.lock` of a data folder until closed; the system lets go of it when the process
    dies.
    """

    def __init__(self, folder: Path) -> None:
        """Take the lock. StationFault `already_running` if another process has it."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: IO[bytes] = (folder / "run.lock").open("ab")
        except OSError as error:
            raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None
        try:
            _lock(self._file)
        except OSError:
            self._file.close()
            raise StationFault(
                f"a station is already running on {folder}",
                code="already_running",
                next_step="Close the other window or service first.",
            ) from None

    def close(self) -> None:
        """Let go of the lock."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
