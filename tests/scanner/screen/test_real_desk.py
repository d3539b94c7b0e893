"""The guard's desk over a real station: what is pressed stands in the log, and on the screen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from keys.bodies import PassageBody, decode_body
from keys.claims import Kind, Status
from keys.passages import Passage, Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import CAUSES, EmergencyCause
from scanner.decide.incidents import INCIDENTS
from scanner.decide.notices_desk import ACTION_FAULTS
from scanner.gate.sounds_player import RecordingPlayer
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.screen.guard_forms import IncidentPage, RegisterPage
from scanner.screen.guard_pages import CauseQuestion
from scanner.screen.guard_window import GuardWindow
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.number_pad import PassNumberPad
from scanner.screen.run import WindowRun, open_window
from scanner.station import ScanLoop, Station
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames
from tests.scanner.screen.scenes import options
from tests.scanner.screen.strokes import scan, strike

GREEN, RED, YELLOW, GUARD = 1, 2, 4, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A guard's window over a station that logs in `data`."""

    window: GuardWindow
    data: Path
    look_only: Event
    outward: Event

    def rows(self) -> list[tuple[Passage, PassageBody]]:
        """Return every stored row with its body, oldest first."""
        log = PassageLog(open_database(self.data), "west-1")
        try:
            passages = [entry.row.passage for entry in log.entries()]
        finally:
            log.close()
        return [(passage, decode_body(passage.body)) for passage in passages]

    def reasons(self) -> list[str]:
        """Return the reason of every stored row, oldest first."""
        return [passage.reason for passage, _ in self.rows()]


@pytest.fixture(scope="module")
def office() -> Publisher:
    """Return an office with residents of some statuses."""
    office = Publisher(NOW)
    office.set_status(RED, Status.RED)
    office.set_status(YELLOW, Status.YELLOW)
    return office


@pytest.fixture
def desk(qtbot: QtBot, swept: None, tmp_path: Path, office: Publisher) -> Iterator[Desk]:
    """Return a desk at a gate where nobody stands before the camera."""
    frames = write_frames(tmp_path / "frames", frames_of(None))
    look_only, outward = Event(), Event()
    world = World(beliefs_of(office))
    stations: list[AbstractContextManager[Station]] = []

    def factory() -> ScanLoop:
        stations.append(station_with(world, tmp_path / "data", frames))
        return stations[-1].__enter__()

    window = open_window(
        options(
            actions=frozenset(ActionName),
            look_only=look_only,
            outward=outward,
            mono_s=lambda: world.mono_now_s,
        ),
        RecordingPlayer(),
    )
    qtbot.addWidget(window)
    assert isinstance(window, GuardWindow)
    run = WindowRun(window, factory)
    window.show()
    qtbot.waitUntil((tmp_path / "data").exists)
    yield Desk(window=window, data=tmp_path / "data", look_only=look_only, outward=outward)
    window.close()
    run.end()


def dense(office: Publisher, index: int, kind: Kind = Kind.PHONE) -> str:
    """Return the digits of a pass."""
    text = office.mint(index, kind=int(kind)).dense
    assert text is not None
    return text


Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def wait(qtbot: QtBot) -> Wait:
    """Return a wait for a condition, while the window lives."""
    return qtbot.waitUntil


def test_a_yellow_pass_is_let_through_by_hand_after_the_papers(
    desk: Desk, wait: Wait, office: Publisher
) -> None:
    window = desk.window
    scan(window, dense(office, YELLOW))
    wait(lambda: len(window.desk.checks.waiting) == 1)
    strike(window, Qt.Key.Key_F7)
    page = window.questions.current
    assert isinstance(page, HandListPage)
    page.buttons["papers"].click()
    page.buttons["admit"].click()
    wait(lambda: window.questions.current is None)
    assert window.desk.checks.waiting == ()
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.ADMIT
    (asked, _), (decided, body) = desk.rows()
    assert (asked.verdict, decided.verdict) == (Verdict.HAND_CHECK, Verdict.ADMIT)
    assert decided.reason == Reason.HAND_CHECKED
    assert body.about == asked.passage_id
    assert body.papers_seen


def test_an_emergency_opens_over_a_refusal_and_its_cause_follows(
    desk: Desk, wait: Wait, office: Publisher
) -> None:
    window = desk.window
    scan(window, dense(office, RED))
    wait(lambda: window.panel.answer is not None)
    strike(window, Qt.Key.Key_F1)
    wait(lambda: isinstance(window.questions.current, CauseQuestion))
    assert window.panel.answer is not None
    assert window.panel.answer.verdict is Verdict.ADMIT
    assert window.questions.current is not None
    button = window.questions.current.buttons[EmergencyCause.MEDICAL]
    assert button.text() == CAUSES[EmergencyCause.MEDICAL].zh
    button.click()
    wait(lambda: len(desk.reasons()) == 3)
    assert desk.reasons() == [Reason.RED, Reason.EMERGENCY, Reason.CAUSE_GIVEN]
    assert desk.rows()[2][1].cause == "medical"


