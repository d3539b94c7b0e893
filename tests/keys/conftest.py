"""A trust repository as an office publishes it, and the command line inside this process."""

from __future__ import annotations

import pytest

from tests.keys.commandline import Inside
from tests.keys.trustmakers import Repository


@pytest.fixture
def repository() -> Repository:
    """Return a repository that was published once."""
    return Repository().publish()


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Inside:
    """Return what runs `python -m keys` inside this process."""
    return Inside(monkeypatch, capsysbinary)
