"""Hand scanners that act as keyboards, and people who use the keyboard as such."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.decide.notices import HINTS
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.guard_window import GuardWindow
from scanner.screen.run import WindowRun, open_window
from scanner.station import ScanLoop
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import options, step

CODE = "KK1:NCF 3X5*$%/ABC 019"


def _heard_by(window: GuardWindow) -> list[str]:
    texts: list[str] = []
    window.wedge.scanned.connect(texts.append)
    return texts


def test_a_burst_of_strokes_is_one_text(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    for end in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
        QTest.keyClicks(window, CODE)
        QTest.keyClick(window, end)
    assert texts == [CODE] * 3


def test_a_code_with_spaces_presses_no_button_even_if_one_has_the_focus(
    open_guard: OpenGuard,
) -> None:
    switch = Event()
    window = open_guard(look_only=switch)
    texts = _heard_by(window)
    window.look_only_button.setFocus()
    QTest.keyClicks(window.look_only_button, CODE)
    QTest.keyClick(window.look_only_button, Qt.Key.Key_Return)
    assert texts == [CODE]
    assert not switch.is_set()


def test_the_list_does_not_search_for_what_a_scanner_types(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    window.passages.setFocus()
    QTest.keyClicks(window.passages, CODE)
    QTest.keyClick(window.passages, Qt.Key.Key_Tab)
    assert texts == [CODE]
    assert window.passages.hasFocus()


def test_tab_alone_goes_to_the_next_part(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.language_button.setFocus()
    QTest.keyClick(window.language_button, Qt.Key.Key_Tab)
    assert not window.language_button.hasFocus()


def test_a_person_presses_the_focused_button_with_space(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    switch = Event()
    window = open_guard(look_only=switch)
    window.look_only_button.setFocus()
    QTest.keyClick(window.look_only_button, Qt.Key.Key_Space)
    qtbot.waitUntil(switch.is_set)


def test_a_touched_button_does_not_take_the_focus(open_guard: OpenGuard) -> None:
    window = open_guard()
    QTest.mouseClick(window.theme_button, Qt.MouseButton.LeftButton)
    assert not window.theme_button.hasFocus()


def test_an_enter_with_nothing_before_it_is_no_text(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    QTest.keyClick(window, Qt.Key.Key_Return)
    QTest.keyClick(window, Qt.Key.Key_Space)
    assert texts == []


def test_half_a_code_is_dropped_after_a_pause(qtbot: QtBot, open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    QTest.keyClicks(window, "KK1:HALF")
    qtbot.wait(1050)  # the pause itself
    QTest.keyClicks(window, CODE)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert texts == [CODE]


def test_a_text_without_end_is_dropped(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    QTest.keyClicks(window, "4" * 721)
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert texts == []


def test_function_keys_and_chords_work_amid_a_scanners_strokes(open_guard: OpenGuard) -> None:
    window = open_guard()
    texts = _heard_by(window)
    QTest.keyClicks(window, "KK1:")
    QTest.keyClick(window, Qt.Key.Key_F5)
    QTest.keyClick(window, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(window, "REST")
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert window.large
    assert texts == ["KK1:REST"]


def test_strokes_for_another_window_are_left_alone(open_guard: OpenGuard) -> None:
    first, second = open_guard(), open_guard()
    texts = _heard_by(first)
    QTest.keyClicks(second, CODE)
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert texts == []


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
    QTest.keyClicks(window, CODE)
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.panel.answer is not None)
    assert loop.texts == [CODE]
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.ADMIT


def test_a_hand_scanners_poster_gives_the_quiet_hint(
    qtbot: QtBot, scanning: Callable[[], tuple[GuardWindow, PlayedLoop]]
) -> None:
    window, _loop = scanning()
    QTest.keyClicks(window, "https://pay.example/1")
    QTest.keyClick(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.panel.accessibleName() == HINTS["not_a_pass"].title.zh)
    assert window.panel.answer is None
