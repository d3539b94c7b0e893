from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from issuer.app import main
from issuer.database.engine import SCHEMA
from issuer.errors import Code
from issuer.trustfiles import read_trust
from keys.keyfile import find_root_keys, read_key
from keys.trustrepo import roles_in
from keys.verify import open_code
from tests.issuer.rigs import MadeOffice, TestClock, enrolled, open_copy

Run = Callable[..., Any]


@pytest.fixture
def folder(made_office: MadeOffice, tmp_path: Path) -> Path:
    office = open_copy(made_office, tmp_path / "data", "", TestClock())
    office.database.close()
    return tmp_path / "data"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that must end well; returns what its JSON says."""

    def command(*arguments: str) -> Any:
        assert main(["--data", str(folder), "--json", *arguments]) == 0
        out = capsys.readouterr().out
        return json.loads(out) if out.strip() else None

    return command


@pytest.fixture
def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command that must fail and names a next step; returns (exit status, code)."""

    def command(*arguments: str) -> tuple[int, str]:
        status = main([*arguments, "--data", str(folder), "--json"])
        error = json.loads(capsys.readouterr().err)["error"]
        assert error["next"]
        assert status != 0
        return status, error["code"]

    return command


def test_data_and_json_are_taken_before_and_after_the_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(folder)
    forms = (
        ["--data", data, "--json", "station", "list"],
        ["station", "--data", data, "--json", "list"],
        ["station", "list", "--data", data, "--json"],
        ["--json", "station", "list", "--data", data],
        ["--data", data, "station", "list", "--json"],
    )
    for form in forms:
        assert main(form) == 0
        assert json.loads(capsys.readouterr().out) == []


