"""An office and the folder of a station that has delivered some rows, and has others waiting."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, serving
from tests.scanner.surroundings.boxes import filled


@pytest.fixture(scope="module")
def office() -> Office:
    office = Office(int(time.time()))
    office.publish()
    return office


@pytest.fixture(scope="module")
def server(office: Office) -> Iterator[OfficeServer]:
    with serving(office) as running:
        yield running


@pytest.fixture(scope="module")
def data(office: Office, server: OfficeServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(office, server, tmp_path_factory.mktemp("station") / "data")


@pytest.fixture
def copy(data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(data, tmp_path / "data"))
