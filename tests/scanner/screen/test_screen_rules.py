"""Rules of the screens that no other test keeps: nothing moves, the kiosk for who sits, words of an
eighth, the language of whoever stands there, and where people are sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QAbstractAnimation, QObject, QRectF
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import ClockGrade, Verdict
from scanner.decide.looks import LOOKS, Language, Wording
from scanner.screen.answer_painting import INK, Setting
from scanner.screen.answer_stand import Pace
from scanner.screen.full_painting import rooms_of, word_of
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_window import GuardWindow
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.lettering import width_of
from scanner.screen.options import Face
from scanner.screen.worker import StationState
from tests.scanner.screen.conftest import OpenGuard, colour_at, share_of
from tests.scanner.screen.scenes import HANGZHOU, freshness, result, step

SCREEN = Path(__file__).parents[3] / "scanner" / "screen"
LETS_THROUGH = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}
UPRIGHT, WIDE = (600, 1024), (1280, 800)
Open = Callable[..., GateWindow]


@pytest.fixture
def open_kiosk(open_any: Open) -> Callable[..., KioskWindow]:
    def opened(language: Language = Language.ZH, **bent: object) -> KioskWindow:
        window = open_any(language, face=Face.KIOSK, **bent)
        assert isinstance(window, KioskWindow)
        return window

    return opened


def grabbed(window: GateWindow) -> QImage:
    """Return what the answer's panel shows."""
    return window.panel.grab().toImage()


# --- nothing moves


@pytest.mark.parametrize("face", Face)
def test_an_answer_stands_whole_at_once_and_nothing_on_it_moves(open_any: Open, face: Face) -> None:
    window = open_any(face=face)
    window.show_step(step(result(Verdict.REFUSE)))
    at_once = grabbed(window)
    QTest.qWait(150)  # longer than the longest fade that is allowed
    assert grabbed(window) == at_once


def test_no_part_of_any_face_knows_how_to_move(open_any: Open) -> None:
    for face in Face:
        window = open_any(face=face)
        assert [one for one in window.findChildren(QObject) if _moves(one)] == []
    moving = re.compile(r"QPropertyAnimation|QVariantAnimation|QGraphicsOpacityEffect|QMovie")
    found = [path.name for path in SCREEN.glob("*.py") if moving.search(path.read_text("utf-8"))]
    assert found == []


def _moves(part: QObject) -> bool:
    return isinstance(part, QAbstractAnimation)


# --- who sits in a wheelchair


def test_at_wheelchair_height_the_answer_is_mirrored_top_to_bottom(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    look = LOOKS[Verdict.ADMIT_WITH_NOTE]
    for low in (False, True):
        kiosk = open_kiosk(low=low, size=UPRIGHT)
        kiosk.show_step(step(result(Verdict.ADMIT_WITH_NOTE)))
        image = grabbed(kiosk)
        top, foot = colour_at(image, 0.999, 0.02), colour_at(image, 0.999, 0.98)
        assert (top, foot) == (
            (look.band_ground, look.ground) if low else (look.ground, look.band_ground)
        )


@pytest.mark.parametrize("size", [UPRIGHT, WIDE])
def test_at_wheelchair_height_what_is_touched_lies_in_the_lower_half(
    open_kiosk: Callable[..., KioskWindow], size: tuple[int, int]
) -> None:
    usual, low = open_kiosk(size=size), open_kiosk(size=size, low=True)
    button = low.language_button.geometry()
    assert button.top() > low.height() / 2
    assert button.bottom() < low.height()
    assert usual.language_button.geometry().top() < usual.height() / 2


def test_on_a_wide_kiosk_for_who_sits_nothing_is_drawn_in_the_top_quarter(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    for low in (False, True):
        kiosk = open_kiosk(size=WIDE, low=low)
        image = kiosk.attract.grab().toImage()
        quarter = image.copy(0, 0, image.width(), image.height() // 4)
        assert (share_of(quarter, kiosk.theme.text) == 0) is low


# --- one glance


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("face", "size"),
    [(Face.SHOP, WIDE), (Face.SHOP, (800, 480)), (Face.KIOSK, WIDE)],
)
def test_on_the_faces_for_everybody_the_word_is_an_eighth_of_the_screen_too(
    open_any: Open, face: Face, size: tuple[int, int], verdict: Verdict, language: Language
) -> None:
    window = open_any(language, face=face, size=size)
    window.show_step(step(result(verdict)))
    panel = window.panel.geometry()
    assert panel.width() == window.width()
    assert panel.height() >= 0.4 * window.height()
    setting = Setting(language=language, large=False, screen_height=size[1], site=HANGZHOU)
    upper = QRectF(0, 0, panel.width(), panel.height() * 0.6)
    look, pointed = LOOKS[verdict], face is Face.KIOSK and verdict in LETS_THROUGH
    _sign, room, _arrow = rooms_of(look, upper, setting, pointed=pointed)
    words, pixels = word_of(look, room, setting)
    assert pixels * INK[language] >= size[1] / 8 - 1
    assert max(width_of(word, pixels, bold=True) for word in words) <= room.width()
    # And it is painted so: from the first to the last row with ink of it.
    image = grabbed(window).copy(room.toRect())
    inked = [y for y in range(image.height()) if _has(image, y, look.text)]
    assert inked[-1] - inked[0] >= size[1] / 8 - 2


def _has(image: QImage, y: int, colour: str) -> bool:
    wanted = QColor(colour).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()))


