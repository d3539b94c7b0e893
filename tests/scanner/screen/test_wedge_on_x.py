"""Scans and people at a real X server: its time stamps, its key repeat, its keyboard layouts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from scanner.capture.handtext import mended
from tests.conftest import ROOT

PROGRAMS = ("Xvfb", "xdotool", "setxkbmap")
DIGIT_KEYS = [str(code) for code in range(10, 20)]  # the keys 1 to 0, whatever they type
CODE = "KK1:NCF 3X5*%/ABC 019"

pytestmark = pytest.mark.skipif(
    any(shutil.which(name) is None for name in PROGRAMS), reason=f"needs {PROGRAMS}"
)


class Screen:
    """An X server with the window on it."""

    def __init__(self, display: str, window: subprocess.Popen[str]) -> None:
        self._display = display
        self._window = window
        self.fields: list[str] = []

    def type(self, *arguments: str) -> None:
        """Have the X server's own keyboard do something."""
        self._run("xdotool", *arguments)

    def layout(self, name: str) -> None:
        """Change the keyboard's layout."""
        self._run("setxkbmap", name)

    def clear(self) -> None:
        """Empty the field, and forget what was told until then."""
        assert self._window.stdin is not None
        self._window.stdin.write("\n")
        self._window.stdin.flush()
        if self.fields and self.fields[-1]:
            self.until("field", "")
        self.fields.clear()

    def until(self, name: str, wanted: Any = None) -> Any:
        """Return the next thing of this name that is told, or the next that is `wanted`."""
        assert self._window.stdout is not None
        for line in self._window.stdout:
            told = json.loads(line)
            if "field" in told:
                self.fields.append(told["field"])
            if name in told and wanted in (None, told[name]):
                return told[name]
        raise AssertionError("the window has gone")

    def _run(self, *command: str) -> None:
        environment = {**os.environ, "DISPLAY": self._display}
        subprocess.run(command, env=environment, check=True, timeout=180, capture_output=True)


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    """Return a screen whose window has a field with the focus."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        display = f":{numbers.readline().strip()}"
    window = subprocess.Popen(
        [sys.executable, "-m", "tests.scanner.screen.wedge_on_x"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"},
    )
    try:
        shown = Screen(display, window)
        shown.until("ready")
        yield shown
    finally:
        window.kill()
        window.communicate()
        server.kill()
        server.wait()


@pytest.fixture(autouse=True)
def cleared(screen: Screen) -> None:
    """Begin with an empty field and the usual layout."""
    screen.layout("us")
    screen.clear()


@pytest.mark.parametrize("end", ["Return", "Tab"])
def test_a_scan_is_one_text_and_types_nothing(screen: Screen, end: str) -> None:
    screen.type("type", "--delay", "3", CODE)
    screen.type("key", end)
    assert screen.until("scan") == CODE
    assert screen.fields == []


def test_a_person_types_into_the_field(screen: Screen) -> None:
    screen.type("type", "--delay", "110", "Wang 37")
    screen.type("key", "Return")
    assert screen.until("entered") == "Wang 37"


def test_a_key_held_down_is_a_persons(screen: Screen) -> None:
    screen.type("keydown", "a", "sleep", "1.2", "keyup", "a")
    screen.until("field", "a" * 5)
    screen.type("type", "--delay", "110", "b")
    while "b" not in screen.until("field"):
        pass
    assert set(screen.fields[-1]) == {"a", "b"}


@pytest.mark.parametrize("layout", ["fr", "be", "cz", "sk"])
def test_digits_of_another_layout_come_through_to_be_mended(screen: Screen, layout: str) -> None:
    screen.layout(layout)
    screen.type("key", "--delay", "3", *(DIGIT_KEYS * 20), "Return")
    assert mended(screen.until("scan")) == "1234567890" * 20
    assert screen.fields == []
