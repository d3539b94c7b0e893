"""The command line as people and scripts meet it: a process of its own, an office on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keys.claims import Status
from tests.conftest import ROOT
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, Trouble, serving
from tests.scanner.rigs import PAYMENT, frames_of, write_frames

DEADLINE_S = 180
RED = 2


@pytest.fixture(scope="module")
def office() -> Office:
    office = Office(int(time.time()))
    office.set_status(RED, Status.RED)
    office.publish()
    return office


@pytest.fixture(scope="module")
def server(office: Office) -> Iterator[OfficeServer]:
    with serving(office) as running:
        yield running


def kakou(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the station's command line to its end."""
    return subprocess.run(
        [sys.executable, "-m", "scanner", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
    )


def objects(answer: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the JSON lines of a command that went well."""
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


def failure(answer: subprocess.CompletedProcess[str]) -> str:
    """Return the code that a command failed with, told with a next step and without a traceback."""
    assert answer.returncode == 1, answer
    assert "Traceback" not in answer.stderr
    error = json.loads(answer.stderr.splitlines()[-1])["error"]
    assert error["next"]
    code: str = error["code"]
    return code


def enrolled(office: Office, server: OfficeServer, data: Path, name: str) -> Path:
    """Return the data folder of a newly enrolled station."""
    [report] = objects(
        kakou("enrol", office.add_station(name), "--issuer", server.url, "--data", data, "--json")
    )
    assert (report["station"], report["pull"]["ok"]) == (name, True)
    return data


@pytest.fixture(scope="module")
def station(office: Office, server: OfficeServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return enrolled(office, server, tmp_path_factory.mktemp("station"), "west-1")


@pytest.fixture(scope="module")
def reel(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four frames: a green pass, a payment code, a red pass, a forgery."""
    thief = Office(office.now_s, seed="thief")
    texts = [office.mint(1).dense, PAYMENT, office.mint(RED).full, thief.mint(3).dense]
    return write_frames(tmp_path_factory.mktemp("reel"), frames_of(*texts))


def test_a_station_is_enrolled_scans_a_folder_and_sends_what_it_logged(
    office: Office, server: OfficeServer, tmp_path: Path, reel: Path
) -> None:
    data = enrolled(office, server, tmp_path / "data", "north-1")
    server.troubles["sync/passages"] = Trouble.UNAVAILABLE
    said = objects(kakou("--data", data, "--json", "run", "--headless", "--once", "--camera", reel))

    scans = [line for line in said if "verdict" in line]
    expected = [("admit", "green"), ("refuse", "red"), ("refuse", "bad_signature")]
    assert [(line["verdict"], line["reason"]) for line in scans] == expected
    assert {"hint": "not_a_pass"} in said
    assert "王" not in json.dumps(said, ensure_ascii=False)

    logged = objects(kakou("log", "--data", data))
    assert [(line["verdict"], line["reason"]) for line in logged] == expected
    assert [line["pass"] for line in logged] == ["hangzhou/0/1", f"hangzhou/0/{RED}", None]
    assert [line["passage_id"] for line in logged] == [line["passage_id"] for line in scans]
    assert {line["state"] for line in logged} == {"waiting"}
    assert [line["sequence"] for line in logged] == [1, 2, 3]

    failed = kakou("sync", "--data", data, "--json")
    assert failed.returncode == 1
    report = json.loads(failed.stdout)
    assert (report["pull"]["ok"], report["push"]["ok"], report["waiting"]) == (True, False, 3)

    server.troubles.clear()
    [report] = objects(kakou("sync", "--json", "--data", data))
    assert (report["push"]["delivered"], report["waiting"]) == (3, 0)
    assert office.sequences("north-1") == [1, 2, 3]
    assert {line["state"] for line in objects(kakou("log", "--data", data))} == {"delivered"}


def test_lines_for_people_say_the_same(station: Path, reel: Path) -> None:
    answer = kakou("run", "--headless", "--once", "--camera", reel, "--data", station)

    assert answer.returncode == 0
    assert [word in answer.stdout for word in ("admit", "green", "red", "bad_signature")] == [
        True
    ] * 4


@pytest.mark.parametrize("place", ["before", "after", "variable"])
def test_the_data_folder_may_be_named_before_after_or_in_the_environment(
    station: Path, place: str
) -> None:
    arguments = {
        "before": ["--data", str(station), "log"],
        "after": ["log", "--data", str(station)],
        "variable": ["log"],
    }[place]

    assert kakou(*arguments, KAKOU_SCANNER_DATA=str(station)).returncode == 0


@pytest.mark.parametrize(
    "arguments", [["run", "--headless", "--once"], ["sync"], ["log"]], ids=lambda words: words[0]
)
def test_a_folder_that_is_not_enrolled_is_told_so(tmp_path: Path, arguments: list[str]) -> None:
    assert failure(kakou(*arguments, "--data", tmp_path, "--json")) == "not_enrolled"
    plain = kakou(*arguments, "--data", tmp_path)
    assert plain.returncode == 1
    assert "not_enrolled" in plain.stderr
    assert plain.stdout == ""


@pytest.mark.parametrize(
    ("camera", "code"),
    [
        ("nothing/here", "camera_source_not_found"),
        ("", "camera_source_not_found"),
        ("pyproject.toml", "camera_source_unreadable"),
        ("tests/vectors", "camera_source_not_found"),
    ],
)
def test_a_camera_that_cannot_be_played_is_told_so(station: Path, camera: str, code: str) -> None:
    answer = kakou("run", "--headless", "--once", "--camera", camera, "--data", station, "--json")

    assert failure(answer) == code


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["enrol"],
        ["enrol", "CODE"],
        ["run", "--direction", "sideways"],
        ["run", "--camera"],
        ["log", "everything"],
        ["--data"],
    ],
    ids=" ".join,
)
def test_garbage_on_the_command_line_is_answered_with_the_usage(arguments: list[str]) -> None:
    answer = kakou(*arguments)

    assert answer.returncode == 2
    assert "usage:" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("code", "issuer", "expected"),
    [
        ("hello", None, "malformed_code"),
        ("\udcff" * 80, None, "malformed_code"),
        (None, "not an address", "issuer_address"),
        (None, "http://127.0.0.1:9", "no_route"),
    ],
)
def test_an_enrolment_that_cannot_be_says_why(
    office: Office,
    server: OfficeServer,
    tmp_path: Path,
    code: str | None,
    issuer: str | None,
    expected: str,
) -> None:
    answer = kakou(
        "enrol",
        code or office.add_station("south-1"),
        "--issuer",
        issuer or server.url,
        "--data",
        tmp_path,
        "--json",
    )

    assert failure(answer) == expected


