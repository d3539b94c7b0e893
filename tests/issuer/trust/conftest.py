"""Media, stations and a neighbour for the tests of the trust repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from issuer.app import main, open_office
from issuer.people.office import Office
from issuer.settings import Folder
from issuer.trust.actions.signers import Media
from tests.issuer.rigs import MadeOffice
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


@pytest.fixture
def neighbour(tmp_path: Path, media: Media) -> Office:
    """Return a second office, of the issuer `ningbo`."""
    data, offline = tmp_path / "ningbo", tmp_path / "ningbo-offline"
    asked = ["init", "--offline", str(offline), "--data", str(data), "--name", "ningbo"]
    assert main([*asked, "--url", "https://ningbo.example"]) == 0
    return open_office(Folder(data))
