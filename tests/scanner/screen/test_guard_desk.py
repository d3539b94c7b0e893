"""The guard's desk as a whole: what every page of it keeps to, and what stands beside the pages."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import (
    NoteIncident,
)
from scanner.decide.looks import Language
from scanner.decide.notices_desk import LOG_FAULTS
from scanner.screen.answer_stand import Pace
from scanner.screen.asking import Asking
from scanner.screen.guard_pages import MorePage
from scanner.screen.guard_window import GuardWindow
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.shop_window import ShopWindow
from scanner.screen.station_page import StationPage
from scanner.screen.worker import ActionDone
from tests.scanner.screen.desks import Open, page_of, state, waiting
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import strike


def test_a_word_of_what_was_done_goes_by_itself(qtbot: QtBot, open_desk: Open) -> None:
    window, _asked = open_desk(pace=Pace(speed=200))
    window.show_done(ActionDone(action=NoteIncident(text="x")))
    qtbot.waitUntil(lambda: window.questions.current is None)


def test_entry_and_exit_are_switched_and_seen(open_desk: Open) -> None:
    outward = Event()
    window, _asked = open_desk(outward=outward)
    assert "入" in window.top.place.text()
    strike(window, Qt.Key.Key_F12)
    assert outward.is_set()
    assert "出" in window.top.place.text()
    assert window.way_button.isChecked()
    window.way_button.click()
    assert not outward.is_set()


def test_a_full_disk_says_so_for_as_long_as_it_is_full(open_desk: Open) -> None:
    window, _asked = open_desk()
    assert not window.standing.isVisible()
    window.show_state(state(fault="disk_full"))
    assert window.standing.isVisible()
    window.set_language(Language.EN)
    assert LOG_FAULTS["disk_full"].next_step.en in window.standing.text()
    assert window.guard_actions.buttons[ActionName.EMERGENCY].isEnabled()
    window.show_state(state())
    assert not window.standing.isVisible()


def _open_all(window: GuardWindow) -> list[tuple[str, Callable[[], None]]]:
    desk = window.desk
    return [
        ("hand_list", desk.open_hand_list),
        ("more", desk.open_more),
        ("register", desk.open_register),
        ("look_up", desk.open_look_up),
        ("incident", desk.open_incident),
        ("party", desk.open_party),
        ("shift", desk.open_shift),
        ("station", window.staff.open_station),
        ("temperature", window.guard_actions.ask_temperature),
    ]


@pytest.mark.parametrize("size", [(1280, 800), (800, 480)])
def test_no_page_ever_covers_an_answer_or_the_strip(open_desk: Open, size: tuple[int, int]) -> None:
    window, _asked = open_desk(size=size)
    for _name, opens in _open_all(window):
        opens()
        assert not page_of(window).geometry().intersects(window.strip.geometry())
        window.show_step(step(result(Verdict.REFUSE)))
        assert not page_of(window).geometry().intersects(window.panel.geometry())
        window.stand.clear()


def test_every_page_speaks_both_languages_at_once(open_desk: Open) -> None:
    window, _asked = open_desk()
    window.show_step(step(waiting(1)))
    window.show_state(state())
    for name, opens in _open_all(window):
        window.set_language(Language.ZH)
        opens()
        zh = _words(page_of(window))
        window.set_language(Language.EN)
        en = _words(page_of(window))
        assert zh != en, name
        assert not [word for word in en if _is_chinese(word)], name


def _words(page: Asking) -> list[str]:
    return [
        page.title.text(),
        *(button.accessibleName() for button in page.buttons.values()),
        *(field.accessibleName() for field in page.fields.values()),
        *(label.text() for label in page.labels),
    ]


def _is_chinese(word: str) -> bool:
    # Names of people stay as they are.
    return any("一" <= sign <= "鿿" for sign in word) and "李*" not in word


@pytest.mark.parametrize("language", Language)
def test_every_part_of_every_page_has_a_name_for_screen_readers(
    open_desk: Open, language: Language
) -> None:
    window, _asked = open_desk(language)
    for name, opens in _open_all(window):
        opens()
        page = page_of(window)
        assert page.accessibleName(), name
        parts = [*page.findChildren(QPushButton), *page.fields.values()]
        assert all(part.accessibleName() for part in parts), name


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("size", [(1280, 800), (800, 480)])
def test_no_word_on_a_button_is_cut_off(
    open_desk: Open, language: Language, size: tuple[int, int]
) -> None:
    window, _asked = open_desk(language, size=size)
    for _name, opens in _open_all(window):
        opens()
        QTest.qWait(1)
        for button in page_of(window).buttons.values():
            words = button.fontMetrics().horizontalAdvance(button.text())
            assert words + button.iconSize().width() * (not button.icon().isNull()) < button.width()


def test_with_keys_alone_every_page_is_reached_and_left(open_desk: Open) -> None:
    window, _asked = open_desk()
    strike(window, Qt.Key.Key_F8)
    page = page_of(window)
    assert isinstance(page, MorePage)
    reached = set()
    for _ in page.buttons:
        part = window.focusWidget()
        assert isinstance(part, QPushButton)
        reached.add(part)
        QTest.keyClick(part, Qt.Key.Key_Tab)
    assert reached == set(page.buttons.values())
    page.buttons["station"].setFocus()
    QTest.keyClick(page.buttons["station"], Qt.Key.Key_Space)
    assert isinstance(page_of(window), StationPage)
    strike(window, Qt.Key.Key_Escape)
    assert window.questions.current is None


def test_no_face_overrides_a_slot_that_the_scanning_thread_reaches() -> None:
    # Qt does not know an overridden slot of Python's: it would run in the thread that sends.
    slots = {"show_step", "show_text_scan", "show_done", "show_state", "show_undecided"}
    for face in (GuardWindow, ShopWindow, KioskWindow):
        assert not slots & set(vars(face))
