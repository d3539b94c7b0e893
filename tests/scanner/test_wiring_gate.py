"""A whole station that nobody starts anew: no camera, no disk, a gate of air, lanes, a watchdog."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from keys.passages import Direction, Reason, Verdict
from scanner.commands import everyday
from scanner.decide.actions import OpenForEmergency
from scanner.gate.turnstile import Phase
from scanner.record.database import FILE_NAME, open_database
from scanner.record.passages import PassageLog
from scanner.record.stationrecord import read_record
from scanner.settings import StationSettings
from scanner.station import Station
from scanner.surroundings.known import open_known
from scanner.switches import switches_for
from scanner.wiring import Running, last_midnight_s
from tests.fakes.disks import fill_up, small_disk
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, Trouble
from tests.scanner.rigs import frames_of, results_of, write_frames
from tests.scanner.sync.rigs import wait_until


def enrolled(office: Office, server: OfficeServer, data: Path) -> Path:
    """Return the folder of an enrolled station that has pulled once."""
    assert everyday.enrol(data, office.add_station(), server.url)["pull"]["ok"]
    return data


@pytest.fixture
def data(office: Office, server: OfficeServer, tmp_path: Path) -> Path:
    return enrolled(office, server, tmp_path / "data")


def reasons(data: Path) -> list[str]:
    """Return the reasons of every stored row of the log in force."""
    database = open_database(data, read_record(data).log)
    found = [str(entry.row.passage.reason) for entry in PassageLog(database, "west-1").entries()]
    database.close()
    return found


def opened(station: Station) -> Verdict:
    """Press for an emergency and return what is shown."""
    result = station.act(OpenForEmergency())
    assert result is not None
    return result.judgement.verdict


def test_without_a_camera_an_emergency_opens_and_the_camera_is_found_later(
    office: Office, data: Path, tmp_path: Path
) -> None:
    running = Running(data, open_known(data), StationSettings(), simulate_gate=True)
    running.start()
    station = running.loop(str(tmp_path / "frames"), colour=False, lasting=True)
    try:
        assert station.step(0.0) is None
        assert station.camera_fault() == "camera_source_not_found"
        assert opened(station) is Verdict.ADMIT
        assert running.devices is not None
        gate = running.devices.gate
        assert gate is not None
        wait_until(lambda: gate.state.phase is Phase.HELD)
        assert not station.ended()
        write_frames(tmp_path / "frames", frames_of(office.mint(1).dense))
        steps = []

        def seen() -> bool:
            step = station.step(0.05)
            steps.extend([step] if step is not None else [])
            return bool(results_of(steps))

        wait_until(seen)
        assert results_of(steps)[0].judgement.verdict is Verdict.ADMIT
        assert station.camera_fault() is None
    finally:
        station.close()
        running.stop()
    assert reasons(data) == [Reason.EMERGENCY, Reason.GREEN]


def test_a_full_disk_is_told_an_emergency_opens_and_its_row_is_stored_when_there_is_room(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", 4096) as disk:
        data = enrolled(office, server, disk / "gate")
        frames = write_frames(tmp_path / "frames", frames_of(None))
        running = Running(data, open_known(data), StationSettings(), simulate_gate=True)
        station = running.loop(str(frames), colour=False, lasting=True)
        try:
            station.freshness()
            filling = fill_up(disk)
            text = office.mint(1).dense
            assert text is not None
            results = [station.scan(text, float(n)) for n in range(0, 400, 20)]
            last = results[-1]
            assert last is not None
            assert (last.judgement.verdict, last.judgement.reason) == (
                Verdict.CANNOT_JUDGE,
                Reason.STATION_FAULT,
            )
            assert opened(station) is Verdict.ADMIT
            station.step(0.0)
            fresh = station.freshness()
            assert (fresh.fault, fresh.owed_rows) == ("disk_full", 1)
            filling.unlink()
            station.step(0.0)
            fresh = station.freshness()
            assert (fresh.fault, fresh.owed_rows) == (None, 0)
        finally:
            station.close()
            running.stop()
        assert reasons(data)[-1] == Reason.EMERGENCY


def test_what_is_owed_outlives_the_loop_that_owes_it(data: Path, tmp_path: Path) -> None:
    running = Running(data, open_known(data), StationSettings())
    for file in data.glob(f"{FILE_NAME}*"):
        file.unlink()
    (data / FILE_NAME).mkdir()  # whatever keeps the file from being opened
    first = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
    assert opened(first) is Verdict.ADMIT
    first.close()
    (data / FILE_NAME).rmdir()
    second = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
    second.step(0.0)
    second.close()
    assert reasons(data) == [Reason.EMERGENCY]


def test_a_log_that_is_removed_under_a_running_station_is_begun_anew(
    office: Office, data: Path, tmp_path: Path
) -> None:
    running = Running(data, open_known(data), StationSettings())
    station = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
    texts = [office.mint(number).dense for number in range(1, 9)]
    assert station.scan(texts[0] or "", 0.0)
    for file in data.glob(f"{FILE_NAME}*"):
        file.unlink()
    for number in (1, 2):
        result = station.scan(texts[number] or "", 20.0 * number)
        assert result is not None
        assert result.judgement.verdict is Verdict.ADMIT
        assert result.passage_id is not None
    station.step(0.0)
    station.close()
    # What was rescued of the old one, and why there is a new one.
    assert reasons(data) == [Reason.GREEN, Reason.GREEN, Reason.INCIDENT, Reason.INCIDENT]


def test_what_is_stored_in_a_log_that_was_begun_anew_is_sent_too(
    office: Office, data: Path, tmp_path: Path
) -> None:
    running = Running(data, open_known(data), StationSettings())
    station = running.loop(str(tmp_path / "none"), colour=False, lasting=True)
    running.start()
    try:
        assert station.scan(office.mint(1).dense or "", 0.0)
        wait_until(lambda: len(office.batches) == 1)
        for file in data.glob(f"{FILE_NAME}*"):
            file.unlink()

        def stored() -> bool:
            result = station.scan(office.mint(2).dense or "", 40.0)
            return result is not None and result.passage_id is not None

        wait_until(stored)
        wait_until(lambda: len(office.rows) == 2)
    finally:
        station.close()
        running.stop()


def test_the_switches_of_the_window_are_the_stations(data: Path) -> None:
    switches = switches_for("exit")
    running = Running(data, open_known(data), StationSettings(), switches)
    assert running.direction_now() is Direction.EXIT
    switches.outward.clear()
    assert running.direction_now() is Direction.ENTRY
    assert running.look_only is switches.look_only
    assert running.folder == data


def test_lanes_begin_when_the_station_has_learned_whom_to_trust(
    server: OfficeServer, data: Path
) -> None:
    (data / "trust" / "list").unlink()
    server.troubles["*"] = Trouble.CUT
    running = Running(data, open_known(data), StationSettings(lanes=True))
    running.start()
    station = running.loop("0", colour=False, lasting=True)
    try:
        outlook = station.outlook()
        assert outlook is not None
        assert outlook.mesh_fault == "trust_missing"
        server.troubles.clear()
        running._pull.network_is_back()
        wait_until(lambda: (told := station.outlook()) is not None and told.mesh_fault is None)
    finally:
        station.close()
        running.stop()


def test_the_station_page_tells_of_both_tasks(data: Path) -> None:
    running = Running(data, open_known(data), StationSettings())
    running.start()
    station = running.loop("0", colour=False, lasting=True)
    try:
        wait_until(
            lambda: (told := station.outlook()) is not None and told.pull.success_ago_s is not None
        )
        outlook = station.outlook()
        assert outlook is not None
        assert (outlook.pull.error, outlook.policy, outlook.set_aside) == (None, "plain", ())
    finally:
        station.close()
        running.stop()


def test_the_systems_watchdog_is_petted_while_frames_and_window_live(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as system:
        system.bind(str(address))
        system.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        monkeypatch.setenv("WATCHDOG_USEC", "200000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        running = Running(data, open_known(data), StationSettings())
        running.start(window=True)
        try:
            assert system.recv(64) == b"READY=1"
            assert system.recv(64) == b"WATCHDOG=1"
            frames = write_frames(tmp_path / "frames", frames_of(None, None))
            station = running.loop(str(frames), colour=False, lasting=True)
            station.step(0.5)
            running.window_lives()
            assert system.recv(64) == b"WATCHDOG=1"
            station.close()
        finally:
            running.stop()
        said = b""
        while said != b"STOPPING=1":
            said = system.recv(64)


def test_midnight_is_the_gates_own() -> None:
    now_s = time.time()
    midnight_s = last_midnight_s(now_s)
    assert 0 <= now_s - midnight_s <= 25 * 3600
    assert time.localtime(midnight_s)[3:6] == (0, 0, 0)