@pytest.mark.parametrize("verdict", [Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE])
def test_what_a_kiosk_cannot_settle_sends_people_to_the_staffed_lane_first(
    open_kiosk: Callable[..., KioskWindow], open_guard: OpenGuard, verdict: Verdict
) -> None:
    lanes = ((Language.ZH, "请走人工通道"), (Language.EN, "Please use the staffed lane"))
    for language, lane in lanes:
        kiosk = open_kiosk(language)
        kiosk.show_step(step(result(verdict)))
        assert kiosk.panel.accessibleDescription().startswith(lane)
        guard = open_guard(language)
        guard.show_step(step(result(verdict)))
        assert lane not in guard.panel.accessibleDescription()


# --- whose language


def test_a_language_that_somebody_chose_at_the_kiosk_goes_with_their_answer(
    qtbot: QtBot, open_kiosk: Callable[..., KioskWindow]
) -> None:
    kiosk = open_kiosk(pace=Pace(speed=50.0))
    kiosk.language_button.click()
    kiosk.show_step(step(result(Verdict.REFUSE)))
    assert kiosk.language_button.text() == "中文"
    qtbot.waitUntil(lambda: kiosk.panel.answer is None)
    assert kiosk.language is Language.ZH


def test_a_language_that_somebody_chose_and_left_goes_by_itself(
    qtbot: QtBot, open_kiosk: Callable[..., KioskWindow]
) -> None:
    kiosk = open_kiosk(pace=Pace(speed=200.0))
    kiosk.language_button.click()
    assert kiosk.language_button.text() == "中文"
    qtbot.waitUntil(lambda: kiosk.language is Language.ZH)
    assert kiosk.language_button.text() == "English"


def test_a_guards_language_stays_as_it_was_chosen(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.language_button.click()
    window.show_step(step(result(Verdict.ADMIT)))
    window.stand.clear()
    assert window.language is Language.EN


# --- in letters that can be read


@pytest.mark.parametrize("language", Language)
def test_the_strip_leaves_out_what_is_well_before_its_letters_become_too_small(
    open_guard: OpenGuard, language: Language
) -> None:
    window = open_guard(language, size=(800, 480), actions=frozenset())
    assert isinstance(window, GuardWindow)
    fresh = freshness(clock=ClockGrade.ROLLED_BACK, set_aside_rows=3, waiting_rows=1204)
    window.show_state(StationState(freshness=fresh, camera_fault=None))
    status = window.strip.status
    parts = status.details()
    narrow = status.seen_details(170.0)
    assert len(narrow) < len(parts)
    assert [part for part in narrow if part.warns] == [part for part in parts if part.warns]
    assert status.seen_details(5000.0) == parts
    assert all(part.text in status.accessibleDescription() for part in parts)


@pytest.mark.parametrize("size", [(1280, 800), (800, 480)])
def test_a_long_name_of_a_place_hides_neither_the_way_nor_that_nothing_is_logged(
    open_guard: OpenGuard, size: tuple[int, int]
) -> None:
    switch = Event()
    switch.set()
    place = Wording(
        zh="第九人民医院东院区急诊通道一号岗亭", en="Ninth People's Hospital, east campus"
    )
    window = open_guard(
        Language.EN, size=size, place=place, look_only=switch, outward=Event(), operator="a name"
    )
    QTest.qWait(1)
    top = window.top
    assert top.place.text().endswith(" · In")
    assert top.place.text().startswith("Ninth People")
    assert top.place.accessibleName() == f"{place.en} · In"
    assert top.mode.text() == "Look only: nothing is logged"
    for label in (top.place, top.mode):
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
        assert label.font().pixelSize() >= 12
    right = [label.geometry().right() for label in (top.place, top.mode, top.clock)]
    assert right == sorted(right)
    assert top.clock.geometry().right() <= top.width()


def test_an_empty_list_says_so_until_somebody_comes(open_guard: OpenGuard) -> None:
    window = open_guard(Language.EN)
    assert window.passages.nobody.isVisible()
    assert window.passages.nobody.text() == "Nobody yet since the start"
    window.set_language(Language.ZH)
    assert not window.passages.nobody.text().isascii()
    window.show_step(step(result(Verdict.ADMIT)))
    assert not window.passages.nobody.isVisible()