def test_the_folder_may_come_from_the_environment(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAKOU_ISSUER_DATA", str(folder))
    assert main(["reasons", "--json"]) == 0
    codes = {item["reason"] for item in json.loads(capsys.readouterr().out)}
    assert {"lost", "close_contact", "recovered", "correction"} <= codes


def test_the_ceremony_parts_root_and_office(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, offline = tmp_path / "d", tmp_path / "stick"
    old = os.umask(0o022)
    try:
        assert main(["init", "--offline", str(offline), "--data", str(data), "--json"]) == 0
    finally:
        os.umask(old)
    said = json.loads(capsys.readouterr().out)
    assert find_root_keys(data) == []
    roots = [read_key(offline / f"root-{n}.key", purpose="root").key for n in (1, 2, 3)]
    held = read_trust(data / "published" / "trust")
    named = roles_in(held.root)["root"]
    assert (set(named.public_keys), named.threshold) == ({key.public_key for key in roots}, 2)
    trust = held.trust_list()
    assert [key.kid for key in trust.keys] == [1, 2, 3]
    assert said["operator"] == "admin"
    assert len(said["password"]) >= 20
    assert stat.S_IMODE((offline / "root-1.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "issuer.db").stat().st_mode) == 0o600
    for again in (["init", "--offline", str(tmp_path / "other"), "--data", str(data)],):
        assert main([*again, "--json"]) == 3
        assert json.loads(capsys.readouterr().err)["error"]["code"] == Code.ALREADY_INITIALISED


@pytest.mark.parametrize("inside", [".", "off", "a/b/c", "x/.."])
def test_the_root_key_never_goes_into_the_data_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], inside: str
) -> None:
    data = tmp_path / "d"
    asked = ["init", "--offline", str(data / inside), "--data", str(data), "--json"]
    assert main(asked) == 3
    assert json.loads(capsys.readouterr().err)["error"]["code"] == Code.OFFLINE_INSIDE_DATA
    assert not list(tmp_path.rglob("*.key"))


def test_a_root_key_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stick").mkdir()
    (tmp_path / "stick" / "root-1.key").write_text("another office's")
    data = str(tmp_path / "d")
    assert main(["init", "--offline", str(tmp_path / "stick"), "--data", data, "--json"]) == 3
    assert json.loads(capsys.readouterr().err)["error"]["code"] == Code.KEY_FILE
    assert (tmp_path / "stick" / "root-1.key").read_text() == "another office's"


def test_a_root_key_under_a_passphrase_opens_with_it_only(tmp_path: Path) -> None:
    from keys.errors import KeyFileError

    (tmp_path / "words").write_text("four words and more\n")
    asked = ["init", "--offline", str(tmp_path / "s"), "--data", str(tmp_path / "d")]
    assert main([*asked, "--root-passphrase-file", str(tmp_path / "words")]) == 0
    path = tmp_path / "s" / "root-3.key"
    read_key(path, purpose="root", passphrase="four words and more")
    with pytest.raises(KeyFileError):
        read_key(path, purpose="root")


def test_a_pass_is_minted_shown_and_withdrawn(run: Run, folder: Path, tmp_path: Path) -> None:
    png = tmp_path / "code.png"
    minted = run("mint", "--name", "张*", "--id-tail", "123X", "--kind", "paper", "--png", str(png))
    signed = open_code(minted["dense"], read_trust(folder / "published" / "trust").keyring())
    assert str(signed.identity) == minted["pass"]
    with Image.open(png) as picture:
        # Version 5 (37 modules) and four quiet ones on each side, eight pixels each.
        assert picture.size == ((37 + 8) * 8,) * 2
    changed = run("status", "set", minted["pass"], "withdrawn", "--reason", "lost")
    assert (changed["old"], changed["status"]) == ("green", "withdrawn")
    shown = run("status", "show", minted["pass"])
    assert (shown["status"], shown["reason"]) == ("withdrawn", "lost")
    assert run("publish")["not_green"] == 1


def test_profile_two_takes_its_options_and_profile_one_does_not(run: Run, refused: Run) -> None:
    minted = run(
        *("mint", "--profile", "2", "--kind", "visitor", "--zone", "7"),
        *("--day-from", "8", "--day-to", "18", "--party", "2", "--hours", "10"),
    )
    assert run("status", "show", minted["pass"])["site"]["zone"] == 7
    assert refused("mint", "--zone", "7") == (2, Code.BAD_ARGUMENTS)


def test_a_batch_is_minted_whole_or_not_at_all(run: Run, refused: Run, tmp_path: Path) -> None:
    path = tmp_path / "batch.jsonl"
    good = [{"name": "张*", "kind": "paper"}, {"status": "red", "hours": 5}, {"profile": 2}]
    path.write_text("\n".join(json.dumps(item) for item in good) + "\n")
    minted = run("mint", "--batch", str(path))
    assert [item["status"] for item in minted] == ["green", "red", "green"]
    for bad, code in (
        ("{", Code.MALFORMED_JSON),
        ("[1]", Code.MALFORMED_JSON),
        ('{"name": 5}', Code.BAD_ARGUMENTS),
        ('{"colour": "red"}', Code.BAD_ARGUMENTS),
        ('{"hours": true}', Code.BAD_ARGUMENTS),
        ('{"profile": 9}', Code.BAD_ARGUMENTS),
        ('{"id_tail": "12345"}', Code.BAD_CLAIMS),
        ("[" * 100_000, Code.MALFORMED_JSON),
        ("", Code.BAD_ARGUMENTS),
    ):
        path.write_text(bad)
        assert refused("mint", "--batch", str(path))[1] == code
    assert run("publish")["not_green"] == 1


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["mint", "--name", "x" * 65], (1, Code.BAD_CLAIMS)),
        (["mint", "--id-tail", "abcd"], (1, Code.BAD_CLAIMS)),
        (["mint", "--hours", "0"], (1, Code.BAD_TIME)),
        (["mint", "--hours", "ten"], (2, Code.BAD_ARGUMENTS)),
        (["mint", "--kind", "dog"], (2, Code.BAD_ARGUMENTS)),
        (["mint", "--status", "withdrawn"], (2, Code.BAD_ARGUMENTS)),
        (["mint", "--issued-at", "99999999999999"], (1, Code.BAD_CLAIMS)),
        (["mint", "--name", "\udcff"], (1, Code.BAD_CLAIMS)),
        (["status", "set", "home/0/1", "red", "--reason", "symptoms"], (1, Code.UNKNOWN_PASS)),
        (["status", "set", "../..", "red", "--reason", "symptoms"], (1, Code.UNKNOWN_PASS)),
        (["status", "set", "home/0/1", "blue", "--reason", "lost"], (2, Code.BAD_ARGUMENTS)),
        (["status", "set", "home/0/1", "red"], (2, Code.BAD_ARGUMENTS)),
        (["station", "withdraw", "nowhere"], (1, Code.UNKNOWN_STATION)),
        (["station", "add", ""], (1, Code.BAD_NAME)),
        (["station", "add", "a/b"], (1, Code.BAD_NAME)),
        (["station", "add", "a", "--zone", "70000"], (2, Code.BAD_ARGUMENTS)),
        (["operator", "add", "x", "--role", "king"], (2, Code.BAD_ARGUMENTS)),
        (["operator", "add", "admin", "--role", "admin"], (1, Code.NAME_TAKEN)),
        (["operator", "reset", "nobody"], (1, Code.UNKNOWN_OPERATOR)),
        (["operator", "disable", "admin"], (1, Code.LAST_ADMIN)),
        (["passages", "export", "--format", "xml"], (2, Code.BAD_ARGUMENTS)),
        (["passages", "export", "--format", "csv", "--purpose", ""], (1, Code.PURPOSE_MISSING)),
        (["passages", "export", "--format", "csv", "--from", "5", "--to", "4"], (1, Code.BAD_TIME)),
        (["passages", "export", "--format", "csv", "--verdict", "x"], (2, Code.BAD_ARGUMENTS)),
        (["passages", "export", "--format", "csv", "--pass", "x"], (1, Code.UNKNOWN_PASS)),
        (["passages", "export", "--format", "csv", "--out", "/proc/x"], (3, Code.FOLDER_UNUSABLE)),
        (["nonsense"], (2, Code.BAD_ARGUMENTS)),
        ([], (2, Code.BAD_ARGUMENTS)),
        (["serve", "--port", "99999"], (2, Code.BAD_ARGUMENTS)),
        (["init", "--offline", "/proc/none"], (3, Code.ALREADY_INITIALISED)),
    ],
)
def test_what_is_wrong_gets_a_code_and_a_next_step(
    refused: Run, arguments: list[str], wanted: tuple[int, Code]
) -> None:
    assert refused(*arguments) == wanted


