"""What a station remembers, and what it refuses to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scanner.commands.everyday import changed_settings
from scanner.errors import BadSetting, StationFault
from scanner.screen.pin_lock import PinLock
from scanner.settings import StationSettings, read_settings, write_settings


def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    chosen = changed_settings(
        StationSettings(), ["face=kiosk", "fullscreen=on", "allowed=60", "camera=rtsp"]
    )
    write_settings(tmp_path, chosen)
    assert read_settings(tmp_path) == chosen
    assert (chosen.face, chosen.fullscreen, chosen.allowed) == ("kiosk", True, 60)


@pytest.mark.parametrize(
    "change",
    [
        "face=x",
        "fullscreen=maybe",
        "allowed=many",
        "allowed=-1",
        "nothing=1",
        "exit_pin=12",
        "=",
        "camera_size=large",
        "camera_size=0x720",
        "camera_size=１２８０x720",
        "camera_format=h264",
        "camera_focus=near",
        "camera_gain=1e9",
    ],
)
def test_an_unknown_name_or_value_is_refused(change: str) -> None:
    with pytest.raises(BadSetting) as refused:
        changed_settings(StationSettings(), [change])
    assert refused.value.code == "bad_setting"


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"face": 3, "theme": "pink"}', b"\xff" * 9])
def test_damaged_or_foreign_settings_are_the_usual_ones(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(raw)
    assert read_settings(tmp_path) == StationSettings()


def test_the_kiosks_pin_is_kept_as_a_hash_only(tmp_path: Path) -> None:
    write_settings(tmp_path, changed_settings(StationSettings(), ["exit_pin=204861"]))
    kept = json.loads((tmp_path / "settings.json").read_text())["exit_pin"]
    assert "204861" not in kept
    assert PinLock(kept).opens("204861", 0.0)
    assert changed_settings(StationSettings(exit_pin=kept), ["exit_pin="]).exit_pin == ""


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StationFault) as fault:
        write_settings(tmp_path / "file", StationSettings())
    assert fault.value.code == "disk_unusable"
