"""What every test stands on: no screen, no network beyond this machine, repeatable drawn cases."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before anything imports Qt. A test that wants a real screen starts its own X server and program.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, settings
from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parent.parent
_UMASK = os.umask(0o022)
os.umask(_UMASK)
# How long a window may take for what takes milliseconds: only a test that fails waits for it.
_PATIENCE_MS = 60_000

# Two shared cores: how long one drawn case takes says nothing, so neither limit may fail a test.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("dev", _PATIENT)
# A submission is judged on the same cases twice; new cases are found at the desk.
settings.register_profile("ci", _PATIENT, derandomize=True, database=None)
settings.register_profile("deep", _PATIENT, max_examples=5000)
settings.load_profile(os.environ.get("KAKOU_HYPOTHESIS", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder of shared vectors and photographs; skips where it is absent.

    KAKOU_SHARED names it; without that it is the folder `shared` beside the repository.
    """
    folder = Path(os.environ.get("KAKOU_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip(f"no shared data at {folder} (KAKOU_SHARED)")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Play journeys first: they take longest, and at the end no worker is alone with one."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Leave what every test imported out of later collections: they become ten times as fast."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _files_are_everybodys_as_before() -> Iterator[None]:
    """Give the process its umask back: commands that run inside a test narrow it for good."""
    yield
    os.umask(_UMASK)


@pytest.fixture(autouse=True)
def _windows_end_in_their_own_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect the windows of a test before the next one starts threads: Qt's timers can be stopped
    in the thread of the window alone, and Python collects in whatever thread it is in.
    """
    yield
    if "qtbot" in request.fixturenames:
        gc.collect()


class PatientBot(QtBot):
    """Waits for what a busy machine does late: the 5 s of its maker are a limit on the machine."""

    def waitUntil(  # noqa: N802 - Qt's way of naming, as of every method here
        self, callback: Callable[[], bool | None], *, timeout: int = _PATIENCE_MS
    ) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(  # noqa: N802
        self, signal: Any, *, timeout: int = _PATIENCE_MS, **more: Any
    ) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitExposed(  # noqa: N802
        self, widget: Any, *, timeout: int = _PATIENCE_MS
    ) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """Return what drives windows."""
    return PatientBot(request)
