"""The gate at work: one thread that reads the inputs, moves the turnstile, lights lamps, beeps.

What can go wrong: a board goes away, is silent or talks rubbish -> its fault is shown, it is opened
anew every second, everything else goes on; a relay forgets its state (a brown-out) -> what holds is
said again every second; this process dies -> a relay keeps its last state until the next start,
which locks first. Fire release never rests on this program alone: docs/devices.md says how to wire.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Final

from keys.passages import Verdict
from scanner.gate.contacts import Contact, look_at
from scanner.gate.signals import DARK, EVERYTHING, Signal, signal_at
from scanner.gate.turnstile import (
    GateEvent,
    Phase,
    Sensors,
    Step,
    Turnstile,
    TurnstileRules,
    admit,
    is_unlocked,
    set_emergency,
    tick,
)

log = logging.getLogger(__name__)
POLL_S: Final = 0.025


class Part(StrEnum):
    """What hangs at the gate: five outputs, two inputs."""

    LOCK = "lock"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BUZZER = "buzzer"
    PASSAGE = "passage"
    FIRE = "fire"


INPUTS: Final = frozenset({Part.PASSAGE, Part.FIRE})


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """What the window shows. passed, forced: since the start. faults: part -> code."""

    phase: Phase = Phase.LOCKED
    owed: int = 0
    passed: int = 0
    forced: int = 0
    fire: bool = False
    emergency: bool = False
    stuck: bool = False
    signal: Signal = DARK
    faults: Mapping[str, str] = field(default_factory=dict)


class Gate:
    """Drives what hangs at the gate. on_event is called in the gate's own thread."""

    def __init__(
        self,
        contacts: Mapping[Part, Contact],
        rules: TurnstileRules,
        now_s: Callable[[], float],
        on_event: Callable[[GateEvent], None],
    ) -> None:
        self._contacts = dict(contacts)
        self._rules = rules
        self._now_s = now_s
        self._on_event = on_event
        self._lock = threading.Lock()
        self._turnstile = Turnstile()
        self._events: list[GateEvent] = []
        self._shown: tuple[Verdict | None, float] = (None, 0.0)
        self._test_until_s = float("-inf")
        self._passed = self._forced = 0
        self._state = GateState()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gate", daemon=True)

    # --- called from other threads; every method returns at once

    def start(self) -> None:
        """Lock, and begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Lock (unless fire or emergency holds it open), put the lamps out, end. May be called
        twice.
        """
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def show(self, verdict: Verdict, people: int = 0) -> None:
        """Show a verdict, and let `people` through if there are any."""
        now_s = self._now_s()
        with self._lock:
            self._shown = (verdict, now_s)
            if people:
                self._take(admit(self._rules, self._turnstile, now_s, people))
        self._wake.set()

    def set_emergency(self, on: bool) -> None:
        """Hold the gate open, or let go of it."""
        with self._lock:
            self._take(set_emergency(self._turnstile, on))
        self._wake.set()

    def test_lamps(self, seconds: float) -> None:
        """Light and sound everything for a while."""
        with self._lock:
            self._test_until_s = self._now_s() + seconds
        self._wake.set()

    @property
    def state(self) -> GateState:
        """The last known state; replaced as a whole, safe to read from any thread."""
        return self._state

    # --- the gate's own thread

    def turn(self) -> None:
        """Read the inputs, move on, drive the outputs, once."""
        now_s = self._now_s()
        sensors = self._read_inputs(now_s)
        with self._lock:
            self._take(tick(self._rules, self._turnstile, sensors, now_s))
            now, (verdict, shown_s) = self._turnstile, self._shown
            testing = now_s < self._test_until_s
            events, self._events = self._events, []
        since_s = now_s if now.held else now_s - shown_s
        signal = EVERYTHING if testing else signal_at(verdict, since_s, held=now.held)
        self._drive(is_unlocked(self._rules, now, now_s), signal, now_s)
        self._tell(events)
        self._note(now, signal)

    def _read_inputs(self, now_s: float) -> Sensors:
        inputs = [self._contacts[part] for part in INPUTS if part in self._contacts]
        for link in {id(contact.link): contact.link for contact in inputs}.values():
            mine = [contact for contact in inputs if contact.link is link]
            fault = link.do(partial(look_at, mine), now_s)
            for contact in mine:
                contact.fault = fault
        active = {part for part in INPUTS & set(self._contacts) if self._contacts[part].was_active}
        return Sensors(passage=Part.PASSAGE in active, fire=Part.FIRE in active)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self.turn()
            except Exception:  # a gate that no longer watches its fire input is worse than a log
                log.exception("gate")
            self._wake.wait(POLL_S)
            self._wake.clear()
        with self._lock:
            held = self._turnstile.held
        self._drive(held, DARK, self._now_s())
        for link in {
            id(contact.link): contact.link for contact in self._contacts.values()
        }.values():
            link.close()

    def _take(self, step: Step) -> None:
        self._turnstile, events = step
        self._events.extend(events)

    def _drive(self, unlocked: bool, signal: Signal, now_s: float) -> None:
        wanted = {
            Part.LOCK: unlocked,
            Part.GREEN: signal.green,
            Part.AMBER: signal.amber,
            Part.RED: signal.red,
            Part.BUZZER: signal.buzzer,
        }
        for part, on in wanted.items():
            if part in self._contacts:
                self._contacts[part].drive(on, now_s)

    def _tell(self, events: Iterable[GateEvent]) -> None:
        for event in events:
            self._passed += event is GateEvent.PASSED
            self._forced += event is GateEvent.FORCED
            self._on_event(event)

    def _note(self, now: Turnstile, signal: Signal) -> None:
        faults = {
            part.value: contact.fault
            for part, contact in self._contacts.items()
            if contact.fault is not None
        }
        self._state = GateState(
            phase=now.phase,
            owed=now.owed,
            passed=self._passed,
            forced=self._forced,
            fire=now.fire_until_s is not None,
            emergency=now.emergency,
            stuck=now.stuck,
            signal=signal,
            faults=faults,
        )
