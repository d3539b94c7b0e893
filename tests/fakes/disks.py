"""Disks that refuse: a folder that may not be written, and one with no room left."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_NOBODY = 65534


def as_nobody(ask: Callable[[], str]) -> str:
    """Return what `ask` returns to a user without rights (root may write everywhere)."""
    if os.geteuid() != 0:
        return ask()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(_NOBODY)
            os.setuid(_NOBODY)
            os.write(writing, ask().encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


@contextmanager
def small_disk(folder: Path, kib: int) -> Iterator[Path]:
    """Give a disk of `kib` KiB mounted at `folder`; skips where nobody may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)]
    try:
        made = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        made = False
    if not made:
        pytest.skip("a small disk needs the right to mount")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill_up(folder: Path) -> Path:
    """Fill the disk of `folder` to the last byte with one file and return it."""
    path = folder / "filling"
    with path.open("wb", buffering=0) as out:
        for size in (1 << 16, 1 << 12, 1 << 8, 1):
            try:
                while out.write(bytes(size)) == size:
                    pass
            except OSError:
                continue
    return path


@contextmanager
def power_cut(monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[None]:
    """Let the disk fail for good at the `at`-th time (from 0) that somebody waits for it."""
    real, waits = os.fsync, iter(range(at))

    def fsync(handle: int) -> None:
        if next(waits, None) is None:
            raise OSError(errno.EIO, "no power")
        real(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        yield
