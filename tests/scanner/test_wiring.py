"""The parts joined: beliefs that a sync replaces, two tasks that never wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.claims import Status
from keys.passages import ClockGrade, Reason, Verdict
from scanner.commands import everyday
from scanner.errors import StationFault
from scanner.settings import StationSettings
from scanner.surroundings.known import Known, open_known
from scanner.wiring import Running
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, Trouble
from tests.scanner.rigs import frames_of, results_of, steps_of, write_frames
from tests.scanner.sync.rigs import wait_until


@pytest.fixture
def data(office: Office, server: OfficeServer, tmp_path: Path) -> Path:
    """The folder of an enrolled station that has pulled once."""
    report = everyday.enrol(tmp_path / "data", office.add_station(), server.url)
    assert report["pull"]["ok"]
    return tmp_path / "data"


@pytest.fixture
def known(data: Path) -> Known:
    return open_known(data)


@pytest.fixture
def running(data: Path, known: Known, server: OfficeServer) -> Iterator[Running]:
    made = Running(data, known, StationSettings())
    yield made
    server.let_go.set()
    made.stop()


def scan_green(running: Running, office: Office, folder: Path) -> list[Verdict]:
    """Play one frame with a green pass and return the verdicts."""
    frames = write_frames(folder, frames_of(office.mint(1).dense))
    loop = running.loop(str(frames), colour=False)
    try:
        return [result.judgement.verdict for result in results_of(steps_of(loop))]
    finally:
        loop.close()


def test_a_station_that_pulled_once_judges_without_a_network(
    office: Office, server: OfficeServer, data: Path, tmp_path: Path
) -> None:
    server.troubles["*"] = Trouble.SILENT
    known = open_known(data)

    assert known.moment().grade is ClockGrade.CONFIRMED
    age_s = known.list_age_s()
    assert age_s is not None
    assert age_s < 600
    running = Running(data, known, StationSettings())
    assert scan_green(running, office, tmp_path / "frames") == [Verdict.ADMIT]


def test_what_is_scanned_is_sent_at_once_and_a_pull_brings_new_lists(
    office: Office, known: Known, running: Running, tmp_path: Path
) -> None:
    running.start()
    assert scan_green(running, office, tmp_path / "frames") == [Verdict.ADMIT]
    wait_until(lambda: office.sequences() == [1])

    office.set_status(1, Status.WITHDRAWN)
    office.publish()
    running._pull.network_is_back()
    wait_until(lambda: known.beliefs.universes[office.name].version == 2)
    assert scan_green(running, office, tmp_path / "frames") == [Verdict.REFUSE]
    wait_until(lambda: office.sequences() == [1, 2])


def test_a_push_that_hangs_holds_up_no_pull(
    office: Office, server: OfficeServer, known: Known, running: Running, tmp_path: Path
) -> None:
    server.troubles["sync/passages"] = Trouble.HANG
    scan_green(running, office, tmp_path / "frames")
    running.start()
    wait_until(lambda: server.count("sync/passages") == 1)

    office.set_status(7, Status.RED)
    office.publish()
    running._pull.network_is_back()

    wait_until(lambda: known.beliefs.universes[office.name].version == 2)
    assert office.sequences() == []


def test_a_pull_that_hangs_holds_up_no_push(
    office: Office, server: OfficeServer, running: Running, tmp_path: Path
) -> None:
    server.troubles["manifest"] = Trouble.HANG
    running.start()
    wait_until(lambda: server.count("manifest") == 2)  # the first one came at enrolment

    scan_green(running, office, tmp_path / "frames")

    wait_until(lambda: office.sequences() == [1])


def test_the_strip_tells_why_the_station_is_offline_and_what_waits(
    office: Office, server: OfficeServer, running: Running, tmp_path: Path
) -> None:
    server.troubles["*"] = Trouble.PORTAL_PAGE
    frames = write_frames(tmp_path / "frames", frames_of(office.mint(1).dense))
    loop = running.loop(str(frames), colour=False)
    assert loop.freshness().offline_reason == "never_synced"
    running.start()
    steps_of(loop)

    wait_until(lambda: loop.freshness().offline_reason == "captive_portal")
    fresh = loop.freshness()
    assert (fresh.online, fresh.waiting_rows, fresh.clock) == (False, 1, ClockGrade.CONFIRMED)

    server.troubles.clear()
    wait_until(lambda: loop.freshness().online)
    wait_until(lambda: loop.freshness().waiting_rows == 0)
    loop.close()


def test_look_only_is_switched_for_every_loop(
    office: Office, running: Running, tmp_path: Path
) -> None:
    running.look_only.set()
    assert scan_green(running, office, tmp_path / "frames") == [Verdict.ADMIT]
    assert office.sequences() == []
    loop = running.loop(str(tmp_path / "frames"), colour=True)
    assert loop.freshness().waiting_rows == 0
    loop.close()


def test_a_camera_that_cannot_be_opened_leaves_nothing_open(
    running: Running, tmp_path: Path
) -> None:
    before = set(threading.enumerate())
    for _ in range(3):
        with pytest.raises(StationFault) as caught:
            running.loop(str(tmp_path / "nothing"), colour=False)
        assert caught.value.code == "camera_source_not_found"
        assert caught.value.next_step
    assert set(threading.enumerate()) == before


def test_a_pull_of_another_process_is_taken_over(
    office: Office, server: OfficeServer, data: Path, known: Known
) -> None:
    office.set_status(1, Status.RED)
    office.publish()
    assert everyday.sync(data)["pull"]["changed"]
    assert known.beliefs.universes[office.name].version == 1

    from scanner.surroundings.syncing import pull
    from scanner.sync.fetch import HttpExchange

    exchange = HttpExchange(server.url)
    assert not pull(known, exchange).changed
    exchange.close()
    assert known.beliefs.universes[office.name].version == 2


def test_a_push_without_a_trust_list_says_what_is_missing(data: Path, server: OfficeServer) -> None:
    (data / "trust" / "list").unlink()
    server.troubles["trust/list"] = Trouble.CUT

    report = everyday.sync(data)

    assert (report["pull"]["ok"], report["pull"]["code"]) == (False, "no_route")
    assert (report["push"]["ok"], report["push"]["code"]) == (False, "trust_missing")
    known = open_known(data)
    assert known.list_age_s() is None
    assert Reason.TRUST_MISSING.value == report["push"]["code"]
