"""What a stranger at the station's command line is told."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from scanner.app import command_parser
from scanner.errors import ScannerError, StationFault
from tests.fakes.office import Office
from tests.fakes.office_server import serving
from tests.scanner.test_app import failure, kakou, objects


def every_parser(
    parser: argparse.ArgumentParser, name: str = "kakou-scanner"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            assert {one.dest for one in action._choices_actions if one.help} == set(action.choices)
            for own, below in action.choices.items():
                yield from every_parser(below, f"{name} {own}")


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    office = Office(int(time.time()))
    data = tmp_path_factory.mktemp("station")
    with serving(office) as server:
        code = office.add_station("w")
        objects(kakou("enrol", code, "--issuer", server.url, "--data", data, "--json"))
    return data


def test_every_argument_of_every_command_says_what_it_is() -> None:
    unsaid = [
        f"{name} {action.metavar or action.dest}"
        for name, parser in every_parser(command_parser([]))
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert unsaid == []


def test_the_version_is_that_of_the_package() -> None:
    answer = kakou("--version")
    assert answer.returncode == 0
    assert answer.stdout.split() == ["kakou", version("kakou")]


def test_wrong_arguments_are_told_to_machines_by_code() -> None:
    answer = kakou("run", "--json", "--direction", "sideways")
    assert answer.returncode == 2
    error = json.loads(answer.stderr)["error"]
    assert error["code"] == "bad_arguments"
    assert error["next"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a screen")
def test_a_machine_without_a_screen_is_told_so_and_nothing_is_aborted(station: Path) -> None:
    none = dict.fromkeys(("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"), "")
    assert failure(kakou("run", "--json", "--data", station, **none)) == "no_screen"


def test_switches_are_shown_as_they_are_set(station: Path) -> None:
    shown = dict(
        line.split(": ", 1) for line in kakou("settings", "--data", station).stdout.splitlines()
    )
    switches = {name: word for name, word in shown.items() if word in {"on", "off"}}
    assert switches["sound"] == "on"
    words = [word for name, to in switches.items() for word in ("--set", f"{name}={to}")]
    assert kakou("settings", "--data", station, *words).returncode == 0
    assert json.loads(kakou("settings", "--data", station, "--json").stdout)["allowed"] == 0


def test_a_stick_that_is_not_there_and_one_without_an_office_say_what_to_do(
    station: Path, tmp_path: Path
) -> None:
    away = kakou("sync", "--json", "--from", tmp_path / "away", "--data", station)
    assert failure(away) == "stick_unreadable"
    empty = kakou("sync", "--json", "--from", tmp_path, "--data", station)
    assert empty.returncode == 1
    pulled = json.loads(empty.stdout)["pull"]
    assert pulled["code"] == "not_published"
    assert "publish" in pulled["next"]


@pytest.mark.parametrize("code", ["key_file_exposed", "log_damaged", "identity_damaged"])
def test_a_step_belongs_to_its_code_and_not_to_the_class_of_errors(code: str) -> None:
    assert StationFault(code=code).next_step != StationFault().next_step
    assert StationFault(code=code, next_step="Wait.").next_step == "Wait."
    assert ScannerError(code=code).next_step == StationFault(code=code).next_step


def test_a_neighbour_that_no_address_names_is_told_when_it_is_set(station: Path) -> None:
    answer = kakou("settings", "--json", "--data", station, "--set", "lane_peers=gate.local:1")
    assert failure(answer) == "lane_peer"
    assert json.loads(kakou("settings", "--data", station, "--json").stdout)["lane_peers"] == ""
