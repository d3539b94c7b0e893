"""An office that says 503 and Retry-After: a station obeys, keeps its rows, sends them later."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from issuer.problems.web import AT_ONCE_FROM_ONE
from scanner.errors import IssuerTrouble
from scanner.surroundings.known import open_known
from scanner.surroundings.syncing import push
from scanner.sync.fetch import HttpExchange
from scanner.sync.tasks import Once, RepeatedTask
from tests.journeys.crash_rig import Gate
from tests.journeys.in_process import served_office
from tests.journeys.programs import until

pytestmark = pytest.mark.usefixtures("uncounted")

RETRY_AFTER_S = 10


@contextmanager
def crowded(url: str) -> Iterator[None]:
    """Keep as many requests open at the office as it takes from one address."""
    host, port = url.removeprefix("http://").split(":")
    head = f"POST /sync/passages HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(AT_ONCE_FROM_ONE):
            line = stack.enter_context(socket.create_connection((host, int(port)), timeout=60))
            line.sendall(head)
        yield


def test_a_station_obeys_retry_after_and_sends_when_it_may(tmp_path: Path) -> None:
    with served_office(tmp_path) as office:
        gate = Gate(office, tmp_path, passes=1)
        gate.write(5)
        known = open_known(gate.data)
        stop = threading.Event()

        def factory() -> Once:
            exchange = HttpExchange(office.url)
            stack = ExitStack()
            log = stack.enter_context(gate.log())
            stack.callback(exchange.close)
            return Once(lambda: push(known, exchange, log), stack.close)

        task = RepeatedTask("push", factory, every_s=0.05, now_s=time.monotonic, draw=lambda: 0.5)
        with crowded(office.url):
            until(lambda: _is_crowded(office.url), "the office is crowded")
            task.start()
            until(lambda: task.state.failures == 1, "the push was refused")
            wait_s = task.state.next_try_s - time.monotonic()
            task.wake()
            task.network_is_back()
            assert not stop.wait(0.3)
            assert (task.state.failures, task.state.error) == (1, "overloaded")
            assert task.state.told_to_wait
            assert RETRY_AFTER_S * 1.25 - 5 < wait_s <= RETRY_AFTER_S * 1.25
        task.stop()
        with gate.log() as log:
            assert (log.waiting_count(), log.set_aside_count()) == (5, 0)
        gate.settle()


def _is_crowded(url: str) -> bool:
    """Return whether the office says that too many are asking."""
    exchange = HttpExchange(url)
    try:
        exchange.fetch("manifest", 1 << 16)
    except IssuerTrouble as trouble:
        return (trouble.code, trouble.retry_after_s) == ("overloaded", RETRY_AFTER_S)
    finally:
        exchange.close()
    return False
