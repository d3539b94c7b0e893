"""A station that is opened after its window has been painted.

The window needs the name of the place and the switches; keys, lists, log and network take a second
to load and are read in the scanning thread, at the first loop. What cannot be opened then is a
fault that the window shows and that the worker tries again; only a folder that is not enrolled is
told before there is a window. A gate with devices is opened first: its window shows them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from scanner.errors import StationFault
from scanner.record.stationrecord import read_record
from scanner.settings import StationSettings
from scanner.switches import switches_for

if TYPE_CHECKING:
    from scanner.gate.devices import GateDevices
    from scanner.station import Station
    from scanner.surroundings.known import Known
    from scanner.wiring import Running

_KEY_FAULTS: Final = "key_file"
# The settings that name a device at the gate (scanner.gate.devices.GateOptions).
DEVICE_SETTINGS: Final = (
    "lock",
    "green",
    "amber",
    "red",
    "buzzer",
    "passage",
    "fire",
    "thermometer",
)


class LateStation:
    """The station of `folder`, for its window. NotEnrolled, StationFault `identity_damaged`, and
    where devices are named or simulated whatever opening the station raises.
    """

    def __init__(
        self,
        folder: Path,
        settings: StationSettings,
        *,
        simulate_gate: bool = False,
        known: Known | None = None,
    ) -> None:
        """known: what the station knows, where somebody has opened that already."""
        self.record = read_record(folder)
        self.folder = folder
        self.switches = switches_for(settings.direction)
        self._settings = settings
        self._known = known
        self._running: Running | None = None
        if simulate_gate or any(getattr(settings, name) for name in DEVICE_SETTINGS):
            self._open(simulate_gate=simulate_gate)

    @property
    def devices(self) -> GateDevices | None:
        """What hangs at the gate; None where nothing does."""
        return None if self._running is None else self._running.devices

    def alive(self) -> None:
        """Take a sign of life of the window, from its own thread."""
        if self._running is not None:
            self._running.window_lives()

    def loop(self, *, lasting: bool) -> Station:
        """Return a loop for the thread that calls; the first one opens the station. lasting: as
        `Running.loop` has it.
        """
        running = self._running or self._open()
        return running.loop(self._settings.camera, colour=True, lasting=lasting)

    def stop(self) -> None:
        """End what was started; no thread may ask for a loop any more."""
        if self._running is not None:
            self._running.stop()

    def _open(self, *, simulate_gate: bool = False) -> Running:
        from scanner.surroundings.known import open_known
        from scanner.wiring import Running

        try:
            known = self._known or open_known(self.folder)
        except StationFault as error:
            if not error.code.startswith(_KEY_FAULTS):
                raise
            # The window has words for the whole of it, not for each way to damage a key file.
            raise StationFault(str(error), code="identity_damaged") from None
        running = Running(
            self.folder, known, self._settings, self.switches, simulate_gate=simulate_gate
        )
        running.start(window=True)
        self._running = running
        return running
