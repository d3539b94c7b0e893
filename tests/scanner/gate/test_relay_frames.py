"""Relay boards: the frames that their makers print, and everything else refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.gate.faults import GARBLED, REFUSED, DeviceFault
from scanner.gate.gate import Part
from scanner.gate.relay_frames import (
    check_reply,
    crc16,
    is_refusal,
    lcus_frame,
    read_inputs_frame,
    reply_bytes,
    write_coil_frame,
)
from scanner.gate.thermometer_frames import LAYOUTS
from scanner.gate.turnstile import GateEvent
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "devices.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("relay", "on", "frame"),
    [(1, True, "A00101A2"), (1, False, "A00100A1"), (2, True, "A00201A3"), (8, False, "A00800A8")],
)
def test_lcus_frames_are_those_of_the_makers_sheet(relay: int, on: bool, frame: str) -> None:
    assert lcus_frame(relay, on) == bytes.fromhex(frame)


@pytest.mark.parametrize(
    ("frame", "recorded"),
    [
        (write_coil_frame(1, 0, True), "01050000FF008C3A"),
        (write_coil_frame(1, 0, False), "010500000000CDCA"),
        (write_coil_frame(1, 3, True), "01050003FF007C3A"),
        (write_coil_frame(1, 1, False), "0105000100009C0A"),
        (read_inputs_frame(1), "01020000000879CC"),
        (read_inputs_frame(11, 10), "0B020000000AF8A7"),
    ],
)
def test_modbus_frames_are_those_that_others_recorded(frame: bytes, recorded: str) -> None:
    assert frame == bytes.fromhex(recorded)


def test_recorded_answers_are_read() -> None:
    on = write_coil_frame(1, 0, True)
    assert check_reply(on, bytes.fromhex("01050000FF008C3A")) == b"\xff\x00"
    asked = read_inputs_frame(11, 10)
    assert reply_bytes(asked) == 7
    assert check_reply(asked, bytes.fromhex("0B0202010020") + b"\x29") == b"\x01\x00"


def test_a_refusal_is_told_from_rubbish() -> None:
    refusal = b"\x01\x82\x02"
    refusal += crc16(refusal)
    assert is_refusal(refusal)
    assert not is_refusal(b"\x01")
    assert not is_refusal(b"\x01\x02")
    with pytest.raises(DeviceFault) as caught:
        check_reply(read_inputs_frame(1), refusal)
    assert caught.value.code == REFUSED


def with_crc(body: bytes) -> bytes:
    return body + crc16(body)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        with_crc(b"\x01\x02\x01\x00")[:-1],
        with_crc(b"\x01\x02\x01\x00")[:-1] + b"?",
        with_crc(b"\x02\x02\x01\x00"),
        with_crc(b"\x01\x01\x01\x00"),
        with_crc(b"\x01\x02\x02\x00\x00"),
        with_crc(b"\x01\x02\x02\x00"),
        with_crc(b"\x01\x82\x02\x00"),
        with_crc(b"\x01\x85\x02"),
    ],
)
def test_what_is_no_answer_to_the_question_is_garbled(reply: bytes) -> None:
    with pytest.raises(DeviceFault) as caught:
        check_reply(read_inputs_frame(1), reply)
    assert caught.value.code == GARBLED


def test_an_echo_of_another_command_is_garbled() -> None:
    with pytest.raises(DeviceFault) as caught:
        check_reply(write_coil_frame(1, 0, True), write_coil_frame(1, 0, False))
    assert caught.value.code == GARBLED


@given(st.integers(1, 247), st.binary(max_size=40))
def test_any_answer_is_read_or_refused(unit: int, reply: bytes) -> None:
    asked = read_inputs_frame(unit)
    for raw in (reply, with_crc(reply), with_crc(bytes([unit, 2]) + reply)):
        try:
            assert len(check_reply(asked, raw)) == 1
        except DeviceFault as fault:
            assert fault.code in {GARBLED, REFUSED}  # noqa: PT017 - either way is right


@pytest.mark.parametrize("make", [lambda: lcus_frame(0, True), lambda: lcus_frame(9, True)])
def test_there_is_no_such_relay(make: object) -> None:
    with pytest.raises(ValueError, match="relay"):
        make()  # type: ignore[operator]


def test_there_is_no_such_unit_or_count() -> None:
    for unit in (0, 248):
        with pytest.raises(ValueError, match="unit"):
            write_coil_frame(unit, 0, True)
    for count in (0, 2001):
        with pytest.raises(ValueError, match="count"):
            read_inputs_frame(1, count)


def spaced(raw: bytes) -> str:
    return raw.hex(" ").upper()


def test_the_page_shows_the_frames_that_go_out() -> None:
    for frame in (
        lcus_frame(1, True),
        lcus_frame(1, False),
        write_coil_frame(1, 0, True),
        read_inputs_frame(1),
        *(layout.ask for layout in LAYOUTS.values()),
        *(layout.head for layout in LAYOUTS.values()),
    ):
        assert spaced(frame) in PAGE
    for name in (*LAYOUTS, *GateEvent, *Part):
        if name not in {GateEvent.OPENED, GateEvent.EMERGENCY_OVER, GateEvent.FIRE_OVER}:
            assert name in PAGE
