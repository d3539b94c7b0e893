"""A scan loop that plays prepared steps, for windows and workers under test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from keys.passages import Reason, Verdict
from scanner.decide.actions import Action, OpenForEmergency
from scanner.station import Freshness, ScanResult, ScanStep
from tests.scanner.screen.scenes import freshness, result

EMERGENCY = result(Verdict.ADMIT, reason=Reason.EMERGENCY, name="", id_tail="", identity=None)


class TooLate(Exception):
    """What was asked for cannot be done any more."""

    code = "too_late"


class PlayedLoop:
    """Gives each step of `steps` once, waiting for `allow` before each if there is one."""

    def __init__(
        self,
        steps: Iterator[ScanStep],
        *,
        state: Callable[[], Freshness] = freshness,
        camera_fault: Callable[[], str | None] = lambda: None,
        allow: threading.Semaphore | None = None,
    ) -> None:
        self._steps = steps
        self._state = state
        self._fault = camera_fault
        self._allow = allow
        self._over = False
        self.given = 0
        self.texts: list[str] = []
        self.closed = False
        self.thread = threading.current_thread()

    def step(self, timeout_s: float) -> ScanStep | None:
        """Return the next step, None when it is not allowed in time or there is no more."""
        if self._allow is not None and not self._allow.acquire(timeout=timeout_s):
            return None
        step = next(self._steps, None)
        self._over = step is None
        self.given += step is not None
        return step

    def scan(self, text: str, mono_s: float) -> ScanResult | None:
        """Return an admission for a text that starts like a pass, None for any other."""
        self.texts.append(text)
        return result(Verdict.ADMIT, number=len(self.texts)) if text.startswith("KK1:") else None

    def act(self, action: Action) -> ScanResult | None:
        """Open for an emergency; refuse whatever else is asked."""
        if action == OpenForEmergency():
            return EMERGENCY
        raise TooLate

    def ended(self) -> bool:
        """Return whether every step was given."""
        return self._over

    def freshness(self) -> Freshness:
        """Return what `state` says."""
        return self._state()

    def camera_fault(self) -> str | None:
        """Return what `camera_fault` says."""
        return self._fault()

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True
