"""One running station a folder, and one pull at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from scanner.errors import StationFault
from scanner.record.lock import FolderLock, pull_lock
from tests.conftest import ROOT

_HOLDER = """
import sys
from pathlib import Path
from scanner.record.lock import FolderLock, pull_lock
held = FolderLock(Path(sys.argv[1]))
with pull_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_station_on_one_folder_is_told_so_until_the_first_one_dies(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StationFault) as running:
            FolderLock(tmp_path)
        with pytest.raises(StationFault) as pulling, pull_lock(tmp_path, tries=2):
            pass
        holder.kill()

    assert running.value.code == "already_running"
    assert pulling.value.code == "already_pulling"
    FolderLock(tmp_path).close()
    with pull_lock(tmp_path):
        pass


def test_a_lock_let_go_can_be_taken_again(tmp_path: Path) -> None:
    for _ in range(3):
        FolderLock(tmp_path / "new").close()


def test_a_pull_waits_for_the_one_that_runs(tmp_path: Path) -> None:
    order: list[str] = []
    inside = threading.Event()

    def other() -> None:
        inside.wait()
        with pull_lock(tmp_path):
            order.append("second")

    thread = threading.Thread(target=other)
    thread.start()
    with pull_lock(tmp_path):
        inside.set()
        thread.join(0.2)  # it cannot end while the lock is held
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_a_folder_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")

    with pytest.raises(StationFault) as caught:
        FolderLock(tmp_path / "taken")
    assert caught.value.code == "disk_unusable"
