"""What stands on the screen as long as it is so: fire, rows that cannot be stored, an open gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.decide.notices import Notice
    from scanner.gate.devices import GateDevices
    from scanner.station import Freshness


def burns(devices: GateDevices | None) -> bool:
    """Return whether the gate's fire input is active, or was a moment ago."""
    return devices is not None and devices.gate is not None and devices.gate.state.fire


def standing_notice(fresh: Freshness | None, devices: GateDevices | None) -> Notice | None:
    """Return the most pressing of what is so now, None if nothing is."""
    gate = devices.gate.state if devices is not None and devices.gate is not None else None
    fault = None if fresh is None else fresh.fault
    at_gate = gate is not None and (gate.fire or gate.emergency or gate.stuck)
    if fault is None and not at_gate:
        return None
    # Seldom needed: the first paint does not wait for these words.
    from scanner.decide.notices_desk import GATE, log_notice

    if burns(devices):
        return GATE["fire"]
    if fault is not None:
        return log_notice(fault)
    return GATE["held_open" if gate is not None and gate.emergency else "sensor_stuck"]
