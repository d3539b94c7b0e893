"""The devices of a gate as settings name them, opened for real."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from keys.passages import Verdict
from scanner.gate.devices import (
    ALL_SIMULATED,
    GateDevices,
    GateOptions,
    Place,
    open_devices,
    parse_place,
    parse_thermometer,
    places_of,
)
from scanner.gate.faults import UNPLUGGED, WRONG_SETTING, DeviceFault
from scanner.gate.gate import Part
from scanner.gate.thermometer_frames import ThermometerFormat
from scanner.gate.turnstile import GateEvent
from tests.scanner.gate.ports import FarEnd, until


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("lcus:/dev/ttyUSB0:1", ("lcus", "/dev/ttyUSB0", 0, 1, False)),
        ("lcus:COM3:8", ("lcus", "COM3", 0, 8, False)),
        (" modbus:/dev/ttyUSB0:3:7:nc ", ("modbus", "/dev/ttyUSB0", 3, 7, True)),
        ("lines:/dev/ttyS0:dsr", ("lines", "/dev/ttyS0", 0, 1, False)),
        ("gpio:/dev/gpiochip0:17", ("gpio", "/dev/gpiochip0", 0, 17, False)),
        (
            "lcus:/dev/serial/by-path/pci-0:usb:1",
            ("lcus", "/dev/serial/by-path/pci-0:usb", 0, 1, False),
        ),
        ("sim:4", ("sim", "", 0, 4, False)),
    ],
)
def test_a_place_is_read(text: str, place: tuple[str, str, int, int, bool]) -> None:
    kind, path, unit, channel, inverted = place
    assert parse_place(text) == Place(
        kind=kind, path=path, unit=unit, channel=channel, inverted=inverted
    )


@pytest.mark.parametrize(
    "text",
    [
        "lcus", "lcus:", "lcus:/dev/ttyUSB0", "lcus:/dev/ttyUSB0:0", "lcus:/dev/ttyUSB0:9",
        "lcus:/dev/ttyUSB0:one", "lcus:/dev/ttyUSB0:１", "lcus:/dev/ttyUSB0:-1", "lcus::1",
        "modbus:/dev/ttyUSB0:1", "modbus:/dev/ttyUSB0:0:1", "modbus:/dev/ttyUSB0:248:1",
        "lines:/dev/ttyS0:xyz", "gpio:/dev/gpiochip0:99999", "usb:/dev/x:1", "sim:/dev/x:1", "sim",
        "nc", "", ":",
    ],
)  # fmt: skip
def test_any_other_place_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(DeviceFault) as caught:
        parse_place(text)
    assert caught.value.code == WRONG_SETTING


@pytest.mark.parametrize(
    "options",
    [
        GateOptions(lock="lcus:/dev/ttyUSB0:1", green="modbus:/dev/ttyUSB0:1:1"),
        GateOptions(lock="modbus:/dev/ttyUSB0:1:1", green="modbus:/dev/ttyUSB0:2:1"),
        GateOptions(passage="lcus:/dev/ttyUSB0:1"),
        GateOptions(passage="modbus:/dev/ttyUSB0:1:8"),
        GateOptions(passage="lines:/dev/ttyS0:rts"),
        GateOptions(green="lines:/dev/ttyS0:cts"),
        GateOptions(lock="lines:/dev/ttyS0:rts"),
    ],
)
def test_settings_that_cannot_be_wired_are_refused(options: GateOptions) -> None:
    with pytest.raises(DeviceFault) as caught:
        places_of(options)
    assert caught.value.code == WRONG_SETTING


@pytest.mark.parametrize(
    "options",
    [
        GateOptions(pulse_ms=-1),
        GateOptions(pulse_ms=60_001),
        GateOptions(wait_s=0),
        GateOptions(wait_s=121),
    ],
)
def test_times_that_no_gate_has_are_refused(options: GateOptions) -> None:
    with pytest.raises(DeviceFault) as caught:
        open_devices(options, time.monotonic, lambda _: None)
    assert caught.value.code == WRONG_SETTING


def test_parts_may_share_a_board() -> None:
    options = GateOptions(
        lock="modbus:/dev/ttyUSB0:1:0",
        passage="modbus:/dev/ttyUSB0:1:0",
        green="lines:/dev/ttyS0:dtr",
        fire="lines:/dev/ttyS0:cts:nc",
    )
    assert set(places_of(options)) == {Part.LOCK, Part.PASSAGE, Part.GREEN, Part.FIRE}


def test_a_thermometer_is_named_by_its_format() -> None:
    assert parse_thermometer("gy_614:COM4") == (ThermometerFormat.GY_614, "COM4")
    for text in ("gy_614", "gy_614:", "mercury:/dev/ttyUSB0", ""):
        with pytest.raises(DeviceFault):
            parse_thermometer(text)


@pytest.fixture
def told() -> list[GateEvent]:
    return []


@pytest.fixture
def simulated(told: list[GateEvent]) -> Iterator[GateDevices]:
    devices = open_devices(ALL_SIMULATED, time.monotonic, told.append)
    yield devices
    devices.close()
    devices.close()


def test_a_gate_of_air_is_pressed_and_seen_on_its_panel(
    simulated: GateDevices, told: list[GateEvent]
) -> None:
    assert simulated.gate is not None
    assert simulated.panel is not None
    simulated.gate.show(Verdict.ADMIT, people=1)
    until(lambda: simulated.panel.outputs.get(0, False))  # type: ignore[union-attr]
    simulated.panel.pressed[6] = True
    until(lambda: GateEvent.FIRE in told)
    assert simulated.thermometer is simulated.simulated is not None


def test_no_settings_are_no_devices_and_no_thread() -> None:
    before = set(threading.enumerate())
    devices = open_devices(GateOptions(), time.monotonic, lambda _: None)
    assert (devices.gate, devices.thermometer, devices.panel) == (None, None, None)
    assert set(threading.enumerate()) <= before
    devices.close()


def test_devices_that_are_away_are_faults_and_no_error() -> None:
    options = GateOptions(
        lock="lcus:/dev/no-such-port:1",
        fire="modbus:/dev/no-other-port:1:0",
        amber="lines:/dev/no-third-port:rts",
        green="gpio:/dev/no-such-chip:1",
        passage="gpio:/dev/no-such-chip:2",
        thermometer="gy_614:/dev/no-fourth-port",
    )
    devices = open_devices(options, time.monotonic, lambda _: None)
    gate, thermometer = devices.gate, devices.thermometer
    assert gate is not None
    assert thermometer is not None
    until(lambda: len(gate.state.faults) == 5)
    until(lambda: thermometer.fault() == UNPLUGGED)
    devices.close()


def test_a_real_board_on_a_real_port_opens_for_an_admitted_person() -> None:
    with FarEnd() as far:
        options = GateOptions(lock=f"lcus:{far.path}:1", pulse_ms=0)
        devices = open_devices(options, time.monotonic, lambda _: None)
        assert devices.gate is not None
        devices.gate.show(Verdict.ADMIT, people=1)
        until(lambda: bytes.fromhex("A00101A2") in far.heard)
        devices.close()
        until(lambda: far.heard.endswith(bytes.fromhex("A00100A1")))
