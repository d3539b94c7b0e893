"""The turnstile: who is let through, who went through, and what beats everything."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from keys.passages import Verdict
from scanner.gate.signals import BEEPS, DARK, SHOWN_S, Signal, signal_at
from scanner.gate.turnstile import (
    PARTY_MOST,
    GateEvent,
    Phase,
    Sensors,
    Turnstile,
    TurnstileRules,
    admit,
    is_unlocked,
    set_emergency,
    tick,
)

RULES = TurnstileRules()
BODY, NOBODY, FIRE = Sensors(passage=True), Sensors(), Sensors(fire=True)


class Play:
    """A turnstile and all it told."""

    def __init__(self, rules: TurnstileRules = RULES) -> None:
        self.rules = rules
        self.now = Turnstile()
        self.told: list[GateEvent] = []

    def admit(self, at_s: float, people: int = 1) -> None:
        self.now, events = admit(self.rules, self.now, at_s, people)
        self.told.extend(events)

    def tick(self, at_s: float, sensors: Sensors = NOBODY) -> None:
        self.now, events = tick(self.rules, self.now, sensors, at_s)
        self.told.extend(events)

    def emergency(self, on: bool) -> None:
        self.now, events = set_emergency(self.now, on)
        self.told.extend(events)

    def phase(self) -> Phase:
        return self.now.phase

    def unlocked(self, at_s: float) -> bool:
        return is_unlocked(self.rules, self.now, at_s)


def test_one_person_is_let_through_and_the_gate_locks_again() -> None:
    play = Play()
    assert not play.unlocked(0)
    play.admit(10)
    assert play.phase() is Phase.OPEN
    assert play.unlocked(10)
    assert play.unlocked(10.4)
    assert not play.unlocked(10.5)
    play.tick(11, BODY)
    assert play.phase() is Phase.PASSING
    play.tick(11.5)
    assert play.phase() is Phase.LOCKED
    assert play.told == [GateEvent.OPENED, GateEvent.PASSED]


def test_a_magnetic_lock_is_held_until_the_person_is_through() -> None:
    play = Play(TurnstileRules(pulse_s=None))
    play.admit(10)
    play.tick(15, BODY)
    assert play.unlocked(15)
    play.tick(15.5)
    assert not play.unlocked(15.5)


def test_who_turns_back_leaves_no_open_gate_behind() -> None:
    play = Play()
    play.admit(10)
    play.tick(15.9)
    assert play.phase() is Phase.OPEN
    play.tick(16)
    assert play.phase() is Phase.LOCKED
    assert play.told == [GateEvent.OPENED, GateEvent.NOT_PASSED]


def test_who_is_slow_is_waited_for_while_in_the_passage() -> None:
    play = Play()
    play.admit(10)
    play.tick(15.9, BODY)
    play.tick(17, BODY)
    play.tick(18)
    assert play.told == [GateEvent.OPENED, GateEvent.PASSED]


def test_a_party_gets_a_pulse_for_each_and_no_more() -> None:
    play = Play()
    play.admit(10, 2)
    play.tick(11, BODY)
    play.tick(11.5)
    assert play.phase() is Phase.OPEN
    assert play.unlocked(11.6)
    play.tick(12, BODY)
    play.tick(12.5)
    assert not play.unlocked(12.6)
    play.tick(13, BODY)
    play.tick(13.5)
    assert play.told == [
        GateEvent.OPENED,
        GateEvent.PASSED,
        GateEvent.PASSED,
        GateEvent.FORCED,
    ]


def test_two_scans_in_a_row_let_two_people_through() -> None:
    play = Play()
    play.admit(10)
    play.admit(10.2)
    for at_s in (11.0, 12.0):
        play.tick(at_s, BODY)
        play.tick(at_s + 0.5)
    assert play.told.count(GateEvent.PASSED) == 2
    assert play.phase() is Phase.LOCKED


def test_nobody_admits_more_than_the_largest_party() -> None:
    play = Play()
    for _ in range(5):
        play.admit(10, PARTY_MOST)
    assert play.now.owed == PARTY_MOST
    play.tick(16)
    assert play.told.count(GateEvent.NOT_PASSED) == PARTY_MOST


@pytest.mark.parametrize("people", [0, PARTY_MOST + 1])
def test_a_party_of_none_or_too_many_is_a_mistake_of_the_caller(people: int) -> None:
    with pytest.raises(ValueError, match="people"):
        admit(RULES, Turnstile(), 0, people)


def test_somebody_whom_nobody_admitted_is_told() -> None:
    play = Play()
    play.tick(10, BODY)
    play.tick(10.5)
    assert play.told == [GateEvent.FORCED]
    assert not play.unlocked(10.5)


def test_a_fly_before_the_sensor_is_nobody() -> None:
    play = Play()
    play.tick(10, BODY)
    play.tick(10.04)
    assert play.told == []


def test_a_covered_sensor_is_told_once_and_waited_for_no_more() -> None:
    play = Play()
    play.tick(10, BODY)
    play.tick(30.1, BODY)
    play.tick(31, BODY)
    play.admit(32)
    play.tick(38, BODY)
    play.tick(40)
    assert play.told == [
        GateEvent.SENSOR_STUCK,
        GateEvent.OPENED,
        GateEvent.UNCONFIRMED,
        GateEvent.SENSOR_FREE,
    ]
    assert not play.now.stuck


def test_without_a_sensor_nobody_can_say_who_went_through() -> None:
    play = Play(TurnstileRules(sensor=False))
    play.admit(10)
    play.tick(16)
    assert play.told == [GateEvent.OPENED, GateEvent.UNCONFIRMED]


def test_fire_opens_at_once_and_the_gate_stays_open_a_while_after() -> None:
    play = Play()
    play.tick(10, FIRE)
    assert play.unlocked(10)
    play.tick(100, FIRE)
    play.tick(109)
    assert play.phase() is Phase.HELD
    assert play.unlocked(109)
    play.tick(110)
    assert not play.unlocked(110)
    assert play.told == [GateEvent.FIRE, GateEvent.FIRE_OVER]


def test_who_leaves_while_the_gate_is_held_is_counted_and_no_intruder() -> None:
    play = Play()
    play.tick(10, Sensors(fire=True, passage=True))
    play.tick(10.5, FIRE)
    assert play.told == [GateEvent.FIRE, GateEvent.PASSED]


def test_an_emergency_holds_until_it_is_ended() -> None:
    play = Play()
    play.emergency(True)
    play.emergency(True)
    play.tick(10_000)
    assert play.unlocked(10_000)
    play.emergency(False)
    assert not play.unlocked(10_000)
    assert play.told == [GateEvent.EMERGENCY, GateEvent.EMERGENCY_OVER]


class TurnstileMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.play = Play()
        self.at_s = 0.0
        self.admitted = 0
        self.fire_s: float | None = None

    @rule(people=st.integers(1, 3))
    def somebody_is_admitted(self, people: int) -> None:
        self.admitted += min(people, PARTY_MOST - self.play.now.owed)
        self.play.admit(self.at_s, people)

    @rule(passage=st.booleans(), fire=st.booleans(), wait_s=st.sampled_from([0.01, 0.3, 4.0, 25.0]))
    def time_goes_on(self, passage: bool, fire: bool, wait_s: float) -> None:
        self.at_s += wait_s
        self.fire_s = self.at_s if fire else self.fire_s
        self.play.tick(self.at_s, Sensors(passage=passage, fire=fire))

    @rule(on=st.booleans())
    def somebody_presses_the_button(self, on: bool) -> None:
        self.play.emergency(on)

    @invariant()
    def fire_and_emergency_are_always_open(self) -> None:
        in_fire = self.fire_s is not None and self.at_s - self.fire_s < RULES.after_fire_s
        if in_fire or self.play.now.emergency:
            assert self.play.unlocked(self.at_s)

    @invariant()
    def it_never_opens_for_nobody(self) -> None:
        if self.admitted == 0 and not self.play.now.held:
            assert not self.play.unlocked(self.at_s)
            assert self.play.now.owed == 0

    @invariant()
    def nothing_that_is_owed_is_lost_or_made_up(self) -> None:
        settled = {GateEvent.NOT_PASSED, GateEvent.UNCONFIRMED}
        ended = sum(event in settled for event in self.play.told)
        passed = self.play.told.count(GateEvent.PASSED)
        waiting = ended + self.play.now.owed
        assert waiting <= self.admitted <= waiting + passed


TestTurnstileMachine = TurnstileMachine.TestCase
TestTurnstileMachine.settings = settings(max_examples=40)


# --- lamps and buzzer


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_shows_for_as_long_as_the_answer_stands(verdict: Verdict) -> None:
    assert signal_at(verdict, 0.0) != DARK
    assert signal_at(verdict, SHOWN_S[verdict]) == DARK
    assert signal_at(verdict, -0.1) == DARK
    assert signal_at(None, 0.0) == DARK


def test_every_verdict_differs_from_every_other_without_its_colour() -> None:
    places = {
        verdict: tuple(
            (s.green, s.amber, s.red)
            for s in (signal_at(verdict, tenth / 10) for tenth in range(20))
        )
        for verdict in Verdict
    }
    assert len(set(places.values())) == len(Verdict)
    assert len(set(BEEPS.values())) == len(Verdict)


def test_the_lamps_of_each_verdict_are_as_the_page_says() -> None:
    lamps = {
        verdict: [
            (signal.green, signal.amber, signal.red)
            for signal in (signal_at(verdict, 0.9), signal_at(verdict, 1.1))
        ]
        for verdict in Verdict
    }
    assert lamps == {
        Verdict.ADMIT: [(True, False, False)] * 2,
        Verdict.ADMIT_WITH_NOTE: [(True, True, False)] * 2,
        Verdict.HAND_CHECK: [(False, False, False), (False, True, False)],
        Verdict.REFUSE: [(False, False, True)] * 2,
        Verdict.CANNOT_JUDGE: [(False, False, True), (False, True, False)],
    }


@given(st.sampled_from(Verdict), st.floats(0, 10))
def test_the_buzzer_sounds_in_the_verdicts_rhythm_only(verdict: Verdict, since_s: float) -> None:
    sounding = any(start <= since_s < end for start, end in BEEPS[verdict])
    assert signal_at(verdict, since_s).buzzer is sounding


def test_a_gate_that_is_held_flashes_whatever_was_judged() -> None:
    assert signal_at(Verdict.REFUSE, 0.1, held=True) == Signal(green=True)
    assert signal_at(None, 0.3, held=True) == DARK
