"""The gate of air: what its panel presses reaches the real gate thread, and comes back as lamps."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from keys.passages import Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import Measured, OpenForEmergency
from scanner.decide.looks import Language
from scanner.decide.notices_desk import GATE, LOG_FAULTS
from scanner.errors import StationFault
from scanner.gate.devices import ALL_SIMULATED, GateDevices, open_devices
from scanner.gate.faults import UNPLUGGED
from scanner.gate.gate import Gate, GateState, Part
from scanner.gate.sounds_player import RecordingPlayer
from scanner.gate.turnstile import GateEvent, Phase, TurnstileRules
from scanner.screen.answer_stand import Pace
from scanner.screen.attract_panel import FIRE, OUT_OF_SERVICE
from scanner.screen.guard_window import GuardWindow
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.number_pad import TemperaturePad
from scanner.screen.options import Face
from scanner.screen.run import ENDED_WELL, WindowRun, open_window, run_window
from scanner.screen.simulated_gate import SimulatedGatePanel
from scanner.screen.standing import standing_notice
from scanner.screen.station_page import StationPage
from scanner.screen.themes import THEMES, ThemeName
from scanner.screen.worker import ActionDone, StationState
from scanner.station import ScanLoop, ScanStep
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import freshness, options, result, step


@pytest.fixture
def events() -> list[GateEvent]:
    """Return what the gate told."""
    return []


@pytest.fixture
def devices(events: list[GateEvent]) -> Iterator[GateDevices]:
    """Return a whole gate of air, running."""
    opened = open_devices(ALL_SIMULATED, time.monotonic, events.append)
    yield opened
    opened.close()


@pytest.fixture
def panel(qtbot: QtBot, open_guard: OpenGuard, devices: GateDevices) -> SimulatedGatePanel:
    """Return the panel of that gate beside a guard's window."""
    window = open_guard(devices=devices, actions=frozenset(ActionName))
    shown = SimulatedGatePanel(window, THEMES[ThemeName.NIGHT], devices, lambda: window.language)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def test_an_admission_opens_and_a_walk_through_closes_again(
    qtbot: QtBot, panel: SimulatedGatePanel, devices: GateDevices, events: list[GateEvent]
) -> None:
    assert devices.gate is not None
    gate = devices.gate
    gate.show(Verdict.ADMIT, 1)
    qtbot.waitUntil(lambda: panel.lamps[Part.GREEN].on and panel.lamps[Part.LOCK].on)
    panel.walk.click()
    qtbot.waitUntil(lambda: GateEvent.PASSED in events)
    qtbot.waitUntil(lambda: gate.state.phase is Phase.LOCKED)
    qtbot.waitUntil(lambda: "走过 1" in panel.told.text())


def test_who_walks_through_a_locked_gate_is_seen(
    qtbot: QtBot, panel: SimulatedGatePanel, events: list[GateEvent]
) -> None:
    panel.walk.click()
    qtbot.waitUntil(lambda: GateEvent.FORCED in events)
    qtbot.waitUntil(lambda: "强闯 1" in panel.told.text())


def test_fire_holds_the_gate_open_and_a_pulled_plug_is_a_fault(
    qtbot: QtBot, panel: SimulatedGatePanel, devices: GateDevices
) -> None:
    assert devices.gate is not None
    gate = devices.gate
    panel.fire.click()
    qtbot.waitUntil(lambda: gate.state.fire and panel.lamps[Part.LOCK].on)
    panel.unplug.click()
    qtbot.waitUntil(lambda: gate.state.faults.get(Part.FIRE) == UNPLUGGED)
    panel.unplug.click()
    qtbot.waitUntil(lambda: not gate.state.faults)


