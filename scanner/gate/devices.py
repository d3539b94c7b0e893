"""Builds what hangs at a gate from its settings, each device real or of air.

A device is written as where it hangs (docs/devices.md):

    lcus:/dev/ttyUSB0:1          relay 1 of an LCUS board
    modbus:/dev/ttyUSB0:1:0      board 1 on the bus, coil or input 0
    lines:/dev/ttyS0:cts         a control line of a bare serial port
    gpio:/dev/gpiochip0:17       line 17 of a GPIO chip
    sim:0                        channel 0 of the simulated board
    ...:nc                       at the end: active means open
    gy_614:/dev/ttyUSB1          a thermometer by its format, or sim
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from scanner.gate.boards import Board, ControlLinesBoard, LcusBoard, ModbusBoard, SimulatedBoard
from scanner.gate.boards_gpio import GpioBoard
from scanner.gate.contacts import BoardLink, Contact
from scanner.gate.faults import WRONG_SETTING, DeviceFault
from scanner.gate.gate import INPUTS, Gate, Part
from scanner.gate.relay_frames import LCUS_BAUD, LCUS_RELAYS, MODBUS_BAUD, MODBUS_INPUTS
from scanner.gate.serial_line import SerialPort
from scanner.gate.thermometer import SerialThermometer, SimulatedThermometer, Thermometer
from scanner.gate.thermometer_frames import LAYOUTS, ThermometerFormat
from scanner.gate.turnstile import GateEvent, TurnstileRules

SIMULATED: Final = "sim"
_LINES: Final = {line.value: number for number, line in enumerate(ControlLinesBoard.LINES)}
_PULSE_MOST_MS: Final = 60_000
_WAIT_MOST_S: Final = 120
_KINDS: Final = frozenset({"lcus", "modbus", "lines", "gpio", SIMULATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """Where each part hangs, empty where there is none. pulse_ms: 0 holds the lock until the person
    is through. thermometer_offset: hundredths of a degree.
    """

    lock: str = ""
    green: str = ""
    amber: str = ""
    red: str = ""
    buzzer: str = ""
    passage: str = ""
    fire: str = ""
    thermometer: str = ""
    thermometer_offset: int = 0
    pulse_ms: int = 500
    wait_s: int = 6


ALL_SIMULATED: Final = GateOptions(
    lock="sim:0",
    green="sim:1",
    amber="sim:2",
    red="sim:3",
    buzzer="sim:4",
    passage="sim:5",
    fire="sim:6",
    thermometer=SIMULATED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one part hangs. unit: of a Modbus board, 0 elsewhere."""

    kind: str
    path: str
    unit: int
    channel: int
    inverted: bool


def _wrong(text: str) -> DeviceFault:
    return DeviceFault(
        f"{text}: not a device of a gate",
        code=WRONG_SETTING,
        next_step="Write it as docs/devices.md shows: lcus:/dev/ttyUSB0:1.",
    )


def parse_place(text: str) -> Place:
    """Return where a part hangs; anything else: DeviceFault `device_setting`."""
    kind, *rest = text.strip().split(":")
    inverted = bool(rest) and rest[-1] == "nc"
    rest = rest[:-1] if inverted else rest
    numbers = 2 if kind == "modbus" else 1
    path, last = ":".join(rest[:-numbers]), rest[-numbers:]
    if kind not in _KINDS or len(last) != numbers or bool(path) is (kind == SIMULATED):
        raise _wrong(text)
    if kind == "lines":
        last = [str(_LINES.get(last[0], "none"))]
    if not all(number.isascii() and number.isdigit() and len(number) <= 4 for number in last):
        raise _wrong(text)
    unit = int(last[0]) if kind == "modbus" else 0
    place = Place(kind=kind, path=path, unit=unit, channel=int(last[-1]), inverted=inverted)
    if (kind == "lcus" and not 1 <= place.channel <= LCUS_RELAYS) or (
        kind == "modbus" and not 1 <= unit <= 247
    ):
        raise _wrong(text)
    return place


def parse_thermometer(text: str) -> tuple[ThermometerFormat, str]:
    """Return (format, port) of a thermometer; anything else: DeviceFault `device_setting`."""
    kind, _, path = text.strip().partition(":")
    if kind not in set(ThermometerFormat) or not path:
        raise _wrong(text)
    return ThermometerFormat(kind), path


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDevices:
    """What hangs at this gate, running; None where there is none. panel, simulated: what a
    simulator's panel presses and shows.
    """

    gate: Gate | None
    thermometer: Thermometer | None
    panel: SimulatedBoard | None
    simulated: SimulatedThermometer | None

    def close(self) -> None:
        """Lock the gate and let go of everything. May be called twice."""
        if self.gate is not None:
            self.gate.stop()
        if self.thermometer is not None:
            self.thermometer.close()


