"""Boards with switches and sensors: what a relay, lamp, buzzer, turnstile or contact hangs on.

Each is opened by a function that may fail with DeviceFault and be tried again; none keeps a thread.
"""

from __future__ import annotations

from typing import Final, Protocol

from scanner.gate.faults import SILENT, WRONG_SETTING, DeviceFault
from scanner.gate.relay_frames import (
    MODBUS_INPUTS,
    check_reply,
    is_refusal,
    lcus_frame,
    read_inputs_frame,
    reply_bytes,
    write_coil_frame,
)
from scanner.gate.serial_line import ControlLine, SerialLine


class Board(Protocol):
    """Numbered outputs and inputs. Every method but `close` may raise DeviceFault."""

    def set(self, channel: int, on: bool) -> None:
        """Switch output `channel`."""
        ...

    def poll(self) -> None:
        """Read the inputs anew."""
        ...

    def is_active(self, channel: int) -> bool:
        """Return whether input `channel` was active at the last poll."""
        ...

    def close(self) -> None:
        """Let go of the board; outputs stay as they are. Never raises."""
        ...


class LcusBoard:
    """An LCUS relay board: relays from 1, no inputs, and no answers, so a lost frame is not known;
    the gate repeats what holds.
    """

    def __init__(self, line: SerialLine) -> None:
        self._line = line

    def set(self, channel: int, on: bool) -> None:
        """Switch relay `channel` (1..8)."""
        self._line.send(lcus_frame(channel, on))

    def poll(self) -> None:
        """Do nothing: the board has no inputs."""

    def is_active(self, channel: int) -> bool:
        """Raise DeviceFault: the board has no inputs."""
        raise DeviceFault(f"an LCUS board has no input {channel}", code=WRONG_SETTING)

    def close(self) -> None:
        """Close the port."""
        self._line.close()


class ModbusBoard:
    """A Modbus RTU board: coils and inputs from 0."""

    def __init__(self, line: SerialLine, unit: int = 1, inputs: int = MODBUS_INPUTS) -> None:
        self._line = line
        self._unit = unit
        self._inputs = inputs
        self._seen = b""

    def set(self, channel: int, on: bool) -> None:
        """Switch coil `channel`, and return after the board has said so."""
        self._ask(write_coil_frame(self._unit, channel, on))

    def poll(self) -> None:
        """Ask the board for its inputs."""
        self._seen = self._ask(read_inputs_frame(self._unit, self._inputs))

    def is_active(self, channel: int) -> bool:
        """Return whether input `channel` was active at the last poll."""
        if not 0 <= channel < self._inputs:
            raise DeviceFault(f"no input {channel}", code=WRONG_SETTING)
        return bool(self._seen and self._seen[channel // 8] >> channel % 8 & 1)

    def close(self) -> None:
        """Close the port."""
        self._line.close()

    def _ask(self, request: bytes) -> bytes:
        self._line.discard()
        self._line.send(request)
        reply, wanted = b"", reply_bytes(request)
        while len(reply) < wanted:
            more = self._line.receive(wanted - len(reply))
            if not more:
                raise DeviceFault("the board does not answer", code=SILENT)
            reply += more
            if is_refusal(reply):
                wanted = 5
        return check_reply(request, reply)


class ControlLinesBoard:
    """The control lines of a bare serial port: two outputs and four inputs for the price of a
    cable. Channels as `LINES` counts them.
    """

    LINES: Final = tuple(ControlLine)
    _INPUTS: Final = 4

    def __init__(self, line: SerialLine) -> None:
        self._line = line
        self._seen: tuple[bool, ...] = (False,) * self._INPUTS

    def set(self, channel: int, on: bool) -> None:
        """Switch RTS (4) or DTR (5)."""
        if channel not in {4, 5}:
            raise DeviceFault(f"no output {channel}", code=WRONG_SETTING)
        self._line.set_line(self.LINES[channel], on)

    def poll(self) -> None:
        """Read the four inputs."""
        self._seen = tuple(self._line.line(line) for line in self.LINES[: self._INPUTS])

    def is_active(self, channel: int) -> bool:
        """Return whether CTS (0), DSR (1), DCD (2) or RI (3) was active at the last poll."""
        if not 0 <= channel < self._INPUTS:
            raise DeviceFault(f"no input {channel}", code=WRONG_SETTING)
        return self._seen[channel]

    def close(self) -> None:
        """Close the port."""
        self._line.close()


class SimulatedBoard:
    """A board of air: keeps what was switched, and shows the inputs that somebody pressed."""

    def __init__(self) -> None:
        self.outputs: dict[int, bool] = {}
        self.pressed: dict[int, bool] = {}
        self.switched: list[tuple[int, bool]] = []
        self.fault: str | None = None
        self._seen: dict[int, bool] = {}

    def set(self, channel: int, on: bool) -> None:
        """Write down the change."""
        self._fail()
        if self.outputs.get(channel) != on:
            self.switched.append((channel, on))
        self.outputs[channel] = on

    def poll(self) -> None:
        """Look at what is pressed."""
        self._fail()
        self._seen = dict(self.pressed)

    def is_active(self, channel: int) -> bool:
        """Return whether `channel` was pressed at the last poll."""
        return self._seen.get(channel, False)

    def close(self) -> None:
        """Stay as it is."""

    def _fail(self) -> None:
        if self.fault is not None:
            raise DeviceFault("as told", code=self.fault)