def test_what_the_gate_does_stands_on_the_guards_screen_until_it_is_over(
    qtbot: QtBot, open_guard: OpenGuard, panel: SimulatedGatePanel, devices: GateDevices
) -> None:
    window = open_guard(devices=devices, actions=frozenset(ActionName))
    assert devices.gate is not None
    gate = devices.gate
    gate.set_emergency(True)
    qtbot.waitUntil(lambda: GATE["held_open"].title.zh in window.standing.text())
    gate.set_emergency(False)
    qtbot.waitUntil(lambda: not window.standing.isVisible())
    panel.fire.click()
    qtbot.waitUntil(lambda: GATE["fire"].title.zh in window.standing.text())
    window.show_state(StationState(freshness=freshness(fault="disk_full"), camera_fault=None))
    assert GATE["fire"].title.zh in window.standing.text()


def test_what_the_window_held_open_by_itself_does_not_close_on_the_stations_emergency(
    qtbot: QtBot, open_guard: OpenGuard, devices: GateDevices
) -> None:
    fast = Pace(speed=300)  # a minute is 0.2 s
    window = open_guard(devices=devices, actions=frozenset(ActionName), pace=fast)
    assert devices.gate is not None
    gate = devices.gate
    window.show_done(ActionDone(action=OpenForEmergency(), fault="station_fault"))
    opened = replace(result(Verdict.ADMIT, reason=Reason.EMERGENCY), passage_id=bytes(16))
    window.show_done(ActionDone(action=OpenForEmergency(), result=opened))
    qtbot.waitUntil(lambda: gate.state.emergency)
    later = QTimer(window)
    later.setSingleShot(True)
    with qtbot.waitSignal(later.timeout):
        later.start(2 * fast.milliseconds(60))
    assert gate.state.emergency


def test_a_kiosk_sends_everybody_out_in_a_fire(
    qtbot: QtBot, open_any: OpenGuard, panel: SimulatedGatePanel, devices: GateDevices
) -> None:
    window = open_any(devices=devices, face=Face.KIOSK)
    assert isinstance(window, KioskWindow)
    window.show_state(StationState(freshness=freshness(fault="disk_full"), camera_fault=None))
    assert window.attract.accessibleName() == OUT_OF_SERVICE.title.zh
    panel.fire.click()
    qtbot.waitUntil(lambda: window.attract.accessibleName() == FIRE.title.zh)
    window.set_language(Language.EN)
    assert window.attract.accessibleName() == FIRE.title.en
    assert window.attract.grab().toImage().width() > 0


def test_a_covered_sensor_is_said_while_nothing_is_more_pressing() -> None:
    state = GateState(stuck=True)
    devices = GateDevices(gate=Standing(state), thermometer=None, panel=None, simulated=None)
    assert standing_notice(freshness(), devices) is GATE["sensor_stuck"]
    assert standing_notice(freshness(fault="disk_full"), devices) is LOG_FAULTS["disk_full"]
    assert standing_notice(None, None) is None


class Standing(Gate):
    """A gate that stands still in one state."""

    def __init__(self, state: GateState) -> None:
        super().__init__({}, TurnstileRules(), time.monotonic, lambda _event: None)
        self._state = state


def test_the_slider_is_what_the_thermometer_sees(
    panel: SimulatedGatePanel, devices: GateDevices
) -> None:
    assert devices.thermometer is not None
    assert devices.thermometer.measured() is None
    panel.slider.setValue(372)
    found = devices.thermometer.measured()
    assert found is not None
    assert found.hundredths == 3720
    panel.slider.setValue(panel.slider.minimum())
    assert devices.thermometer.measured() is None


def test_every_lamp_says_in_words_what_it_does(
    qtbot: QtBot, panel: SimulatedGatePanel, devices: GateDevices
) -> None:
    assert devices.gate is not None
    assert {lamp.accessibleName() for lamp in panel.lamps.values()} == {
        *("锁住", "绿灯灭", "黄灯灭", "红灯灭", "蜂鸣停")
    }
    devices.gate.test_lamps(20)
    qtbot.waitUntil(lambda: panel.lamps[Part.RED].accessibleName() == "红灯亮")
    assert panel.lamps[Part.BUZZER].on
    assert panel.grab().toImage().width() >= 400