def test_an_enrolled_folder_is_not_enrolled_twice(
    office: Office, server: OfficeServer, station: Path
) -> None:
    answer = kakou(
        "enrol", office.add_station("x"), "--issuer", server.url, "--data", station, "--json"
    )

    assert failure(answer) == "already_enrolled"


def test_a_second_station_on_the_folder_is_refused_and_log_and_sync_still_work(
    station: Path, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(None))
    command = [sys.executable, "-m", "scanner", "run", "--headless", "--json", "--data"]
    with subprocess.Popen(
        [*command, str(station), "--camera", str(frames)], stdout=subprocess.PIPE, cwd=ROOT
    ) as running:
        assert running.stdout is not None
        running.stdout.readline()  # it tells of the network, once it runs
        second = kakou(
            "run", "--headless", "--once", "--camera", frames, "--data", station, "--json"
        )
        assert failure(second) == "already_running"
        assert objects(kakou("sync", "--data", station, "--json"))[0]["pull"]["ok"]
        assert kakou("log", "--data", station).returncode == 0
        running.terminate()
        assert running.wait(DEADLINE_S) == 0


def test_a_damaged_folder_is_told_by_its_part(
    office: Office, server: OfficeServer, tmp_path: Path, reel: Path
) -> None:
    data = enrolled(office, server, tmp_path / "data", "damaged-1")
    run = ["run", "--headless", "--once", "--camera", str(reel), "--data", str(data), "--json"]

    (data / "settings.json").write_text('{"direction": "sideways", "camera": 7, "theme": "pink"}')
    (data / "clock.json").write_text('{"bound_s": "long ago"}')
    assert len(objects(kakou(*run))) >= 3

    (data / "station.db").write_bytes(b"not a database" * 1000)
    for rest in data.glob("station.db-*"):
        rest.unlink()
    assert failure(kakou("log", "--data", data, "--json")) == "log_damaged"
    assert len(objects(kakou(*run))) >= 3  # it goes on in a new one
    assert len(objects(kakou("log", "--data", data, "--json"))) >= 3

    (data / "station.key").chmod(0o644)
    assert failure(kakou(*run)) == "key_file_exposed"
    (data / "station.json").write_text("{}")
    assert failure(kakou("sync", "--data", data, "--json")) == "identity_damaged"


def test_a_terminal_that_cannot_show_a_name_is_told_in_escapes(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station("gate-1", "西门")

    answer = kakou(
        "enrol", code, "--issuer", server.url, "--data", tmp_path, PYTHONIOENCODING="ascii"
    )

    assert answer.returncode == 0, answer.stderr
    assert "checkpoint: \\u897f\\u95e8" in answer.stdout


def test_a_reader_that_goes_away_is_no_accident(station: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "scanner", "log", "--data", str(station)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()


@pytest.mark.skipif(os.name != "posix", reason="there are no such modes")
def test_nothing_that_a_station_keeps_is_for_other_users(station: Path, reel: Path) -> None:
    # An account beside the guard's on a shop's laptop; the service has a mask of its own.
    before = os.umask(0o022)
    try:
        kakou("run", "--headless", "--once", "--camera", reel, "--data", station)
    finally:
        os.umask(before)
    kept = [station, *station.rglob("*")]
    assert (station / "station.db") in kept
    assert [path.name for path in kept if path.stat().st_mode & 0o077] == []


_DUMPS = """
import resource, sys
from {program}.app import main
most = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
main(["--data", sys.argv[1], {command!r}])
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.skipif(os.name != "posix", reason="there are no such limits")
@pytest.mark.parametrize(("program", "command"), [("scanner", "log"), ("issuer", "reasons")])
def test_a_crash_leaves_no_dump_of_what_was_in_memory(
    program: str, command: str, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", _DUMPS.format(program=program, command=command), tmp_path],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        cwd=ROOT,
        check=True,
    )
    assert ended.stdout.splitlines()[-1] == "0"