def test_an_admission_is_taken_back_and_struck_out(
    desk: Desk, wait: Wait, office: Publisher
) -> None:
    window = desk.window
    scan(window, dense(office, GREEN))
    wait(window.guard_actions.buttons[ActionName.UNDO].isEnabled)
    strike(window, Qt.Key.Key_F10)
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    wait(lambda: "已撤销" in str(window.passages.item(0).data(role)))
    assert desk.reasons() == [Reason.GREEN, Reason.TAKEN_BACK]


def test_somebody_without_a_pass_and_somebody_without_a_phone(
    desk: Desk, wait: Wait, office: Publisher
) -> None:
    window = desk.window
    window.desk.open_register()
    page = window.questions.current
    assert isinstance(page, RegisterPage)
    page.name.setText("吴")
    page.note.setText("送药")
    page.buttons["admit"].click()
    wait(lambda: window.questions.current is None)
    window.desk.open_look_up()
    pad = window.questions.current
    assert isinstance(pad, PassNumberPad)
    for face in f"0-{YELLOW}✓":
        pad.buttons[face].click()
    wait(lambda: len(desk.reasons()) == 2)
    wait(lambda: len(window.desk.checks.waiting) == 1)
    (by_hand, body), (looked_up, _) = desk.rows()
    assert (by_hand.reason, by_hand.verdict) == (Reason.REGISTERED_BY_HAND, Verdict.ADMIT)
    assert (body.name, body.note) == ("吴", "送药")
    assert looked_up.verdict is Verdict.HAND_CHECK


def test_a_number_that_no_list_has_is_said_and_leaves_no_row(desk: Desk, wait: Wait) -> None:
    window = desk.window
    window.desk.open_look_up()
    pad = window.questions.current
    assert isinstance(pad, PassNumberPad)
    pad.field.setText("4096-1")
    pad.buttons["✓"].click()
    wait(lambda: ACTION_FAULTS["unknown_number"].title.zh in pad.title.text())
    assert desk.rows() == []


def test_a_pass_for_one_lets_no_family_in(desk: Desk, wait: Wait, office: Publisher) -> None:
    window = desk.window
    scan(window, dense(office, GREEN))
    wait(lambda: len(desk.rows()) == 1)
    window.desk.open_party()
    page = window.questions.current
    assert page is not None
    page.buttons["3"].click()
    wait(lambda: ACTION_FAULTS["party_too_large"].title.zh in page.title.text())
    assert desk.reasons() == [Reason.GREEN]


def test_an_incident_stands_in_the_log(desk: Desk, wait: Wait) -> None:
    window = desk.window
    window.desk.open_incident()
    page = window.questions.current
    assert isinstance(page, IncidentPage)
    page.buttons[INCIDENTS[1].en].click()
    page.buttons["note"].click()
    wait(lambda: desk.reasons() == [Reason.INCIDENT])
    assert desk.rows()[0][1].note == INCIDENTS[1].zh


def test_a_staff_pass_begins_a_shift_a_residents_does_not(
    desk: Desk, wait: Wait, office: Publisher
) -> None:
    window = desk.window
    window.desk.open_shift()
    page = window.questions.current
    assert page is not None
    scan(window, dense(office, GREEN))
    wait(lambda: ACTION_FAULTS["not_a_staff_pass"].title.zh in page.title.text())
    assert desk.look_only.is_set()
    scan(window, dense(office, GUARD, Kind.STAFF))
    wait(lambda: desk.reasons() == [Reason.SHIFT_BEGUN])
    wait(lambda: not desk.look_only.is_set())


def test_everything_that_is_shown_is_shown_from_the_windows_thread(
    desk: Desk, wait: Wait, office: Publisher
) -> None:
    threads: set[str] = set()
    window = desk.window
    window.stand.changed.connect(lambda _answer: threads.add(threading.current_thread().name))
    noted = window.state_noted

    def state_noted(state: object) -> None:
        threads.add(threading.current_thread().name)
        noted(state)  # type: ignore[arg-type]

    window.state_noted = state_noted  # type: ignore[method-assign]
    scan(window, dense(office, GREEN))
    wait(lambda: window.panel.answer is not None)
    strike(window, Qt.Key.Key_F1)
    wait(lambda: isinstance(window.questions.current, CauseQuestion))
    scan(window, dense(office, RED))
    wait(lambda: len(desk.rows()) == 3)
    assert threads == {threading.current_thread().name}
