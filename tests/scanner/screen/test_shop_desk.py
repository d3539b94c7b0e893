"""The shop's counter as the log keeps it, corrections by hand, and the code of the place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.capture.codes_decoders import first_reader
from scanner.capture.place_code import draw_place_code
from scanner.decide.action_names import ActionName
from scanner.decide.actions import Action, SetInside
from scanner.decide.looks import Language
from scanner.decide.place_code import PLACE_PREFIX, place_text
from scanner.screen.answer_stand import Pace
from scanner.screen.door_counter import DoorCounter
from scanner.screen.options import Face
from scanner.screen.place_page import PlacePage
from scanner.screen.shop_window import ShopWindow
from scanner.screen.worker import ActionDone, StationState
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.scenes import freshness, result, step

Open = Callable[..., tuple[ShopWindow, list[Action]]]


@pytest.fixture
def open_shop(open_any: OpenGuard) -> Open:
    """Return a function that opens a shop's window whose station counts, and what it asks for."""

    def opened(language: Language = Language.ZH, **bent: Any) -> tuple[ShopWindow, list[Action]]:
        usual: dict[str, Any] = {"actions": frozenset({ActionName.COUNT}), "face": Face.SHOP}
        window = open_any(language, **{**usual, **bent})
        assert isinstance(window, ShopWindow)
        asked: list[Action] = []
        window.action_asked.connect(asked.append)
        return window, asked

    return opened


def counted(inside: int) -> StationState:
    """Return the state of a station whose log counts so many inside."""
    return StationState(freshness=freshness(inside=inside), camera_fault=None)


def test_the_count_of_the_log_stands_after_a_restart(open_shop: Open) -> None:
    window, _asked = open_shop(allowed=60)
    window.show_state(counted(41))
    assert window.count.text() == "41 / 60"


def test_a_correction_goes_to_the_log_and_no_older_count_comes_between(open_shop: Open) -> None:
    window, asked = open_shop()
    window.show_state(counted(41))
    window.came_button.click()
    window.show_state(counted(41))  # on its way before the log knew
    window.came_button.click()
    assert asked == [SetInside(count=42), SetInside(count=43)]
    assert window.count.text() == "43"
    for action in tuple(asked):
        window.show_done(ActionDone(action=action))
    window.show_state(counted(44))
    assert window.count.text() == "44"


def test_a_correction_that_was_not_stored_gives_way_to_the_log(open_shop: Open) -> None:
    window, asked = open_shop()
    window.show_state(counted(41))
    window.left_button.click()
    window.show_done(ActionDone(action=asked[0], fault="disk_full"))
    window.show_state(counted(41))
    assert window.count.text() == "41"


def test_a_correction_is_undone_whoever_came_since(open_shop: Open) -> None:
    window, asked = open_shop()
    window.show_state(counted(5))
    assert not window.undo_button.isVisible()
    window.left_button.click()
    window.show_step(step(result(Verdict.ADMIT)))
    QTest.keyClick(window, Qt.Key.Key_F9)
    assert asked == [SetInside(count=4), SetInside(count=6)]
    assert not window.undo_button.isVisible()
    QTest.keyClick(window, Qt.Key.Key_F9)
    assert len(asked) == 2


def test_undo_is_over_after_a_while(qtbot: QtBot, open_shop: Open) -> None:
    window, _asked = open_shop(pace=Pace(speed=1000))
    window.came_button.click()
    qtbot.waitUntil(lambda: not window.undo_button.isVisible())


@given(st.lists(st.one_of(st.integers(-3, 3), st.just("undo"), st.just("logged")), max_size=30))
def test_a_counter_never_falls_below_nobody_and_undoes_at_most_once(
    moves: list[int | str],
) -> None:
    counter = DoorCounter()
    for move in moves:
        if isinstance(move, int):
            counter.correct(move)
        elif move == "undo":
            before, corrected = counter.inside, counter.corrected
            counter.undo()
            counter.undo()
            assert counter.inside == max(0, before - corrected)
        else:
            counter.logged(7)
            assert counter.inside == 7
        assert counter.inside >= 0


@pytest.mark.parametrize("place", ["北门", "West gate: A", ""])
def test_the_code_of_a_place_reads_as_what_it_says(place: str) -> None:
    text = place_text(place, 7)
    assert text == f"{PLACE_PREFIX}{place}:7"
    code = draw_place_code(text)
    drawn = np.kron(code, np.ones((6, 6), np.uint8))
    assert [seen.text for seen in first_reader()(drawn, "test")] == [text]


def test_the_code_of_the_place_is_shown_and_kept_as_a_page(open_shop: Open, tmp_path: Path) -> None:
    window, _asked = open_shop(place_code=place_text("北门", 7), data=tmp_path)
    QTest.keyClick(window, Qt.Key.Key_F12)
    page = window.questions.current
    assert isinstance(page, PlacePage)
    shown = page.sheet.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(shown.constBits(), np.uint8).reshape(shown.height(), -1)
    grey = np.ascontiguousarray(rows[:, : shown.width()])
    assert [seen.text for seen in first_reader()(grey, "test")] == [place_text("北门", 7)]
    page.buttons["keep"].click()
    kept = tmp_path / "place-code.pdf"
    assert kept.read_bytes().startswith(b"%PDF")
    assert str(kept) in page.labels[0].text()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.questions.current is None


def test_a_page_that_cannot_be_kept_says_so(open_shop: Open, tmp_path: Path) -> None:
    window, _asked = open_shop(place_code=place_text("北门", 7), data=tmp_path / "gone")
    QTest.keyClick(window, Qt.Key.Key_F12)
    page = window.questions.current
    assert isinstance(page, PlacePage)
    page.buttons["keep"].click()
    assert "磁盘" in page.labels[0].text()
    page.buttons["print"].click()
    assert page.labels[0].text() != ""


def test_somebody_who_comes_takes_the_place_code_away(open_shop: Open, tmp_path: Path) -> None:
    window, _asked = open_shop(place_code=place_text("北门", 7), data=tmp_path)
    QTest.keyClick(window, Qt.Key.Key_F12)
    window.show_step(step(result(Verdict.ADMIT)))
    assert window.questions.current is None
    assert window.panel.isVisible()


def test_a_station_without_a_place_code_shows_none(open_shop: Open) -> None:
    window, _asked = open_shop()
    QTest.keyClick(window, Qt.Key.Key_F12)
    assert window.questions.current is None
