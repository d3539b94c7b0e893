"""A running station and what hangs at its gate, by the bytes on its serial ports: a relay board
that hears its frames, a thermometer that says recorded ones, a board that is unplugged.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys.claims import Status
from keys.passages import Verdict
from keys.policies import PlaceType, Policy, TemperatureRule
from keys.policyfile import encode_policy
from scanner.commands import everyday
from scanner.decide.actions import OpenForEmergency
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.settings import StationSettings
from scanner.station import Station
from scanner.surroundings.known import Known, open_known
from scanner.wiring import Running
from tests.fakes.office_server import serving
from tests.fakes.trust_office import TrustOffice
from tests.keys.trustmakers import STATIONS
from tests.scanner.gate.ports import FarEnd, until

OPEN, SHUT = bytes.fromhex("A00101A2"), bytes.fromhex("A00100A1")
RED_ON = bytes.fromhex("A00401A5")
WELL = bytes.fromhex("AA5506240730")  # 36.7 by the maker's sheet
RED = 3
POLICY = Policy(
    version=1, name="gate", place=PlaceType.ESTATE, temperature=TemperatureRule(remeasures=0)
)


@pytest.fixture
def office() -> TrustOffice:
    office = TrustOffice(int(time.time()))
    office.repository.contents[STATIONS]["policies/gate"] = encode_policy(POLICY)
    office.set_status(RED, Status.RED)
    office.repository.publish()
    office.show_trust()
    office.publish()
    return office


@pytest.fixture
def known(office: TrustOffice, tmp_path: Path) -> Iterator[Known]:
    with serving(office) as server:
        assert everyday.enrol(tmp_path / "gate", office.add_station(), server.url)["pull"]["ok"]
        yield open_known(tmp_path / "gate")


def at_work(known: Known, tmp_path: Path, **places: str) -> tuple[Running, Station]:
    """Start a station with devices at these places."""
    running = Running(tmp_path / "gate", known, StationSettings(**places))  # type: ignore[arg-type]
    running.start()
    return running, running.loop(str(tmp_path / "none"), colour=False, lasting=True)


def verdict(station: Station, text: str | None, at_s: float) -> Verdict:
    """Show a code and return what it was told."""
    result = station.scan(text or "", at_s)
    assert result is not None
    return result.judgement.verdict


def test_relay_and_thermometer_by_their_bytes(
    office: TrustOffice, known: Known, tmp_path: Path
) -> None:
    with FarEnd() as relay, FarEnd() as meter:
        running, station = at_work(
            known,
            tmp_path,
            lock=f"lcus:{relay.path}:1",
            red=f"lcus:{relay.path}:4",
            thermometer=f"body_aa55:{meter.path}",
        )
        try:
            until(lambda: SHUT in relay.heard)  # locked first
            assert verdict(station, office.mint(1).dense, 0.0) is Verdict.HAND_CHECK
            assert OPEN not in relay.heard
            measured = running.devices
            assert measured is not None
            thermometer = measured.thermometer
            assert thermometer is not None

            def steady() -> bool:
                meter.say(WELL)
                return thermometer.measured() is not None

            until(steady)
            assert verdict(station, office.mint(2).dense, 20.0) is Verdict.ADMIT
            until(lambda: OPEN in relay.heard)
            until(lambda: relay.heard.rfind(SHUT) > relay.heard.find(OPEN))
            assert verdict(station, office.mint(RED).dense, 40.0) is Verdict.REFUSE
            until(lambda: RED_ON in relay.heard)
        finally:
            station.close()
            running.stop()
    database = open_database(tmp_path / "gate")
    rows = [entry.row.passage for entry in PassageLog(database, "west-1").entries()]
    database.close()
    assert len(rows) == 3
    assert relay.heard.count(OPEN) == 1


def test_a_relay_that_is_pulled_out_is_named_and_holds_up_no_scan(
    office: TrustOffice, known: Known, tmp_path: Path
) -> None:
    relay = FarEnd()
    with relay:
        running, station = at_work(known, tmp_path, lock=f"lcus:{relay.path}:1")
        until(lambda: SHUT in relay.heard)
    try:
        gate = running.devices.gate if running.devices is not None else None
        assert gate is not None
        until(lambda: gate.state.faults == {"lock": "device_unplugged"})
        assert verdict(station, office.mint(1).dense, 0.0) is Verdict.HAND_CHECK
        opened = station.act(OpenForEmergency())
        assert opened is not None
        assert opened.judgement.verdict is Verdict.ADMIT
        until(lambda: gate.state.emergency)
    finally:
        station.close()
        running.stop()
