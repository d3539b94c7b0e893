"""What a guard can do besides scanning, with a gloved thumb or with keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import (
    TEMPERATURES,
    Action,
    EmergencyCause,
    GiveCause,
    Measured,
    OpenForEmergency,
    TakeBack,
    tenths_of,
)
from scanner.decide.looks import Language
from scanner.decide.notices_desk import LOG_FAULTS
from scanner.screen.answer_stand import Pace
from scanner.screen.asking import Asking
from scanner.screen.guard_pages import CauseQuestion
from scanner.screen.guard_window import GuardWindow
from scanner.screen.worker import ActionDone
from scanner.station import ScanResult
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import scan

ALL = frozenset(ActionName)
OPENED = bytes(15) + b"e"


@pytest.fixture
def open_acting(open_guard: OpenGuard) -> Callable[..., tuple[GuardWindow, list[Action]]]:
    """Return a function that opens a guard's window with all actions, and what it asks for."""

    def opened(**bent: Any) -> tuple[GuardWindow, list[Action]]:
        window = open_guard(**{"actions": ALL, **bent})
        asked: list[Action] = []
        window.action_asked.connect(asked.append)
        return window, asked

    return opened


Open = Callable[..., tuple[GuardWindow, list[Action]]]


def _question(window: GuardWindow) -> Asking:
    assert window.questions.current is not None
    return window.questions.current


def _emergency() -> ScanResult:
    opened = result(Verdict.ADMIT, reason=Reason.EMERGENCY, name="", id_tail="", identity=None)
    return replace(opened, seen=None, passage_id=OPENED)


def test_a_station_that_can_do_nothing_else_shows_no_buttons_for_it(open_guard: OpenGuard) -> None:
    assert open_guard().guard_actions.buttons == {}


def test_one_press_opens_for_an_emergency_and_the_cause_is_asked_afterwards(
    open_acting: Open,
) -> None:
    window, asked = open_acting()
    window.guard_actions.buttons[ActionName.EMERGENCY].click()
    assert asked == [OpenForEmergency()]
    assert window.questions.current is None
    window.show_done(ActionDone(action=asked[0], result=_emergency()))
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.ADMIT
    _question(window).buttons[EmergencyCause.CHILDBIRTH].click()
    assert asked[1] == GiveCause(passage_id=OPENED, cause=EmergencyCause.CHILDBIRTH)
    assert window.questions.current is None


@pytest.mark.parametrize("verdict", Verdict)
def test_no_verdict_and_no_question_ever_hides_the_emergency_button(
    open_acting: Open, verdict: Verdict
) -> None:
    window, _asked = open_acting(size=(800, 480))
    window.show_step(step(result(verdict)))
    window.guard_actions.ask_temperature()
    button = window.guard_actions.buttons[ActionName.EMERGENCY]
    assert button.isVisible()
    middle = button.mapTo(window, button.rect().center())
    assert window.childAt(middle) is button
    assert not _question(window).geometry().intersects(window.panel.geometry())


def test_a_second_emergency_asks_anew(open_acting: Open) -> None:
    window, asked = open_acting()
    for _ in range(2):
        QTest.keyClick(window, Qt.Key.Key_F1)
        window.show_done(ActionDone(action=asked[-1], result=_emergency()))
    assert asked == [OpenForEmergency()] * 2
    assert _question(window).isVisible()


def test_an_emergency_that_could_not_be_logged_asks_for_no_cause(open_acting: Open) -> None:
    window, _asked = open_acting()
    window.show_done(ActionDone(action=OpenForEmergency(), fault="disk_full"))
    assert not isinstance(window.questions.current, CauseQuestion)
    assert LOG_FAULTS["disk_full"].title.zh in _question(window).title.text()


def test_undo_takes_back_the_newest_passage_once_and_strikes_its_row_out(
    open_acting: Open,
) -> None:
    window, asked = open_acting()
    undo = window.guard_actions.buttons[ActionName.UNDO]
    assert not undo.isEnabled()
    first = replace(result(Verdict.ADMIT, number=1), passage_id=bytes(16))
    second = replace(result(Verdict.ADMIT, number=2), passage_id=b"2" * 16)
    window.show_step(step(first))
    window.show_step(step(second))
    undo.click()
    undo.click()
    assert asked == [TakeBack(passage_id=b"2" * 16)]
    assert not undo.isEnabled()
    before = window.passages.grab().toImage()
    window.show_done(ActionDone(action=asked[0]))
    assert window.passages.grab().toImage() != before
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    assert "已撤销" in window.passages.item(0).data(role)
    assert "已撤销" not in window.passages.item(1).data(role)


