"""The guard's desk: hand checks, registration, look-up, incidents, shifts, the station itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from keys.passages import PassIdentity, Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import (
    Action,
    BeginShift,
    CountParty,
    Decide,
    EndShift,
    LookUp,
    NoteIncident,
    Register,
    TakeBack,
)
from scanner.decide.incidents import INCIDENTS
from scanner.decide.looks import Language
from scanner.decide.notices_desk import ACTION_FAULTS, LOG_FAULTS
from scanner.decide.reasons import REASONS
from scanner.screen.answer_stand import Pace
from scanner.screen.asking import Asking
from scanner.screen.guard_forms import IncidentPage, RegisterPage
from scanner.screen.guard_pages import MorePage, ShiftPage, Telling
from scanner.screen.guard_window import GuardWindow
from scanner.screen.hand_checks import HandChecks
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.shop_window import ShopWindow
from scanner.screen.station_page import StationPage
from scanner.screen.worker import ActionDone, StationState
from scanner.station import ScanResult
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.scenes import freshness, result, step
from tests.scanner.screen.strokes import scan, strike, type_slowly

ALL = frozenset(ActionName)
Open = Callable[..., tuple[GuardWindow, list[Action]]]


@pytest.fixture
def open_desk(open_guard: OpenGuard) -> Open:
    """Return a function that opens a guard's window with all actions, and what it asks for."""

    def opened(language: Language = Language.ZH, **bent: Any) -> tuple[GuardWindow, list[Action]]:
        window = open_guard(language, **{"actions": ALL, **bent})
        asked: list[Action] = []
        window.action_asked.connect(asked.append)
        return window, asked

    return opened


def waiting(number: int, **bent: Any) -> ScanResult:
    """Return a person who stands in a hand check."""
    return replace(
        result(Verdict.HAND_CHECK, number=number, **bent), passage_id=bytes([number]) * 16
    )


def page_of(window: GuardWindow) -> Asking:
    """Return the question that stands."""
    assert window.questions.current is not None
    return window.questions.current


def state(**bent: Any) -> StationState:
    """Return a well station's state, bent."""
    return StationState(freshness=freshness(**bent), camera_fault=None)


# --- who waits


def test_a_hand_check_waits_until_it_is_decided_taken_back_or_seen_again() -> None:
    checks = HandChecks()
    for number in (1, 2, 3, 4):
        checks.note(waiting(number))
    checks.drop(bytes([1]) * 16)
    checks.note(replace(result(Verdict.ADMIT, number=2), passage_id=b"n" * 16))
    anew = replace(waiting(3), passage_id=b"m" * 16, about=bytes([3]) * 16)
    checks.note(replace(anew, judgement=anew.judgement._replace(identity=None)))
    ids = [answer.result.passage_id for answer in checks.waiting]
    assert ids == [b"m" * 16, bytes([4]) * 16]


def test_what_was_not_logged_and_every_other_verdict_wait_for_nobody() -> None:
    checks = HandChecks()
    checks.note(replace(waiting(1), passage_id=None))
    for verdict in set(Verdict) - {Verdict.HAND_CHECK}:
        checks.note(result(verdict))
    assert checks.waiting == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Verdict),
            st.one_of(st.none(), st.integers(0, 5)),
            st.one_of(st.none(), st.binary(min_size=16, max_size=16)),
        ),
        max_size=80,
    )
)
def test_the_list_is_bounded_and_holds_each_pass_and_row_once(
    rows: list[tuple[Verdict, int | None, bytes | None]],
) -> None:
    checks = HandChecks()
    for verdict, number, passage_id in rows:
        identity = None if number is None else PassIdentity("hz", 1, number)
        checks.note(replace(result(verdict, identity=identity), passage_id=passage_id))
    people = [one.result.judgement.identity for one in checks.waiting]
    known = [identity for identity in people if identity is not None]
    assert len(known) == len(set(known))
    assert len(checks.waiting) <= 50
    assert all(one.result.passage_id is not None for one in checks.waiting)


def test_the_button_counts_who_waits(open_desk: Open) -> None:
    window, _asked = open_desk()
    assert window.desk.buttons["hand_list"].text() == "待核验"
    for number in (1, 2):
        window.show_step(step(waiting(number)))
    assert window.desk.buttons["hand_list"].text() == "待核验 2"


