"""The turnstile as a table of states: open for whom, for how long, who went through. Pure.

LOCKED -> `admit` -> OPEN -> body in the passage -> PASSING -> body gone -> LOCKED (or OPEN for the
next of a party). Fire and emergency beat everything: HELD open until they end.

What can happen: nobody goes through in time -> NOT_PASSED, locked again; somebody goes through whom
nobody admitted -> FORCED (an alarm for the guard, never a lock that falls on a person: a closing
turnstile is the turnstile's own business); the sensor stays covered -> SENSOR_STUCK, and passages
are no longer waited for until it is free; no sensor -> UNCONFIRMED after the time to pass.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

PARTY_MOST: Final = 16  # formats.md 1.1: the largest party of one pass


class Phase(StrEnum):
    """Where the turnstile stands."""

    LOCKED = "locked"
    OPEN = "open"
    PASSING = "passing"
    HELD = "held"


class GateEvent(StrEnum):
    """What the gate has to tell. FORCED and SENSOR_STUCK are for the guard's eye."""

    OPENED = "opened"
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    UNCONFIRMED = "unconfirmed"
    FORCED = "forced"
    SENSOR_STUCK = "sensor_stuck"
    SENSOR_FREE = "sensor_free"
    FIRE = "fire"
    FIRE_OVER = "fire_over"
    EMERGENCY = "emergency"
    EMERGENCY_OVER = "emergency_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnstileRules:
    """pulse_s: how long the lock's relay closes for one person; None: until the person is through
    (a magnetic lock). wait_s: how long a person may take. sensor: whether there is a passage
    sensor. shortest_s: a shorter signal of it is a fly. stuck_s: a longer one is dirt.
    after_fire_s: how long the gate stays open after the fire input has gone quiet.
    """

    pulse_s: float | None = 0.5
    wait_s: float = 6.0
    sensor: bool = True
    shortest_s: float = 0.05
    stuck_s: float = 20.0
    after_fire_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnstile:
    """One moment of the turnstile. owed: how many may still go through. Times are seconds of the
    monotonic clock; covered_s: since when the sensor is covered, None if free.
    """

    owed: int = 0
    deadline_s: float = 0.0
    pulse_until_s: float = 0.0
    covered_s: float | None = None
    stuck: bool = False
    fire_until_s: float | None = None
    emergency: bool = False

    @property
    def held(self) -> bool:
        """Whether fire or emergency holds it open."""
        return self.emergency or self.fire_until_s is not None

    @property
    def phase(self) -> Phase:
        """Where it stands."""
        if self.held:
            return Phase.HELD
        if not self.owed:
            return Phase.LOCKED
        return Phase.OPEN if self.covered_s is None else Phase.PASSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensors:
    """What the inputs say now."""

    passage: bool = False
    fire: bool = False


Step = tuple[Turnstile, tuple[GateEvent, ...]]


def admit(rules: TurnstileRules, now: Turnstile, now_s: float, people: int = 1) -> Step:
    """Return the turnstile opened for `people` more, 16 together at most."""
    if not 1 <= people <= PARTY_MOST:
        raise ValueError("people")
    opened = replace(
        now,
        owed=min(PARTY_MOST, now.owed + people),
        deadline_s=now_s + rules.wait_s,
        pulse_until_s=now_s + (rules.pulse_s or 0.0),
    )
    return opened, (GateEvent.OPENED,)


def set_emergency(now: Turnstile, on: bool) -> Step:
    """Return the turnstile held open by a person, or let go of."""
    if now.emergency is on:
        return now, ()
    event = GateEvent.EMERGENCY if on else GateEvent.EMERGENCY_OVER
    return replace(now, emergency=on), (event,)


def tick(rules: TurnstileRules, now: Turnstile, sensors: Sensors, now_s: float) -> Step:
    """Return the turnstile as of `now_s` after the inputs were read."""
    now, fire = _fire(rules, now, sensors.fire, now_s)
    now, passage = _passage(rules, now, sensors.passage, now_s)
    now, late = _deadline(rules, now, now_s)
    return now, (*fire, *passage, *late)


def is_unlocked(rules: TurnstileRules, now: Turnstile, now_s: float) -> bool:
    """Return whether the lock's relay is to be closed at `now_s`."""
    if now.held:
        return True
    if rules.pulse_s is None:
        return now.owed > 0
    return now_s < now.pulse_until_s


def _fire(rules: TurnstileRules, now: Turnstile, fire: bool, now_s: float) -> Step:
    if fire:
        events = (GateEvent.FIRE,) if now.fire_until_s is None else ()
        return replace(now, fire_until_s=now_s + rules.after_fire_s), events
    if now.fire_until_s is not None and now_s >= now.fire_until_s:
        return replace(now, fire_until_s=None), (GateEvent.FIRE_OVER,)
    return now, ()


def _passage(rules: TurnstileRules, now: Turnstile, covered: bool, now_s: float) -> Step:
    if covered and now.covered_s is None:
        return replace(now, covered_s=now_s), ()
    if covered:
        since_s = now_s - (now.covered_s or 0.0)
        if not now.stuck and since_s > rules.stuck_s:
            return replace(now, stuck=True), (GateEvent.SENSOR_STUCK,)
        return now, ()
    if now.covered_s is None:
        return now, ()
    free = replace(now, covered_s=None, stuck=False)
    if now.stuck:
        return free, (GateEvent.SENSOR_FREE,)
    if now_s - now.covered_s < rules.shortest_s:
        return free, ()
    return _gone_through(rules, free, now_s)


def _gone_through(rules: TurnstileRules, now: Turnstile, now_s: float) -> Step:
    if now.owed:
        left = now.owed - 1
        # A turnstile that locks after each person needs a pulse for the next of the party.
        pulse_until_s = now_s + (rules.pulse_s or 0.0) if left else now.pulse_until_s
        through = replace(
            now, owed=left, deadline_s=now_s + rules.wait_s, pulse_until_s=pulse_until_s
        )
        return through, (GateEvent.PASSED,)
    return now, (GateEvent.PASSED if now.held else GateEvent.FORCED,)


def _deadline(rules: TurnstileRules, now: Turnstile, now_s: float) -> Step:
    in_between = now.covered_s is not None and not now.stuck
    if not now.owed or now_s < now.deadline_s or in_between:
        return now, ()
    event = GateEvent.NOT_PASSED if rules.sensor and not now.stuck else GateEvent.UNCONFIRMED
    return replace(now, owed=0), (event,) * now.owed
