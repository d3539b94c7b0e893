"""Hand scanners on serial ports and grabbed devices, and what is typed by hand."""

from __future__ import annotations

import itertools
import os
import pty
import termios
import tty
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.capture.handscan import HandScanner, OpenScanner
from scanner.capture.handscan_keys import GrabbedKeyboard, KeyTyping, grabbed_opener
from scanner.capture.handscan_serial import (
    LineAssembler,
    SerialScanner,
    known_serial_scanners,
    serial_opener,
)
from scanner.capture.handtext import (
    DENSE_LENGTHS,
    TypedState,
    check_typed,
    mended,
)
from scanner.capture.source import SourceState
from tests.scanner.capture.rigs import wait_until

DENSE = "1234567890" * 20

FULL = "KK1:" + "ABCDEFGH %$*+-./:0" * 12

LAYOUTS = ["&é\"'(-è_çà", "&é\"'(§è!çà", "+ěščřžýáíé", "+ľščťžýáíé", "!@#$%^&*()", '!"§$%&/()=']


@pytest.mark.parametrize("row", LAYOUTS)
@pytest.mark.parametrize("length", DENSE_LENGTHS)
def test_a_shifted_digit_row_is_mended(row: str, length: int) -> None:
    digits = (DENSE * 2)[:length]
    typed = "".join(row["1234567890".index(digit)] for digit in digits)
    assert mended(typed) == digits
    assert mended(typed + "\r\n") == digits


@pytest.mark.parametrize("text", [DENSE, DENSE[:-1], FULL, "", "&é\"'(", "é" * 100])
def test_what_is_no_bent_code_stays_as_it_is(text: str) -> None:
    assert mended(text) == text


@given(st.text(max_size=300))
def test_mending_never_fails_and_is_done_once(text: str) -> None:
    assert mended(mended(text)) == mended(text)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\x03"])
def test_serial_lines_end_as_scanners_end_them(end: bytes) -> None:
    lines = LineAssembler()
    assert lines.feed(DENSE[:50].encode()) == []
    assert lines.feed(DENSE[50:].encode() + end) == [DENSE]
    assert lines.pause() == []


def test_a_serial_text_without_an_end_is_ended_by_a_pause() -> None:
    lines = LineAssembler()
    assert lines.feed(FULL.encode()) == []
    assert lines.pause() == [FULL]


@given(st.binary(max_size=400))
def test_line_noise_gives_printable_texts_only(raw: bytes) -> None:
    for text in LineAssembler().feed(raw + b"\r"):
        assert text.isascii()
        assert text.isprintable()


def test_a_device_that_never_ends_a_line_fills_no_memory() -> None:
    lines = LineAssembler()
    assert lines.feed(b"7" * 100_000) == []
    assert sum(map(len, lines.pause())) <= 2048


def test_a_serial_scanner_is_read_unplugged_and_read_again(tmp_path: Path) -> None:
    link = tmp_path / "scanner"
    scanner = HandScanner(serial_opener(str(link)))
    wait_until(lambda: scanner.state is SourceState.UNPLUGGED)
    for text in (DENSE, FULL):
        host, device = pty.openpty()
        tty.setraw(device)
        link.symlink_to(os.ttyname(device))
        wait_until(lambda: scanner.state is SourceState.LIVE)
        os.write(host, text.encode() + b"\r\n")
        assert scanner.next_text(60.0) == text
        link.unlink()
        os.close(host)
        os.close(device)
        wait_until(lambda: scanner.state is SourceState.UNPLUGGED)
    assert scanner.next_text(0.01) is None
    scanner.close()


def test_a_serial_port_that_another_program_holds_is_busy(tmp_path: Path) -> None:
    host, device = pty.openpty()
    opener = serial_opener(os.ttyname(device))
    first = opener()
    assert isinstance(first, SerialScanner)
    assert opener() is SourceState.BUSY
    first.close()
    os.close(host)
    os.close(device)


