"""What whoever looks after a gate can do at a face without names: at the shop by a button, at the
kiosk behind the supervisor's number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from keys.passages import PassIdentity, Reason, Verdict
from scanner.decide.looks import Language
from scanner.screen.answer_stand import Pace
from scanner.screen.asking import Asking
from scanner.screen.camera_page import CameraPage
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_pages import MorePage
from scanner.screen.kiosk_window import KioskWindow
from scanner.screen.options import Face
from scanner.screen.pin_lock import hash_pin
from scanner.screen.place_page import PlacePage
from scanner.screen.shop_window import ShopWindow
from scanner.screen.station_page import StationPage
from scanner.screen.supervisor_pages import SupervisorPages
from scanner.screen.typed_code import TypedCode
from scanner.screen.worker import StationState, TextScan
from tests.scanner.screen.scenes import freshness, result, step
from tests.scanner.screen.strokes import strike

PIN = "204861"
Open = Callable[..., GateWindow]


@pytest.fixture
def shop(open_any: Open, tmp_path: Path) -> ShopWindow:
    window = open_any(Language.EN, face=Face.SHOP, data=tmp_path, place_code="KAKOU-PLACE:x")
    assert isinstance(window, ShopWindow)
    return window


@pytest.fixture
def open_kiosk(open_any: Open, tmp_path: Path) -> Callable[..., KioskWindow]:
    def opened(**bent: object) -> KioskWindow:
        stored = hash_pin(PIN, bytes(16))
        window = open_any(Language.ZH, face=Face.KIOSK, data=tmp_path, exit_pin=stored, **bent)
        assert isinstance(window, KioskWindow)
        return window

    return opened


def let_in(kiosk: KioskWindow) -> None:
    """Touch the number."""
    strike(kiosk, Qt.Key.Key_F12)
    assert kiosk.keypad is not None
    for face in PIN + "✓":
        kiosk.keypad.buttons[face].click()


def current(window: GateWindow) -> Asking | None:
    """Return the page that stands now."""
    return window.questions.current


def tiles(window: GateWindow) -> set[str]:
    """Return what the page of tiles offers."""
    page = window.questions.current
    assert isinstance(page, MorePage)
    return set(page.buttons) - {"✕"}


def complete(page: TypedCode) -> None:
    """Have a whole code judged that was typed."""
    page._waits = True


def test_a_shops_staff_has_typed_codes_camera_and_station_by_one_key(shop: ShopWindow) -> None:
    strike(shop, Qt.Key.Key_F10)
    assert tiles(shop) == {"code", "station", "camera"}
    page = current(shop)
    assert page is not None
    page.buttons["camera"].click()
    assert isinstance(current(shop), CameraPage)
    strike(shop, Qt.Key.Key_Escape)
    assert current(shop) is None
    shop.more_button.click()
    strike(shop, Qt.Key.Key_F10)
    assert current(shop) is None


def test_the_shops_station_page_is_kept_up_to_date(shop: ShopWindow) -> None:
    shop.staff.open_station()
    page = current(shop)
    assert isinstance(page, StationPage)
    shop.show_state(StationState(freshness=freshness(waiting_rows=41), camera_fault=None))
    assert any("41" in line for line in page.lines())


def test_a_typed_code_at_the_shop_is_judged_and_its_page_outlasts_others_answers(
    shop: ShopWindow,
) -> None:
    texts: list[str] = []
    shop.text_typed.connect(texts.append)
    shop.staff.open_code()
    page = current(shop)
    assert isinstance(page, TypedCode)
    page.field.insert("12345")
    shop.show_step(step(result(Verdict.ADMIT)))
    assert page.isHidden()
    shop.stand.clear()
    assert page.isVisible()
    assert page.field.typed.text == "12345"
    page.entered.emit("12345")
    assert texts == ["12345"]


def test_a_typed_code_that_a_key_vouches_for_takes_its_page_away(shop: ShopWindow) -> None:
    shop.staff.open_code()
    page = current(shop)
    assert isinstance(page, TypedCode)
    shop.show_text_scan(TextScan(result=result(Verdict.ADMIT), hint=None))
    assert current(shop) is page  # somebody else's
    complete(page)
    identity = PassIdentity("hz", 1, 9)
    judged = result(Verdict.REFUSE, reason=Reason.RED, identity=identity)
    shop.show_text_scan(TextScan(result=replace(judged, seen=None), hint=None))
    assert current(shop) is None


def test_the_places_code_takes_the_place_of_another_page(shop: ShopWindow) -> None:
    shop.staff.open_station()
    strike(shop, Qt.Key.Key_F12)
    assert isinstance(current(shop), PlacePage)
    strike(shop, Qt.Key.Key_F12)
    assert current(shop) is None


def test_a_measurement_of_the_camera_goes_on_behind_an_answer(
    qtbot: QtBot, shop: ShopWindow
) -> None:
    shop.staff.open_camera()
    page = current(shop)
    assert isinstance(page, CameraPage)
    page.measure()
    shop.show_step(step(result(Verdict.ADMIT)))
    assert page.isHidden()
    assert page.measuring
    shop.stand.clear()
    shop.questions.close()
    qtbot.waitUntil(lambda: not page.measuring)


def test_behind_the_number_a_supervisor_has_the_same_and_the_way_out(
    qtbot: QtBot, open_kiosk: Callable[..., KioskWindow]
) -> None:
    kiosk = open_kiosk()
    let_in(kiosk)
    assert tiles(kiosk) == {"code", "station", "camera", "close"}
    page = current(kiosk)
    assert page is not None
    page.buttons["station"].click()
    assert isinstance(current(kiosk), StationPage)
    QTest.keyClick(kiosk, Qt.Key.Key_Escape)
    assert current(kiosk) is None
    assert kiosk.isVisible()
    let_in(kiosk)
    page = current(kiosk)
    assert page is not None
    with qtbot.waitSignal(kiosk.closing):
        page.buttons["close"].click()


def test_whoever_comes_meanwhile_is_answered_above_the_supervisors_page(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    kiosk = open_kiosk()
    let_in(kiosk)
    kiosk.staff.open_code()
    page = current(kiosk)
    assert page is not None
    kiosk.show_step(step(result(Verdict.REFUSE)))
    assert kiosk.childAt(kiosk.rect().center()) is kiosk.panel
    kiosk.stand.clear()
    assert page.isVisible()
    centre = kiosk.childAt(kiosk.rect().center())
    assert centre is not None
    assert page is centre or page.isAncestorOf(centre)


def test_left_alone_the_supervisors_page_goes_and_a_press_keeps_it(
    qtbot: QtBot, open_kiosk: Callable[..., KioskWindow]
) -> None:
    kiosk = open_kiosk(pace=Pace(speed=240.0))  # half a second
    let_in(kiosk)
    qtbot.waitUntil(lambda: current(kiosk) is None)
    let_in(kiosk)
    pages = kiosk.findChildren(SupervisorPages)
    idle = pages[-1]._idle
    with qtbot.assertNotEmitted(idle.over, wait=1):
        strike(kiosk, Qt.Key.Key_Tab)
    assert idle._idle.isActive()
    qtbot.waitUntil(lambda: current(kiosk) is None)
    assert kiosk.keypad is not None
    assert not kiosk.keypad.isVisible()


def test_no_key_but_the_number_opens_a_page_at_a_kiosk(
    open_kiosk: Callable[..., KioskWindow],
) -> None:
    kiosk = open_kiosk()
    for number in range(1, 13):
        strike(kiosk, Qt.Key(Qt.Key.Key_F1 + number - 1))
    assert current(kiosk) is None
