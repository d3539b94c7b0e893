"""Hand scanners on a serial port, or on USB as one (CDC ACM).

ended by CR, LF, or both, by TAB, STX or ETX    one text
no end set in the scanner                       a pause of 60 ms ends the text
noise, a wrong baud rate                        signs that no code has: the text is dropped
"""

from __future__ import annotations

import errno
from pathlib import Path

import serial
from serial.tools import list_ports

from scanner.capture.handscan import OpenScanner, ScannerOpener
from scanner.capture.source import SourceState

_ENDS = b"\r\n\t\x02\x03"
_PAUSE_S = 0.06
_LONGEST = 2048
_MOST_A_READ = 4096


class LineAssembler:
    """Puts bytes together to texts."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def feed(self, raw: bytes) -> list[str]:
        """Return the texts that these bytes end; empty ones and line noise are dropped."""
        texts = []
        for byte in raw:
            if byte in _ENDS:
                texts += self.pause()
            else:
                self._begun.append(byte)
                if len(self._begun) > _LONGEST:  # a device that never ends a line fills no memory
                    self._begun.clear()
        return texts

    def pause(self) -> list[str]:
        """Return the text that nothing more came for, if one was begun."""
        raw = bytes(self._begun)
        self._begun.clear()
        if not raw or not raw.isascii() or any(byte < 0x20 for byte in raw):
            return []
        return [raw.decode("ascii")]


class SerialScanner:
    """One open port."""

    def __init__(self, port: serial.Serial) -> None:
        self._port = port
        self._lines = LineAssembler()

    def read(self) -> list[str]:
        """Return what came; waits for up to 60 ms. Raises OSError when the port has gone."""
        raw = self._port.read(1)
        if not raw:
            return self._lines.pause()
        waiting = min(self._port.in_waiting, _MOST_A_READ)
        return self._lines.feed(raw + self._port.read(waiting) if waiting else raw)

    def close(self) -> None:
        """Close the port."""
        self._port.close()


def known_serial_scanners() -> list[str]:
    """Return stable names, usb:VENDOR:PRODUCT:SERIAL, of the USB serial devices plugged in."""
    return sorted(
        f"usb:{port.vid:04x}:{port.pid:04x}:{port.serial_number or ''}"
        for port in list_ports.comports()
        if port.vid is not None and port.pid is not None
    )


def serial_opener(name: str, baud: int = 9600) -> ScannerOpener:
    """Return what opens the port of this stable name or path, at every plugging in."""

    def opened() -> OpenScanner | SourceState:
        path = _path_of(name)
        if path is None or (path.startswith("/") and not Path(path).exists()):
            return SourceState.UNPLUGGED
        try:
            # Exclusive, as two readers would each get half of a code.
            return SerialScanner(serial.Serial(path, baud, timeout=_PAUSE_S, exclusive=True))
        except serial.SerialException as error:
            return _why(error)

    return opened


def _path_of(name: str) -> str | None:
    if not name.startswith("usb:"):
        return name
    vendor, product, number = (*name.split(":", 3)[1:], "", "", "")[:3]
    for port in list_ports.comports():
        same = f"{port.vid or 0:04x}" == vendor and f"{port.pid or 0:04x}" == product
        if same and number in ("", port.serial_number):
            return str(port.device)
    return None


def _why(error: serial.SerialException) -> SourceState:
    if error.errno in (errno.EACCES, errno.EPERM):
        return SourceState.NO_RIGHTS
    return SourceState.UNPLUGGED if error.errno == errno.ENOENT else SourceState.BUSY
