"""The two tasks beside the gate, each in its own thread, with a back-off and a state of its own."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from keys.errors import UntrustedData
from scanner.errors import IssuerTrouble, NetworkDown, StationFault
from scanner.sync.tasks import NEVER_SYNCED, Once, RepeatedTask
from tests.scanner.sync.rigs import wait_until

LONG_S = 3600.0


class Work:
    """What a task runs: scripted errors first, then success. Remembers its threads."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made_in: list[str] = []
        self.closed_in: list[str] = []
        self.runs = 0

    def factory(self) -> Once:
        self.made_in.append(threading.current_thread().name)
        return Once(self.run, self.close)

    def run(self) -> None:
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)

    def close(self) -> None:
        self.closed_in.append(threading.current_thread().name)


def _has_failed(task: RepeatedTask, times: int) -> bool:
    return task.state.failures == times


Starter = Callable[..., RepeatedTask]


@pytest.fixture
def start() -> Iterator[Starter]:
    tasks: list[RepeatedTask] = []

    def make(
        factory: Callable[[], Once], every_s: float = LONG_S, draw: float = 0.0
    ) -> RepeatedTask:
        task = RepeatedTask(
            f"task {len(tasks)}",
            factory,
            every_s=every_s,
            now_s=time.monotonic,
            draw=lambda: draw,
        )
        tasks.append(task)
        task.start()
        return task

    yield make
    for task in tasks:
        task.stop()


def test_the_first_try_is_at_once_and_in_a_thread_of_its_own(start: Starter) -> None:
    work = Work()
    task = start(work.factory)

    wait_until(lambda: task.state.last_success_s is not None)
    assert (task.state.error, task.state.failures) == (None, 0)
    assert task.state.next_try_s > time.monotonic() + LONG_S / 2
    task.stop()
    assert work.made_in == work.closed_in == ["task 0"]


def test_a_task_that_never_ran_says_so() -> None:
    task = RepeatedTask("idle", Work().factory, every_s=1, now_s=time.monotonic)

    assert (task.state.error, task.state.last_success_s) == (NEVER_SYNCED, None)
    task.stop()


def test_a_task_runs_again_and_again(start: Starter) -> None:
    work = Work()
    start(work.factory, every_s=0.001)

    wait_until(lambda: work.runs > 5)
    assert len(work.made_in) == 1


def test_a_wake_brings_the_next_run_forward(start: Starter) -> None:
    work = Work()
    task = start(work.factory)
    wait_until(lambda: task.state.last_success_s is not None)

    task.wake()

    wait_until(lambda: work.runs == 2)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NetworkDown("x"), "no_route"),
        (IssuerTrouble("x", code="captive_portal"), "captive_portal"),
        (UntrustedData(code="rollback"), "rollback"),
        (StationFault("x", code="disk_full"), "disk_full"),
        (ZeroDivisionError(), "station_fault"),
    ],
)
def test_every_failure_is_shown_and_tried_again(
    start: Starter, error: Exception, code: str
) -> None:
    work = Work(error)
    task = start(work.factory, draw=0.0)

    wait_until(lambda: task.state.failures == 1)
    assert (task.state.error, task.state.last_success_s) == (code, None)
    wait_until(lambda: task.state.error is None)
    assert (work.runs, task.state.failures, len(work.made_in)) == (2, 0, 1)


def test_a_wake_does_not_cut_the_wait_after_a_failure(start: Starter) -> None:
    work = Work(IssuerTrouble(code="overloaded", retry_after_s=LONG_S))
    task = start(work.factory)
    wait_until(lambda: task.state.failures == 1)

    task.wake()
    task.network_is_back()

    assert task.state.told_to_wait
    assert LONG_S <= task.state.next_try_s - time.monotonic() + 20 <= 1.5 * LONG_S + 20
    assert not task._wake.is_set()
    assert work.runs == 1


def test_a_network_that_is_back_ends_the_wait_unless_the_issuer_asked_for_it(
    start: Starter,
) -> None:
    errors = [NetworkDown("x") for _ in range(12)]
    work = Work(*errors)
    task = start(work.factory, draw=0.999)

    # The waits grow to minutes; each return of the network cuts one short.
    for run in range(1, 13):
        wait_until(functools.partial(_has_failed, task, run))
        task.network_is_back()
    wait_until(lambda: task.state.error is None)


def test_a_network_that_is_back_is_used_at_once_also_by_a_task_that_is_well(
    start: Starter,
) -> None:
    work = Work()
    task = start(work.factory)
    wait_until(lambda: task.state.error is None)

    task.network_is_back()

    wait_until(lambda: work.runs == 2)


def test_what_could_not_be_opened_at_the_start_is_opened_later(start: Starter) -> None:
    work = Work()
    troubles: list[Exception] = [StationFault(code="disk_unusable"), OSError("odd")]

    def factory() -> Once:
        if troubles:
            raise troubles.pop(0)
        return work.factory()

    task = start(factory)

    wait_until(lambda: task.state.error == "disk_unusable")
    wait_until(lambda: task.state.error is None)
    assert work.runs == 1


def test_one_task_that_hangs_never_delays_the_other(start: Starter) -> None:
    let_go = threading.Event()
    hanging = start(lambda: Once(lambda: let_go.wait(60), lambda: None))
    work = Work()
    free = start(work.factory, every_s=0.001)

    wait_until(lambda: work.runs > 5)
    assert (free.state.error, hanging.state.error) == (None, NEVER_SYNCED)
    began = time.monotonic()
    hanging.stop(wait_s=0.05)
    assert time.monotonic() - began < 30
    let_go.set()


def test_a_stopped_task_has_closed_what_it_opened(start: Starter) -> None:
    work = Work()
    task = start(work.factory, every_s=0.001)
    wait_until(lambda: work.runs > 1)

    task.stop()

    assert work.closed_in == ["task 0"]
    runs = work.runs
    task.wake()
    assert work.runs == runs
