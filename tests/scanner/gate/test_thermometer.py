"""Infrared thermometers: the frames that makers and users recorded, found in any stream."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gate.faults import GARBLED, SILENT, UNPLUGGED, DeviceFault
from scanner.gate.serial_line import SerialLine, SerialPort
from scanner.gate.thermometer import (
    SerialThermometer,
    SimulatedThermometer,
    Thermometer,
    steady,
)
from scanner.gate.thermometer_frames import LAYOUTS, FrameReader, Reading, ThermometerFormat
from tests.scanner.gate.ports import FarEnd, until

F = ThermometerFormat


def summed(body: str) -> bytes:
    raw = bytes.fromhex(body)
    return raw + bytes([sum(raw) & 0xFF])


# body_aa55 and zytemp_tn9 are the examples in their makers' sheets, cjmcu_90614 one that a user
# recorded; the two GY modules' sheets give the layout, and the sum follows.
FRAMES = {
    F.GY_MCU90614: (summed("5A5A45040E420A8C"), Reading(hundredths=3650, ambient=2700)),
    F.CJMCU_90614: (bytes.fromhex("666601040A830A831A"), Reading(hundredths=2691, ambient=2691)),
    F.GY_614: (
        summed("A403070761" + "0D480A280E42"),
        Reading(hundredths=3650, ambient=2600, is_body=True),
    ),
    F.BODY_AA55: (bytes.fromhex("AA5506240730"), Reading(hundredths=3670, is_body=True)),
    F.ZYTEMP_TN9: (bytes.fromhex("4C142A8A0D"), Reading(hundredths=4947)),
}
KINDS = pytest.mark.parametrize("kind", F)


@KINDS
def test_a_recorded_frame_is_read(kind: ThermometerFormat) -> None:
    frame, reading = FRAMES[kind]
    assert FrameReader(kind).feed(frame) == [reading]


def test_every_format_has_a_recorded_frame() -> None:
    assert set(FRAMES) == set(F) == set(LAYOUTS)


def test_the_makers_second_example_is_the_ambient_and_no_reading() -> None:
    reader = FrameReader(F.ZYTEMP_TN9)
    assert reader.feed(bytes.fromhex("6612C33B0D")) == []


def test_the_other_numbers_of_the_makers_are_read() -> None:
    cold = summed("5A5A4504FC18FC18")
    assert FrameReader(F.GY_MCU90614).feed(cold) == [Reading(hundredths=-1000, ambient=-1000)]


@KINDS
@given(data=st.data())
def test_frames_are_found_however_the_stream_is_cut(
    kind: ThermometerFormat, data: st.DataObject
) -> None:
    frame, reading = FRAMES[kind]
    raw = frame * 5
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=8)))
    pieces = [raw[a:b] for a, b in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    reader = FrameReader(kind)
    assert [one for piece in pieces for one in reader.feed(piece)] == [reading] * 5
    assert reader.refused == 0


@KINDS
@given(noise=st.binary(max_size=30))
def test_frames_are_found_again_after_any_noise(kind: ThermometerFormat, noise: bytes) -> None:
    frame, reading = FRAMES[kind]
    # Noise may swallow a frame that it seems to begin; the ones after it are safe.
    assert FrameReader(kind).feed(noise + frame * 3)[-1] == reading


@KINDS
@given(st.lists(st.binary(max_size=64), max_size=20))
def test_any_bytes_are_taken_and_little_is_held(
    kind: ThermometerFormat, pieces: list[bytes]
) -> None:
    reader = FrameReader(kind)
    for piece in pieces:
        reader.feed(piece)
        assert len(reader._held) < LAYOUTS[kind].size


@KINDS
@given(data=st.data())
def test_any_flipped_bit_of_what_counts_is_refused(
    kind: ThermometerFormat, data: st.DataObject
) -> None:
    frame, _ = FRAMES[kind]
    bit = data.draw(st.integers(0, 8 * len(frame) - 1))
    raw = bytearray(frame)
    raw[bit // 8] ^= 1 << bit % 8
    assert FrameReader(kind).feed(bytes(raw)) == []


def test_a_frame_whose_sum_is_wrong_is_counted_and_one_inside_it_still_found() -> None:
    frame, reading = FRAMES[F.GY_MCU90614]
    reader = FrameReader(F.GY_MCU90614)
    assert reader.feed(frame[:6] + frame) == [reading]
    assert reader.refused == 1


def test_a_tenth_of_more_than_nine_is_refused() -> None:
    assert FrameReader(F.BODY_AA55).feed(summed("AA5506240A")) == []


# --- when readings are a person's


def read(
    *hundredths: int, start_s: float = 10.0, is_body: bool = False
) -> list[tuple[float, Reading]]:
    return [
        (start_s + number / 10, Reading(hundredths=value, is_body=is_body))
        for number, value in enumerate(hundredths)
    ]


def test_three_readings_alike_are_a_persons() -> None:
    skin = steady(read(3640, 3660, 3650), 10.25)
    assert skin is not None
    assert (skin.hundredths, skin.is_body) == (3650, False)
    assert 0.04 < skin.age_s < 0.06
    body = steady(read(3640, 3660, 3650, is_body=True), 10.3, offset=20)
    assert body is not None
    assert (body.hundredths, body.is_body) == (3670, True)


@pytest.mark.parametrize(
    "readings",
    [
        [],
        read(3640, 3660),
        read(3600, 3625, 3651),
        read(2100, 2100, 2100, 2100),
        read(5200, 5200, 5200),
        read(3650, 3650, 3650, start_s=5.0),
    ],
)
def test_too_few_too_different_too_old_or_no_person_is_no_temperature(
    readings: list[tuple[float, Reading]],
) -> None:
    assert steady(readings, 10.3) is None


def test_a_wall_in_between_does_not_count() -> None:
    assert steady(read(3640, 2100, 3660, 2100, 3650), 10.5) is not None


# --- on a real port


class Opening:
    """Opens the port of a far end. What is said before a port is open, nobody hears."""

    def __init__(self, far: FarEnd) -> None:
        self.far = far
        self.done = threading.Event()

    def __call__(self) -> SerialLine:
        port = SerialPort(self.far.path, 9600)
        self.done.set()
        return port

    def wait(self) -> None:
        assert self.done.wait(60)


def opened(far: FarEnd, kind: ThermometerFormat) -> SerialThermometer:
    opening = Opening(far)
    meter = SerialThermometer(kind, opening, time.monotonic)
    opening.wait()
    return meter


@pytest.mark.parametrize("kind", [F.GY_MCU90614, F.CJMCU_90614, F.BODY_AA55])
def test_a_module_that_talks_by_itself_is_measured(kind: ThermometerFormat) -> None:
    frame = {
        F.GY_MCU90614: FRAMES[F.GY_MCU90614][0],
        F.CJMCU_90614: bytes.fromhex("666601040E420A83DD"),
        F.BODY_AA55: FRAMES[F.BODY_AA55][0],
    }[kind]
    with FarEnd() as far:
        meter = opened(far, kind)
        far.say(b"\x00noise" + frame[:4])
        far.say(frame[4:] + frame * 4)
        until(lambda: meter.measured() is not None)
        assert meter.fault() is None
        until(lambda: far.heard == LAYOUTS[kind].ask)
        meter.close()


def test_a_module_that_waits_to_be_asked_is_asked_and_measured() -> None:
    frame, _ = FRAMES[F.GY_614]
    with FarEnd(lambda asked: frame * asked.count(LAYOUTS[F.GY_614].ask)) as far:
        meter = opened(far, F.GY_614)
        until(lambda: meter.measured() is not None)
        until(lambda: far.heard.startswith(LAYOUTS[F.GY_614].ask * 2))
        measured = meter.measured()
        assert measured is not None
        assert (measured.hundredths, measured.is_body) == (3650, True)
        meter.close()


def test_a_port_that_is_not_there_is_a_fault_and_no_crash() -> None:
    meter = SerialThermometer(
        F.GY_614, lambda: SerialPort("/dev/no-such-port", 9600), time.monotonic
    )
    until(lambda: meter.fault() == UNPLUGGED)
    assert meter.measured() is None
    meter.close()
    meter.close()


def test_a_module_that_is_pulled_out_and_comes_back_is_measured_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("scanner.gate.thermometer._RETRY_S", 0.01)
    frame, _ = FRAMES[F.BODY_AA55]
    with FarEnd() as first, FarEnd() as second:
        opening = Opening(first)
        meter = SerialThermometer(F.BODY_AA55, opening, time.monotonic)
        opening.wait()
        first.say(frame * 3)
        until(lambda: meter.measured() is not None)
        first.unplug()
        until(lambda: meter.fault() == UNPLUGGED)
        opening.done.clear()
        opening.far = second
        opening.wait()
        second.say(frame * 3)
        until(lambda: meter.measured() is not None)
        meter.close()


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


@pytest.mark.parametrize(("said", "fault"), [(b"", SILENT), (b"another module's words", GARBLED)])
def test_silence_and_rubbish_are_told_apart(said: bytes, fault: str) -> None:
    clock = Clock()
    with FarEnd() as far:
        opening = Opening(far)
        meter = SerialThermometer(F.BODY_AA55, opening, clock)
        opening.wait()
        far.say(FRAMES[F.BODY_AA55][0])
        until(lambda: len(meter._readings) == 1)
        clock.at_s = 10.0
        if said:
            far.say(said)
        until(lambda: meter.fault() == fault)
        far.say(FRAMES[F.BODY_AA55][0] * 3)
        until(lambda: meter.measured() is not None)
        until(lambda: meter.fault() is None)
        clock.at_s = 12.1
        assert meter.measured() is None
        meter.close()


def test_a_module_that_fell_silent_is_asked_again() -> None:
    clock = Clock()
    kind = F.GY_MCU90614
    frame, _ = FRAMES[kind]
    with FarEnd() as far:
        meter = SerialThermometer(kind, Opening(far), clock)
        until(lambda: far.heard == LAYOUTS[kind].ask)
        far.say(frame)
        until(lambda: len(meter._readings) == 1)
        clock.at_s = 2.0
        far.say(frame)
        until(lambda: len(meter._readings) == 2)
        assert far.heard == LAYOUTS[kind].ask
        clock.at_s = 10.0
        until(lambda: far.heard == LAYOUTS[kind].ask * 2)
        meter.close()


def test_a_mishap_is_logged_and_the_thermometer_goes_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scanner.gate.thermometer._RETRY_S", 0.01)
    frame, _ = FRAMES[F.BODY_AA55]
    with FarEnd() as far:
        mishaps = [ZeroDivisionError("?")]
        opening = Opening(far)

        def open_line() -> SerialLine:
            if mishaps:
                raise mishaps.pop()
            return opening()

        meter = SerialThermometer(F.BODY_AA55, open_line, time.monotonic)
        opening.wait()
        assert "thermometer" in caplog.text
        far.say(frame * 3)
        until(lambda: meter.measured() is not None)
        meter.close()


def test_a_port_is_one_programs_at_a_time() -> None:
    with FarEnd() as far:
        first = SerialPort(far.path, 9600)
        with pytest.raises(DeviceFault) as caught:
            SerialPort(far.path, 9600)
        assert caught.value.code == UNPLUGGED
        first.close()
        SerialPort(far.path, 9600).close()


def test_a_thermometer_of_air_shows_what_was_set() -> None:
    meter = SimulatedThermometer()
    as_any_other: Thermometer = meter
    assert as_any_other.measured() is None
    meter.hundredths = 3650
    shown = as_any_other.measured()
    assert shown is not None
    assert shown.hundredths == 3650
    meter.hundredths = 2000
    assert as_any_other.measured() is None
    meter.failing = SILENT
    assert as_any_other.fault() == SILENT
    as_any_other.close()
