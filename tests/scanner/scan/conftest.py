"""An office with a pass of every status, and the world around a station."""

from __future__ import annotations

import pytest

from keys.claims import Status
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import NOW, World, beliefs_of
from tests.scanner.scan.acting import RED, YELLOW


@pytest.fixture(scope="module")
def office() -> Publisher:
    """Return an office whose passes are green, red and yellow."""
    office = Publisher(NOW)
    office.set_status(RED, Status.RED)
    office.set_status(YELLOW, Status.YELLOW)
    return office


@pytest.fixture
def world(office: Publisher) -> World:
    """Return what is around a station that knows its checkpoint's secret."""
    return World(beliefs_of(office), secret=bytes(range(32)))