def test_a_guard_decides_with_papers_seen_by_touch(open_desk: Open) -> None:
    window, asked = open_desk()
    window.show_step(step(waiting(1)))
    window.show_step(step(waiting(2)))
    window.desk.buttons["hand_list"].click()
    page = page_of(window)
    assert isinstance(page, HandListPage)
    assert page.rows.count() == 2
    page.rows.setCurrentRow(1)
    page.buttons["papers"].click()
    page.buttons["admit"].click()
    assert asked == [Decide(passage_id=bytes([1]) * 16, admitted=True, papers_seen=True)]
    window.show_done(ActionDone(action=asked[0]))
    assert page.rows.count() == 1
    assert not page.papers.isChecked()
    page.buttons["refuse"].click()
    assert asked[1] == Decide(passage_id=bytes([2]) * 16, admitted=False, papers_seen=False)
    window.show_done(ActionDone(action=asked[1]))
    assert window.questions.current is None


def test_a_guard_decides_with_keys_alone(qtbot: QtBot, open_desk: Open) -> None:
    window, asked = open_desk()
    for number in (1, 2):
        window.show_step(step(waiting(number)))
    strike(window, Qt.Key.Key_F7)
    page = page_of(window)
    assert isinstance(page, HandListPage)
    qtbot.waitUntil(lambda: window.focusWidget() is page.rows)
    strike(window, Qt.Key.Key_Down)
    assert page.rows.currentRow() == 1
    for button in (page.papers, page.buttons["refuse"]):
        button.setFocus()
        strike(window, Qt.Key.Key_Space)
        QTest.qWait(60)  # a single stroke is held back until it is no scanner's
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [Decide(passage_id=bytes([1]) * 16, admitted=False, papers_seen=True)]


def test_a_tick_for_papers_never_goes_over_to_the_next_person(open_desk: Open) -> None:
    window, _asked = open_desk()
    for number in (1, 2):
        window.show_step(step(waiting(number)))
    window.desk.open_hand_list()
    page = page_of(window)
    assert isinstance(page, HandListPage)
    page.buttons["papers"].click()
    assert page.papers.text().startswith("☑")
    page.rows.setCurrentRow(1)
    assert not page.papers.isChecked()
    assert page.papers.text().startswith("☐")


def test_a_new_hand_check_does_not_move_the_chosen_one(open_desk: Open) -> None:
    window, asked = open_desk()
    window.show_step(step(waiting(1)))
    window.desk.open_hand_list()
    page = page_of(window)
    assert isinstance(page, HandListPage)
    page.buttons["papers"].click()
    window.show_step(step(waiting(2)))
    assert page.rows.count() == 2
    page.buttons["admit"].click()
    assert asked == [Decide(passage_id=bytes([1]) * 16, admitted=True, papers_seen=True)]


def test_what_is_taken_back_waits_no_more(open_desk: Open) -> None:
    window, _asked = open_desk()
    window.show_step(step(waiting(1)))
    window.show_done(ActionDone(action=TakeBack(passage_id=bytes([1]) * 16)))
    assert window.desk.checks.waiting == ()


def test_a_decision_that_was_not_stored_says_so_and_keeps_the_person(open_desk: Open) -> None:
    window, asked = open_desk()
    window.show_step(step(waiting(1)))
    window.desk.open_hand_list()
    page_of(window).buttons["admit"].click()
    window.show_done(ActionDone(action=asked[0], fault="disk_full"))
    assert LOG_FAULTS["disk_full"].title.zh in page_of(window).title.text()
    assert len(window.desk.checks.waiting) == 1


