"""The scanning thread: it never floods the screen, never loses a result, always ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import count, islice

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from keys.passages import Verdict
from scanner.decide.actions import OpenForEmergency, TakeBack
from scanner.screen.worker import ActionDone, ScanEnd, ScanWorker, StationState
from scanner.station import ScanLoop, ScanStep
from tests.scanner.screen.played_loop import EMERGENCY, PlayedLoop
from tests.scanner.screen.scenes import freshness, result, step

Start = Callable[..., ScanWorker]


class CameraGone(Exception):
    """What a loop raises when its camera cannot be opened."""

    code = "camera_source_not_found"


@pytest.fixture
def start(qtbot: QtBot, swept: None) -> Iterator[Start]:
    """Return a function that runs a worker in a thread of its own, keeping what it emits."""
    running: list[tuple[ScanWorker, threading.Thread]] = []

    def started(factory: Callable[[], ScanLoop], **kept: list[object]) -> ScanWorker:
        worker = ScanWorker(factory, once="ends" in kept)
        # The window uses a QThread (test_run.py); here one that coverage can look into.
        thread = threading.Thread(target=worker.run)
        # Appending to a list is the same in any thread; windows use slots of their own.
        for signal, name in (
            (worker.stepped, "steps"),
            (worker.state_changed, "states"),
            (worker.finished, "ends"),
        ):
            if name in kept:
                signal.connect(kept[name].append)
        running.append((worker, thread))
        thread.start()
        return worker

    yield started
    for worker, thread in running:
        worker.stop()
        thread.join(60)
        assert not thread.is_alive()


def _steps(amount: int) -> Iterator[ScanStep]:
    return (step(number=number) for number in range(amount))


def test_the_loop_is_built_driven_and_closed_in_the_workers_thread(
    qtbot: QtBot, start: Start
) -> None:
    loops: list[PlayedLoop] = []
    ends: list[object] = []

    def factory() -> ScanLoop:
        loops.append(PlayedLoop(_steps(3)))
        return loops[-1]

    start(factory, ends=ends)
    qtbot.waitUntil(lambda: ends == [ScanEnd(fault=None)])
    assert loops[0].closed
    assert loops[0].thread is not threading.main_thread()


def test_while_a_frame_is_on_its_way_to_the_screen_newer_ones_are_dropped(
    qtbot: QtBot, start: Start
) -> None:
    steps: list[object] = []
    ends: list[object] = []
    start(lambda: PlayedLoop(_steps(200)), steps=steps, ends=ends)
    qtbot.waitUntil(lambda: ends != [])
    assert len(steps) == 1


def test_after_the_frame_was_painted_the_newest_one_comes_next(qtbot: QtBot, start: Start) -> None:
    allow = threading.Semaphore(5)
    steps: list[ScanStep] = []
    loops: list[PlayedLoop] = []

    def factory() -> ScanLoop:
        loops.append(PlayedLoop((step(number=n) for n in count()), allow=allow))
        return loops[-1]

    worker = start(factory, steps=steps)
    qtbot.waitUntil(lambda: bool(loops) and loops[0].given == 5)
    qtbot.waitUntil(lambda: len(steps) == 1)
    worker.frame_painted()
    allow.release()
    qtbot.waitUntil(lambda: len(steps) == 2)
    assert [one.frame.number for one in steps if one.frame is not None] == [0, 5]


def test_results_always_reach_the_window_even_when_the_screen_is_slow(
    qtbot: QtBot, start: Start
) -> None:
    people = [step(result(Verdict.ADMIT, number=n), number=n) for n in range(20)]
    played = [one for person in people for one in (step(), person, step())]
    steps: list[ScanStep] = []
    ends: list[object] = []
    start(lambda: PlayedLoop(iter(played)), steps=steps, ends=ends)
    qtbot.waitUntil(lambda: ends != [])
    assert [one for one in steps if one.results] == people
    assert len(steps) < len(played)


def test_a_new_hint_reaches_the_window_once(qtbot: QtBot, start: Start) -> None:
    played = [step(), *(step(hint="not_a_pass") for _ in range(9)), step(hint="closer")]
    steps: list[ScanStep] = []
    ends: list[object] = []
    start(lambda: PlayedLoop(iter(played)), steps=steps, ends=ends)
    qtbot.waitUntil(lambda: ends != [])
    assert [one.hint for one in steps] == [None, "not_a_pass", "closer"]


def test_a_loop_that_breaks_is_told_closed_and_built_anew(qtbot: QtBot, start: Start) -> None:
    loops: list[PlayedLoop] = []
    states: list[StationState] = []

    def breaking() -> Iterator[ScanStep]:
        yield step()
        raise RuntimeError("as drivers do")

    def factory() -> ScanLoop:
        loops.append(PlayedLoop(breaking() if not loops else (step() for _ in count())))
        return loops[-1]

    start(factory, states=states)
    qtbot.waitUntil(lambda: len(loops) == 2)
    assert loops[0].closed
    assert StationState(freshness=freshness(), camera_fault="station_fault") in states
    qtbot.waitUntil(lambda: states[-1] == StationState(freshness=freshness(), camera_fault=None))


def test_a_loop_that_cannot_be_built_says_its_own_code(qtbot: QtBot, start: Start) -> None:
    states: list[StationState] = []

    def factory() -> ScanLoop:
        raise CameraGone

    start(factory, states=states)
    expected = StationState(freshness=None, camera_fault="camera_source_not_found")
    qtbot.waitUntil(lambda: expected in states)


def test_with_once_a_fault_ends_the_worker(qtbot: QtBot, start: Start) -> None:
    ends: list[object] = []

    def factory() -> ScanLoop:
        raise CameraGone

    start(factory, ends=ends)
    qtbot.waitUntil(lambda: ends == [ScanEnd(fault="camera_source_not_found")])


def test_the_state_is_told_when_it_changes_and_not_otherwise(qtbot: QtBot, start: Start) -> None:
    faults: Iterator[str | None] = iter([None, None, "unplugged"])
    asked: list[int] = []
    states: list[StationState] = []

    def camera_fault() -> str | None:
        asked.append(1)
        return next(faults, "unplugged")

    allow = threading.Semaphore(0)
    start(
        lambda: PlayedLoop((step() for _ in count()), camera_fault=camera_fault, allow=allow),
        states=states,
    )
    qtbot.waitUntil(lambda: len(asked) >= 4)
    assert [state.camera_fault for state in states] == [None, "unplugged"]


def test_a_stopped_worker_ends_within_the_step_it_is_in(qtbot: QtBot, start: Start) -> None:
    ends: list[object] = []
    loops: list[PlayedLoop] = []

    def factory() -> ScanLoop:
        loops.append(PlayedLoop(_steps(0), allow=threading.Semaphore(0)))
        return loops[-1]

    worker = start(factory, ends=ends)
    qtbot.waitUntil(lambda: loops != [])
    worker.stop()
    qtbot.waitUntil(lambda: ends == [ScanEnd(fault=None)])
    QCoreApplication.processEvents()
    assert loops[0].closed


def test_a_frame_is_never_queued_behind_another(qtbot: QtBot, start: Start) -> None:
    steps: list[ScanStep] = []
    ends: list[object] = []
    worker = start(lambda: PlayedLoop(islice((step(number=n) for n in count()), 400)), ends=ends)
    worker.stepped.connect(steps.append)
    for shown in range(1, 20):
        qtbot.waitUntil(lambda shown=shown: len(steps) >= shown or ends != [])  # type: ignore[misc]
        assert len(steps) <= shown
        worker.frame_painted()


def test_an_action_is_done_in_the_workers_thread_and_its_answer_comes_back(
    qtbot: QtBot, start: Start
) -> None:
    done: list[object] = []
    worker = start(lambda: PlayedLoop((step() for _ in count()), allow=threading.Semaphore(0)))
    worker.acted.connect(done.append)
    worker.take_action(OpenForEmergency())
    worker.take_action(TakeBack(passage_id=bytes(16)))
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done[0] == ActionDone(action=OpenForEmergency(), result=EMERGENCY)
    assert done[1] == ActionDone(action=TakeBack(passage_id=bytes(16)), fault="too_late")
