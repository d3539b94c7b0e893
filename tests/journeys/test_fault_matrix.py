"""The fault matrix: every fault beside its scene without it. Without: admitted. With: never."""

from __future__ import annotations

import resource
import signal
from pathlib import Path
from typing import Any, Final

import pytest

from keys.passages import Verdict
from tests.journeys.fault_scenes import (
    Scene,
)
from tests.journeys.fault_tables import MATRIX
from tests.journeys.faults import nothing

ADMITTING: Final = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}


@pytest.fixture(autouse=True)
def unlimited_files() -> Any:
    """Give back what a full disk took away."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.getsignal(signal.SIGXFSZ)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("name", MATRIX)
def test_a_fault_never_admits_and_its_scene_without_it_does(name: str, tmp_path: Path) -> None:
    story, fault = MATRIX[name]
    whole = Scene(tmp_path / "whole")
    story(whole, nothing)
    assert whole.verdict() in ADMITTING

    faulty = Scene(tmp_path / "faulty")
    story(faulty, fault)
    assert faulty.verdict() not in ADMITTING


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(MATRIX) >= 60
