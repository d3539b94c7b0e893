"""What a stranger at the command line is told."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from issuer.app import command_parser, main
from keys.trustlist import keyring_of
from keys.verify import open_code
from tests.issuer.rigs import MadeOffice, TestClock, enrolled, open_copy


def every_parser(
    parser: argparse.ArgumentParser, name: str = "kakou-issuer"
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    yield name, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            assert {one.dest for one in action._choices_actions if one.help} == set(action.choices)
            for own, below in action.choices.items():
                yield from every_parser(below, f"{name} {own}")


def test_every_argument_of_every_command_says_what_it_is() -> None:
    unsaid = [
        f"{name} {action.metavar or action.dest}"
        for name, parser in every_parser(command_parser())
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert unsaid == []


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.split() == ["kakou", version("kakou")]


@pytest.mark.parametrize(
    "words", [("reasons",), ("trust", "policy", "preset", "factory")], ids=" ".join
)
def test_what_needs_no_office_asks_for_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main([*words, "--data", str(tmp_path / "none"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert not (tmp_path / "none").exists()


def test_a_policy_is_checked_without_an_office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = ["--data", str(tmp_path / "none"), "--json"]
    assert main(["trust", "policy", "preset", "shop", *nowhere]) == 0
    (tmp_path / "shop.json").write_text(capsys.readouterr().out)
    assert main(["trust", "policy", "check", str(tmp_path / "shop.json"), *nowhere]) == 0
    assert json.loads(capsys.readouterr().out)["place"] == "shop"


def test_a_folder_on_our_own_disk_is_no_medium_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    medium = tmp_path / "stick"
    assert main(["init", "--offline", str(medium), "--data", str(tmp_path / "d"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same_disk"] == [str(medium)]


def test_times_are_given_as_days_as_times_and_as_seconds(
    made_office: MadeOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = open_copy(made_office, tmp_path / "data", "", TestClock())
    assert office.settings.time_zone == "Asia/Shanghai"
    office.database.close()
    asked = ["passages", "export", "--format", "csv", "--data", str(tmp_path / "data"), "--json"]
    for begins, ends, wanted in (
        ("2026-11-21", "2026-11-22", 0),
        ("20261121", "2026-11-21T08:00", 0),
        ("1795190400", "2026-11-21T00:00:01", 0),  # 2026-11-21T00:00 in Shanghai is 16:00 UTC
        ("1795190400", "2026-11-21", 1),  # ... and the same moment
        ("yesterday", "2026-11-22", 1),
    ):
        assert main([*asked, "--from", begins, "--to", ends]) == wanted, begins
        told = capsys.readouterr().err
        assert not told or json.loads(told)["error"]["code"] == "bad_time"


def test_a_station_that_nobody_knows_is_not_a_station_where_nobody_passed(
    made_office: MadeOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = open_copy(made_office, tmp_path / "data", "", TestClock())
    name = enrolled(office).name
    office.database.close()
    asked = ["passages", "export", "--format", "jsonl", "--data", str(tmp_path / "data"), "--json"]
    assert main([*asked, "--station", name]) == 0
    assert capsys.readouterr().out == ""
    assert main([*asked, "--station", f"{name}x"]) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "unknown_station"


def test_a_policy_for_a_place_without_a_station_is_published_and_told(
    made_office: MadeOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = open_copy(made_office, tmp_path / "data", "", TestClock())
    enrolled(office)
    office.database.close()
    asked = ["trust", "policy", "publish", "door", "--preset", "shop", "--json"]
    assert main([*asked, "--checkpoint", "nowhere", "--data", str(tmp_path / "data")]) == 0
    assert json.loads(capsys.readouterr().out)["unknown"] == ["nowhere"]


def test_the_record_of_a_pass_is_told_in_words(
    made_office: MadeOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_copy(made_office, tmp_path / "data", "", TestClock()).database.close()
    data = ["--data", str(tmp_path / "data")]
    site = ("--profile", "2", "--zone", "7")
    assert main(["mint", "--issued-at", "1795190400", *site, *data, "--json"]) == 0
    minted = json.loads(capsys.readouterr().out)
    assert main(["status", "show", minted["pass"], *data]) == 0
    told = dict(line.split(": ", 1) for line in capsys.readouterr().out.splitlines())
    assert told["issued_at"] == "2026-11-20T16:00:00Z"
    assert told["reason"] == "-"
    assert "zone 7" in told["site"].split(", ")


def test_a_batch_without_json_tells_the_codes_which_are_shown_nowhere_else(
    made_office: MadeOffice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = open_copy(made_office, tmp_path / "data", "", TestClock())
    trusted = keyring_of(office.trust_list())
    office.database.close()
    people = tmp_path / "people.jsonl"
    people.write_text('{"id_tail": "123X"}\n{"kind": "paper"}\n')
    assert main(["mint", "--batch", str(people), "--data", str(tmp_path / "data")]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert len(lines) == 2
    for identity, code in lines:
        assert str(open_code(code, trusted).identity) == identity
