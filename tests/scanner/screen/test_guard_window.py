"""The guard's window around the answer: picture, list, strip, buttons, hints, faults."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from keys.passages import ClockGrade, Direction, Verdict
from scanner.decide.looks import LOOKS, Language, Wording
from scanner.decide.notices import CAMERA, HINTS
from scanner.screen.answer_stand import Pace
from scanner.screen.guard_window import GuardWindow
from scanner.screen.start_painting import HOW, SHOW_PASS
from scanner.screen.themes import THEMES, ThemeName
from scanner.screen.worker import StationState
from scanner.station import Freshness
from tests.scanner.screen.conftest import OpenGuard, colour_at
from tests.scanner.screen.scenes import freshness, result, step


def _state(fresh: Freshness | None = None, fault: str | None = None) -> StationState:
    return StationState(freshness=fresh or freshness(), camera_fault=fault)


def _pixels(window: GuardWindow) -> bytes:
    raw = QByteArray()
    buffer = QBuffer(raw)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    return bytes(raw.data())


def _language_of(window: GuardWindow) -> Language:
    return window.language


def test_before_the_first_scan_it_says_how_to_hold_the_code(open_guard: OpenGuard) -> None:
    window = open_guard()
    assert window.panel.answer is None
    assert window.panel.accessibleName() == SHOW_PASS.zh
    assert window.panel.accessibleDescription() == HOW.zh


def test_a_code_that_is_no_pass_gives_a_quiet_hint_that_goes_by_itself(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard(pace=Pace(speed=50))
    window.show_step(step(hint="not_a_pass"))
    assert window.panel.accessibleName() == HINTS["not_a_pass"].title.zh
    assert window.panel.answer is None
    assert window.passages.count() == 0
    assert getattr(window.player, "played") == []  # noqa: B009
    qtbot.waitUntil(lambda: window.panel.accessibleName() == SHOW_PASS.zh)


def test_a_result_ends_the_hint(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_step(step(hint="not_a_pass"))
    window.show_step(step(result(Verdict.ADMIT)))
    window.stand.clear()
    assert window.panel.accessibleName() == SHOW_PASS.zh


@pytest.mark.parametrize("code", CAMERA)
def test_a_camera_fault_covers_the_picture_and_says_what_to_do(
    open_guard: OpenGuard, code: str
) -> None:
    window = open_guard(Language.EN)
    window.show_step(step())
    before = _pixels(window)
    window.show_state(_state(fault=code))
    assert window.picture.accessibleName() == CAMERA[code].title.en
    assert window.picture.accessibleDescription() == CAMERA[code].next_step.en
    assert window.panel.accessibleName() == CAMERA[code].title.en
    assert _pixels(window) != before
    window.show_state(_state())
    assert window.panel.accessibleName() == SHOW_PASS.en


def test_the_next_person_is_answered_while_a_camera_fault_is_shown(
    open_guard: OpenGuard,
) -> None:
    window = open_guard()
    window.show_state(_state(fault="unplugged"))
    window.show_step(step(result(Verdict.ADMIT)))
    assert LOOKS[Verdict.ADMIT].word.zh in window.panel.accessibleName()


def test_counted_results_stand_in_the_list_newest_first(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_step(step(result(Verdict.ADMIT, number=1)))
    window.show_step(step(result(Verdict.REFUSE, number=2)))
    again = replace(result(Verdict.ADMIT, number=1), counted=False, passage_id=None)
    window.show_step(step(again))
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    said = [window.passages.item(row).data(role) for row in range(window.passages.count())]
    assert len(said) == 2
    assert "张*华" in said[0]
    assert "王*明" in said[1]
    assert "08:41:07" in said[0]


def test_the_list_never_grows_beyond_its_end(open_guard: OpenGuard) -> None:
    window = open_guard()
    for number in range(100):
        window.passage_noted(result(Verdict.ADMIT, number=number))
    assert window.passages.count() == 30


def test_a_pass_seen_again_is_said_to_be_logged_already(open_guard: OpenGuard) -> None:
    window = open_guard(Language.EN)
    window.show_step(step(replace(result(Verdict.ADMIT), counted=False, passage_id=None)))
    assert "Already logged" in window.panel.accessibleDescription()


@pytest.mark.parametrize(
    ("state", "first", "second"),
    [
        (freshness(), "在线", "名单 2 分钟前"),
        (freshness(online=False, offline_reason="no_route"), "离线 · 没有网络信号", "待传 0"),
        (freshness(online=False, offline_reason="captive_portal"), "网络要求登录", ""),
        (freshness(online=False, offline_reason="gremlins"), "离线 · 连不上后台", ""),
        (freshness(list_age_s=9 * 3600, waiting_rows=1204), "在线", "名单 9 小时前. 待传 1,204"),
        (freshness(list_age_s=None), "在线", "还没有名单"),
        (freshness(set_aside_rows=3), "在线", "搁置 3"),
        (freshness(clock=ClockGrade.NOT_CONFIRMED), "在线", "时间未确认"),
        (freshness(clock=ClockGrade.ROLLED_BACK), "在线", "时钟倒退"),
    ],
)
def test_the_strip_says_what_the_station_knows_of_itself(
    open_guard: OpenGuard, state: Freshness, first: str, second: str
) -> None:
    window = open_guard()
    window.show_state(_state(state))
    status = window.strip.status
    assert first in status.accessibleName()
    assert second in status.accessibleDescription()
    assert status.connection().warns == (not state.online)


def test_offline_is_told_by_shape_as_well_as_by_colour(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_state(_state(freshness()))
    online = window.strip.status.grab().toImage()
    window.show_state(_state(freshness(online=False, offline_reason="no_route")))
    offline = window.strip.status.grab().toImage()
    height = online.height()
    middle = (height * 0.13 + 2) / online.width(), 0.29
    assert colour_at(online, *middle) == THEMES[ThemeName.NIGHT].accents[Verdict.ADMIT]
    # The ring is hollow.
    assert colour_at(offline, *middle) != THEMES[ThemeName.NIGHT].warning


def test_the_strip_stays_in_sight_under_every_verdict(open_guard: OpenGuard) -> None:
    window = open_guard(size=(800, 480))
    window.show_state(_state())
    for number, verdict in enumerate(Verdict):
        window.show_step(step(result(verdict, number=number)))
        assert window.strip.isVisible()
        assert window.strip.geometry().bottom() <= window.height()
        assert not window.strip.geometry().intersects(window.panel.geometry())


def test_no_sound_is_said_in_the_strip(open_guard: OpenGuard) -> None:
    window = open_guard(Language.EN)
    window.strip.status.show_sound_fault("no_player")
    assert "no sound" in window.strip.status.accessibleDescription()


def test_look_only_flips_the_switch_that_the_loop_reads_and_says_so(
    open_guard: OpenGuard,
) -> None:
    switch = Event()
    window = open_guard(Language.EN, look_only=switch)
    window.look_only_button.click()
    assert switch.is_set()
    assert window.look_only_button.isChecked()
    assert window.top.mode.text() == "Look only: nothing is logged"
    window.show_step(step(replace(result(Verdict.ADMIT), counted=False, passage_id=None)))
    assert "Look only, not logged" in window.panel.accessibleDescription()
    window.look_only_button.click()
    assert not switch.is_set()
    assert window.top.mode.text() == "Operator 07"


def test_without_a_loop_that_can_look_only_there_is_no_button_for_it(
    open_guard: OpenGuard,
) -> None:
    assert not open_guard().look_only_button.isVisible()


def test_everything_can_be_done_with_keys_alone(qtbot: QtBot, open_guard: OpenGuard) -> None:
    switch = Event()
    window = open_guard(look_only=switch)
    QTest.keyClick(window, Qt.Key.Key_F2)
    QTest.keyClick(window, Qt.Key.Key_F3)
    QTest.keyClick(window, Qt.Key.Key_F4)
    QTest.keyClick(window, Qt.Key.Key_F5)
    QTest.keyClick(window, Qt.Key.Key_F6)
    qtbot.waitUntil(lambda: window.muted)
    assert switch.is_set()
    assert _language_of(window) is Language.EN
    assert window.theme.name is ThemeName.DAY
    assert window.large
    # The keys still work after the language has changed.
    QTest.keyClick(window, Qt.Key.Key_F3)
    QTest.keyClick(window, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: not switch.is_set())
    assert _language_of(window) is Language.ZH


def test_what_a_hand_scanner_types_presses_no_button(open_guard: OpenGuard) -> None:
    switch = Event()
    window = open_guard(look_only=switch)
    for key in (Qt.Key.Key_1, Qt.Key.Key_K, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        QTest.keyClick(window, key)
    assert not switch.is_set()
    assert window.language is Language.ZH
    assert not window.muted


def test_full_screen_comes_and_goes_with_keys(qtbot: QtBot, open_guard: OpenGuard) -> None:
    window = open_guard()
    QTest.keyClick(window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.isFullScreen())


@pytest.mark.parametrize("language", Language)
def test_every_button_has_a_name_for_screen_readers_and_a_thumbs_size(
    open_guard: OpenGuard, language: Language
) -> None:
    window = open_guard(language, look_only=Event(), size=(800, 480))
    buttons = [one for one in window.findChildren(QPushButton) if one.isVisible()]
    assert len(buttons) == 6
    for button in buttons:
        assert button.accessibleName()
        assert button.accessibleName().isascii() == (language is Language.EN)
        assert button.height() >= 40
        assert button.width() >= 44


def test_themes_go_round_and_keep_the_answers_colours(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_step(step(result(Verdict.REFUSE)))
    seen = []
    for _ in ThemeName:
        image = window.grab().toImage()
        seen.append(colour_at(image, 0.5, 0.995))
        assert colour_at(window.panel.grab().toImage(), 0.5, 0.02) == LOOKS[Verdict.REFUSE].ground
        window.theme_button.click()
    assert seen == [THEMES[name].ground for name in (ThemeName.NIGHT, ThemeName.DAY, ThemeName.SUN)]
    assert window.theme.name is ThemeName.NIGHT


def test_the_place_and_the_way_stand_on_top(open_guard: OpenGuard) -> None:
    window = open_guard(
        Language.EN, place=Wording(zh="南门", en="South gate"), direction=Direction.EXIT
    )
    assert window.top.place.text() == "South gate · Out"
    assert window.top.clock.text() == "08:41"


def test_when_the_answer_goes_the_codes_texts_go_with_it(
    qtbot: QtBot, open_guard: OpenGuard
) -> None:
    window = open_guard(pace=Pace(speed=100))
    one = result(Verdict.ADMIT)
    window.show_step(step(one))
    assert one.seen is not None
    assert window._outline(one.seen).verdict is Verdict.ADMIT
    qtbot.waitUntil(lambda: window.panel.answer is None)
    assert window._outline(one.seen).verdict is None


def test_of_two_people_each_has_a_number_in_the_picture(open_guard: OpenGuard) -> None:
    window = open_guard()
    admitted, refused = result(Verdict.ADMIT, number=1), result(Verdict.REFUSE, number=2)
    window.show_step(step(admitted, refused))
    assert admitted.seen is not None
    assert refused.seen is not None
    assert window._outline(refused.seen).label == "1"
    assert window._outline(admitted.seen).label == "2"