def test_a_usb_name_that_is_not_plugged_in_is_unplugged() -> None:
    assert serial_opener("usb:dead:beef:42")() is SourceState.UNPLUGGED
    assert all(name.startswith("usb:") for name in known_serial_scanners())


class Flood:
    """A scanner whose texts nobody takes."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self) -> list[str]:
        self.reads += 1
        if self.reads > 3:
            raise OSError
        return [f"text {self.reads} {i}" for i in range(30)]

    def close(self) -> None:
        self.reads = -1


def test_when_nobody_takes_texts_the_newest_are_kept() -> None:
    steps: list[OpenScanner | SourceState] = [Flood()]
    scanner = HandScanner(lambda: steps.pop() if steps else SourceState.UNPLUGGED)
    wait_until(lambda: scanner.state is SourceState.UNPLUGGED)
    first = scanner.next_text(60.0)
    assert first == "text 3 14"
    scanner.close()


class Grudging:
    """A scanner that gives one text and goes; its driver fails in a way of its own when closed."""

    def __init__(self, text: str) -> None:
        self._texts = [[text]]

    def read(self) -> list[str]:
        if not self._texts:
            raise OSError
        return self._texts.pop()

    def close(self) -> None:
        raise termios.error(5, "Input/output error")


def test_no_error_of_a_driver_ends_the_hand_scanner_for_good() -> None:
    numbers = itertools.count()

    def opener() -> OpenScanner:
        number = next(numbers)
        if number == 0:
            raise termios.error(25, "Inappropriate ioctl for device")
        return Grudging(f"text {number}")

    scanner = HandScanner(opener)
    assert [scanner.next_text(60.0) for _ in range(2)] == ["text 1", "text 2"]
    scanner.close()


def _strokes(text: str) -> list[tuple[int, int]]:
    """The key numbers that type a text on a US keyboard."""
    plain = dict(zip("1234567890", range(2, 12), strict=True)) | {" ": 57, "-": 12, ".": 52}
    plain |= {"/": 53} | dict(zip("qwertyuiop", range(16, 26), strict=True))
    plain |= dict(zip("asdfghjkl", range(30, 39), strict=True))
    plain |= dict(zip("zxcvbnm", range(44, 51), strict=True))
    shifted = {":": 39, "$": 5, "%": 6, "*": 9, "+": 13}
    strokes = []
    for sign in text:
        number = shifted.get(sign) or plain[sign.lower()]
        if sign in shifted or sign.isupper():
            strokes += [(42, 1), (number, 1), (number, 0), (42, 0)]
        else:
            strokes += [(number, 1), (number, 2), (number, 0)]
    return strokes


@pytest.mark.parametrize("text", [DENSE, FULL])
def test_grabbed_keys_spell_both_carriers(text: str) -> None:
    typing = KeyTyping()
    assert [typing.key(*stroke) for stroke in _strokes(text)] == [""] * len(_strokes(text))
    assert typing.key(28, 1) == text
    assert typing.pause() == ""


def test_caps_lock_turns_letters_and_leaves_digits() -> None:
    typing = KeyTyping()
    typing.key(58, 1)
    for stroke in _strokes("KK1:Ab9"):
        typing.key(*stroke)
    assert typing.key(96, 1) == "kk1:aB9"


def test_a_keyboard_that_is_not_there_or_cannot_be_grabbed_says_so() -> None:
    assert grabbed_opener("/dev/input/by-id/none")() in {
        SourceState.UNPLUGGED,
        SourceState.NO_RIGHTS,  # evdev is not installed everywhere
    }


@pytest.mark.parametrize(
    ("entry", "state", "missing"),
    [
        ("", TypedState.EMPTY, 200),
        ("12345 678", TypedState.GOES_ON, 192),
        (DENSE, TypedState.COMPLETE, 0),
        (DENSE + "1", TypedState.GOES_ON, 14),
        ("1" * 283, TypedState.TOO_LONG, 0),
        ("12a", TypedState.WRONG_SIGN, 0),
        ("KK", TypedState.GOES_ON, 0),
        ("kk1:ab", TypedState.GOES_ON, 0),
        ("KK1:AB#", TypedState.WRONG_SIGN, 0),
        ("KK1:" + "A" * 210, TypedState.COMPLETE, 0),
        ("KK1:" + "A" * 211, TypedState.GOES_ON, 0),
        ("KK1:" + "A" * 900, TypedState.TOO_LONG, 0),
        ("１２３", TypedState.WRONG_SIGN, 0),
    ],
)
def test_a_typed_code_is_checked_as_it_grows(entry: str, state: TypedState, missing: int) -> None:
    seen = check_typed(entry)
    assert (seen.state, seen.missing) == (state, missing)


def test_the_first_wrong_sign_is_pointed_at_in_what_is_shown() -> None:
    seen = check_typed("12345 67x90")
    assert seen.shown == "12345 67x90"
    assert seen.wrong_at is not None
    assert seen.shown[seen.wrong_at] == "x"
    assert check_typed("12345\n67890").text == "1234567890"


@given(st.text(max_size=400))
def test_any_entry_has_a_state(entry: str) -> None:
    seen = check_typed(entry)
    assert seen.state in TypedState
    if seen.wrong_at is not None:
        assert seen.wrong_at < len(seen.shown)


SYN_DROPPED = (3, 9)  # through the pipe; no key is let go of nine times


class PipeKeyboard:
    """What the evdev package gives for a device, with a pipe behind it."""

    def __init__(self) -> None:
        self.fd, self.keys = os.pipe()

    def read(self) -> list[SimpleNamespace]:
        raw = os.read(self.fd, 4096)
        if not raw:
            raise OSError("unplugged")
        pairs = zip(raw[::2], raw[1::2], strict=True)
        events = [
            SimpleNamespace(type=int(pair != SYN_DROPPED), code=pair[0], value=pair[1])
            for pair in pairs
        ]
        return [SimpleNamespace(type=0, code=0, value=0), *events]

    def close(self) -> None:
        os.close(self.fd)


def test_a_grabbed_keyboard_is_read_until_it_is_unplugged() -> None:
    device = PipeKeyboard()
    steps: list[OpenScanner | SourceState] = [GrabbedKeyboard(device)]
    scanner = HandScanner(lambda: steps.pop() if steps else SourceState.UNPLUGGED)
    os.write(device.keys, bytes(n for stroke in (*_strokes(FULL), (28, 1)) for n in stroke))
    assert scanner.next_text(60.0) == FULL
    os.write(device.keys, bytes(n for stroke in _strokes(DENSE) for n in stroke))
    assert scanner.next_text(60.0) == DENSE  # ended by a pause
    os.close(device.keys)
    wait_until(lambda: scanner.state is SourceState.UNPLUGGED)
    scanner.close()


def test_a_code_of_which_strokes_were_lost_is_dropped_whole_and_the_next_one_is_read() -> None:
    device = PipeKeyboard()
    keyboard = GrabbedKeyboard(device)
    half, end = _strokes(FULL)[:40], (28, 1)
    for strokes in ([*half, SYN_DROPPED, *half, end], [*_strokes(FULL), end]):
        os.write(device.keys, bytes(n for stroke in strokes for n in stroke))
    assert keyboard.read() == [FULL]
    os.close(device.keys)
    keyboard.close()


def test_a_shift_that_was_let_go_of_unseen_does_not_bend_the_next_code() -> None:
    typing = KeyTyping()
    typing.key(42, 1)
    typing.lost()
    assert typing.pause() == ""
    for stroke in _strokes("kk1:9"):
        typing.key(*stroke)
    assert typing.pause() == "kk1:9"
