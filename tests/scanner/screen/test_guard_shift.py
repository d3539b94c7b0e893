"""Shifts at the window: begun by a staff pass before the camera, seen in the bar, ended."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

from pytestqt.qtbot import QtBot

from keys.passages import Reason, Verdict
from scanner.decide.actions import (
    BeginShift,
    EndShift,
)
from scanner.decide.notices_desk import ACTION_FAULTS
from scanner.decide.reasons import REASONS
from scanner.screen.answer_stand import Pace
from scanner.screen.guard_pages import ShiftPage
from scanner.screen.worker import ActionDone
from tests.scanner.screen.desks import Open, page_of, state
from tests.scanner.screen.scenes import result, step
from tests.scanner.screen.strokes import scan


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
