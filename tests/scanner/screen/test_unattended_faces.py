"""Shop and kiosk: no names, the answer as large as it gets, and back to the start by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from keys.passages import Direction, Verdict
from scanner.decide.looks import LOOKS, Language
from scanner.decide.notices import CAMERA
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.answer_stand import Pace
from scanner.screen.attract_panel import OUT_OF_SERVICE
from scanner.screen.gate_window import GateWindow
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.options import Ahead, Face
from scanner.screen.shop_window import ShopWindow
from scanner.screen.start_painting import SHOW_PASS
from scanner.screen.worker import StationState
from tests.scanner.screen.conftest import colour_at, share_of
from tests.scanner.screen.scenes import freshness, result, step

OpenAny = Callable[..., GateWindow]
UPRIGHT = (600, 1024)


@pytest.fixture
def open_shop(open_any: OpenAny) -> Callable[..., ShopWindow]:
    """Return a function that opens the shop's window."""

    def opened(language: Language = Language.ZH, **bent: object) -> ShopWindow:
        window = open_any(language, face=Face.SHOP, **bent)
        assert isinstance(window, ShopWindow)
        return window

    return opened


@pytest.fixture
def open_kiosk(open_any: OpenAny) -> Callable[..., KioskWindow]:
    """Return a function that opens the kiosk's window."""

    def opened(language: Language = Language.ZH, **bent: object) -> KioskWindow:
        window = open_any(language, face=Face.KIOSK, **bent)
        assert isinstance(window, KioskWindow)
        return window

    return opened


def _said(window: GateWindow) -> str:
    labels = [label.text() for label in window.findChildren(QLabel)]
    panel = window.panel
    return " ".join([panel.accessibleName(), panel.accessibleDescription(), *labels])


@pytest.mark.parametrize("face", [Face.SHOP, Face.KIOSK])
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", Language)
def test_every_verdict_has_four_signals_and_no_name(
    open_any: OpenAny, face: Face, verdict: Verdict, language: Language
) -> None:
    window = open_any(language, face=face)
    window.show_step(step(result(verdict)))
    look, image = LOOKS[verdict], window.panel.grab().toImage()
    assert {colour_at(image, x, 0.01) for x in (0.001, 0.5, 0.998)} == {look.ground}
    sign = image.copy(0, 0, int(image.width() * 0.26), int(image.height() * 0.6))
    assert share_of(sign, look.text) > 0.03
    assert look.word.zh in window.panel.accessibleName()
    assert isinstance(window.player, RecordingPlayer)
    assert [heard for heard, _ in window.player.played] == [verdict]
    name, tail = ["王*明", "陈*", "李*", "张*华", "孙*"], ["123X", "0917", "4471", "8820", "7026"]
    assert not [part for part in (*name, *tail) if part in _said(window)]


@pytest.mark.parametrize("verdict", Verdict)
def test_the_kiosks_answer_fills_the_screen_and_goes_by_itself(
    qtbot: QtBot, open_kiosk: Callable[..., KioskWindow], verdict: Verdict
) -> None:
    window = open_kiosk(pace=Pace(speed=100))
    assert not window.panel.isVisible()
    window.show_step(step(result(verdict)))
    assert window.panel.isVisible()
    assert window.panel.geometry() == window.rect()
    assert colour_at(window.grab().toImage(), 0.5, 0.01) == LOOKS[verdict].ground
    qtbot.waitUntil(lambda: not window.panel.isVisible())
    assert window.attract.accessibleName() == SHOW_PASS.zh


