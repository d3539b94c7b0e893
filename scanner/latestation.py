"""A station that is opened after its window has been painted.

The window needs the name of the place and the switches; keys, lists, log and network take a second
to load and are read in the scanning thread, at the first loop. What cannot be opened then is a
fault that the window shows and that the worker tries again; only a folder that is not enrolled is
told before there is a window.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scanner.record.stationrecord import read_record
from scanner.settings import StationSettings
from scanner.switches import switches_for

if TYPE_CHECKING:
    from scanner.station import ScanLoop
    from scanner.wiring import Running


class LateStation:
    """The station of `folder`. NotEnrolled, StationFault `identity_damaged`."""

    def __init__(self, folder: Path, settings: StationSettings) -> None:
        self.place = read_record(folder).checkpoint
        self.switches = switches_for(settings.direction)
        self._folder = folder
        self._settings = settings
        self._running: Running | None = None

    def loop(self) -> ScanLoop:
        """Return a loop for the thread that calls; the first one starts the station's tasks."""
        if self._running is None:
            self._running = self._started()
        return self._running.loop(self._settings.camera, colour=True)

    def stop(self) -> None:
        """End the tasks; no thread may ask for a loop any more."""
        if self._running is not None:
            self._running.stop()

    def _started(self) -> Running:
        from scanner.known import open_known
        from scanner.wiring import Running

        running = Running(self._folder, open_known(self._folder), self._settings, self.switches)
        running.start()
        return running
