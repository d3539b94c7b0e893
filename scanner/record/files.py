"""Files that are there whole or not at all: written aside, fsynced, renamed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from pathlib import Path
from typing import Final

from scanner.errors import StationFault

TOO_LARGE: Final = "cache_damaged"
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


def write_whole(path: Path, raw: bytes | memoryview, *, mode: int = 0o600) -> None:
    """Put `raw` at `path` so that a crash at any byte leaves the old file or the new one.
    StationFault.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        _give_back(aside)
        code = "disk_full" if error.errno in _NO_ROOM else "disk_unusable"
        raise StationFault(f"{path}: {error.strerror}", code=code) from None


def _give_back(aside: Path) -> None:
    # Half a file on a full disk would keep the log from its next row.
    with contextlib.suppress(OSError):
        aside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on disk; OSError."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened, and the rename is journalled
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read_whole(path: Path, max_bytes: int) -> bytes | None:
    """Return the bytes of `path`, None if it is not there; larger than `max_bytes` or unreadable:
    StationFault.
    """
    try:
        with path.open("rb") as source:
            raw = source.read(max_bytes + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StationFault(f"{path}: {error.strerror}", code="disk_unusable") from None
    if len(raw) > max_bytes:
        raise StationFault(f"{path} is larger than {max_bytes} bytes", code=TOO_LARGE)
    return raw


def sha256_of(path: Path) -> bytes | None:
    """Return the SHA-256 (32 bytes) of a file without loading it, None if it is not there;
    unreadable: StationFault.
    """
    try:
        with path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").digest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StationFault(f"{path}: {error.strerror}", code="disk_unusable") from None
