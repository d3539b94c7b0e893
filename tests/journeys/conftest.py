"""One serving office for a journey, and a gate with its window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.journeys.in_process import ServedOffice, served_office
from tests.journeys.programs import Issuer
from tests.journeys.window_gate import Gate, open_gate


@pytest.fixture
def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start programs without counting what runs in them: a killed process writes no count, counting
    halves its speed, and what runs there is counted in other journeys.
    """
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="session")
def made_issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Return the office that journeys copy: its ceremony takes seconds."""
    return Issuer.made(tmp_path_factory.mktemp("issuer"))


@pytest.fixture
def issuer(made_issuer: Issuer, tmp_path: Path) -> Iterator[Issuer]:
    """Return an office that serves; it is killed at the end."""
    office = made_issuer.copied(tmp_path)
    office.start()
    yield office
    office.kill()


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedOffice]:
    """Return an office for many gates. Its clock stays the machine's: only gates' clocks move."""
    with served_office(tmp_path_factory.mktemp("town")) as office:
        yield office


@pytest.fixture
def gate(qtbot: QtBot, town: ServedOffice, tmp_path: Path) -> Iterator[Callable[..., Gate]]:
    """Return a function that opens a gate of the town with these settings."""
    with ExitStack() as stack:

        def opened(**chosen: Any) -> Gate:
            return stack.enter_context(open_gate(qtbot, town, tmp_path, **chosen))

        yield opened
