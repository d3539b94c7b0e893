"""Codes that somebody types: grouped, checked as they grow, forgotten with the dialog."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from keys.passages import Reason, Verdict
from scanner.decide.looks import Language
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.guard_window import GuardWindow
from scanner.screen.language import Speech
from scanner.screen.questions import Questions
from scanner.screen.run import WindowRun, open_window
from scanner.screen.themes import THEMES, ThemeName
from scanner.screen.typed_code import TypedCode
from scanner.screen.wedge import KeyboardWedge
from scanner.station import ScanLoop
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import options, result, step
from tests.scanner.screen.strokes import scan, strike, type_slowly

DENSE = "0123456789" * 20
NIGHT = THEMES[ThemeName.NIGHT]

Asked = Callable[..., tuple[QWidget, TypedCode, list[str]]]


@pytest.fixture
def speech() -> Iterator[Speech]:
    """A window's language, Chinese at first."""
    spoken = Speech()
    spoken.speak(Language.ZH)
    yield spoken
    spoken.fall_silent()


@pytest.fixture
def asked(qtbot: QtBot, speech: Speech) -> Asked:
    """Return a function that opens the dialog in a window."""

    def opened(size: tuple[int, int] = (1280, 800)) -> tuple[QWidget, TypedCode, list[str]]:
        window = QWidget()
        qtbot.addWidget(window)
        window.resize(*size)
        KeyboardWedge(window).setObjectName("wedge")
        questions = Questions(window)
        box = (0, 60, size[0], size[1] - 140)
        questions.place(box, box)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        dialog = TypedCode(window, NIGHT)
        entered: list[str] = []
        dialog.entered.connect(entered.append)
        questions.ask(dialog)
        return window, dialog, entered

    return opened


def _paste(dialog: TypedCode, text: str) -> None:
    dialog.field.selectAll()
    dialog.field.insertPlainText(text)


def test_digits_typed_by_a_person_stand_in_groups(qtbot: QtBot, asked: Asked) -> None:
    window, dialog, _entered = asked()
    type_slowly(window, "1234567")
    qtbot.waitUntil(lambda: dialog.field.toPlainText() == "12345 67")
    assert "2" in dialog.said.text()
    assert "193" in dialog.said.text()


def test_a_whole_code_is_handed_on_once_and_stays_until_it_is_answered(asked: Asked) -> None:
    window, dialog, entered = asked()
    _paste(dialog, DENSE)
    assert dialog.buttons["✓"].isEnabled()
    strike(window, Qt.Key.Key_Return)
    assert entered == [DENSE]
    assert dialog.field.typed.text == DENSE
    dialog.answered(result(Verdict.ADMIT))
    assert not dialog.isVisible()


def test_a_code_that_no_key_vouches_for_is_left_to_be_compared(asked: Asked) -> None:
    _window, dialog, _entered = asked()
    _paste(dialog, DENSE)
    said = dialog.said.text()
    dialog.done()
    dialog.answered(result(Verdict.REFUSE, identity=None, reason=Reason.BAD_SIGNATURE))
    assert dialog.isVisible()
    assert dialog.said.text() != said
    assert dialog.field.typed.text == DENSE
    dialog.done()
    dialog.answered(None)
    assert dialog.isVisible()


def test_an_answer_to_another_code_leaves_the_dialog_alone(asked: Asked) -> None:
    _window, dialog, _entered = asked()
    _paste(dialog, DENSE)
    dialog.answered(result(Verdict.ADMIT))
    assert dialog.isVisible()


def test_half_a_code_is_not_handed_on(asked: Asked) -> None:
    window, dialog, entered = asked()
    _paste(dialog, DENSE[:199])
    assert not dialog.buttons["✓"].isEnabled()
    strike(window, Qt.Key.Key_Return)
    assert entered == []


@pytest.mark.parametrize(
    ("entry", "place"), [("12x", (1, 3)), ("12345 6789O 1", (2, 5)), ("１", (1, 1))]
)
def test_a_sign_that_is_no_digit_is_shown_where_it_stands(
    asked: Asked, entry: str, place: tuple[int, int]
) -> None:
    _window, dialog, _entered = asked()
    _paste(dialog, entry)
    assert all(str(number) in dialog.said.text() for number in place)
    marks = dialog.field.extraSelections()
    assert [mark.cursor.selectedText() for mark in marks] == [entry.replace(" 1", "")[-1]]
    _paste(dialog, "12")
    assert dialog.field.extraSelections() == []


def test_a_full_code_is_typed_with_its_spaces_and_in_either_case(asked: Asked) -> None:
    _window, dialog, entered = asked()
    code = "KK1:" + "AB C%" * 33
    for part in (code[:6], " ", code[7:].lower()):
        dialog.field.insertPlainText(part)
    assert dialog.field.toPlainText() == code
    dialog.done()
    assert entered == [code]
    _paste(dialog, "KK1:AB#")
    assert "7" in dialog.said.text()
    _paste(dialog, "KK1:AB")
    assert "6" in dialog.said.text()


