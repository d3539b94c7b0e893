"""The commands of the trust repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from issuer.app import main
from issuer.errors import Code
from issuer.people.office import Office
from issuer.trust.actions.signers import Media
from issuer.trust.rules.publication import OFFICE
from keys.trustlist import Purpose
from keys.trustmeta import ROOT, TARGETS
from tests.issuer.trust.rigs import run


def test_the_commands_speak(
    office: Office, media: Media, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\npassword_cost = "interactive"\n'
    )
    offline = ("--offline", str(media.folders[0]), "--operator", "li")
    said: list[Any] = []
    for words in (
        ("trust", "show"),
        ("trust", "rotate", "timestamp", *offline),
        ("trust", "renew", *offline),
        ("trust", "burn", "1", *offline, "--readmit", "genuine"),
        ("trust", "card", str(tmp_path / "card")),
        ("trust", "drill"),
    ):
        assert run(office, *words) == 0, capsys.readouterr().err
        said.append(json.loads(capsys.readouterr().out))
    assert {role["role"] for role in said[0]["roles"]} == {
        ROOT,
        TARGETS,
        "snapshot",
        "timestamp",
        OFFICE,
    }
    assert said[3]["purpose"] == "pass"
    assert said[5]["passed"]
    assert main(["trust", "show", "--data", str(office.folder.path)]) == 0
    assert "burned" in capsys.readouterr().out


def test_a_neighbour_by_command(
    office: Office,
    media: Media,
    neighbour: Office,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n'
    )
    card = str(tmp_path / "card")
    assert run(neighbour, "trust", "card", card) == 0
    spoken = json.loads(capsys.readouterr().out.splitlines()[-1])["fingerprint"]
    offline = ("--offline", str(media.folders[0]))
    add = ("trust", "add-issuer", "ningbo", "--keys", card, *offline)
    assert run(office, *add, "--map", "green=purple") == 2
    assert run(office, *add) == 0
    assert json.loads(capsys.readouterr().out)["fingerprint"] == spoken
    assert run(neighbour, "trust", "card", card) == 0
    capsys.readouterr()
    # Both cards may be of one second: then the second is no newer one.
    assert run(office, "trust", "refresh-issuer", "ningbo", "--keys", card) in {0, 1}
    capsys.readouterr()
    kid = str(neighbour.keys.of(Purpose.PASS).kid)
    assert run(office, "trust", "burn", kid, "--issuer", "ningbo", *offline) == 0
    assert run(office, "trust", "drop-issuer", "ningbo", *offline) == 0
    neighbour.database.close()


@pytest.mark.parametrize("fault", ["missing", "large", "list"])
def test_files_that_commands_are_given_are_checked(
    office: Office, media: Media, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n'
    )
    path = tmp_path / "file"
    if fault == "large":
        path.write_bytes(bytes(1 << 19))
    if fault == "list":
        path.write_bytes(b"\xa0")
    offline = ("--offline", str(media.folders[0]))
    words = ("trust", "add-issuer", "ningbo", "--keys", str(path), *offline)
    if fault == "list":
        words = ("trust", "burn", "1", *offline, "--readmit", str(path))
    assert run(office, *words) != 0
    code = json.loads(capsys.readouterr().err)["error"]["code"]
    assert code == Code.BAD_ARGUMENTS
