"""What a start loads, and when: the window is painted before keys, lists, log and network."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

import pytest

from scanner.app import command_parser

BEFORE_THE_FIRST_PAINT = """
import json, sys
there = set(sys.modules)  # a tool that counts lines brings modules of its own
import scanner.app
from scanner.screen.binding import read_no_sources
read_no_sources()
import scanner.latestation, scanner.window, scanner.screen.run
import scanner.screen.guard_window, scanner.screen.shop_window, scanner.screen.kiosk_window
print(json.dumps(sorted(set(sys.modules) - there)))
"""
# Each costs 1 to 300 ms: they are loaded in the scanning thread, or when somebody asks.
LATER = {
    "cbor2",
    "cv2",
    "httpx",
    "keys.passages",
    "keys.verify",
    "nacl",
    "numpy",
    "scanner.decide.actions",
    "scanner.station",
    "scanner.wiring",
    "sqlite3",
    "sqlite_utils",
    "tuf",
    "zxingcpp",
}


def commands(*arguments: str) -> dict[str, argparse.ArgumentParser]:
    """Return the commands that a command line is parsed with."""
    (found,) = (
        action
        for action in command_parser(arguments)._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    parsers: dict[str, argparse.ArgumentParser] = found.choices
    return parsers


def test_before_the_first_paint_no_library_but_qt_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_THE_FIRST_PAINT],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert LATER & set(json.loads(done.stdout.splitlines()[-1])) == set()


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_is_parsed_alone_as_it_is_among_all(name: str) -> None:
    alone = commands(name)

    assert set(alone) == {name}
    assert alone[name].format_help() == commands()[name].format_help()


@pytest.mark.parametrize(
    "arguments",
    [("--data", "x", "run"), ("--json", "run"), ("--json", "--data", "log", "run")],
    ids=" ".join,
)
def test_data_and_json_may_stand_before_the_command(arguments: tuple[str, ...]) -> None:
    assert set(commands(*arguments)) == {"run"}


@pytest.mark.parametrize(
    "arguments",
    [(), ("--help",), ("-h", "run"), ("walk",), ("--data", "run"), ("walk", "run"), ("--dat", "x")],
    ids=" ".join,
)
def test_a_slip_is_told_all_commands(arguments: tuple[str, ...]) -> None:
    assert {"run", "log", "doctor", "read"} < set(commands(*arguments))
