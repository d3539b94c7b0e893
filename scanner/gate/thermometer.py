"""An infrared thermometer at the gate: readings from a thread of its own, and when they are a
person's.

What can go wrong: no port, or it goes away -> `device_unplugged`; nothing comes -> `device_silent`;
only rubbish comes (another module, another speed) -> `device_garbled`. A port that went away is
opened anew every two seconds. No reading counts longer than it is fresh.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from scanner.gate.faults import GARBLED, SILENT, UNPLUGGED, DeviceFault
from scanner.gate.serial_line import SerialLine
from scanner.gate.thermometer_frames import LAYOUTS, FrameReader, Reading, ThermometerFormat

log = logging.getLogger(__name__)
# What a forehead can show, outside in winter to high fever; all else is a wall, a cup or a heater.
PERSON_LEAST: Final = 2_800
PERSON_MOST: Final = 4_500
WINDOW_S: Final = 2.0
_ALIKE: Final = 50
_ENOUGH: Final = 3
_KEPT: Final = 64
_ASK_EVERY_S: Final = 0.5
_SILENT_AFTER_S: Final = 3.0
_RETRY_S: Final = 2.0
_MOST_BYTES: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """A person's temperature. hundredths: of a degree Celsius. is_body: as in `Reading`. age_s:
    seconds since the newest reading in it.
    """

    hundredths: int
    is_body: bool
    age_s: float


def steady(
    readings: Iterable[tuple[float, Reading]], mono_s: float, offset: int = 0
) -> Temperature | None:
    """Return the temperature of the person in front, None while there is none to be sure of.

    readings: (monotonic seconds, reading). Of the last two seconds' readings that a person can
    have, at least three must be there and lie within half a degree; their median counts. offset:
    hundredths to add, from comparing the module with a clinical thermometer at its place.
    """
    fresh = [
        (at_s, reading.hundredths + offset, reading.is_body)
        for at_s, reading in readings
        if mono_s - at_s <= WINDOW_S and PERSON_LEAST <= reading.hundredths + offset <= PERSON_MOST
    ]
    values = sorted(value for _, value, _ in fresh)
    if len(values) < _ENOUGH or values[-1] - values[0] > _ALIKE:
        return None
    age_s = mono_s - max(at_s for at_s, _, _ in fresh)
    return Temperature(
        hundredths=values[len(values) // 2], is_body=all(body for _, _, body in fresh), age_s=age_s
    )


class Thermometer(Protocol):
    """Measures whoever stands in front. Every method returns at once."""

    def measured(self) -> Temperature | None:
        """Return the person's temperature now, None while there is none to be sure of."""
        ...

    def fault(self) -> str | None:
        """Return the code of what is wrong with it, None if it is well."""
        ...

    def close(self) -> None:
        """Stop measuring. May be called twice."""
        ...


class SerialThermometer:
    """A module on a serial port. open_line is called in its thread, again after every fault."""

    def __init__(
        self,
        kind: ThermometerFormat,
        open_line: Callable[[], SerialLine],
        now_s: Callable[[], float],
        *,
        offset: int = 0,
    ) -> None:
        self._kind = kind
        self._open_line = open_line
        self._now_s = now_s
        self._offset = offset
        self._readings: deque[tuple[float, Reading]] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()
        self._fault: str | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="thermometer", daemon=True)
        self._thread.start()

    def measured(self) -> Temperature | None:
        """Return the person's temperature now, None while there is none to be sure of."""
        with self._lock:
            readings = tuple(self._readings)
        return steady(readings, self._now_s(), self._offset)

    def fault(self) -> str | None:
        """Return the code of what is wrong with it, None if it is well."""
        return self._fault

    def close(self) -> None:
        """Stop measuring. May be called twice."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except DeviceFault as error:
                self._fault = error.code
            except Exception:  # the gate goes on without its thermometer
                log.exception("thermometer")
                self._fault = UNPLUGGED
            self._stop.wait(_RETRY_S)

    def _listen(self) -> None:
        line = self._open_line()
        try:
            listening = _Listening(self._kind, line, self._now_s())
            while not self._stop.is_set():
                readings = listening.turn(self._now_s)
                with self._lock:
                    self._readings.extend(readings)
                self._fault = listening.fault
        finally:
            line.close()


class _Listening:
    """One port from its opening to its end."""

    def __init__(self, kind: ThermometerFormat, line: SerialLine, now_s: float) -> None:
        self._layout = LAYOUTS[kind]
        self._line = line
        self._frames = FrameReader(kind)
        self._ask_at_s = now_s
        self._asked = False
        self._heard_s = now_s
        self._read_s = now_s
        self.fault: str | None = None

    def turn(self, now: Callable[[], float]) -> list[tuple[float, Reading]]:
        waits = self._layout.polled or self.fault is not None or not self._asked
        if self._layout.ask and waits and now() >= self._ask_at_s:
            self._asked = True
            self._line.send(self._layout.ask)
            # One that talks by itself is asked again where it has fallen silent (a loose plug).
            self._ask_at_s = now() + (_ASK_EVERY_S if self._layout.polled else _SILENT_AFTER_S)
        raw = self._line.receive(_MOST_BYTES)
        now_s = now()
        readings = self._frames.feed(raw)
        self._heard_s = now_s if raw else self._heard_s
        self._read_s = now_s if readings else self._read_s
        if now_s - self._read_s <= _SILENT_AFTER_S:
            self.fault = None
        else:
            self.fault = SILENT if now_s - self._heard_s > _SILENT_AFTER_S else GARBLED
        return [(now_s, reading) for reading in readings]


class SimulatedThermometer:
    """A thermometer of air: shows what somebody set. hundredths: None while nobody stands there."""

    def __init__(self) -> None:
        self.hundredths: int | None = None
        self.failing: str | None = None

    def measured(self) -> Temperature | None:
        """Return what was set, within what a person can have."""
        if self.hundredths is None or not PERSON_LEAST <= self.hundredths <= PERSON_MOST:
            return None
        return Temperature(hundredths=self.hundredths, is_body=True, age_s=0.0)

    def fault(self) -> str | None:
        """Return the fault that was set."""
        return self.failing

    def close(self) -> None:
        """Stay as it is."""
