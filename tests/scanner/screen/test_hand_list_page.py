"""Who waits in a hand check: listed once, decided once, with papers seen or not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import PassIdentity, Verdict
from scanner.decide.actions import (
    Decide,
    TakeBack,
)
from scanner.decide.notices_desk import LOG_FAULTS
from scanner.screen.answer_stand import Pace
from scanner.screen.hand_checks import HandChecks
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.worker import ActionDone
from tests.scanner.screen.desks import Open, page_of, waiting
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import strike


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
