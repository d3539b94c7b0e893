"""What the station says of itself on its page, and the pages of other parts of the program."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from keys.passages import ClockGrade, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.looks import Language
from scanner.decide.notices_desk import ASIDE, EARLIER_LOGS, LOG_FAULTS
from scanner.decide.outlook import LaneOutlook, Outlook, SetAsideRow, TaskOutlook
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.answer_stand import Pace
from scanner.screen.guard_window import GuardWindow
from scanner.screen.lettering import tied
from scanner.screen.station_page import StationPage
from scanner.screen.typed_code import TypedCode
from scanner.screen.worker import StationState
from scanner.station import Freshness
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.scenes import freshness

WELL = TaskOutlook(success_ago_s=41, error=None, next_try_in_s=19)
OUTLOOK = Outlook(
    station="west-1",
    issuer="hz",
    trust_age_s=7200,
    pull=WELL,
    push=TaskOutlook(success_ago_s=None, error="no_route", next_try_in_s=7),
    policy="estate 3",
    lanes=(LaneOutlook(lane="west-2", heard_ago_s=4),),
    set_aside=(SetAsideRow(sequence=3071, seen_at_ms=0, code="malformed_row"),),
    sealed=True,
)


def page_of(window: GuardWindow) -> StationPage:
    """Return the open station page."""
    page = window.questions.current
    assert isinstance(page, StationPage)
    return page


def told(
    open_guard: OpenGuard, fresh: Freshness | None, outlook: Outlook | None = None
) -> list[str]:
    """Return the lines of a station in that state, in English."""
    window = open_guard(Language.EN, actions=frozenset(ActionName))
    window.staff.open_station()
    assert page_of(window).lines() == ["Starting"]
    window.show_state(StationState(freshness=fresh, camera_fault=None, outlook=outlook))
    page = page_of(window)
    shown = [page.rows.item(row).text() for row in range(page.rows.count())]
    assert shown == [tied(line) for line in page.lines()]
    return page.lines()


def test_a_station_that_is_well_says_so_line_by_line(open_guard: OpenGuard) -> None:
    assert told(open_guard, freshness(), OUTLOOK) == [
        "Online",
        "List 2 min old",
        "Time confirmed",
        "0 waiting, 0 set aside",
        "west-1 · hz · estate 3",
        "Trust list 2 h old",
        "Lists: done 41 s ago, again in 19 s",
        "Passages: never done, fault no network, again in 7 s",
        "New rows are sealed",
        "Lane west-2, heard 4 s ago",
        "Row 3071 · malformed_row"
        f" · {ASIDE['malformed_row'].title.en} · {ASIDE['malformed_row'].next_step.en}",
    ]


def test_a_station_in_trouble_says_what_to_do(open_guard: OpenGuard) -> None:
    fresh = freshness(
        online=False,
        offline_reason="captive_portal",
        fault="disk_full",
        list_age_s=None,
        clock=ClockGrade.ROLLED_BACK,
        set_aside_rows=2,
    )
    outlook = Outlook(
        station="west-1",
        issuer="hz",
        trust_age_s=None,
        pull=WELL,
        push=WELL,
        mesh_fault="lane_no_route",
        earlier_log="log_missing",
    )
    lines = told(open_guard, fresh, outlook)
    assert lines[0].startswith("Offline · network wants a log-in · ")
    assert lines[1].startswith(LOG_FAULTS["disk_full"].title.en)
    assert lines[2:4] == ["Clock went back", "0 waiting, 2 set aside"]
    assert "No trust list yet" in lines
    assert "New rows are not sealed" in lines
    removed = EARLIER_LOGS["log_missing"]
    assert f"{removed.title.en} · {removed.next_step.en}" in lines
    alone = "The gate goes on alone; tell maintenance"
    assert f"Neighbour lanes: fault lane_no_route · {alone}" in lines


def test_the_page_speaks_chinese_with_its_own_signs(open_guard: OpenGuard) -> None:
    window = open_guard(actions=frozenset(ActionName))
    state = StationState(freshness=freshness(), camera_fault=None, outlook=OUTLOOK)
    window.show_state(state)
    window.staff.open_station()
    assert "名单：41 秒前完成，19 秒后再试" in page_of(window).lines()
    window.set_language(Language.EN)
    assert page_of(window).rows.item(0).text() == "Online"


def test_the_chosen_line_stays_chosen_while_others_change(open_guard: OpenGuard) -> None:
    window = open_guard(actions=frozenset(ActionName))
    window.show_state(StationState(freshness=freshness(), camera_fault=None))
    window.staff.open_station()
    page_of(window).rows.setCurrentRow(2)
    window.show_state(StationState(freshness=freshness(waiting_rows=9), camera_fault=None))
    assert page_of(window).rows.currentRow() == 2


def test_the_sounds_are_tried_one_after_the_other(qtbot: QtBot, open_guard: OpenGuard) -> None:
    window = open_guard(actions=frozenset(ActionName), pace=Pace(speed=100))
    window.staff.open_station()
    page = page_of(window)
    page.buttons["sound"].click()
    player = window.player
    assert isinstance(player, RecordingPlayer)
    qtbot.waitUntil(lambda: [heard for heard, _ in player.played] == list(Verdict))
    qtbot.waitUntil(lambda: page.title.text() == page.title_words())
    assert not page.buttons["lamps"].isEnabled()
    page.try_lamps()


class Hoarse(RecordingPlayer):
    """A player that is not heard."""

    def fault(self) -> str | None:
        """Return why."""
        return "no_player"


def test_a_station_that_is_not_heard_says_so(open_guard: OpenGuard) -> None:
    window = open_guard(Language.EN, actions=frozenset(ActionName))
    window.player = Hoarse()
    window.show_state(StationState(freshness=freshness(), camera_fault=None))
    window.staff.open_station()
    assert page_of(window).lines()[-1].startswith("no sound · ")


@pytest.mark.parametrize("opens", ["open_camera", "open_support"])
def test_the_cameras_pages_need_a_folder(open_guard: OpenGuard, tmp_path: Path, opens: str) -> None:
    without = open_guard(actions=frozenset(ActionName))
    getattr(without.staff, opens)()
    assert without.questions.current is None
    assert "camera" not in [tile.key for tile in without.staff.tiles()]
    window = open_guard(actions=frozenset(ActionName), data=tmp_path)
    getattr(window.staff, opens)()
    assert window.questions.current is not None
    assert "camera" in [tile.key for tile in window.staff.tiles()]


def test_a_typed_code_is_judged_as_a_scanned_one(open_guard: OpenGuard) -> None:
    window = open_guard(actions=frozenset(ActionName))
    texts: list[str] = []
    window.text_typed.connect(texts.append)
    window.staff.open_code()
    page = window.questions.current
    assert isinstance(page, TypedCode)
    page.entered.emit("12345")
    assert texts == ["12345"]
