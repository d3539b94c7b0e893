"""The gate at work: verdicts in, locks, lamps and events out, whatever its boards do meanwhile."""

from __future__ import annotations

import pytest

from keys.passages import Verdict
from scanner.gate.boards import SimulatedBoard
from scanner.gate.contacts import BoardLink, Contact
from scanner.gate.faults import GARBLED, REFUSED, SILENT, UNPLUGGED, DeviceFault
from scanner.gate.gate import Gate, Part
from scanner.gate.signals import DARK, EVERYTHING
from scanner.gate.turnstile import GateEvent, Phase, TurnstileRules
from tests.scanner.gate.ports import until

CHANNELS = {part: number for number, part in enumerate(Part)}


class Rig:
    """A gate on a board of air, with a clock that the test moves; no thread unless started."""

    def __init__(self, *parts: Part, rules: TurnstileRules | None = None) -> None:
        self.at_s = 100.0
        self.air = SimulatedBoard()
        self.opened = 0
        self.told: list[GateEvent] = []
        self.link = BoardLink(self.open)
        contacts = {part: Contact(link=self.link, channel=CHANNELS[part]) for part in parts or Part}
        self.gate = Gate(contacts, rules or TurnstileRules(), lambda: self.at_s, self.told.append)

    def open(self) -> SimulatedBoard:
        self.opened += 1
        self.air.outputs.clear()
        return self.air

    def turn(self, seconds: float = 0.0) -> None:
        self.at_s += seconds
        self.gate.turn()

    def press(self, part: Part, pressed: bool = True) -> None:
        self.air.pressed[CHANNELS[part]] = pressed

    def on(self) -> set[Part]:
        return {part for part in Part if self.air.outputs.get(CHANNELS[part])}


def test_an_admitted_person_opens_the_lock_lights_green_and_goes_through() -> None:
    rig = Rig()
    rig.turn()
    assert rig.on() == set()
    assert rig.air.outputs[CHANNELS[Part.LOCK]] is False
    rig.gate.show(Verdict.ADMIT, people=1)
    rig.turn()
    assert rig.on() == {Part.LOCK, Part.GREEN, Part.BUZZER}
    rig.turn(0.6)
    assert rig.on() == {Part.GREEN}
    rig.press(Part.PASSAGE)
    rig.turn(1)
    assert rig.gate.state.phase is Phase.PASSING
    rig.press(Part.PASSAGE, False)
    rig.turn(0.5)
    state = rig.gate.state
    assert (state.phase, state.passed, state.owed, state.forced) == (Phase.LOCKED, 1, 0, 0)
    assert rig.told == [GateEvent.OPENED, GateEvent.PASSED]
    rig.turn(2)
    assert rig.on() == set()


def test_a_refusal_lights_red_and_opens_nothing() -> None:
    rig = Rig()
    rig.gate.show(Verdict.REFUSE)
    rig.turn()
    assert rig.on() == {Part.RED, Part.BUZZER}
    rig.turn(1)
    assert rig.on() == {Part.RED}
    assert rig.told == []


def test_fire_opens_whatever_was_judged() -> None:
    rig = Rig()
    rig.gate.show(Verdict.REFUSE)
    rig.press(Part.FIRE)
    rig.turn()
    assert Part.LOCK in rig.on()
    assert rig.gate.state.fire
    rig.press(Part.FIRE, False)
    rig.turn(5)
    assert Part.LOCK in rig.on()
    rig.turn(6)
    assert Part.LOCK not in rig.on()
    assert rig.told == [GateEvent.FIRE, GateEvent.FIRE_OVER]


def test_an_emergency_opens_until_it_is_ended() -> None:
    rig = Rig()
    rig.gate.set_emergency(True)
    rig.turn()
    rig.turn(3600)
    assert Part.LOCK in rig.on()
    assert rig.gate.state.emergency
    rig.gate.set_emergency(False)
    rig.turn()
    assert rig.on() == set()


def test_a_person_without_admission_is_counted_and_told() -> None:
    rig = Rig()
    rig.press(Part.PASSAGE)
    rig.turn()
    rig.press(Part.PASSAGE, False)
    rig.turn(0.5)
    assert rig.gate.state.forced == 1


def test_a_lamp_test_lights_everything_for_a_while() -> None:
    rig = Rig()
    rig.gate.test_lamps(2)
    rig.turn()
    assert rig.on() == {Part.GREEN, Part.AMBER, Part.RED, Part.BUZZER}
    assert rig.gate.state.signal == EVERYTHING
    rig.turn(2)
    assert rig.gate.state.signal == DARK


