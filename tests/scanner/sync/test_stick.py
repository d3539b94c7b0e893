"""What an office publishes, brought by stick: the same files, read as strictly."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from scanner.app import main
from scanner.errors import IssuerTrouble, NotPublished
from scanner.record.cache import StatusCache
from scanner.sync.folder import FolderFetcher
from scanner.sync.refresh import pull_once
from tests.fakes.office_server import serving
from tests.fakes.publisher import ISSUER
from tests.fakes.trust_office import TrustOffice
from tests.keys.makers import NOW
from tests.scanner.sync.rigs import enrolling, reading


@pytest.fixture
def office() -> TrustOffice:
    office = TrustOffice(NOW)
    office.publish()
    return office


@pytest.fixture
def cache(tmp_path: Path, office: TrustOffice) -> StatusCache:
    return StatusCache(tmp_path / "station", office.root)


@pytest.fixture
def stick(tmp_path: Path, office: TrustOffice) -> Path:
    folder = tmp_path / "stick" / "kakou"
    office.write_folder(folder)
    return folder


def test_the_same_folder_on_a_stick_updates_a_gate_without_a_network(
    office: TrustOffice, cache: StatusCache, stick: Path
) -> None:
    fetcher = FolderFetcher(stick)
    report = pull_once(fetcher, cache, home=ISSUER, root=office.root, reading=reading())
    assert (report.trust_version, report.manifest_version) == (1, 1)


@pytest.mark.parametrize("path", ["../secret", "trust/../../secret", "/etc/passwd", "a//b", "."])
def test_no_name_leads_out_of_the_stick(stick: Path, path: str) -> None:
    (stick.parent / "secret").write_bytes(b"x")
    with pytest.raises(IssuerTrouble) as caught:
        FolderFetcher(stick).fetch(path, 100)
    assert caught.value.code == "odd_file"


@pytest.mark.skipif(os.name != "posix", reason="links and pipes as POSIX has them")
@pytest.mark.parametrize("kind", ["link", "folder link", "pipe", "folder"])
def test_only_plain_files_are_read(stick: Path, kind: str) -> None:
    match kind:
        case "link":
            (stick / "odd").symlink_to(stick / "manifest")
        case "folder link":
            (stick / "odd").symlink_to(stick / "trust")
        case "pipe":
            os.mkfifo(stick / "odd")
        case _:
            (stick / "odd").mkdir()
    with pytest.raises(IssuerTrouble) as caught:
        FolderFetcher(stick).fetch("odd/root" if kind == "folder link" else "odd", 100)
    assert caught.value.code in {"odd_file", "stick_unreadable"}


def test_a_file_larger_than_asked_for_is_not_read(stick: Path) -> None:
    (stick / "manifest").write_bytes(bytes(9000))
    with pytest.raises(IssuerTrouble) as caught:
        FolderFetcher(stick).fetch("manifest", 8192)
    assert caught.value.code == "too_large"


def test_a_missing_file_is_not_published(stick: Path) -> None:
    for path in ("nothing", "manifest/below"):
        with pytest.raises(NotPublished):
            FolderFetcher(stick).fetch(path, 100)


def test_the_command_pulls_from_a_stick(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    office = TrustOffice(int(time.time()))
    office.publish()
    folder, stick = tmp_path / "gate", tmp_path / "kakou"
    with serving(office) as server:
        enrolling(folder, server, office.add_station(), None)
    office.write_folder(stick)
    asked = ["sync", "--from", str(stick), "--data", str(folder), "--json"]
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["pull"]["status_version"] == 1
    (stick / "manifest").unlink()
    assert main(asked) != 0
    assert json.loads(capsys.readouterr().out)["pull"]["code"] == "not_published"