def test_the_cursor_stays_behind_the_sign_that_was_mended(asked: Asked) -> None:
    window, dialog, _entered = asked()
    _paste(dialog, "12345 67890 123")
    cursor = dialog.field.textCursor()
    cursor.setPosition(3)
    dialog.field.setTextCursor(cursor)
    dialog.buttons["⌫"].click()
    dialog.buttons["9"].click()
    assert dialog.field.toPlainText() == "12945 67890 123"
    assert dialog.field.textCursor().position() == 3
    strike(window, Qt.Key.Key_Delete)
    assert dialog.field.toPlainText() == "12956 78901 23"


def test_deleting_goes_over_the_space_between_groups(asked: Asked) -> None:
    window, dialog, _entered = asked()
    for key in "123456":
        dialog.buttons[key].click()
    for _ in range(2):
        strike(window, Qt.Key.Key_Backspace)
    assert dialog.field.toPlainText() == "1234"
    dialog.field.selectAll()
    dialog.buttons["⌫"].click()
    assert dialog.field.toPlainText() == ""
    dialog.buttons["⌫"].click()
    assert dialog.field.toPlainText() == ""


def test_too_long_is_said_and_no_endless_text_is_kept(asked: Asked) -> None:
    _window, dialog, entered = asked()
    _paste(dialog, "1" * 10_000)
    assert len(dialog.field.typed.text) < 1000
    assert not dialog.buttons["✓"].isEnabled()
    dialog.buttons["✓"].click()
    dialog.touch("✓")
    assert entered == []


def test_a_scan_does_not_type_into_the_dialog(asked: Asked) -> None:
    window, dialog, entered = asked()
    texts: list[str] = []
    wedge = window.findChild(KeyboardWedge, "wedge")
    assert isinstance(wedge, KeyboardWedge)
    wedge.scanned.connect(texts.append)
    scan(window, DENSE)
    assert texts == [DENSE]
    assert dialog.field.toPlainText() == ""
    assert entered == []


def test_no_input_method_composes_the_digits(asked: Asked) -> None:
    _window, dialog, _entered = asked()
    assert not dialog.field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_touching_keys_leaves_the_focus_in_the_field(asked: Asked) -> None:
    _window, dialog, _entered = asked()
    QTest.mouseClick(dialog.buttons["5"], Qt.MouseButton.LeftButton)
    assert dialog.field.toPlainText() == "5"
    assert dialog.field.hasFocus()


@pytest.mark.parametrize("size", [(1280, 800), (800, 480), (1024, 600)])
def test_all_digits_of_a_short_code_are_in_sight_at_once(
    qtbot: QtBot, asked: Asked, size: tuple[int, int]
) -> None:
    _window, dialog, _entered = asked(size)
    _paste(dialog, DENSE)
    bar = dialog.field.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() == 0)
    assert dialog.field.font().pixelSize() >= 16


def test_the_dialog_speaks_the_other_language_at_once(asked: Asked, speech: Speech) -> None:
    _window, dialog, _entered = asked()
    zh = (dialog.title.text(), dialog.said.text(), dialog.field.accessibleName())
    speech.speak(Language.EN)
    dialog.say()
    en = (dialog.title.text(), dialog.said.text(), dialog.field.accessibleName())
    assert all(a != b for a, b in zip(zh, en, strict=True))
    assert dialog.buttons["⌫"].accessibleName()


@pytest.fixture
def at_work(qtbot: QtBot, swept: None) -> Iterator[tuple[GuardWindow, list[PlayedLoop]]]:
    """Return a guard's window with a loop behind it."""
    loops: list[PlayedLoop] = []

    def factory() -> ScanLoop:
        loops.append(PlayedLoop(step(number=number) for number in count()))
        return loops[-1]

    window = open_window(options(), RecordingPlayer())
    assert isinstance(window, GuardWindow)
    qtbot.addWidget(window)
    run = WindowRun(window, factory)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: loops != [])
    yield window, loops
    window.close()
    run.end()


def _asked_in(window: GuardWindow) -> TypedCode:
    window.staff.open_code()
    dialog = window.questions.current
    assert isinstance(dialog, TypedCode)
    return dialog


def test_a_typed_code_is_judged_and_answered_like_a_scanned_one(
    qtbot: QtBot, at_work: tuple[GuardWindow, list[PlayedLoop]]
) -> None:
    window, loops = at_work
    code = "KK1:" + "AB1C%" * 33
    _paste(_asked_in(window), code.lower())
    strike(window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.panel.answer is not None)
    assert loops[0].texts == [code]
    qtbot.waitUntil(lambda: window.questions.current is None)


def test_a_typed_code_that_is_no_pass_stays_to_be_compared(
    qtbot: QtBot, at_work: tuple[GuardWindow, list[PlayedLoop]]
) -> None:
    window, loops = at_work
    dialog = _asked_in(window)
    _paste(dialog, DENSE)
    said = dialog.said.text()
    dialog.buttons["✓"].click()
    qtbot.waitUntil(lambda: dialog.said.text() != said)
    assert loops[0].texts == [DENSE]
    assert window.questions.current is dialog


def test_escape_closes_the_dialog_and_forgets_what_was_typed(
    at_work: tuple[GuardWindow, list[PlayedLoop]],
) -> None:
    window, _loops = at_work
    _paste(_asked_in(window), DENSE)
    strike(window, Qt.Key.Key_Escape)
    assert window.questions.current is None
    assert _asked_in(window).field.toPlainText() == ""
