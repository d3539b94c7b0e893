"""What hangs at this gate, from the settings to the running station: lock, lamps, buzzer, sensors,
thermometer, each of them optional. A device that is away is shown as a fault and holds up nothing.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import fields
from typing import Final

from keys.passages import Verdict
from scanner.gate.devices import (
    ALL_SIMULATED,
    GateDevices,
    GateOptions,
    open_devices,
    places_of,
)
from scanner.gate.turnstile import PARTY_MOST, GateEvent
from scanner.settings import StationSettings

# What a supervisor asks for later; all the rest is the gate's ordinary day.
_LOGGED: Final = frozenset({GateEvent.FORCED, GateEvent.FIRE, GateEvent.FIRE_OVER})
_EVENTS_MOST: Final = 256


def gate_options(settings: StationSettings, *, simulated: bool) -> GateOptions:
    """Return where each device hangs by the settings; simulated: a gate of air instead."""
    if simulated:
        return ALL_SIMULATED
    return GateOptions(**{part.name: getattr(settings, part.name) for part in fields(GateOptions)})


class GateEntrance:
    """The gate of one station. `devices`: None until it is started, or where nothing hangs."""

    def __init__(self, options: GateOptions) -> None:
        """DeviceFault `device_setting` if the settings name no such device."""
        places_of(options)
        self._options = options
        self._events: deque[GateEvent] = deque(maxlen=_EVENTS_MOST)
        self._held_by_station = False
        self.devices: GateDevices | None = None

    def start(self) -> None:
        """Lock the gate and begin to watch it. DeviceFault `device_setting`."""
        if self.devices is None and self._options != GateOptions():
            self.devices = open_devices(self._options, time.monotonic, self._heard)

    def stop(self) -> None:
        """Lock (unless fire or emergency holds it open) and let go of every device."""
        if self.devices is not None:
            self.devices.close()

    def _heard(self, event: GateEvent) -> None:
        # The station writes a row of its own emergencies; a window without a station cannot.
        by_window = event is GateEvent.EMERGENCY and not self._held_by_station
        if event in _LOGGED or by_window:
            self._events.append(event)

    def show(self, verdict: Verdict, people: int) -> None:
        """Show a verdict on the lamps, and let `people` through if there are any."""
        if self.devices is not None and self.devices.gate is not None:
            self.devices.gate.show(verdict, min(people, PARTY_MOST))

    def hold_open(self, on: bool) -> None:
        """Hold the gate open for an emergency, or let go of it."""
        self._held_by_station = on
        if self.devices is not None and self.devices.gate is not None:
            self.devices.gate.set_emergency(on)

    def is_held(self) -> bool:
        """Return whether it is held open for an emergency now."""
        gate = None if self.devices is None else self.devices.gate
        return gate is not None and gate.state.emergency

    def fire(self) -> bool:
        """Return whether the fire input is active."""
        gate = None if self.devices is None else self.devices.gate
        return gate is not None and gate.state.fire

    def measured(self) -> int | None:
        """Return the temperature of who stands in front, in tenths of a degree; None without."""
        if self.devices is None or self.devices.thermometer is None:
            return None
        found = self.devices.thermometer.measured()
        return None if found is None else (found.hundredths + 5) // 10

    def news(self) -> str | None:
        """Return the oldest event not told yet that belongs into the log, None without."""
        return self._events.popleft().value if self._events else None
