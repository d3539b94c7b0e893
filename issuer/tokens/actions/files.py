"""Files that others may read at any moment: written aside, synced, renamed; old or new, never a
mix.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from issuer.errors import Code, Fault


@contextmanager
def file_faults() -> Iterator[None]:
    """Turn what the file system refuses into a Fault: disk_full, or folder_unusable with its
    reason.
    """
    try:
        yield
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        code = Code.DISK_FULL if full else Code.FOLDER_UNUSABLE
        raise Fault(code, f"{error.filename}: {error.strerror}") from None


@contextmanager
def held_lock(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, waiting for another process that does; the system frees it if
    we die.
    """
    with file_faults():
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write_public(path: Path, raw: bytes) -> None:
    """Put `raw` at `path`, readable by everybody (any web server may serve it)."""
    aside = path.with_name(f".{path.name}.new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    with os.fdopen(handle, "wb") as out:
        # Past the umask, which keeps everything else in the data folder private.
        os.fchmod(out.fileno(), 0o644)
        out.write(raw)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(path)


def sync_folder(path: Path) -> None:
    """Make the renames in `path` survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(path: Path, mode: int) -> None:
    """Make a folder (and those above it) with this mode, whatever the umask."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(mode)
