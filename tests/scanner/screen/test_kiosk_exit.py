"""How a supervisor closes a kiosk, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_pages import MorePage
from scanner.screen.keypad import Keypad
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.options import Face
from scanner.screen.pin_lock import PinLock, UnusablePin, hash_pin
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import scan

PIN, SALT = "204861", bytes(range(16))
STORED = hash_pin(PIN, SALT)


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def kiosk(open_any: Callable[..., GateWindow], clock: Clock) -> KioskWindow:
    """Return a kiosk with a number."""
    window = open_any(face=Face.KIOSK, exit_pin=STORED, mono_s=clock)
    assert isinstance(window, KioskWindow)
    return window


def _pad(kiosk: KioskWindow) -> Keypad:
    assert kiosk.keypad is not None
    return kiosk.keypad


def _touch(pad: Keypad, faces: str) -> None:
    for face in faces:
        pad.buttons[face].click()


def test_the_right_number_opens_and_any_other_does_not() -> None:
    lock = PinLock(STORED)
    assert not lock.opens("204860", 0.0)
    assert not lock.opens("", 0.0)
    assert lock.opens(PIN, 0.0)


def test_what_is_stored_does_not_hold_the_number_and_differs_with_the_salt() -> None:
    assert PIN not in STORED
    assert hash_pin(PIN, bytes(16)) != STORED


def test_after_three_wrong_tries_even_the_right_number_has_to_wait_longer_and_longer() -> None:
    lock, now_s, waits = PinLock(STORED), 0.0, []
    for _ in range(12):
        lock.opens("000000", now_s)
        waits.append(lock.wait_s(now_s))
        assert waits[-1] == 0 or not lock.opens(PIN, now_s)
        now_s += waits[-1]
    assert waits == [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert lock.opens(PIN, now_s)


def test_the_right_number_forgives_the_wrong_ones_before_it() -> None:
    lock = PinLock(STORED)
    for _ in range(3):
        assert not lock.opens("1", 0.0)
        assert not lock.opens("2", 0.0)
        assert lock.opens(PIN, 0.0)


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "12345a", "１２３４５６", "12 456"])
def test_a_number_that_is_too_short_too_long_or_no_number_is_not_taken(pin: str) -> None:
    with pytest.raises(UnusablePin):
        hash_pin(pin, SALT)


@given(st.text(max_size=60))
def test_a_stored_text_that_is_no_hash_is_refused(stored: str) -> None:
    with pytest.raises(UnusablePin):
        PinLock(stored)


@pytest.mark.parametrize(
    "stored", ["scrypt:AAAA:AAAA", "argon:" + STORED[7:], "scrypt::" + "A" * 44]
)
def test_a_damaged_hash_is_refused(stored: str) -> None:
    with pytest.raises(UnusablePin):
        PinLock(stored)


def test_five_touches_in_the_corner_and_the_number_close_the_kiosk(
    qtbot: QtBot, kiosk: KioskWindow
) -> None:
    for _ in range(5):
        assert not _pad(kiosk).isVisible()
        QTest.mousePress(kiosk, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert _pad(kiosk).isVisible()
    _touch(_pad(kiosk), PIN)
    assert _pad(kiosk).shown.text() == "●" * len(PIN)
    _touch(_pad(kiosk), "✓")
    assert not _pad(kiosk).isVisible()
    page = kiosk.questions.current
    assert isinstance(page, MorePage)
    with qtbot.waitSignal(kiosk.closing):
        page.buttons["close"].click()


def test_slow_touches_and_touches_elsewhere_do_not_ask(kiosk: KioskWindow, clock: Clock) -> None:
    for _ in range(9):
        QTest.mousePress(kiosk, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
        clock.now_s += 1.0
        QTest.mousePress(kiosk, Qt.MouseButton.LeftButton, pos=QPoint(900, 700))
    assert not _pad(kiosk).isVisible()


def test_a_wrong_number_keeps_it_open_and_locks_the_pad(kiosk: KioskWindow, clock: Clock) -> None:
    QTest.keyClick(kiosk, Qt.Key.Key_F12)
    for _ in range(3):
        _touch(_pad(kiosk), "111111⌫1✓")
    assert kiosk.isVisible()
    assert "30" in _pad(kiosk).shown.text()
    _touch(_pad(kiosk), PIN + "✓")
    assert kiosk.isVisible()
    assert kiosk.questions.current is None
    clock.now_s += 31
    _touch(_pad(kiosk), PIN + "✓")
    assert isinstance(kiosk.questions.current, MorePage)


def test_a_hand_scanner_cannot_type_the_number(kiosk: KioskWindow) -> None:
    QTest.keyClick(kiosk, Qt.Key.Key_F12)
    scan(kiosk, PIN)
    assert kiosk.isVisible()
    assert "●" not in _pad(kiosk).shown.text()


def test_leaving_the_pad_forgets_what_was_touched(kiosk: KioskWindow) -> None:
    QTest.keyClick(kiosk, Qt.Key.Key_F12)
    _touch(_pad(kiosk), PIN)
    _pad(kiosk).away.click()
    assert not _pad(kiosk).isVisible()
    QTest.keyClick(kiosk, Qt.Key.Key_F12)
    _touch(_pad(kiosk), "✓")
    assert kiosk.isVisible()


def test_the_pad_stays_above_an_answer(kiosk: KioskWindow) -> None:
    QTest.keyClick(kiosk, Qt.Key.Key_F12)
    kiosk.show_step(step(result(Verdict.REFUSE)))
    assert kiosk.childAt(kiosk.rect().center()) in {*_pad(kiosk).buttons.values(), _pad(kiosk)}


def test_without_a_number_nothing_at_the_kiosk_closes_it(
    open_any: Callable[..., GateWindow],
) -> None:
    window = open_any(face=Face.KIOSK)
    assert isinstance(window, KioskWindow)
    assert window.keypad is None
    for _ in range(9):
        QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.isVisible()


@pytest.mark.parametrize("stored", ["204861", "scrypt:x:y", "scrypt::", "a:b:c:d"])
def test_a_damaged_number_keeps_no_kiosk_from_starting_and_closes_none(
    open_any: Callable[..., GateWindow], clock: Clock, stored: str
) -> None:
    window = open_any(face=Face.KIOSK, exit_pin=stored, mono_s=clock)
    assert isinstance(window, KioskWindow)
    assert window.keypad is None