def test_without_json_the_code_and_the_next_step_are_lines_for_people(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(folder), "station", "withdraw", "nowhere"]) == 1
    error = capsys.readouterr().err
    assert "unknown_station" in error
    assert "next:" in error


def test_an_empty_folder_is_no_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", "--data", str(tmp_path / "none"), "--json"]) == 3
    assert json.loads(capsys.readouterr().err)["error"]["code"] == Code.NOT_INITIALISED


@pytest.mark.parametrize(
    "damage",
    [
        lambda keys: (keys / "pass.key").unlink(),
        lambda keys: (keys / "pass.key").chmod(0o644),
        lambda keys: (keys / "pass.key").write_text("{}"),
        lambda keys: (keys / "pass.key").write_bytes((keys / "status.key").read_bytes()),
    ],
)
def test_a_key_file_that_cannot_be_used_is_named(
    refused: Run, folder: Path, damage: Callable[[Path], object]
) -> None:
    damage(folder / "keys")
    assert refused("mint") == (3, Code.KEY_FILE)


@pytest.mark.parametrize(
    "damage", [lambda path: path.write_bytes(b"x"), lambda path: path.unlink()]
)
def test_a_damaged_trust_repository_signs_nothing(
    refused: Run, folder: Path, damage: Callable[[Path], object]
) -> None:
    damage(folder / "trust" / "timestamp.json")
    assert refused("mint") == (3, Code.TRUST_DAMAGED)


def test_stations_and_operators_are_added_and_listed(run: Run) -> None:
    invitation = run("station", "add", "东门 1", "--checkpoint", "东门", "--zone", "3")
    assert invitation["url"] == "http://127.0.0.1:8020"
    assert len(invitation["code"].replace("-", "")) == 80
    assert run("station", "add", "other", "--url", "https://x")["url"] == "https://x"
    states = {item["station"]: (item["state"], item["zone"]) for item in run("station", "list")}
    assert states == {"东门 1": ("invited", 3), "other": ("invited", 0)}
    assert run("station", "clear", "other")["flag"] == ""
    assert run("station", "withdraw", "other")["state"] == "withdrawn"
    password = run("operator", "add", "王丽", "--role", "supervisor")["password"]
    assert run("operator", "reset", "王丽")["password"] != password
    assert run("operator", "disable", "王丽")["disabled"] is True
    assert run("operator", "enable", "王丽")["disabled"] is False
    assert [item["operator"] for item in run("operator", "list")] == ["admin", "王丽"]


def test_passages_are_exported_to_a_file_and_to_the_screen(
    run: Run,
    folder: Path,
    made_office: MadeOffice,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    office = open_copy(made_office, tmp_path / "second", "", TestClock())
    station = enrolled(office)
    station.send(station.batch(station.write(3)))
    office.database.close()
    data = ["--data", str(tmp_path / "second")]
    out = tmp_path / "out.csv"
    assert main([*data, "passages", "export", "--format", "csv", "--out", str(out)]) == 0
    assert len(out.read_text().splitlines()) == 4
    capsys.readouterr()
    asked = ["passages", "export", "--format", "jsonl", "--pass", "home/0/2", "--purpose", "why?"]
    assert main([*data, *asked]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["pass"] for line in lines] == ["home/0/2"]


def test_the_audit_names_who_was_at_the_console(run: Run, folder: Path) -> None:
    run("mint", "--operator", "li")
    run("mint")
    head = run("audit", "verify")
    assert head["entries"] >= 4
    assert len(head["hash"]) == 64


def test_migrate_says_where_the_tables_stand(run: Run) -> None:
    assert run("migrate") == {"schema": SCHEMA}


def test_help_and_a_reader_that_stops_early_are_no_errors(folder: Path) -> None:
    program = [sys.executable, "-m", "issuer"]
    done = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True)
    assert "mint" in done.stdout
    piped = f"{sys.executable} -m issuer reasons --data {folder} | head -c 5"
    shell = subprocess.run(["sh", "-c", piped], capture_output=True, text=True, check=True)
    assert shell.stderr == ""
