"""Asks whether pictures are to be recorded for support, says what that means, and deletes them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from scanner.capture.support_recording import (
    FOLDER,
    SupportRecording,
    delete_recording,
    recorded,
)
from scanner.screen.asking import Asking
from scanner.screen.gate_window import GateWindow
from scanner.screen.options import WindowOptions
from scanner.screen.recording_banner import RecordingBanner
from scanner.screen.themes import Theme
from scanner.screen.words import clock_words

_TICK_MS = 500


class SupportPage(Asking):
    """Starts and stops a recording, deletes what is kept. A recording goes on without the page."""

    shape = (6, 4)
    roomy = True
    outlasts = True

    def __init__(
        self, window: GateWindow, theme: Theme, options: WindowOptions, data: Path
    ) -> None:
        self._gate = window
        self._options = options
        self._data = data
        self._fault = ""
        super().__init__(window, theme)
        self.add_label((1, 0, 2, 6), self._meaning_words)
        self.add_label((3, 0, 1, 6), self._kept_words, bold=True)
        self.add("record", (4, 0, 1, 3), self.start_or_stop, self._start_words)
        self.add("delete", (4, 3, 1, 3), self.delete, lambda: self.tr("Delete the pictures"))
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.say)
        self._tick.start(_TICK_MS)
        self.say()

    def opened(self) -> None:
        """Begin with the way back: nothing is recorded by a stray Enter."""
        self.away.setFocus()

    def title_words(self) -> str:
        """Return what is asked."""
        return self.tr("Record pictures for support?")

    def say(self) -> None:
        """Say everything anew."""
        super().say()
        if "delete" in self.buttons:
            kept = recorded(self._data) is not None
            self.buttons["delete"].setEnabled(kept and self.banner() is None)

    def banner(self) -> RecordingBanner | None:
        """Return the banner of the recording that goes on, None while there is none."""
        banner = self._gate.findChild(QWidget, "recording_banner")
        going = isinstance(banner, RecordingBanner) and banner.recording.left_s() > 0
        return banner if going and isinstance(banner, RecordingBanner) else None

    def start_or_stop(self) -> None:
        """Start a recording, or end the one that goes on."""
        banner = self.banner()
        if banner is not None:
            banner.stop()
        else:
            self._start()
        self.say()

    def delete(self) -> None:
        """Delete what is kept."""
        self._fault = ""
        try:
            delete_recording(self._data)
        except OSError:
            self._fault = self.tr("Not all could be deleted. See {0}").format(self._data / FOLDER)
        self.say()

    def _start(self) -> None:
        self._fault = ""
        now = self._options.now()
        started = f"{now:%Y-%m-%d} {clock_words(now, self._options.site.zone, seconds=True)}"
        try:
            recording = SupportRecording(self._data, started, self._options.mono_s)
        except OSError:
            self._fault = self.tr("No pictures could be written: is the disk full?")
            return
        RecordingBanner(self._gate, recording).over.connect(self.say)

    def _start_words(self) -> str:
        return self.tr("Record 20 s") if self.banner() is None else self.tr("Stop recording")

    def _meaning_words(self) -> str:
        return self.tr(
            "For 20 seconds what the camera sees is kept on this machine, people too. "
            "A red banner says so. Give it to support only, then delete it."
        )

    def _kept_words(self) -> str:
        kept = recorded(self._data)
        if self._fault:
            return self._fault
        if kept is None:
            return self.tr("Nothing is recorded.")
        megabytes = max(1, round(kept[1] / 1e6))
        return self.tr("{0} pictures, {1} MB, in {2}").format(
            kept[0], megabytes, self._data / FOLDER
        )