def test_undo_is_over_after_a_while(qtbot: QtBot, open_acting: Open) -> None:
    window, asked = open_acting(pace=Pace(speed=1000))
    window.show_step(step(result(Verdict.ADMIT)))
    qtbot.waitUntil(lambda: not window.guard_actions.buttons[ActionName.UNDO].isEnabled())
    QTest.keyClick(window, Qt.Key.Key_F10)
    assert asked == []


def test_what_was_not_logged_cannot_be_taken_back(open_acting: Open) -> None:
    window, _asked = open_acting()
    window.show_step(step(replace(result(Verdict.ADMIT), passage_id=None)))
    assert not window.guard_actions.buttons[ActionName.UNDO].isEnabled()


def test_a_temperature_is_touched(open_acting: Open) -> None:
    window, asked = open_acting()
    window.guard_actions.buttons[ActionName.TEMPERATURE].click()
    for face in "376⌫.5":
        _question(window).buttons[face].click()
    assert _question(window).fields["number"].text() == "37.5"
    _question(window).buttons["✓"].click()
    assert asked == [Measured(tenths=375)]
    assert window.questions.current is None


def test_a_second_press_takes_the_keys_away(open_acting: Open) -> None:
    window, asked = open_acting()
    for _ in range(2):
        window.guard_actions.buttons[ActionName.TEMPERATURE].click()
    assert window.questions.current is None
    assert asked == []


def test_an_emergency_stands_above_a_refusal_of_the_same_moment(open_acting: Open) -> None:
    window, _asked = open_acting()
    window.show_step(step(result(Verdict.REFUSE)))
    window.show_done(ActionDone(action=OpenForEmergency(), result=_emergency()))
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.ADMIT
    assert window.panel.answer.of == 1


def test_a_thermometer_that_acts_as_a_keyboard_gives_no_code(open_acting: Open) -> None:
    window, asked = open_acting()
    texts: list[str] = []
    window.text_typed.connect(texts.append)
    QTest.keyClick(window, Qt.Key.Key_F9)
    scan(window, "36,6")
    assert asked == [Measured(tenths=366)]
    assert texts == []


def test_a_code_that_comes_while_a_temperature_is_asked_for_is_a_code(open_acting: Open) -> None:
    window, asked = open_acting()
    texts: list[str] = []
    window.text_typed.connect(texts.append)
    window.guard_actions.ask_temperature()
    scan(window, "KK1:ABC")
    assert texts == ["KK1:ABC"]
    assert asked == []


def test_a_slip_of_the_thumb_is_no_temperature(open_acting: Open) -> None:
    window, asked = open_acting()
    window.guard_actions.ask_temperature()
    for face in "999✓":
        _question(window).buttons[face].click()
    assert asked == []
    assert "30.0" in _question(window).title.text()


@pytest.mark.parametrize(
    ("typed", "tenths"),
    [("36.5", 365), ("36,5", 365), ("365", 365), ("30.0", 300), ("45.0", 450)],
)
def test_a_temperature_is_read_in_every_usual_form(typed: str, tenths: int) -> None:
    assert tenths_of(typed) == tenths


@pytest.mark.parametrize(
    "typed",
    ["", "36", "36.55", "3.65", "29.9", "45.1", "36..5", "３６.５", "-36.5", "36.5 ", "3655"],
)
def test_anything_else_is_no_temperature(typed: str) -> None:
    assert tenths_of(typed) is None


@given(st.text(max_size=6))
def test_reading_a_temperature_never_fails_and_never_leaves_its_range(typed: str) -> None:
    tenths = tenths_of(typed)
    assert tenths is None or tenths in TEMPERATURES


def test_the_actions_speak_the_windows_language(open_acting: Open) -> None:
    window, _asked = open_acting()
    window.set_language(Language.EN)
    names = [button.text() for button in window.guard_actions.buttons.values()]
    assert names == ["Temp.", "Undo", "Emergency"]


def test_a_new_size_keeps_the_question_off_the_answer(open_acting: Open) -> None:
    window, _asked = open_acting()
    window.show_step(step(result(Verdict.REFUSE)))
    window.guard_actions.ask_temperature()
    window.resize(900, 600)
    QTest.qWait(1)
    assert not _question(window).geometry().intersects(window.panel.geometry())