def test_a_reading_is_taken_by_one_press(
    qtbot: QtBot, open_guard: OpenGuard, devices: GateDevices
) -> None:
    window = open_guard(Language.EN, devices=devices, actions=frozenset(ActionName))
    asked: list[object] = []
    window.action_asked.connect(asked.append)
    window.guard_actions.ask_temperature()
    page = window.questions.current
    assert isinstance(page, TemperaturePad)
    assert not page.buttons["reading"].isEnabled()
    assert devices.simulated is not None
    devices.simulated.hundredths = 3649
    qtbot.waitUntil(page.buttons["reading"].isEnabled)
    assert page.buttons["reading"].text() == "36.5 °C"
    page.buttons["reading"].click()
    assert asked == [Measured(tenths=365)]
    assert window.questions.current is None


def test_a_faulty_thermometer_says_so_and_the_keys_still_work(
    qtbot: QtBot, open_guard: OpenGuard, devices: GateDevices
) -> None:
    window = open_guard(Language.EN, devices=devices, actions=frozenset(ActionName))
    assert devices.simulated is not None
    devices.simulated.failing = "device_silent"
    asked: list[object] = []
    window.action_asked.connect(asked.append)
    window.guard_actions.ask_temperature()
    page = window.questions.current
    assert isinstance(page, TemperaturePad)
    assert page.buttons["reading"].text() == "Faulty"
    for face in "371✓":
        page.buttons[face].click()
    assert asked == [Measured(tenths=371)]


def test_lamps_are_tried_from_the_station_page_and_faults_stand_there(
    qtbot: QtBot, open_guard: OpenGuard, devices: GateDevices
) -> None:
    window = open_guard(Language.EN, devices=devices, actions=frozenset(ActionName))
    window.show_state(StationState(freshness=freshness(), camera_fault=None))
    window.staff.open_station()
    page = window.questions.current
    assert isinstance(page, StationPage)
    assert devices.gate is not None
    gate = devices.gate
    page.buttons["lamps"].click()
    qtbot.waitUntil(lambda: gate.state.signal.red and gate.state.signal.green)
    assert devices.panel is not None
    assert devices.simulated is not None
    devices.panel.fault = UNPLUGGED
    devices.simulated.failing = "device_garbled"
    qtbot.waitUntil(lambda: Part.LOCK in gate.state.faults)
    said = " ".join(page.lines())
    assert "lock: not connected" in said
    assert "Thermometer: sends what nobody can read" in said


def test_an_emergency_opens_by_the_gate_itself_when_there_is_no_station(
    qtbot: QtBot, swept: None, devices: GateDevices
) -> None:
    assert devices.gate is not None
    gate = devices.gate
    window = open_window(
        options(devices=devices, actions=frozenset(ActionName), pace=Pace(speed=60)),
        RecordingPlayer(),
    )
    qtbot.addWidget(window)
    run = WindowRun(window, _no_station)
    window.show()
    assert isinstance(window, GuardWindow)
    window.guard_actions.buttons[ActionName.EMERGENCY].click()
    qtbot.waitUntil(lambda: gate.state.emergency)
    qtbot.waitUntil(lambda: not gate.state.emergency)
    window.close()
    run.end()


def _no_station() -> ScanLoop:
    raise StationFault(code="disk_unusable")


def test_the_panel_stands_beside_the_window_and_goes_with_it(
    qapp: QApplication, swept: None, devices: GateDevices
) -> None:
    seen: list[bool] = []

    def look() -> None:
        shown = [one for one in qapp.topLevelWidgets() if isinstance(one, SimulatedGatePanel)]
        seen.append(any(one.isVisible() for one in shown))

    def frames() -> Iterator[ScanStep]:
        while not seen:
            yield step()

    QTimer.singleShot(50, look)
    code = run_window(
        lambda: PlayedLoop(frames()), options(devices=devices, once=True), RecordingPlayer()
    )
    assert code == ENDED_WELL
    assert seen == [True]
    look()
    assert seen == [True, False]
