"""An office of today on loopback, for what reads the machine's own clock."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, serving


@pytest.fixture
def office() -> Office:
    """Return an office that has published just now."""
    office = Office(int(time.time()))
    office.publish()
    return office


@pytest.fixture
def server(office: Office) -> Iterator[OfficeServer]:
    """Return the test's office on loopback."""
    with serving(office) as running:
        yield running
