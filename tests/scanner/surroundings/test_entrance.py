"""What hangs at the gate, of air: a real gate's thread on a simulated board."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from keys.passages import Verdict
from scanner.gate.devices import ALL_SIMULATED, GateOptions
from scanner.gate.faults import DeviceFault
from scanner.gate.turnstile import Phase
from scanner.settings import StationSettings
from scanner.surroundings.entrance import GateEntrance, gate_options
from tests.scanner.sync.rigs import wait_until

LOCK, PASSAGE, FIRE = 0, 5, 6


@pytest.fixture
def entrance() -> Iterator[GateEntrance]:
    made = GateEntrance(ALL_SIMULATED)
    made.start()
    yield made
    made.stop()


def phase(entrance: GateEntrance) -> Phase:
    """Return where the turnstile stands."""
    assert entrance.devices is not None
    assert entrance.devices.gate is not None
    return entrance.devices.gate.state.phase


def press(entrance: GateEntrance, channel: int, *, on: bool) -> None:
    """Set an input of the simulated board."""
    assert entrance.devices is not None
    assert entrance.devices.panel is not None
    entrance.devices.panel.pressed[channel] = on


def test_the_settings_name_where_each_part_hangs() -> None:
    settings = StationSettings(
        lock="lcus:/dev/ttyUSB0:1", fire="gpio:/dev/gpiochip0:17:nc", wait_s=9
    )
    options = gate_options(settings, simulated=False)
    assert options == GateOptions(
        lock="lcus:/dev/ttyUSB0:1", fire="gpio:/dev/gpiochip0:17:nc", wait_s=9
    )
    assert gate_options(settings, simulated=True) == ALL_SIMULATED


def test_a_setting_that_names_no_device_is_told_before_anything_moves() -> None:
    with pytest.raises(DeviceFault) as caught:
        GateEntrance(replace(GateOptions(), lock="relay one"))
    assert caught.value.code == "device_setting"


def test_a_door_without_devices_shows_and_measures_nothing() -> None:
    bare = GateEntrance(GateOptions())
    bare.start()
    bare.show(Verdict.ADMIT, 1)
    bare.hold_open(True)
    assert (bare.devices, bare.fire(), bare.measured(), bare.news()) == (None, False, None, None)
    assert not bare.is_held()
    bare.stop()


def test_who_is_admitted_finds_the_lock_open(entrance: GateEntrance) -> None:
    entrance.show(Verdict.REFUSE, 0)
    assert phase(entrance) is Phase.LOCKED
    entrance.show(Verdict.ADMIT, 1)
    wait_until(lambda: phase(entrance) is Phase.OPEN)


def test_an_emergency_holds_the_gate_until_it_is_let_go(entrance: GateEntrance) -> None:
    entrance.hold_open(True)
    wait_until(lambda: phase(entrance) is Phase.HELD)
    entrance.hold_open(False)
    wait_until(lambda: phase(entrance) is Phase.LOCKED)
    assert entrance.news() is None  # an emergency has a row of its own


def test_a_gate_held_open_past_the_station_is_for_the_log(entrance: GateEntrance) -> None:
    assert entrance.devices is not None
    assert entrance.devices.gate is not None
    assert not entrance.is_held()
    entrance.devices.gate.set_emergency(True)  # the window's own, while no station can be built
    wait_until(entrance.is_held)
    assert entrance.news() == "emergency"
    assert entrance.news() is None


def test_fire_and_a_forced_gate_are_for_the_log(entrance: GateEntrance) -> None:
    press(entrance, FIRE, on=True)
    wait_until(entrance.fire)
    assert entrance.news() == "fire"
    assert entrance.news() is None


def test_somebody_whom_nobody_admitted_is_for_the_log(entrance: GateEntrance) -> None:
    press(entrance, PASSAGE, on=True)
    wait_until(lambda: _covered(entrance))
    press(entrance, PASSAGE, on=False)
    told: list[str] = []

    def heard() -> bool:
        news = entrance.news()
        told.extend([news] if news else [])
        return bool(told)

    wait_until(heard)
    assert told == ["forced"]


def _covered(entrance: GateEntrance) -> bool:
    assert entrance.devices is not None
    assert entrance.devices.gate is not None
    turnstile = entrance.devices.gate._turnstile
    return turnstile.covered_s is not None and (
        entrance.devices.gate._now_s() - turnstile.covered_s > 0.1
    )


@pytest.mark.parametrize(("hundredths", "tenths"), [(3664, 366), (3725, 373), (None, None)])
def test_a_reading_is_told_in_tenths(
    entrance: GateEntrance, hundredths: int | None, tenths: int | None
) -> None:
    assert entrance.devices is not None
    assert entrance.devices.simulated is not None
    entrance.devices.simulated.hundredths = hundredths
    assert entrance.measured() == tenths
