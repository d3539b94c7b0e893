"""Boards on real ports: what goes out is the maker's frame, and what is wrong is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from scanner.gate.boards import Board, ControlLinesBoard, LcusBoard, ModbusBoard, SimulatedBoard
from scanner.gate.boards_gpio import GpioBoard
from scanner.gate.faults import (
    GARBLED,
    LIBRARY_MISSING,
    REFUSED,
    SILENT,
    UNPLUGGED,
    WRONG_SETTING,
    DeviceFault,
)
from scanner.gate.relay_frames import crc16, read_inputs_frame, write_coil_frame
from scanner.gate.serial_line import ControlLine, SerialPort
from tests.scanner.gate.ports import FarEnd, until


def code_of(call: Any) -> str:
    with pytest.raises(DeviceFault) as caught:
        call()
    return caught.value.code


def test_an_lcus_board_hears_its_frames() -> None:
    with FarEnd() as far:
        board: Board = LcusBoard(SerialPort(far.path, 9600))
        board.set(1, True)
        board.set(1, False)
        board.poll()
        until(lambda: len(far.heard) == 8)
        until(lambda: far.heard == bytes.fromhex("A00101A2A00100A1"))
        assert code_of(lambda: board.is_active(1)) == WRONG_SETTING
        board.close()


class Slave:
    """A Modbus board with eight coils and inputs, as its far end. bend: changes each answer."""

    def __init__(self) -> None:
        self.coils = [False] * 8
        self.inputs = 0
        self.bend: Callable[[bytes], bytes] = lambda reply: reply

    def __call__(self, request: bytes) -> bytes:
        assert crc16(request[:-2]) == request[-2:]
        if request[1] == 5:
            if request[3] > 7:
                return self._sealed(bytes([request[0], 0x85, 2]))
            self.coils[request[3]] = request[4] == 0xFF
            return self.bend(request)
        return self.bend(self._sealed(bytes([request[0], 2, 1, self.inputs])))

    def _sealed(self, body: bytes) -> bytes:
        return body + crc16(body)


@pytest.fixture
def slave() -> Iterator[tuple[Slave, ModbusBoard]]:
    far = Slave()
    with FarEnd(far) as end:
        board = ModbusBoard(SerialPort(end.path, 9600), unit=3)
        yield far, board
        board.close()


def test_a_modbus_board_switches_and_tells_its_inputs(slave: tuple[Slave, ModbusBoard]) -> None:
    far, board = slave
    assert not board.is_active(0)
    board.set(2, True)
    assert far.coils == [False, False, True] + [False] * 5
    board.set(2, False)
    assert far.coils == [False] * 8
    far.inputs = 0b1000_0001
    board.poll()
    assert [board.is_active(channel) for channel in range(8)] == [True] + [False] * 6 + [True]
    for channel in (-1, 8):
        assert code_of(lambda channel=channel: board.is_active(channel)) == WRONG_SETTING


def test_what_a_modbus_board_says_wrong_is_told(slave: tuple[Slave, ModbusBoard]) -> None:
    far, board = slave
    assert code_of(lambda: board.set(9, True)) == REFUSED
    far.bend = lambda reply: reply[:-1] + bytes([reply[-1] ^ 1])
    assert code_of(board.poll) == GARBLED
    far.bend = lambda reply: reply[:3]
    assert code_of(board.poll) == SILENT
    far.bend = lambda _: b""
    assert code_of(board.poll) == SILENT
    far.bend = lambda reply: reply
    board.poll()


def test_a_late_answer_is_not_taken_for_the_next_one(slave: tuple[Slave, ModbusBoard]) -> None:
    far, board = slave
    far.bend = lambda reply: reply + reply
    board.poll()
    far.bend = lambda reply: reply
    far.inputs = 1
    board.poll()
    assert board.is_active(0)


def test_a_request_names_the_board_it_is_for() -> None:
    assert write_coil_frame(3, 2, True)[0] == read_inputs_frame(3)[0] == 3


def test_a_port_that_went_away_is_told_by_every_word() -> None:
    with FarEnd() as far:
        port = SerialPort(far.path, 9600)
        far.unplug()
        assert code_of(lambda: port.send(b"x")) == UNPLUGGED
        assert code_of(lambda: port.receive(1)) == UNPLUGGED
        assert code_of(port.discard) == UNPLUGGED
        assert code_of(lambda: port.set_line(ControlLine.RTS, True)) == UNPLUGGED
        assert code_of(lambda: port.line(ControlLine.DCD)) == UNPLUGGED
        port.close()
        port.close()


def test_a_port_says_what_it_hears_and_nothing_in_silence() -> None:
    with FarEnd(lambda said: said.upper()) as far:
        port = SerialPort(far.path, 9600, outputs_off=True)
        assert port.receive(9) == b""
        port.send(b"abc")
        heard = b""
        while len(heard) < 3:
            heard += port.receive(9)
        assert heard == b"ABC"
        port.close()


class Lines:
    """Control lines of a port that has some; a pseudo terminal has none."""

    def __init__(self) -> None:
        self.outputs: dict[ControlLine, bool] = {}
        self.inputs: set[ControlLine] = set()
        self.closed = False

    def send(self, raw: bytes) -> None:
        raise NotImplementedError

    def receive(self, most: int) -> bytes:
        raise NotImplementedError

    def discard(self) -> None:
        raise NotImplementedError

    def set_line(self, line: ControlLine, on: bool) -> None:
        self.outputs[line] = on

    def line(self, line: ControlLine) -> bool:
        return line in self.inputs

    def close(self) -> None:
        self.closed = True


def test_control_lines_are_a_board() -> None:
    lines = Lines()
    board: Board = ControlLinesBoard(lines)
    board.set(4, True)
    board.set(5, False)
    assert lines.outputs == {ControlLine.RTS: True, ControlLine.DTR: False}
    lines.inputs = {ControlLine.DSR}
    assert not board.is_active(1)
    board.poll()
    assert [board.is_active(channel) for channel in range(4)] == [False, True, False, False]
    for channel in (0, 6):
        assert code_of(lambda channel=channel: board.set(channel, True)) == WRONG_SETTING
    for channel in (-1, 4):
        assert code_of(lambda channel=channel: board.is_active(channel)) == WRONG_SETTING
    board.close()
    assert lines.closed


class Chip:
    """What the library gpiod gives for a chip, as its version 2 does it."""

    def __init__(self) -> None:
        self.values: dict[int, str] = {}
        self.config: dict[int, Any] = {}
        self.fails: type[Exception] | None = None
        self.released = False
        named = SimpleNamespace
        self.line = named(
            Direction=named(OUTPUT="out", INPUT="in"),
            Value=named(ACTIVE="high", INACTIVE="low"),
            Bias=named(PULL_UP="up"),
        )
        self.LineSettings = lambda **settings: settings

    def request_lines(self, path: str, *, consumer: str, config: dict[int, Any]) -> Chip:
        self._fail()
        self.config = config
        return self

    def set_value(self, line: int, value: str) -> None:
        self._fail()
        self.values[line] = value

    def get_values(self, lines: list[int]) -> list[str]:
        self._fail()
        return [self.values.get(line, "low") for line in lines]

    def release(self) -> None:
        self.released = True

    def _fail(self) -> None:
        if self.fails is not None:
            raise self.fails("gone")


def test_lines_of_a_gpio_chip_are_a_board() -> None:
    chip = Chip()
    board: Board = GpioBoard("/dev/gpiochip0", {17: False, 18: True}, [22], chip)
    assert chip.config[17] == {"direction": "out", "output_value": "low"}
    assert chip.config[18] == {"direction": "out", "output_value": "high"}
    assert chip.config[22] == {"direction": "in", "bias": "up"}
    board.set(17, True)
    board.set(18, False)
    assert chip.values == {17: "high", 18: "low"}
    assert not board.is_active(22)
    chip.values[22] = "high"
    board.poll()
    assert board.is_active(22)
    assert code_of(lambda: board.is_active(17)) == WRONG_SETTING
    board.close()
    assert chip.released


def test_a_gpio_chip_without_inputs_is_not_asked_for_any() -> None:
    chip = Chip()
    board = GpioBoard("/dev/gpiochip0", {17: False}, [], chip)
    chip.fails = OSError
    board.poll()
    assert code_of(lambda: board.set(17, True)) == UNPLUGGED


def test_a_gpio_chip_that_fails_is_told() -> None:
    chip = Chip()
    board = GpioBoard("/dev/gpiochip0", {17: False}, [22], chip)
    chip.fails = ValueError
    assert code_of(board.poll) == UNPLUGGED
    assert code_of(lambda: GpioBoard("/dev/gpiochip9", {17: False}, [], chip)) == UNPLUGGED


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "gpiod", None)
    assert code_of(lambda: GpioBoard("/dev/gpiochip0", {17: False}, [])) == LIBRARY_MISSING


def test_the_library_itself_has_what_is_asked_of_it() -> None:
    gpiod = pytest.importorskip("gpiod", reason="only stations with GPIO lines have it")
    settings = gpiod.LineSettings(
        direction=gpiod.line.Direction.OUTPUT, output_value=gpiod.line.Value.INACTIVE
    )
    assert settings.output_value is gpiod.line.Value.INACTIVE
    assert gpiod.LineSettings(bias=gpiod.line.Bias.PULL_UP).bias is gpiod.line.Bias.PULL_UP
    for name in ("set_value", "get_values", "release"):
        assert callable(getattr(gpiod.LineRequest, name))
    assert code_of(lambda: GpioBoard("/dev/no-such-chip", {17: False}, [])) == UNPLUGGED


def test_a_board_of_air_shows_what_was_switched_and_pressed() -> None:
    air = SimulatedBoard()
    board: Board = air
    board.set(0, True)
    board.set(0, True)
    board.set(0, False)
    assert air.switched == [(0, True), (0, False)]
    air.pressed[5] = True
    assert not board.is_active(5)
    board.poll()
    assert board.is_active(5)
    air.fault = SILENT
    assert code_of(board.poll) == SILENT
    board.close()