def test_a_kiosk_is_unattended_whatever_the_settings_say(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    assert open_kiosk(pace=Pace(unattended=False)).options.pace.unattended


def test_keys_neither_close_the_kiosk_nor_leave_the_full_screen(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    window = open_kiosk(fullscreen=True)
    window.showFullScreen()
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_F11, Qt.Key.Key_Q, Qt.Key.Key_Return):
        QTest.keyClick(window, key)
    assert window.isFullScreen()
    assert window.isVisible()


@pytest.mark.parametrize("low", [False, True])
def test_an_upright_kiosk_is_mirrored_top_to_bottom_for_a_wheelchair(
    open_kiosk: Callable[..., KioskWindow], low: bool
) -> None:
    window = open_kiosk(size=UPRIGHT, low=low)
    assert (window.picture.geometry().top() > window.attract.geometry().top()) == low
    button = window.language_button.geometry()
    assert window.rect().contains(button)
    assert button.height() >= 48


def test_on_a_wide_kiosk_picture_and_drawings_stand_side_by_side(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    window = open_kiosk()
    assert window.picture.geometry().right() < window.attract.geometry().left()


def test_an_admission_points_the_way_and_a_refusal_points_nowhere(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    drawn: dict[Verdict, set[bytes]] = {Verdict.ADMIT: set(), Verdict.REFUSE: set()}
    for ahead in Ahead:
        window = open_kiosk(ahead=ahead)
        for verdict, pictures in drawn.items():
            window.stand.clear()
            window.show_step(step(result(verdict)))
            image = window.panel.grab().toImage()  # kept: its bytes are not copied
            pictures.add(bytes(image.constBits()))
    assert len(drawn[Verdict.ADMIT]) == len(Ahead)
    assert len(drawn[Verdict.REFUSE]) == 1


def test_the_kiosk_says_what_comes_next_in_both_languages(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    window = open_kiosk()
    window.language_button.click()
    assert window.language is Language.EN
    window.show_step(step(result(Verdict.REFUSE)))
    image = window.panel.grab().toImage()
    lower = image.copy(0, int(image.height() * 0.86), image.width(), int(image.height() * 0.12))
    assert share_of(lower, LOOKS[Verdict.REFUSE].text) > 0.003


def test_a_kiosk_without_a_camera_sends_people_to_the_staffed_lane(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    window = open_kiosk(Language.EN)
    window.show_state(StationState(freshness=freshness(), camera_fault="unplugged"))
    assert window.attract.accessibleName() == OUT_OF_SERVICE.title.en
    assert window.picture.accessibleName() == CAMERA["unplugged"].title.en
    window.show_state(StationState(freshness=freshness(), camera_fault=None))
    assert window.attract.accessibleName() == SHOW_PASS.en


def test_the_shop_counts_who_was_let_in_and_no_one_else(
    open_shop: Callable[..., ShopWindow],
) -> None:
    window = open_shop(allowed=3)
    for number, verdict in enumerate(Verdict):
        window.show_step(step(result(verdict, number=number)))
    assert window.count.text() == "2 / 3"
    window.came_button.click()
    assert window.counter.full
    assert window.count_title.text() == "已满，请稍候"
    for _ in range(9):
        window.left_button.click()
    assert window.count.text() == "0 / 3"


def test_at_the_way_out_the_shop_counts_down(open_shop: Callable[..., ShopWindow]) -> None:
    window = open_shop(direction=Direction.EXIT)
    window.counter.step(5)
    window.show_step(step(result(Verdict.ADMIT)))
    assert window.count.text() == "4"
    assert not window.counter.full


def test_the_shops_picture_makes_room_for_the_answer(
    qtbot: QtBot, open_shop: Callable[..., ShopWindow]
) -> None:
    window = open_shop(pace=Pace(speed=100))
    assert window.picture.isVisible()
    window.show_step(step(result(Verdict.HAND_CHECK)))
    assert not window.picture.isVisible()
    qtbot.waitUntil(window.picture.isVisible)


def test_the_shop_works_with_keys_alone(open_shop: Callable[..., ShopWindow]) -> None:
    window = open_shop()
    theme = window.theme.name
    for key in (Qt.Key.Key_F8, Qt.Key.Key_F8, Qt.Key.Key_F7, Qt.Key.Key_F3):
        QTest.keyClick(window, key)
    for key in (Qt.Key.Key_F4, Qt.Key.Key_F6, Qt.Key.Key_F11):
        QTest.keyClick(window, key)
    assert window.counter.inside == 1
    assert window.language is Language.EN
    assert window.theme.name is not theme
    assert window.muted
    assert window.isFullScreen()


def test_the_shop_says_how_the_station_is(open_shop: Callable[..., ShopWindow]) -> None:
    window = open_shop(Language.EN)
    fresh = freshness(online=False, offline_reason="no_route")
    window.show_state(StationState(freshness=fresh, camera_fault=None))
    assert window.status.accessibleName() == "Offline · no network"


@pytest.mark.parametrize("face", [Face.SHOP, Face.KIOSK])
@pytest.mark.parametrize("language", Language)
def test_every_button_of_a_face_has_a_name_in_its_language(
    open_any: OpenAny, face: Face, language: Language
) -> None:
    window = open_any(language, face=face)
    for button in window.findChildren(QPushButton):
        assert button.accessibleName()
        assert button.accessibleName().isascii() == (language is Language.EN)


@pytest.mark.parametrize("language", Language)
def test_two_people_are_told_apart_on_a_full_screen(
    open_kiosk: Callable[..., KioskWindow], language: Language
) -> None:
    window = open_kiosk(language, size=UPRIGHT)
    window.show_step(step(result(Verdict.ADMIT, number=1)))
    alone = window.panel.grab().toImage()
    window.show_step(step(result(Verdict.ADMIT, number=2)))
    assert window.stand.current is not None
    assert window.stand.current.of == 2
    assert window.panel.grab().toImage() != alone
