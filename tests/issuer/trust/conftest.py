"""Media, stations and a neighbour for the tests of the trust repository."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from issuer.app import open_office
from issuer.people.office import Office
from issuer.settings import Folder
from issuer.trust.actions.signers import Media
from tests.issuer.rigs import SETTINGS, MadeOffice, TestClock, make_office
from tests.issuer.trust.rigs import Station


@pytest.fixture
def media(made_office: MadeOffice, tmp_path: Path) -> Media:
    """Return the media of the ceremony, copied: a rotation writes on them."""
    shutil.copytree(made_office.folder.parent / "offline", tmp_path / "offline")
    return Media(folders=(tmp_path / "offline",))


@pytest.fixture
def station(office: Office) -> Station:
    """Return a station that has read the office's repository once."""
    return Station(office)


@pytest.fixture(scope="session")
def made_neighbour(tmp_path_factory: pytest.TempPathFactory) -> MadeOffice:
    """Return the office of the issuer `ningbo` that tests copy."""
    settings = replace(SETTINGS, issuer="ningbo", public_url="https://ningbo.example")
    return make_office(tmp_path_factory.mktemp("neighbour"), "", settings)


@pytest.fixture
def neighbour(made_neighbour: MadeOffice, tmp_path: Path, clock: TestClock) -> Office:
    """Return a second office, of the issuer `ningbo`, on the same clock."""
    shutil.copytree(made_neighbour.folder, tmp_path / "ningbo")
    return replace(open_office(Folder(tmp_path / "ningbo")), now=clock)