def test_an_empty_list_offers_nothing_to_press(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_hand_list()
    page = page_of(window)
    for key in ("papers", "admit", "refuse"):
        assert not page.buttons[key].isEnabled()
        page.buttons[key].click()
    assert asked == []
    window.desk.open_hand_list()
    assert window.questions.current is None


def test_where_nobody_stands_by_no_list_and_no_page_keeps_a_name(
    qtbot: QtBot, open_desk: Open
) -> None:
    window, _asked = open_desk(pace=Pace(unattended=True, speed=100))
    window.show_step(step(waiting(1)))
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    assert "李" not in str(window.passages.item(0).data(role))
    window.desk.open_hand_list()
    page = page_of(window)
    assert isinstance(page, HandListPage)
    assert "李" not in page.rows.item(0).text()
    window.desk.open_incident()
    assert "李" not in page_of(window).buttons["about"].text()
    qtbot.waitUntil(lambda: "李" not in window.panel.accessibleDescription())


# --- somebody without a pass, a number, an incident


def test_somebody_without_a_pass_is_registered_by_keyboard(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_register()
    page = page_of(window)
    assert isinstance(page, RegisterPage)
    type_slowly(window, "Wu")
    page.tail.setFocus()
    type_slowly(window, "12x!")
    page.note.setText("送货")
    page.buttons["admit"].click()
    assert asked == [Register(name="Wu", id_tail="12X", note="送货", admitted=True)]
    window.show_done(ActionDone(action=asked[0]))
    assert window.questions.current is None


def test_a_scan_while_a_name_is_written_is_judged_and_types_nothing(open_desk: Open) -> None:
    window, _asked = open_desk()
    texts: list[str] = []
    window.text_typed.connect(texts.append)
    window.desk.open_register()
    page = page_of(window)
    assert isinstance(page, RegisterPage)
    scan(window, "KK1:SOMEBODY")
    assert texts == ["KK1:SOMEBODY"]
    assert page.name.text() == ""


def test_a_registration_needs_a_name_and_no_more(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_register()
    page = page_of(window)
    assert isinstance(page, RegisterPage)
    page.name.setText("  ")
    page.buttons["refuse"].click()
    assert asked == []
    page.name.setText("吴")
    page.buttons["refuse"].click()
    assert asked == [Register(name="吴", id_tail="", note="", admitted=False)]


def test_what_was_written_stays_when_it_could_not_be_stored_and_goes_with_the_page(
    open_desk: Open,
) -> None:
    window, asked = open_desk()
    window.desk.open_register()
    page = page_of(window)
    assert isinstance(page, RegisterPage)
    page.name.setText("吴")
    page.buttons["admit"].click()
    window.show_done(ActionDone(action=asked[0], fault="disk_full"))
    assert page_of(window) is page
    assert page.name.text() == "吴"
    strike(window, Qt.Key.Key_Escape)
    assert window.questions.current is None
    window.desk.open_register()
    again = page_of(window)
    assert isinstance(again, RegisterPage)
    assert again.name.text() == ""


@pytest.mark.parametrize("typed", ["3-777777", "0-0", "4095-4194303"])
def test_a_pass_is_looked_up_by_its_printed_number(open_desk: Open, typed: str) -> None:
    window, asked = open_desk()
    window.desk.open_look_up()
    page = page_of(window)
    for face in typed:
        page.buttons[face].click()
    page.buttons["✓"].click()
    assert asked == [LookUp(number=typed)]
    window.show_done(ActionDone(action=asked[0], result=waiting(9, reason=Reason.LOOKED_UP)))
    assert window.questions.current is None
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.HAND_CHECK


@pytest.mark.parametrize("typed", ["", "3", "3-", "-7", "3-7-7", "12345-1", "1-123456789"])
def test_what_is_no_number_of_a_pass_is_not_asked_for(open_desk: Open, typed: str) -> None:
    window, asked = open_desk()
    window.desk.open_look_up()
    page = page_of(window)
    page.fields["number"].setText(typed)
    page.buttons["✓"].click()
    assert asked == []
    assert "3-777777" in page.title.text()


def test_a_number_that_nobody_has_is_said_where_it_was_asked(open_desk: Open) -> None:
    window, asked = open_desk(Language.EN)
    window.desk.open_look_up()
    page_of(window).fields["number"].setText("1-1")
    page_of(window).buttons["✓"].click()
    window.show_done(ActionDone(action=asked[0], fault="unknown_number"))
    assert ACTION_FAULTS["unknown_number"].title.en in page_of(window).title.text()


def test_a_family_on_one_pass_is_counted_by_one_press(open_desk: Open) -> None:
    window, asked = open_desk(Language.EN)
    window.desk.open_party()
    page_of(window).buttons["16"].click()
    assert asked == [CountParty(people=16)]
    window.show_done(ActionDone(action=asked[0], fault="party_too_large"))
    assert ACTION_FAULTS["party_too_large"].title.en in page_of(window).title.text()
    page_of(window).buttons["3"].click()
    window.show_done(ActionDone(action=asked[1], result=result(Verdict.ADMIT)))
    assert window.questions.current is None


def test_an_incident_is_written_down_with_two_presses(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_incident()
    page = page_of(window)
    assert not page.buttons["about"].isEnabled()
    page.buttons[INCIDENTS[0].en].click()
    page.buttons["note"].click()
    assert asked == [NoteIncident(text=INCIDENTS[0].zh)]
    window.show_done(ActionDone(action=asked[0]))
    assert isinstance(page_of(window), Telling)
    assert REASONS[Reason.INCIDENT].title.zh == page_of(window).title.text()


def test_an_incident_may_belong_to_the_last_passage(open_desk: Open) -> None:
    window, asked = open_desk()
    window.show_step(step(waiting(5)))
    window.desk.open_incident()
    page = page_of(window)
    assert isinstance(page, IncidentPage)
    assert "李*" in page.buttons["about"].text()
    page.buttons["about"].click()
    page.text.setText("拒绝出示证件")
    page.buttons["note"].click()
    assert asked == [NoteIncident(text="拒绝出示证件", about=bytes([5]) * 16)]


def test_an_incident_without_words_is_none(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_incident()
    page_of(window).buttons["note"].click()
    assert asked == []


# --- shifts


def test_the_next_scan_begins_the_shift_that_was_asked_for(open_desk: Open) -> None:
    window, asked = open_desk()
    texts: list[str] = []
    window.text_typed.connect(texts.append)
    window.desk.open_shift()
    scan(window, "KK1:STAFF")
    assert asked == [BeginShift(text="KK1:STAFF")]
    assert texts == []
    window.show_done(ActionDone(action=asked[0]))
    assert page_of(window).title.text() == REASONS[Reason.SHIFT_BEGUN].title.zh
    scan(window, "KK1:ANYBODY")
    assert texts == ["KK1:ANYBODY"]


def test_a_staff_pass_before_the_camera_begins_a_shift_and_counts_as_nobody(
    open_desk: Open,
) -> None:
    look_only = Event()
    window, asked = open_desk(look_only=look_only)
    window.desk.open_shift()
    assert look_only.is_set()
    seen = replace(result(Verdict.ADMIT, number=3), counted=False, passage_id=None)
    for _ in range(3):
        window.show_step(step(seen))
    assert asked == [BeginShift(text="code 3")]
    window.show_done(ActionDone(action=asked[0]))
    assert not look_only.is_set()
    assert window.passages.count() == 0


def test_a_guard_who_was_only_looking_goes_on_only_looking(open_desk: Open) -> None:
    look_only = Event()
    look_only.set()
    window, _asked = open_desk(look_only=look_only)
    window.desk.open_shift()
    window.questions.close()
    assert look_only.is_set()


def test_a_shift_that_nobody_begins_is_asked_for_no_longer_than_two_minutes(
    qtbot: QtBot, open_desk: Open
) -> None:
    look_only = Event()
    window, asked = open_desk(look_only=look_only, pace=Pace(speed=100))
    window.desk.open_shift()
    assert look_only.is_set()
    assert window.look_only_button.isChecked()
    assert window.top.mode.text() == "只查询：不做记录"
    qtbot.waitUntil(lambda: not look_only.is_set())
    assert window.questions.current is None
    assert not window.look_only_button.isChecked()
    assert window.top.mode.text() == "操作员 07"
    assert asked == []


def test_a_pass_that_is_no_staff_pass_is_told_and_another_may_be_shown(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_shift()
    scan(window, "KK1:VISITOR")
    window.show_done(ActionDone(action=asked[0], fault="not_a_staff_pass"))
    assert ACTION_FAULTS["not_a_staff_pass"].title.zh in page_of(window).title.text()
    scan(window, "KK1:STAFF")
    assert asked[1] == BeginShift(text="KK1:STAFF")


def test_who_is_on_duty_stands_in_the_bar_and_may_go_off_duty(open_desk: Open) -> None:
    window, asked = open_desk()
    window.desk.open_shift()
    assert not page_of(window).buttons["end"].isEnabled()
    window.show_state(state(operator="hz/2/7"))
    assert window.top.mode.text() == "hz/2/7"
    page = page_of(window)
    assert isinstance(page, ShiftPage)
    page.buttons["end"].click()
    assert asked == [EndShift()]
    window.show_done(ActionDone(action=asked[0]))
    assert page_of(window).title.text() == REASONS[Reason.SHIFT_ENDED].title.zh


# --- the rest


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
