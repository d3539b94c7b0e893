"""Somebody without a pass, a number that was said, a party, an incident: what a guard fills in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from keys.passages import Reason, Verdict
from scanner.decide.actions import (
    CountParty,
    LookUp,
    NoteIncident,
    Register,
)
from scanner.decide.incidents import INCIDENTS
from scanner.decide.looks import Language
from scanner.decide.notices_desk import ACTION_FAULTS
from scanner.decide.reasons import REASONS
from scanner.screen.guard_forms import IncidentPage, RegisterPage
from scanner.screen.guard_pages import Telling
from scanner.screen.worker import ActionDone
from tests.scanner.screen.desks import Open, page_of, waiting
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import scan, strike, type_slowly


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