def test_what_holds_is_said_again_every_second_and_not_more_often() -> None:
    rig = Rig(Part.LOCK)
    said = []
    rig.air.set = lambda channel, on: said.append(on)  # type: ignore[method-assign]
    for _ in range(20):
        rig.turn(0.1)
    assert said == [False] * 2


def test_a_board_that_goes_away_is_told_and_taken_back_when_it_returns() -> None:
    rig = Rig()
    rig.turn()
    rig.air.fault = UNPLUGGED
    rig.gate.set_emergency(True)
    rig.turn()
    assert rig.gate.state.faults[Part.LOCK] == rig.gate.state.faults[Part.FIRE] == UNPLUGGED
    rig.turn(0.9)
    assert rig.opened == 1
    rig.turn(0.2)
    assert rig.gate.state.faults == {part.value: UNPLUGGED for part in Part}
    assert rig.opened == 2
    rig.air.fault = GARBLED
    rig.turn(1.1)
    assert rig.opened == 3
    rig.turn()
    assert set(rig.gate.state.faults.values()) == {GARBLED}
    rig.air.fault = None
    rig.turn(1.1)
    assert rig.gate.state.faults == {}
    assert Part.LOCK in rig.on()


def test_a_board_that_refuses_its_inputs_still_opens_the_lock() -> None:
    rig = Rig()

    def refuse() -> None:
        raise DeviceFault("no inputs", code=REFUSED)

    rig.air.poll = refuse  # type: ignore[method-assign]
    rig.gate.show(Verdict.ADMIT, people=1)
    rig.turn()
    assert Part.LOCK in rig.on()
    assert rig.gate.state.faults == {Part.PASSAGE.value: REFUSED, Part.FIRE.value: REFUSED}
    assert rig.opened == 1


def test_an_input_stays_as_it_was_while_its_board_is_away() -> None:
    rig = Rig()
    rig.press(Part.FIRE)
    rig.turn()
    rig.air.fault = SILENT
    rig.turn(60)
    assert rig.gate.state.fire


def test_a_contact_that_a_cut_wire_opens_is_active_when_open() -> None:
    air = SimulatedBoard()
    link = BoardLink(lambda: air)
    fire = Contact(link=link, channel=0, inverted=True)
    lock = Contact(link=link, channel=1, inverted=True)
    air.pressed[0] = True
    told: list[GateEvent] = []
    gate = Gate({Part.FIRE: fire, Part.LOCK: lock}, TurnstileRules(), lambda: 1.0, told.append)
    gate.turn()
    assert told == []
    assert air.outputs == {1: True}
    air.pressed[0] = False
    gate.turn()
    assert told == [GateEvent.FIRE]
    assert air.outputs == {1: False}


def test_a_gate_without_inputs_or_lamps_still_opens() -> None:
    rig = Rig(Part.LOCK, rules=TurnstileRules(sensor=False))
    rig.gate.show(Verdict.ADMIT, people=2)
    rig.turn()
    assert rig.on() == {Part.LOCK}
    rig.turn(10)
    assert rig.told == [GateEvent.OPENED, GateEvent.UNCONFIRMED, GateEvent.UNCONFIRMED]


def test_the_gate_runs_by_itself_and_locks_when_it_ends() -> None:
    rig = Rig()
    rig.gate.start()
    rig.gate.show(Verdict.ADMIT, people=1)
    until(lambda: Part.LOCK in rig.on())
    rig.gate.stop()
    rig.gate.stop()
    assert rig.on() == set()
    assert rig.told == [GateEvent.OPENED]


def test_a_gate_that_ends_in_an_emergency_stays_open() -> None:
    rig = Rig()
    rig.gate.start()
    rig.gate.set_emergency(True)
    until(lambda: rig.gate.state.emergency)
    rig.gate.stop()
    assert rig.on() == {Part.LOCK}


def test_a_listener_that_fails_does_not_stop_the_gate(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig()
    rig.told = None  # type: ignore[assignment]

    def fail(_: GateEvent) -> None:
        raise ZeroDivisionError

    rig.gate._on_event = fail
    rig.gate.start()
    rig.gate.show(Verdict.ADMIT, people=1)
    until(lambda: "ZeroDivisionError" in caplog.text)
    rig.gate.set_emergency(True)
    until(lambda: Part.LOCK in rig.on())
    rig.gate.stop()
