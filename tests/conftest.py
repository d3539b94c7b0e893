"""What every test stands on: no screen, no network beyond this machine, repeatable drawn cases."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt. A test that wants a real screen starts its own X server and program.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

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


def pytest_collection_finish() -> None:
    """Leave what every test imported out of later collections: they become ten times as fast."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _windows_end_in_their_own_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect the windows of a test before the next one starts threads: Qt's timers can be stopped
    in the thread of the window alone, and Python collects in whatever thread it is in.
    """
    yield
    if "qtbot" in request.fixturenames:
        gc.collect()