def places_of(options: GateOptions) -> dict[Part, Place]:
    """Return where each part hangs. DeviceFault `device_setting` for a setting that is none, for an
    input without one on its board, and for one port that two kinds of board claim.
    """
    texts = {part: getattr(options, part.value) for part in Part}
    places = {part: parse_place(text) for part, text in texts.items() if text}
    claimed: dict[str, tuple[str, int]] = {}
    for part, place in places.items():
        board = (place.kind, place.unit)
        if claimed.setdefault(place.path, board) != board:
            raise _wrong(texts[part])
        if not _can_hang(part, place):
            raise _wrong(texts[part])
    return places


def _can_hang(part: Part, place: Place) -> bool:
    match place.kind:
        case "lcus":
            return part not in INPUTS
        case "modbus":
            return part not in INPUTS or place.channel < MODBUS_INPUTS
        case "lines":
            # Systems raise RTS and DTR when a port is opened: the gate would open at every start.
            return (place.channel < 4) is (part in INPUTS) and part is not Part.LOCK
    return True


def open_devices(
    options: GateOptions,
    now_s: Callable[[], float],
    on_event: Callable[[GateEvent], None],
) -> GateDevices:
    """Return the devices of `options`, started. A device that is away is a fault that it shows,
    not an error here; a setting that is none: DeviceFault `device_setting`.
    """
    places = places_of(options)
    if not (0 <= options.pulse_ms <= _PULSE_MOST_MS and 1 <= options.wait_s <= _WAIT_MOST_S):
        raise _wrong(f"pulse_ms {options.pulse_ms}, wait_s {options.wait_s}")
    panel = SimulatedBoard() if any(p.kind == SIMULATED for p in places.values()) else None
    links = {
        path: BoardLink(_opener(path, places, panel)) for path in {p.path for p in places.values()}
    }
    contacts = {
        part: Contact(link=links[p.path], channel=p.channel, inverted=p.inverted)
        for part, p in places.items()
    }
    rules = TurnstileRules(
        pulse_s=options.pulse_ms / 1000 or None,
        wait_s=options.wait_s,
        sensor=Part.PASSAGE in places,
    )
    thermometer, simulated = _thermometer(options, now_s)
    gate = Gate(contacts, rules, now_s, on_event) if contacts else None
    if gate is not None:
        gate.start()
    return GateDevices(gate=gate, thermometer=thermometer, panel=panel, simulated=simulated)


def _thermometer(
    options: GateOptions, now_s: Callable[[], float]
) -> tuple[Thermometer | None, SimulatedThermometer | None]:
    if not options.thermometer:
        return None, None
    if options.thermometer == SIMULATED:
        simulated = SimulatedThermometer()
        return simulated, simulated
    kind, path = parse_thermometer(options.thermometer)
    real = SerialThermometer(
        kind,
        lambda: SerialPort(path, LAYOUTS[kind].baud),
        now_s,
        offset=options.thermometer_offset,
    )
    return real, None


def _opener(
    path: str, places: dict[Part, Place], panel: SimulatedBoard | None
) -> Callable[[], Board]:
    there = {part: place for part, place in places.items() if place.path == path}
    place = next(iter(there.values()))

    def open_board() -> Board:
        match place.kind:
            case "lcus":
                return LcusBoard(SerialPort(path, LCUS_BAUD))
            case "modbus":
                return ModbusBoard(SerialPort(path, MODBUS_BAUD), place.unit)
            case "lines":
                return ControlLinesBoard(SerialPort(path, LCUS_BAUD, outputs_off=True))
            case "gpio":
                return GpioBoard(path, *_gpio_lines(there))
        assert panel is not None  # noqa: S101 - made when any place is simulated
        return panel

    return open_board


def _gpio_lines(there: dict[Part, Place]) -> tuple[dict[int, bool], list[int]]:
    """Return (outputs and whether each begins high, inputs) of one chip."""
    outputs = {place.channel: place.inverted for part, place in there.items() if part not in INPUTS}
    inputs = {place.channel for part, place in there.items() if part in INPUTS}
    return outputs, sorted(inputs)
