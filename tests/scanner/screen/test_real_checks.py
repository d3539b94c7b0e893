"""A gate that starts again while somebody waits for a hand check: real station, log and window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from keys.claims import Status
from keys.passages import Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.gate.sounds_player import RecordingPlayer
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.screen.guard_window import GuardWindow
from scanner.screen.hand_list_page import HandListPage
from scanner.screen.run import WindowRun, open_window
from scanner.station import ScanLoop, Station
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import NOW, World, beliefs_of, frames_of, station_with, write_frames
from tests.scanner.screen.scenes import options
from tests.scanner.screen.strokes import scan, strike

YELLOW, OTHER = 4, 5
Start = Callable[[], AbstractContextManager[GuardWindow]]


@pytest.fixture
def office() -> Publisher:
    office = Publisher(NOW)
    for index in (YELLOW, OTHER):
        office.set_status(index, Status.YELLOW)
    return office


@pytest.fixture
def started(qtbot: QtBot, swept: None, tmp_path: Path, office: Publisher) -> Start:
    """Return a start of the gate; each goes on in the log of the one before."""
    frames = write_frames(tmp_path / "frames", frames_of(None))
    world = World(beliefs_of(office), secret=bytes(range(32)))

    stations: list[AbstractContextManager[Station]] = []

    @contextmanager
    def start() -> Iterator[GuardWindow]:
        def factory() -> ScanLoop:
            stations.append(station_with(world, tmp_path / "data", frames))
            return stations[-1].__enter__()

        window = open_window(
            options(
                actions=frozenset(ActionName), look_only=Event(), mono_s=lambda: world.mono_now_s
            ),
            RecordingPlayer(),
        )
        qtbot.addWidget(window)
        assert isinstance(window, GuardWindow)
        run = WindowRun(window, factory)
        window.show()
        qtbot.waitUntil((tmp_path / "data").exists)
        yield window
        window.close()
        run.end()

    return start


def typed(office: Publisher, index: int) -> str:
    """Return the digits of a pass."""
    text = office.mint(index).dense
    assert text is not None
    return text


def test_who_waited_when_the_gate_stopped_waits_when_it_starts_again_and_is_decided(
    qtbot: QtBot, started: Start, office: Publisher, tmp_path: Path
) -> None:
    with started() as window:
        scan(window, typed(office, YELLOW))
        qtbot.waitUntil(lambda: len(window.desk.checks.waiting) == 1)
        scan(window, typed(office, OTHER))
        qtbot.waitUntil(lambda: len(window.desk.checks.waiting) == 2)
    with started() as window:
        qtbot.waitUntil(lambda: len(window.desk.checks.waiting) == 2)
        strike(window, Qt.Key.Key_F7)
        page = window.questions.current
        assert isinstance(page, HandListPage)
        page.buttons["admit"].click()
        qtbot.waitUntil(lambda: len(window.desk.checks.waiting) == 1)
        # Comes back to the gate: the row of before the start waits no more, the new one does.
        scan(window, typed(office, YELLOW))
        qtbot.waitUntil(
            lambda: [one.result.sequence for one in window.desk.checks.waiting] == [None]
        )
    log = PassageLog(open_database(tmp_path / "data"), "west-1")
    rows = [entry.row.passage for entry in log.entries()]
    log.close()
    assert [row.verdict for row in rows].count(Verdict.HAND_CHECK) == 3
    assert [row.reason for row in rows].count(Reason.HAND_CHECKED) == 1
