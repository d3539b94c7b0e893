"""The window and its thread together: started after the first paint, ended without a trace."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.answer_stand import Pace
from scanner.screen.gate_window import GateWindow
from scanner.screen.run import ENDED_BY_FAULT, ENDED_WELL, WindowRun, open_window, run_window
from scanner.station import ScanLoop, ScanStep
from tests.scanner.screen.played_loop import PlayedLoop
from tests.scanner.screen.scenes import options, result, step

Start = Callable[..., WindowRun]


def test_with_once_the_window_closes_with_the_source(qapp: QApplication, swept: None) -> None:
    player = RecordingPlayer()
    played = iter([step(), step(result(Verdict.ADMIT)), step(result(Verdict.REFUSE, number=8))])
    code = run_window(lambda: PlayedLoop(played), options(once=True), player)
    assert code == ENDED_WELL
    assert {verdict for verdict, _ in player.played} == {Verdict.ADMIT, Verdict.REFUSE}


def test_with_once_a_source_that_cannot_be_opened_ends_with_an_error(
    qapp: QApplication, swept: None
) -> None:
    def factory() -> ScanLoop:
        raise OSError("no such source")

    assert run_window(factory, options(once=True), RecordingPlayer()) == ENDED_BY_FAULT


@pytest.fixture
def start(qtbot: QtBot, swept: None) -> Iterator[Callable[..., WindowRun]]:
    """Return a function that ties a window to a loop, and end the thread whatever happens."""
    runs: list[WindowRun] = []

    def started(window: GateWindow, factory: Callable[[], ScanLoop]) -> WindowRun:
        qtbot.addWidget(window)
        runs.append(WindowRun(window, factory))
        return runs[-1]

    yield started
    for run in runs:
        run.end()


def test_closing_the_window_ends_the_thread(qtbot: QtBot, start: Start) -> None:
    loops: list[PlayedLoop] = []

    def factory() -> ScanLoop:
        loops.append(PlayedLoop(step(number=number) for number in count()))
        return loops[-1]

    window = open_window(options(), RecordingPlayer())
    run = start(window, factory)
    window.show()
    qtbot.waitUntil(lambda: bool(loops) and loops[0].given > 10)
    window.close()
    run.end()
    assert loops[0].closed
    assert run.findChild(QThread) is None
    assert not [one for one in threading.enumerate() if one.name == "scanning"]


def test_frames_flow_only_as_fast_as_they_are_painted(qtbot: QtBot, start: Start) -> None:
    window = open_window(options(), RecordingPlayer())
    painted: list[int] = []
    window.frame_painted.connect(lambda: painted.append(1))
    loops: list[PlayedLoop] = []

    def factory() -> ScanLoop:
        loops.append(PlayedLoop(step(number=number) for number in count()))
        return loops[-1]

    run = start(window, factory)
    window.show()
    qtbot.waitUntil(lambda: len(painted) >= 20)
    run.end()
    # Far more frames were scanned than shown; none waited in a queue.
    assert loops[0].given >= len(painted)


def test_the_first_paint_does_not_wait_for_the_loop(qtbot: QtBot, start: Start) -> None:
    may_build, building = threading.Event(), threading.Event()

    def factory() -> ScanLoop:
        building.set()
        assert may_build.wait(60)
        nothing: Iterator[ScanStep] = iter(())
        return PlayedLoop(nothing)

    window = open_window(options(), RecordingPlayer())
    run = start(window, factory)
    with qtbot.waitSignal(window.first_painted):
        window.show()
    qtbot.waitUntil(building.is_set)
    may_build.set()
    run.end()


def test_results_are_heard_even_if_the_window_never_shows(qtbot: QtBot, start: Start) -> None:
    player = RecordingPlayer()
    window = open_window(options(pace=Pace(speed=1000)), player)
    people = (step(result(Verdict.ADMIT, number=number)) for number in range(5))
    run = start(window, lambda: PlayedLoop(people))
    window.hide()
    qtbot.waitUntil(lambda: player.played != [])
    run.end()


def test_the_window_shows_without_the_heavy_libraries() -> None:
    # What costs a third of a second to import is imported after the first paint.
    heavy = "{'cv2', 'sqlite_utils', 'httpx', 'pyzbar', 'zxingcpp'}"
    program = f"import sys, scanner.screen.run; sys.exit(len({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("number", ["SIGTERM", "SIGINT"])
def test_a_services_stop_closes_the_window(number: str) -> None:
    program = (
        "import os, signal, sys\n"
        "from tests.scanner.screen.scenes import options\n"
        "from tests.scanner.screen.played_loop import PlayedLoop\n"
        "from tests.scanner.screen.scenes import step\n"
        "from scanner.gate.sounds_player import RecordingPlayer\n"
        "from scanner.screen.run import run_window\n"
        "def steps():\n"
        "    yield step()\n"
        f"    os.kill(os.getpid(), signal.{number})\n"
        "    while True: yield step()\n"
        "loop = PlayedLoop(steps())\n"
        "code = run_window(lambda: loop, options(), RecordingPlayer())\n"
        "sys.exit(code if loop.closed else 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=180)
    assert done.returncode == ENDED_WELL


def test_rubbish_is_collected_again_from_the_first_paint_on(
    qapp: QApplication, swept: None
) -> None:
    collected: list[bool] = []

    def factory() -> ScanLoop:
        collected.append(gc.isenabled())
        return PlayedLoop(iter([step()]))

    gc.disable()  # as scanner.app does before it loads the window
    try:
        code = run_window(factory, options(once=True), RecordingPlayer())
    finally:
        gc.enable()

    assert (code, collected) == (ENDED_WELL, [True])
