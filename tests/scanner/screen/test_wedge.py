"""Hand scanners that act as keyboards, and people who use the keyboard as such."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.capture.handtext import mended
from scanner.decide.notices import HINTS
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.guard_forms import RegisterPage
from scanner.screen.guard_window import GuardWindow
from scanner.screen.run import WindowRun, open_window
from scanner.station import ScanLoop
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import options, step
from tests.scanner.screen.strokes import HUMAN_MS, scan, strike, type_slowly

CODE = "KK1:NCF 3X5*$%/ABC 019"
DENSE = "0123456789" * 20


def _heard_by(window: GuardWindow) -> list[str]:
    texts: list[str] = []
    window.wedge.scanned.connect(texts.append)
    return texts


def _field_of(window: GuardWindow) -> QLineEdit:
    """A field that has the focus, over the picture."""
    field = QLineEdit(window)
    field.setGeometry(20, 100, 400, 40)
    field.show()
    field.setFocus()
    return field


def test_a_burst_of_strokes_is_one_text(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    for end in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
        scan(window, CODE, end)
    assert texts == [CODE] * 3


def test_a_scanner_that_sends_no_end_is_heard_all_the_same(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    texts = _heard_by(window)
    scan(window, CODE, end=None)
    qtbot.waitUntil(lambda: texts == [CODE])


def test_a_scan_never_types_into_the_field_that_has_the_focus(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    texts, field = _heard_by(window), _field_of(window)
    entered: list[str] = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    for end in (Qt.Key.Key_Return, Qt.Key.Key_Tab, None):
        scan(window, CODE, end)
        qtbot.waitUntil(lambda: len(texts) > 0 and texts.pop() == CODE)
    assert (field.text(), entered) == ("", [])
    assert field.hasFocus()


def test_a_person_types_into_the_field_and_is_no_scanner(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    texts, field = _heard_by(window), _field_of(window)
    entered: list[str] = []
    field.returnPressed.connect(lambda: entered.append(field.text()))
    type_slowly(window, "Wang 37", end=Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: entered == ["Wang 37"])
    assert texts == []


def test_a_person_and_a_scanner_take_turns_in_the_same_field(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    texts, field = _heard_by(window), _field_of(window)
    type_slowly(window, "ab")
    scan(window, DENSE)
    type_slowly(window, "c")
    qtbot.waitUntil(lambda: field.text() == "abc")
    assert texts == [DENSE]


def test_two_keys_rolled_over_come_in_their_order_where_they_were_struck(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    field = _field_of(window)
    scan(window, "we", end=None)
    window.setFocus()  # before the strokes were handed back
    scan(window, "x", end=None)
    qtbot.waitUntil(lambda: field.text() == "we")


def test_a_scan_types_no_name_into_a_registration(qtbot: QtBot, open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    window.desk.open_register()
    page = window.questions.current
    assert isinstance(page, RegisterPage)
    assert page.name.hasFocus()
    scan(window, DENSE)
    type_slowly(window, "Wang")
    qtbot.waitUntil(lambda: page.name.text() == "Wang")
    assert texts == [DENSE]
    assert window.questions.current is page


def test_strokes_for_a_field_that_has_gone_are_for_nobody(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    texts, field = _heard_by(window), _field_of(window)
    scan(window, "we", end=None)
    with qtbot.waitSignal(field.destroyed):
        field.deleteLater()
    QTest.qWait(HUMAN_MS)  # they are handed back, to nobody
    scan(window, CODE)
    assert texts == [CODE]


def test_a_key_held_down_repeats_in_the_field(qtbot: QtBot, open_guard: OpenGuard) -> None:
    window = open_guard()
    texts, field = _heard_by(window), _field_of(window)
    handle = window.windowHandle()
    QTest.keyPress(handle, Qt.Key.Key_A)
    for _ in range(12):
        repeated = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a", True
        )
        QCoreApplication.sendEvent(handle, repeated)
    QTest.keyRelease(handle, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: field.text() == "a" * 13)
    assert texts == []


@pytest.mark.parametrize("bent", ["à&é\"'(-è_ç" * 20, "é+ěščřžýáí" * 20], ids=["azerty", "czech"])
def test_a_digit_row_of_another_layout_comes_through_to_be_mended(
    open_guard: OpenGuard, bent: str
) -> None:
    window = open_guard()
    texts = _heard_by(window)
    scan(window, bent)
    assert texts == [bent]
    assert mended(texts[0]) == DENSE


def test_a_code_with_spaces_presses_no_button_even_if_one_has_the_focus(
    open_guard: OpenGuard,
) -> None:
    switch = Event()
    window = open_guard(look_only=switch)
    texts = _heard_by(window)
    window.look_only_button.setFocus()
    scan(window, CODE)
    assert texts == [CODE]
    assert not switch.is_set()


def test_the_list_does_not_search_for_what_a_scanner_types(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    window.passages.setFocus()
    scan(window, CODE, Qt.Key.Key_Tab)
    assert texts == [CODE]
    assert window.passages.hasFocus()


def test_tab_alone_goes_to_the_next_part(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.language_button.setFocus()
    strike(window, Qt.Key.Key_Tab)
    assert not window.language_button.hasFocus()


def test_a_person_presses_the_focused_button_with_space(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    switch = Event()
    window = open_guard(look_only=switch)
    window.look_only_button.setFocus()
    strike(window, Qt.Key.Key_Space)
    qtbot.waitUntil(switch.is_set)


def test_a_touched_button_does_not_take_the_focus(open_guard: OpenGuard) -> None:
    window = open_guard()
    QTest.mouseClick(window.theme_button, Qt.MouseButton.LeftButton)
    assert not window.theme_button.hasFocus()


def test_an_enter_with_nothing_before_it_is_no_text(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    strike(window, Qt.Key.Key_Return)
    strike(window, Qt.Key.Key_Space)
    assert texts == []


def test_half_a_code_before_a_pause_is_no_part_of_the_next(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard()
    texts = _heard_by(window)
    scan(window, "KK1:HAL", end=None)
    qtbot.wait(400)  # the pause itself
    scan(window, CODE)
    assert texts == [CODE]


def test_a_text_without_end_is_dropped(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    scan(window, "45" * 361)
    assert texts == []


def test_function_keys_and_chords_work_amid_a_scanners_strokes(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    scan(window, "KK1:", end=None)
    strike(window, Qt.Key.Key_F5)
    strike(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    scan(window, "REST")
    assert window.large
    assert texts == ["KK1:REST"]


def test_strokes_for_another_window_are_left_alone(open_guard: OpenGuard) -> None:
    first, second = open_guard(), open_guard()
    texts = _heard_by(first)
    scan(second, CODE)
    assert texts == []


def test_a_window_shown_again_is_seen_once(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    window.hide()
    window.show()
    scan(window, CODE)
    assert texts == [CODE]


@pytest.fixture
def scanning(qtbot: QtBot, swept: None) -> Iterator[Callable[[], tuple[GuardWindow, PlayedLoop]]]:
    """Return a function that opens a window with a loop behind it."""
    runs: list[WindowRun] = []

    def started() -> tuple[GuardWindow, PlayedLoop]:
        loops: list[PlayedLoop] = []

        def factory() -> ScanLoop:
            loops.append(PlayedLoop(step(number=number) for number in count()))
            return loops[-1]

        window = open_window(options(), RecordingPlayer())
        assert isinstance(window, GuardWindow)
        qtbot.addWidget(window)
        runs.append(WindowRun(window, factory))
        window.show()
        qtbot.waitUntil(lambda: loops != [])
        return window, loops[0]

    yield started
    for run in runs:
        run.end()


def test_a_hand_scanners_code_is_judged_and_answered_like_one_from_the_camera(
    qtbot: QtBot, scanning: Callable[[], tuple[GuardWindow, PlayedLoop]]
) -> None:
    window, loop = scanning()
    scan(window, CODE)
    qtbot.waitUntil(lambda: window.panel.answer is not None)
    assert loop.texts == [CODE]
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.ADMIT


def test_a_hand_scanners_poster_gives_the_quiet_hint(
    qtbot: QtBot, scanning: Callable[[], tuple[GuardWindow, PlayedLoop]]
) -> None:
    window, _loop = scanning()
    scan(window, "https://pay.example/1")
    qtbot.waitUntil(lambda: window.panel.accessibleName() == HINTS["not_a_pass"].title.zh)
    assert window.panel.answer is None
