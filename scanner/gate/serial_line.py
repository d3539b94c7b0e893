"""One serial port, as boards and thermometers see it: bytes out, bytes in, control lines."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Protocol

from scanner.gate.faults import UNPLUGGED, DeviceFault

READ_TIMEOUT_S: Final = 0.2
WRITE_TIMEOUT_S: Final = 0.5


def _errors() -> tuple[type[Exception], ...]:
    """Return what a port may raise: the error of POSIX terminals is no OSError."""
    try:
        import termios
    except ImportError:
        return (OSError,)
    return (OSError, termios.error)


_ERRORS: Final = _errors()
_OPENING_ERRORS: Final[tuple[type[Exception], ...]] = (*_ERRORS, ValueError)


class ControlLine(StrEnum):
    """The control lines of a port: a dry contact between RTS or DTR and one of the inputs is the
    cheapest sensor there is.
    """

    CTS = "cts"
    DSR = "dsr"
    DCD = "dcd"
    RI = "ri"
    RTS = "rts"
    DTR = "dtr"


class SerialLine(Protocol):
    """An open port. Every method raises DeviceFault when the port went away."""

    def send(self, raw: bytes) -> None:
        """Send `raw`, whole."""
        ...

    def receive(self, most: int) -> bytes:
        """Return 1 to `most` bytes, or none after 0.2 s of silence."""
        ...

    def discard(self) -> None:
        """Forget what came in and was not read."""
        ...

    def set_line(self, line: ControlLine, on: bool) -> None:
        """Switch the output RTS or DTR."""
        ...

    def line(self, line: ControlLine) -> bool:
        """Return whether the input CTS, DSR, DCD or RI is active."""
        ...

    def close(self) -> None:
        """Close the port. Never raises."""
        ...


class SerialPort:
    """A real port by pyserial: 8 data bits, no parity, one stop bit, nobody else's meanwhile."""

    def __init__(self, path: str, baud: int, *, outputs_off: bool = False) -> None:
        """Open `path` (`/dev/ttyUSB0`, `COM3`); DeviceFault `device_unplugged` if that fails.
        outputs_off: RTS and DTR are what hangs there, not part of how the port works.
        """
        import serial

        try:
            self._port = serial.Serial(
                baudrate=baud,
                timeout=READ_TIMEOUT_S,
                write_timeout=WRITE_TIMEOUT_S,
                exclusive=True,
            )
            self._port.port = path
            if outputs_off:
                self._port.rts = self._port.dtr = False
            self._port.open()
        except _OPENING_ERRORS as error:
            raise DeviceFault(f"{path}: {error}", code=UNPLUGGED) from None
        self._path = path

    def send(self, raw: bytes) -> None:
        """Send `raw`, whole."""
        try:
            self._port.write(raw)
            self._port.flush()
        except _ERRORS as error:
            raise self._gone(error) from None

    def receive(self, most: int) -> bytes:
        """Return 1 to `most` bytes, or none after 0.2 s of silence."""
        try:
            return self._port.read(max(1, min(most, self._port.in_waiting)))
        except _ERRORS as error:
            raise self._gone(error) from None

    def discard(self) -> None:
        """Forget what came in and was not read."""
        try:
            self._port.reset_input_buffer()
        except _ERRORS as error:
            raise self._gone(error) from None

    def set_line(self, line: ControlLine, on: bool) -> None:
        """Switch the output RTS or DTR."""
        try:
            setattr(self._port, line.value, on)
        except _ERRORS as error:
            raise self._gone(error) from None

    def line(self, line: ControlLine) -> bool:
        """Return whether the input CTS, DSR, DCD or RI is active."""
        name = "cd" if line is ControlLine.DCD else line.value
        try:
            return bool(getattr(self._port, name))
        except _ERRORS as error:
            raise self._gone(error) from None

    def close(self) -> None:
        """Close the port. Never raises."""
        try:
            self._port.close()
        except _ERRORS:
            # It went away before; there is nothing left to close.
            return

    def _gone(self, error: Exception) -> DeviceFault:
        return DeviceFault(f"{self._path}: {error}", code=UNPLUGGED)
