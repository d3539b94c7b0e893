"""A real window over a real station: images, readers, keys, rules, log and screen together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot

from keys.claims import Status
from keys.passages import Verdict
from scanner.decide.notices import HINTS
from scanner.gate.sounds_player import RecordingPlayer
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.screen.answer_stand import Pace
from scanner.screen.answers import Answer, person_of
from scanner.screen.gate_window import GateWindow
from scanner.screen.options import Face, WindowOptions
from scanner.screen.run import WindowRun, open_window
from scanner.station import ScanLoop, Station
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import (
    NOW,
    PAYMENT,
    World,
    beliefs_of,
    frames_of,
    station_with,
    write_frames,
)
from tests.scanner.screen.scenes import options
from tests.scanner.screen.strokes import scan

GREEN, RED, WITHDRAWN, YELLOW, OTHER = 1, 2, 3, 4, 5


class Onlooker(QObject):
    """Writes down what the window showed, and how many rows were on the disk at that moment."""

    def __init__(self, window: GateWindow, data: Path) -> None:
        super().__init__()
        self.data = data
        self.answers: list[Answer] = []
        self.rows_then: list[int] = []
        self.said: list[str] = []
        self._window = window
        window.stand.changed.connect(self.look)

    @Slot(object)
    def look(self, answer: Answer | None) -> None:
        """Note the answer."""
        if answer is not None:
            self.answers.append(answer)
            self.rows_then.append(len(rows(self.data)))
            self.said.append(self._window.panel.accessibleDescription())

    def verdicts(self) -> list[Verdict]:
        """Return the verdicts in the order in which they were shown."""
        return [answer.verdict for answer in self.answers]


def rows(data: Path) -> list[Verdict]:
    """Return the verdict of every stored row, oldest first."""
    log = PassageLog(open_database(data), "west-1")
    try:
        return [entry.row.passage.verdict for entry in log.entries()]
    finally:
        log.close()


@pytest.fixture(scope="module")
def office() -> Publisher:
    """Return an office with residents of every status."""
    office = Publisher(NOW)
    office.set_status(RED, Status.RED)
    office.set_status(WITHDRAWN, Status.WITHDRAWN)
    office.set_status(YELLOW, Status.YELLOW)
    return office


@pytest.fixture
def world(office: Publisher) -> World:
    """Return what is around the station."""
    return World(beliefs_of(office))


Watch = Callable[..., tuple[GateWindow, Onlooker]]


@pytest.fixture
def watch(qtbot: QtBot, swept: None, tmp_path: Path, world: World) -> Iterator[Watch]:
    """Return a function that opens a window over a station that plays images of these texts."""
    runs: list[WindowRun] = []
    stations: list[AbstractContextManager[Station]] = []

    def watched(
        texts: list[str | None], chosen: WindowOptions | None = None
    ) -> tuple[GateWindow, Onlooker]:
        frames = write_frames(tmp_path / "frames", frames_of(*texts))

        def factory() -> ScanLoop:
            stations.append(station_with(world, tmp_path / "data", frames))
            return stations[-1].__enter__()

        window = open_window(chosen or options(pace=Pace(speed=1000)), RecordingPlayer())
        qtbot.addWidget(window)
        onlooker = Onlooker(window, tmp_path / "data")
        runs.append(WindowRun(window, factory))
        window.show()
        return window, onlooker

    yield watched
    for run in runs:
        run.end()


def dense(office: Publisher, index: int) -> str:
    """Return the digits of a pass."""
    text = office.mint(index).dense
    assert text is not None
    return text


def test_everyone_who_passes_is_answered_after_being_written_down(
    qtbot: QtBot, watch: Watch, office: Publisher
) -> None:
    people = [dense(office, index) for index in (GREEN, YELLOW, RED, WITHDRAWN, OTHER)]
    window, onlooker = watch([None, *people, None])
    expected = [
        Verdict.ADMIT,
        Verdict.HAND_CHECK,
        Verdict.REFUSE,
        Verdict.REFUSE,
        Verdict.ADMIT,
    ]
    qtbot.waitUntil(lambda: rows(onlooker.data) == expected)
    qtbot.waitUntil(lambda: sorted(set(onlooker.verdicts())) == sorted(set(expected)))
    qtbot.waitUntil(lambda: window.panel.answer is None)
    # When an answer was on the screen its row, and those of all before it, were on the disk.
    assert all(then >= number for number, then in enumerate(onlooker.rows_then, 1) if number <= 5)
    assert all(person_of(answer) == "王*明 · 123X" for answer in onlooker.answers)


def test_a_payment_code_gives_a_hint_and_no_passage(qtbot: QtBot, watch: Watch) -> None:
    window, onlooker = watch([None, PAYMENT, None], options())
    qtbot.waitUntil(lambda: window.panel.accessibleName() == HINTS["not_a_pass"].title.zh)
    assert onlooker.answers == []
    assert rows(onlooker.data) == []


def test_a_hand_scanner_reads_a_real_pass(qtbot: QtBot, watch: Watch, office: Publisher) -> None:
    window, onlooker = watch([None] * 3, options())
    qtbot.waitUntil(onlooker.data.exists)
    scan(window, dense(office, GREEN))
    qtbot.waitUntil(lambda: onlooker.verdicts() == [Verdict.ADMIT])
    assert rows(onlooker.data) == [Verdict.ADMIT]


def test_looking_only_shows_and_writes_nothing(
    qtbot: QtBot, watch: Watch, office: Publisher, world: World
) -> None:
    world.is_look_only = True
    _window, onlooker = watch([None, dense(office, GREEN)], options())
    qtbot.waitUntil(lambda: onlooker.verdicts() == [Verdict.ADMIT])
    assert rows(onlooker.data) == []


@pytest.mark.parametrize("face", [Face.SHOP, Face.KIOSK])
def test_the_unattended_faces_never_get_a_name_to_show(
    qtbot: QtBot, watch: Watch, office: Publisher, face: Face
) -> None:
    window, onlooker = watch([None, dense(office, RED)], options(face=face))
    qtbot.waitUntil(lambda: onlooker.verdicts() == [Verdict.REFUSE])
    assert rows(onlooker.data) == [Verdict.REFUSE]
    assert person_of(onlooker.answers[0]) == ""
    assert "王" not in window.panel.accessibleDescription()
