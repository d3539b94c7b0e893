"""A window that shows before its station is opened."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from keys.passages import Direction, Verdict
from scanner.commands import everyday
from scanner.decide.notices import CAMERA
from scanner.errors import NotEnrolled, StationFault
from scanner.gate.devices import GateOptions
from scanner.latestation import DEVICE_SETTINGS, LateStation
from scanner.settings import StationSettings
from tests.fakes.office import Office
from tests.fakes.office_server import serving
from tests.scanner.rigs import frames_of, results_of, steps_of, write_frames


@pytest.fixture
def data(office: Office, tmp_path: Path) -> Iterator[Path]:
    """Return the folder of an enrolled station that has pulled once."""
    with serving(office) as server:
        everyday.enrol(tmp_path / "data", office.add_station(), server.url)
        yield tmp_path / "data"


def test_a_folder_that_is_not_enrolled_is_told_before_there_is_a_window(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        LateStation(tmp_path, StationSettings())


def test_nothing_is_opened_before_the_first_loop(
    office: Office, data: Path, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(office.mint(1).dense))
    station = LateStation(data, StationSettings(camera=str(frames), direction="exit"))
    assert station.record.checkpoint == "west gate"
    assert station.switches.direction_now() is Direction.EXIT
    assert station.devices is None
    assert not (data / "station.db").exists()
    loop = station.loop(lasting=False)
    try:
        verdicts = [result.judgement.verdict for result in results_of(steps_of(loop))]
    finally:
        loop.close()
        station.alive()
        station.stop()
    assert verdicts == [Verdict.ADMIT]
    assert (data / "station.db").exists()


def test_a_second_loop_belongs_to_the_same_station(data: Path, tmp_path: Path) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(None))
    station = LateStation(data, StationSettings(camera=str(frames)))
    for _ in range(2):  # tasks that are started twice would raise
        station.loop(lasting=False).close()
    station.stop()


def test_a_damaged_key_is_a_fault_that_the_window_has_words_for(data: Path) -> None:
    (data / "station.key").write_bytes(b"no key")
    station = LateStation(data, StationSettings())
    with pytest.raises(StationFault) as caught:
        station.loop(lasting=True)
    assert caught.value.code in CAMERA
    station.stop()


def test_a_gate_with_devices_is_opened_first(data: Path) -> None:
    station = LateStation(data, StationSettings(), simulate_gate=True)
    assert station.devices is not None
    station.stop()


def test_every_setting_that_names_a_device_is_known() -> None:
    named = {part.name for part in fields(GateOptions) if part.default == ""}
    assert set(DEVICE_SETTINGS) == named
    assert all(getattr(StationSettings(), name) == "" for name in DEVICE_SETTINGS)
    assert replace(StationSettings(), lock="gpio:1").lock


def test_the_window_shows_before_keys_lists_log_and_network_are_loaded() -> None:
    late = "{'cv2', 'nacl', 'tuf', 'httpx', 'numpy', 'sqlite3', 'sqlite_utils', 'zeroconf'}"
    loads = "import scanner.app, scanner.window, scanner.record.lock, scanner.screen.{}_window"
    for face in ("guard", "shop", "kiosk"):
        program = f"import sys; {loads.format(face)}; print(*({late} & set(sys.modules)))"
        command = [sys.executable, "-c", program]
        # What counts the lines of programs under test loads libraries of its own.
        bare = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=180, env=bare
        )
        assert done.stdout.split() == [], face
