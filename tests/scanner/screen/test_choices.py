"""What somebody chose at a window is so again after the next start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from scanner.decide.looks import Language
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_window import GuardWindow
from scanner.screen.options import Face, WindowOptions
from scanner.screen.shop_window import ShopWindow
from scanner.screen.themes import ThemeName
from scanner.settings import StationSettings, read_settings, write_settings
from scanner.window import remember
from tests.scanner.screen.scenes import options
from tests.scanner.screen.strokes import strike

Open = Callable[..., GateWindow]


def again(folder: Path) -> WindowOptions:
    """Return the options of the next start."""
    kept = read_settings(folder)
    return options(
        Language(kept.language),
        theme=ThemeName(kept.theme),
        large_type=kept.large_type,
        muted=kept.muted,
        window_place=kept.window_place,
    )


def test_a_guards_choices_are_remembered(open_any: Open, tmp_path: Path) -> None:
    window = open_any(remember=partial(remember, tmp_path))
    for key in (Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F6):
        strike(window, key)
    next_time = again(tmp_path)
    assert next_time.language is Language.EN
    assert next_time.theme is ThemeName.DAY
    assert next_time.large_type
    assert next_time.muted
    assert read_settings(tmp_path).face == StationSettings().face


def test_a_shops_choices_are_remembered(open_any: Open, tmp_path: Path) -> None:
    window = open_any(face=Face.SHOP, remember=partial(remember, tmp_path))
    for key in (Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F6):
        strike(window, key)
    kept = read_settings(tmp_path)
    assert (kept.language, kept.theme, kept.muted) == ("en", "day", True)


@pytest.mark.parametrize("face", [Face.GUARD, Face.SHOP])
def test_a_window_that_was_muted_begins_muted_and_says_so(open_any: Open, face: Face) -> None:
    window = open_any(Language.EN, face=face, muted=True)
    assert window.muted
    assert isinstance(window, (GuardWindow, ShopWindow))
    status = window.strip.status if isinstance(window, GuardWindow) else window.status
    assert "Sound is off" in status.accessibleDescription()
    strike(window, Qt.Key.Key_F6)
    assert "Sound is off" not in status.accessibleDescription()


def test_the_window_stands_where_it_stood(open_any: Open, tmp_path: Path) -> None:
    window = open_any(remember=partial(remember, tmp_path))
    window.setGeometry(40, 30, 700, 500)
    window.close()
    assert again(tmp_path).window_place == "40,30,700,500"
    second = open_any(window_place=again(tmp_path).window_place)
    assert second.geometry().getRect() == (40, 30, 700, 500)


@pytest.mark.parametrize("place", ["", "1,2", "a,b,c,d", "90000,90000,700,500"])
def test_a_place_that_is_none_or_on_no_screen_is_not_taken(open_any: Open, place: str) -> None:
    window = open_any(window_place=place)
    assert window.size().toTuple() == (1280, 800)


def test_a_window_that_fills_the_screen_remembers_no_place(
    qtbot: QtBot, open_any: Open, tmp_path: Path
) -> None:
    window = open_any(remember=partial(remember, tmp_path))
    strike(window, Qt.Key.Key_F11)
    qtbot.waitUntil(window.isFullScreen)
    window.close()
    assert again(tmp_path).window_place == ""


def test_what_was_chosen_for_one_run_is_not_kept_by_another_choice(tmp_path: Path) -> None:
    write_settings(tmp_path, StationSettings(face="shop"))
    remember(tmp_path, "theme", "sun")
    kept = read_settings(tmp_path)
    assert (kept.face, kept.theme) == ("shop", "sun")


def test_a_disk_that_takes_nothing_costs_the_choice_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "file"
    folder.write_bytes(b"")
    remember(folder, "theme", "sun")
    assert "disk_unusable" in caplog.text
