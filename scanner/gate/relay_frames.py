"""The frames of the relay boards that gates are built with, and of their inputs. Pure.

LCUS boards (a CH340 and 1 to 8 relays on USB, 9600 baud), four bytes, no answer:

    A0 | relay, from 1 | 00 off, 01 on | sum of the three, low byte        on: A0 01 01 A2

Modbus RTU boards with relays and inputs (RS-485, 9600 baud as they come), by the Modbus application
protocol V1.1b3 and its serial line guide V1.02; the CRC goes low byte first:

    write one coil    unit | 05 | coil (2) | FF 00 or 00 00 | CRC          echoed by the board
    read inputs       unit | 02 | first (2) | count (2) | CRC
    answer            unit | 02 | bytes that follow | inputs, the first in bit 0 | CRC
    refusal           unit | function + 80 | why | CRC
"""

from __future__ import annotations

from typing import Final

from scanner.gate.faults import GARBLED, REFUSED, DeviceFault

LCUS_BAUD: Final = 9600
MODBUS_BAUD: Final = 9600
LCUS_RELAYS: Final = 8
MODBUS_INPUTS: Final = 8
WRITE_COIL: Final = 0x05
READ_INPUTS: Final = 0x02
_LCUS_START: Final = 0xA0
_CRC_START: Final = 0xFFFF
_CRC_POLYNOMIAL: Final = 0xA001  # x^16 + x^15 + x^2 + 1, low bit first
_REFUSAL_BYTES: Final = 5


def lcus_frame(relay: int, on: bool) -> bytes:
    """Return the frame that switches `relay` (1..8) of an LCUS board."""
    if not 1 <= relay <= LCUS_RELAYS:
        raise ValueError("relay")
    body = bytes([_LCUS_START, relay, int(on)])
    return body + bytes([sum(body) & 0xFF])


def crc16(raw: bytes) -> bytes:
    """Return the Modbus CRC of `raw` as it stands in a frame (2 bytes, low first)."""
    value = _CRC_START
    for byte in raw:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (_CRC_POLYNOMIAL if value & 1 else 0)
    return value.to_bytes(2, "little")


def _request(unit: int, function: int, first: int, second: int) -> bytes:
    if not 1 <= unit <= 247:
        raise ValueError("unit")
    body = bytes([unit, function]) + first.to_bytes(2, "big") + second.to_bytes(2, "big")
    return body + crc16(body)


def write_coil_frame(unit: int, coil: int, on: bool) -> bytes:
    """Return the frame that switches `coil` (from 0) of the board `unit` (1..247)."""
    return _request(unit, WRITE_COIL, coil, 0xFF00 if on else 0)


def read_inputs_frame(unit: int, count: int = MODBUS_INPUTS) -> bytes:
    """Return the frame that asks for the first `count` inputs (1..2000)."""
    if not 1 <= count <= 2000:
        raise ValueError("count")
    return _request(unit, READ_INPUTS, 0, count)


def reply_bytes(request: bytes) -> int:
    """Return how many bytes the answer to `request` has if the board does not refuse."""
    if request[1] == WRITE_COIL:
        return len(request)
    return 5 + (int.from_bytes(request[4:6], "big") + 7) // 8


def is_refusal(start: bytes) -> bool:
    """Return whether an answer that begins so is a refusal: 5 bytes then, whatever was asked."""
    return len(start) >= 2 and bool(start[1] & 0x80)


def check_reply(request: bytes, reply: bytes) -> bytes:
    """Return the data of the answer to `request`: the echoed coil, or the bytes of the inputs.

    DeviceFault `device_refused` where the board says no, `device_garbled` for everything that is
    not the one answer to this request (a wrong CRC, another unit, another length).
    """
    garbled = DeviceFault("not an answer to what was asked", code=GARBLED)
    if len(reply) < _REFUSAL_BYTES or crc16(reply[:-2]) != reply[-2:] or reply[0] != request[0]:
        raise garbled
    if reply[1] == request[1] | 0x80 and len(reply) == _REFUSAL_BYTES:
        raise DeviceFault(f"the board refuses: exception {reply[2]}", code=REFUSED)
    if reply[1] != request[1] or len(reply) != reply_bytes(request):
        raise garbled
    if request[1] == WRITE_COIL:
        if reply != request:
            raise garbled
        return reply[4:6]
    if reply[2] != len(reply) - 5:
        raise garbled
    return reply[3:-2]
