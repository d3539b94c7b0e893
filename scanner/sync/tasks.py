"""The two tasks that run beside the gate: pull what to believe, push what happened. One failing
never delays the other.

Each is a thread with its own connection, database and back-off, and a visible last success, last
error and next try.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from keys.errors import KeysError
from scanner.errors import IssuerTrouble, NetworkDown, ScannerError
from scanner.sync.backoff import LONGEST_S, LONGEST_WITHOUT_ROUTE_S, retry_delay_s

log = logging.getLogger(__name__)
PULL_EVERY_S: Final = 60.0
PUSH_EVERY_S: Final = 2.0
NEVER_SYNCED: Final = "never_synced"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskState:
    """What one task last did. Times are seconds of the monotonic clock; error: a code, None after a
    success.
    """

    last_success_s: float | None = None
    error: str | None = NEVER_SYNCED
    failures: int = 0
    next_try_s: float = 0.0
    told_to_wait: bool = False


class Once:
    """One run of a task, and the end of what it holds open."""

    def __init__(self, run: Callable[[], object], close: Callable[[], None]) -> None:
        self.run = run
        self.close = close


class RepeatedTask:
    """Runs `once` in a thread of its own, again and again: every `every_s` after a success, with
    back-off after failures.

    `once` is made by `factory` inside the thread, so that it opens its own database there; it is
    closed there too.
    """

    def __init__(
        self,
        name: str,
        factory: Callable[[], Once],
        *,
        every_s: float,
        now_s: Callable[[], float],
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._factory = factory
        self._every_s = every_s
        self._now_s = now_s
        self._draw = draw
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._state = TaskState()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def state(self) -> TaskState:
        """The last known state; replaced as a whole, safe to read from any thread."""
        return self._state

    def start(self) -> None:
        """Start the thread; the first try is at once."""
        self._thread.start()

    def wake(self) -> None:
        """Try now instead of at the planned time, unless a failure's wait is running."""
        if self._state.failures == 0:
            self._wake.set()

    def network_is_back(self) -> None:
        """Try now: the other task reached the issuer. An issuer's own Retry-After stays obeyed."""
        if not self._state.told_to_wait:
            self._wake.set()

    def stop(self, wait_s: float = 5.0) -> None:
        """End the thread; a running exchange is given `wait_s` seconds."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        once: Once | None = None
        try:
            while not self._stop.is_set():
                once = self._try(once)
                self._wake.wait(max(0.0, self._state.next_try_s - self._now_s()))
                self._wake.clear()
        finally:
            if once is not None:
                once.close()

    def _try(self, once: Once | None) -> Once | None:
        """Run once more, made first where that has not worked yet; return what is open now."""
        try:
            once = once or self._factory()
            once.run()
        except IssuerTrouble as error:
            self._failed(error.code, error.retry_after_s)
        except NetworkDown as error:
            self._failed(error.code, None, LONGEST_WITHOUT_ROUTE_S)
        except (ScannerError, KeysError) as error:
            self._failed(error.code, None)
        except Exception:  # the gate goes on judging whatever a sync runs into
            log.exception("sync task %s", self._thread.name)
            self._failed("station_fault", None)
        else:
            now_s = self._now_s()
            self._state = TaskState(
                last_success_s=now_s, error=None, failures=0, next_try_s=now_s + self._every_s
            )
        return once

    def _failed(self, code: str, retry_after_s: float | None, longest_s: float = LONGEST_S) -> None:
        failures = self._state.failures + 1
        delay_s = retry_delay_s(failures, self._draw(), retry_after_s, longest_s=longest_s)
        if failures == 1 or self._state.error != code:
            log.warning("sync task %s: %s", self._thread.name, code)
        self._state = replace(
            self._state,
            error=code,
            failures=failures,
            next_try_s=self._now_s() + delay_s,
            told_to_wait=retry_after_s is not None,
        )
