"""One serving office for a journey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.programs import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[Issuer]:
    """Return an office that serves; it is killed at the end."""
    office = Issuer(tmp_path)
    office.start()
    yield office
    office.kill()
