from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import Code, Fault
from issuer.settings import (
    Folder,
    Settings,
    default_folder,
    read_settings,
    settings_of,
    write_settings,
)
from tests.issuer.rigs import SETTINGS

NEEDED = {"issuer": "home", "name_zh": "家", "name_en": "home"}


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_settings_read_back_whatever_the_name(name: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as top:
        folder = Folder(Path(top))
        wanted = replace(SETTINGS, name_zh=name)
        write_settings(folder, wanted)
        assert read_settings(folder) == wanted
        assert folder.settings_file.stat().st_mode & 0o777 == 0o600


def test_an_empty_folder_has_no_office(tmp_path: Path) -> None:
    with pytest.raises(Fault) as caught:
        read_settings(Folder(tmp_path))
    assert caught.value.code is Code.NOT_INITIALISED


@pytest.mark.parametrize("raw", [b"\xff", b"issuer = ", b"x = 1\nx = 2", b"", b"issuer = 'home'"])
def test_a_file_that_is_no_settings_is_told(tmp_path: Path, raw: bytes) -> None:
    folder = Folder(tmp_path)
    folder.settings_file.write_bytes(raw)
    with pytest.raises(Fault) as caught:
        read_settings(folder)
    assert caught.value.code is Code.BAD_SETTINGS


@pytest.mark.parametrize(
    "bent",
    [
        {"issuer": "Home"},
        {"issuer": ""},
        {"publish_every_s": 0},
        {"publish_every_s": "600"},
        {"publish_every_s": True},
        {"session_life_s": 10**9},
        {"password_cost": "free"},
        {"public_url": "ftp://x"},
        {"time_zone": "Mars/Olympus"},
        {"colour": "red"},
    ],
)
def test_a_wrong_setting_is_named(bent: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        settings_of(NEEDED | bent)
    assert caught.value.code is Code.BAD_SETTINGS


def test_what_is_not_said_has_a_default() -> None:
    assert settings_of(NEEDED) == Settings(**NEEDED)  # type: ignore[arg-type]


def test_the_environment_names_folder_and_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KAKOU_ISSUER_DATA", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("KAKOU_ISSUER_DATA")
    assert default_folder().name == "kakou-issuer"
    assert SETTINGS.database_address(Folder(tmp_path)).startswith("sqlite:///")
    monkeypatch.setenv("KAKOU_ISSUER_DATABASE_URL", "postgresql://x/y")
    assert SETTINGS.database_address(Folder(tmp_path)) == "postgresql://x/y"
