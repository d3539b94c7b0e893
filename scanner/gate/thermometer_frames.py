"""The frames of infrared thermometer modules with a serial port, and how to find them in a stream.
Pure.

Each line: frame, checksum, what the numbers are. Numbers are big-endian, hundredths of a degree
Celsius unless said otherwise; a sum is the low byte of the sum of the bytes named.

    gy_mcu90614   5A 5A 45 04 To To Ta Ta sum          all before it
    cjmcu_90614   66 66 01 04 To To Ta Ta sum          the four of data
    gy_614        A4 03 07 07 e To To Ta Ta Bo Bo sum  all before it   e: emissivity, hundredths
    body_aa55     AA 55 06 whole tenth sum             all before it   24 07 is 36.7
    zytemp_tn9    4C hi lo sum 0D                      first three     sixteenths of a kelvin

To is what the sensor looks at, Ta the sensor's own temperature, Bo the body's worked out from a
forehead; body_aa55 sends the body's alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ThermometerFormat(StrEnum):
    """Which module is connected."""

    GY_MCU90614 = "gy_mcu90614"
    CJMCU_90614 = "cjmcu_90614"
    GY_614 = "gy_614"
    BODY_AA55 = "body_aa55"
    ZYTEMP_TN9 = "zytemp_tn9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One frame's word. hundredths: of a degree Celsius. ambient: the sensor's own, None where the
    frame has none. is_body: the module has already worked out the body's temperature; otherwise it
    is the skin's.
    """

    hundredths: int
    ambient: int | None = None
    is_body: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """head: how a frame begins. size: of the whole frame. summed: the bytes that the sum at
    `sum_at` covers. tail: how it ends. ask: sent at opening, and every half second where `polled`.
    """

    head: bytes
    size: int
    summed: slice
    sum_at: int
    read: Callable[[bytes], Reading | None]
    baud: int
    ask: bytes = b""
    polled: bool = False
    tail: bytes = b""


def _signed(high: int, low: int) -> int:
    return int.from_bytes(bytes([high, low]), "big", signed=True)


def _two_temperatures(frame: bytes) -> Reading:
    return Reading(hundredths=_signed(*frame[4:6]), ambient=_signed(*frame[6:8]))


def _forehead(frame: bytes) -> Reading:
    return Reading(hundredths=_signed(*frame[9:11]), ambient=_signed(*frame[7:9]), is_body=True)


def _whole_and_tenth(frame: bytes) -> Reading | None:
    if frame[4] > 9:
        return None
    return Reading(hundredths=frame[3] * 100 + frame[4] * 10, is_body=True)


def _sixteenths_of_kelvin(frame: bytes) -> Reading:
    sixteenths = int.from_bytes(frame[1:3], "big")
    return Reading(hundredths=round(sixteenths * 100 / 16) - 27_315)


LAYOUTS: Final[dict[ThermometerFormat, _Layout]] = {
    ThermometerFormat.GY_MCU90614: _Layout(
        head=b"\x5a\x5a\x45\x04",
        size=9,
        summed=slice(0, 8),
        sum_at=8,
        read=_two_temperatures,
        baud=9600,
        ask=b"\xa5\x45\xea",  # send without being asked
    ),
    ThermometerFormat.CJMCU_90614: _Layout(
        head=b"\x66\x66\x01\x04",
        size=9,
        summed=slice(4, 8),
        sum_at=8,
        read=_two_temperatures,
        baud=115_200,
        ask=b"\x66\x66\x01\x56",  # send without being asked
    ),
    ThermometerFormat.GY_614: _Layout(
        head=b"\xa4\x03\x07\x07",
        size=12,
        summed=slice(0, 11),
        sum_at=11,
        read=_forehead,
        baud=9600,
        ask=b"\xa4\x03\x07\x07\xb5",  # read seven registers from the seventh
        polled=True,
    ),
    ThermometerFormat.BODY_AA55: _Layout(
        head=b"\xaa\x55\x06",
        size=6,
        summed=slice(0, 5),
        sum_at=5,
        read=_whole_and_tenth,
        baud=115_200,
    ),
    ThermometerFormat.ZYTEMP_TN9: _Layout(
        head=b"\x4c",
        size=5,
        summed=slice(0, 3),
        sum_at=3,
        read=_sixteenths_of_kelvin,
        baud=9600,
        tail=b"\r",
    ),
}


class FrameReader:
    """Finds the readings in a stream of bytes, wherever it is joined and whatever is lost.

    Holds less than one frame; a frame with a wrong sum costs its first byte only, so that a true
    one inside it is still found. `refused` counts frames that began well and did not hold.
    """

    def __init__(self, kind: ThermometerFormat) -> None:
        self._layout = LAYOUTS[kind]
        self._held = b""
        self.refused = 0

    def feed(self, raw: bytes) -> list[Reading]:
        """Return the readings that are complete with `raw`, oldest first."""
        layout, held, readings = self._layout, self._held + raw, []
        while (at := _find(held, layout.head)) is not None:
            held = held[at:]
            if len(held) < layout.size:
                break
            reading = _read(layout, held[: layout.size])
            if reading is None:
                self.refused += 1
                held = held[1:]
            else:
                readings.append(reading)
                held = held[layout.size :]
        else:
            held = b""
        self._held = held
        return readings


def _find(held: bytes, head: bytes) -> int | None:
    """Return where `head` stands in `held`, or begins at its end; None if nowhere."""
    at = held.find(head)
    if at >= 0:
        return at
    for size in range(min(len(head) - 1, len(held)), 0, -1):
        if held.endswith(head[:size]):
            return len(held) - size
    return None


def _read(layout: _Layout, frame: bytes) -> Reading | None:
    if sum(frame[layout.summed]) & 0xFF != frame[layout.sum_at]:
        return None
    return layout.read(frame) if frame.endswith(layout.tail) else None
