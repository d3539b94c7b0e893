"""Windows under test: shown, painted, and taken down again."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from scanner.decide.actions import Action
from scanner.decide.looks import Language
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_window import GuardWindow
from scanner.screen.run import open_window
from tests.scanner.screen.desks import ALL, Open
from tests.scanner.screen.scenes import options

OpenGuard = Callable[..., GuardWindow]


@pytest.fixture
def swept() -> None:
    """Take apart what earlier tests left, before a worker of this one finds it: Qt complains of
    windows and timers that go in another thread than their own.
    """
    gc.collect()


@pytest.fixture
def open_any(qtbot: QtBot) -> Iterator[Callable[..., GateWindow]]:
    """Return a function that opens a window with the usual options, some of them bent."""
    windows: list[GateWindow] = []

    def opened(language: Language = Language.ZH, **bent: Any) -> GateWindow:
        window = open_window(options(language, **bent), RecordingPlayer())
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        windows.append(window)
        return window

    yield opened
    for window in windows:
        window.close()


@pytest.fixture
def open_guard(open_any: Callable[..., GateWindow]) -> OpenGuard:
    """Return a function that opens the guard's window."""

    def opened(language: Language = Language.ZH, **bent: Any) -> GuardWindow:
        window = open_any(language, **bent)
        assert isinstance(window, GuardWindow)
        return window

    return opened


@pytest.fixture
def open_desk(open_guard: OpenGuard) -> Open:
    """Return a function that opens a guard's window with all actions, and what it asks for."""

    def opened(language: Language = Language.ZH, **bent: Any) -> tuple[GuardWindow, list[Action]]:
        window = open_guard(language, **{"actions": ALL, **bent})
        asked: list[Action] = []
        window.action_asked.connect(asked.append)
        return window, asked

    return opened


def colour_at(image: QImage, x: float, y: float) -> str:
    """Return the colour at a share of width and height, as #RRGGBB."""
    at = QColor(image.pixel(int(x * image.width()), int(y * image.height())))
    return at.name().upper()


def share_of(image: QImage, colour: str) -> float:
    """Return which share of the pixels has exactly that colour."""
    wanted, step = QColor(colour).rgb(), 3
    points = [
        image.pixel(x, y)
        for x in range(0, image.width(), step)
        for y in range(0, image.height(), step)
    ]
    return sum(point == wanted for point in points) / len(points)
