"""What can be wrong with a device at the gate: shown, no verdict, and never in a scan's way."""

from __future__ import annotations

from typing import Final

from scanner.errors import StationFault

UNPLUGGED: Final = "device_unplugged"
SILENT: Final = "device_silent"
GARBLED: Final = "device_garbled"
REFUSED: Final = "device_refused"
LIBRARY_MISSING: Final = "device_library_missing"
WRONG_SETTING: Final = "device_setting"


class DeviceFault(StationFault):
    """A relay, lamp, sensor or thermometer does not do what it should; the gate goes on without it.

    Codes: `device_unplugged` (no such port, or it went away), `device_silent` (no answer in time),
    `device_garbled` (an answer that is none), `device_refused` (the board says no),
    `device_library_missing`, `device_setting` (the settings name no such thing).
    """

    code = UNPLUGGED
    next_step = "Check cable, power and the gate's settings; scanning goes on without the device."
