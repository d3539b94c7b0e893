"""Disks that fail under a running station: full, read-only, and a database with wrong bytes."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scanner.commands.log import log_lines
from scanner.commands.log_checking import DAMAGED_LOG_KEPT, verify_lines
from scanner.errors import StationFault
from tests.fakes.disks import fill_up, small_disk
from tests.journeys.crash_rig import Gate
from tests.journeys.in_process import ServedOffice, served_office
from tests.journeys.programs import call, run, start_scanning

pytestmark = pytest.mark.usefixtures("uncounted")

PASSES = 30
DAMAGES = 60


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    with served_office(tmp_path_factory.mktemp("office")) as served:
        yield served


def told_of(line: str) -> str | None:
    """Return the id of the row that a line says is stored."""
    said: dict[str, Any] = json.loads(line)
    passage_id: str | None = said.get("passage_id")
    return passage_id


@contextmanager
def gate_on_disk(office: ServedOffice, folder: Path, kib: int) -> Iterator[Gate]:
    """Give a gate whose data folder is a disk of its own."""
    with small_disk(folder / "disk", kib) as disk:
        gate = Gate(office, folder, f"disk{kib}", passes=PASSES)
        moved = disk / "data"
        shutil.move(str(gate.data), str(moved))
        gate.data = moved
        yield gate


def test_a_disk_that_fills_up_stops_no_row_that_was_told_of_and_goes_on_when_freed(
    office: ServedOffice, tmp_path: Path
) -> None:
    with gate_on_disk(office, tmp_path, 4096) as gate:
        with start_scanning(gate.data, gate.pictures) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            told = [told_of(process.stdout.readline()) for _ in range(3)]
            process.send_signal(signal.SIGSTOP)  # it would get to its last pass meanwhile
            filling = fill_up(gate.data)
            process.send_signal(signal.SIGCONT)
            rest = process.stdout.read().splitlines()
            error = json.loads(process.stderr.read().splitlines()[-1])["error"]
        assert process.returncode == 1
        assert error["code"] in {"disk_full", "disk_unusable"}
        gate.told.acknowledged |= {row for row in [*told, *map(told_of, rest)] if row}
        assert len(gate.told.acknowledged) < PASSES

        filling.unlink()
        gate.check()
        with start_scanning(gate.data, gate.pictures) as process:
            assert process.stdout is not None
            again = [told_of(process.stdout.readline()) for _ in range(5)]
            process.terminate()
            process.communicate()
        gate.told.acknowledged |= {row for row in again if row}
        gate.settle()


def test_a_read_only_disk_admits_nobody_and_is_told(office: ServedOffice, tmp_path: Path) -> None:
    with gate_on_disk(office, tmp_path, 4097) as gate:
        disk = str(gate.data.parent)
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        scanned = run(
            "scanner", gate.data, "run", "--headless", "--once", "--camera", str(gate.pictures)
        )
        synced = run("scanner", gate.data, "sync")
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)

        assert scanned.returncode == synced.returncode == 1
        assert json.loads(scanned.stderr.splitlines()[-1])["error"]["code"] == "disk_unusable"
        assert "admit" not in scanned.stdout
        assert "Traceback" not in scanned.stderr + synced.stderr
        gate.settle()


# --- wrong bytes


def facts(folder: Path) -> list[str]:
    """Return what the chain covers of each row - all but whether it waits, which the office knows
    better - or the code of the fault that keeps it from being read.
    """
    try:
        lines = list(log_lines(folder))
    except StationFault as fault:
        return [fault.code]
    return [json.dumps({**line, "state": "", "set_aside": ""}) for line in lines]


def looked_at(folder: Path) -> list[str]:
    """Return the codes of what is wrong with the log of a folder, by `log verify` or a fault."""
    try:
        return [line["code"] for line in verify_lines(folder, []) if "code" in line]
    except StationFault as fault:
        return [fault.code]


def damage(path: Path, draw: random.Random) -> None:
    """Write wrong bytes into a file, as a bad sector or a bad cable does."""
    raw = bytearray(path.read_bytes())
    size = draw.choice((1, 1, 8, 512, 4096))
    place = draw.randrange(max(1, len(raw) - size))
    raw[place : place + size] = draw.randbytes(size)
    path.write_bytes(bytes(raw))


def test_wrong_bytes_in_the_database_are_found_or_change_nothing(
    office: ServedOffice, tmp_path: Path
) -> None:
    gate = Gate(office, tmp_path, "damaged", passes=PASSES)
    scanned = run(
        "scanner", gate.data, "run", "--headless", "--once", "--camera", str(gate.pictures)
    )
    assert scanned.returncode == 0
    good = facts(gate.data)
    assert len(good) == PASSES
    draw = random.Random(1)
    found = 0
    for number in range(DAMAGES):
        folder = tmp_path / f"copy{number}"
        shutil.copytree(gate.data, folder)
        damage(folder / "station.db", draw)
        codes = looked_at(folder)
        found += bool(codes)
        if not codes:
            assert facts(folder) in (good, ["log_damaged"], ["disk_unusable"])
        shutil.rmtree(folder)
    assert found > DAMAGES // 4


def test_a_database_that_is_no_database_is_told_and_kept_while_the_gate_goes_on(
    office: ServedOffice, tmp_path: Path
) -> None:
    gate = Gate(office, tmp_path, "nonsense", passes=1)
    for name in ("station.db-wal", "station.db-shm"):
        (gate.data / name).unlink(missing_ok=True)
    (gate.data / "station.db").write_bytes(b"nonsense" * 1000)

    for arguments in (
        ["sync"],
        ["log"],
        ["log", "verify"],
        ["log", "export", "--to", str(tmp_path)],
    ):
        done = run("scanner", gate.data, *arguments)
        assert done.returncode == 1
        assert "admit" not in done.stdout
        assert json.loads(done.stderr.splitlines()[-1])["error"]["code"] == "log_damaged"
    done = run("scanner", gate.data, "run", "--headless", "--once", "--camera", str(gate.pictures))
    assert done.returncode == 0
    assert "admit" in done.stdout
    assert call("scanner", gate.data, "sync")["waiting"] == 0
    finding, report = verify_lines(gate.data, [])
    assert finding["code"] == DAMAGED_LOG_KEPT
    assert report["holds"]
    assert (gate.data / "station.db").read_bytes() == b"nonsense" * 1000
