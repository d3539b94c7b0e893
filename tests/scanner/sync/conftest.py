"""An office that has published, on loopback, and a station that pulls from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, serving
from tests.scanner.sync.rigs import NOW, Puller


@pytest.fixture
def office() -> Office:
    """Return an office that has published once."""
    office = Office(NOW)
    office.publish()
    return office


@pytest.fixture
def server(office: Office) -> Iterator[OfficeServer]:
    """Return the test's office on loopback."""
    with serving(office) as running:
        yield running


@pytest.fixture
def station(office: Office, tmp_path: Path) -> Puller:
    """Return a station that pulls from the test's office."""
    return Puller(office, tmp_path)
