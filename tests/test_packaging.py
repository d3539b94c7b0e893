"""What is shipped around the programs: the script that sets a station up, its unit, its locks."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from configparser import RawConfigParser
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGING = ROOT / "packaging"
SYSTEMD = PACKAGING / "systemd"


def _libraries(script: Path) -> set[str]:
    found = re.search(r"^libraries='([^']*)'", script.read_text("utf-8"), re.MULTILINE)
    assert found is not None
    return set(found[1].split())


def _pins(lock: str) -> set[str]:
    text = (ROOT / "lock" / lock).read_text("utf-8")
    return set(re.findall(r"^[a-z0-9-]+==[^ \\]+", text, re.MULTILINE))


def _unit(name: str) -> RawConfigParser:
    parser = RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(SYSTEMD / name, "utf-8")
    return parser


def test_the_script_that_sets_a_station_up_can_be_run_and_read() -> None:
    script = PACKAGING / "station.sh"
    assert script.stat().st_mode & 0o111
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("no sh on this machine")
    assert subprocess.run([shell, "-n", str(script)], check=False).returncode == 0
    # Without a wheel it changes nothing and says how it is used.
    assert subprocess.run([shell, str(script)], capture_output=True, check=False).returncode == 2


def test_a_station_gets_the_libraries_that_development_gets() -> None:
    assert _libraries(PACKAGING / "station.sh") == _libraries(ROOT / "go")


def test_a_kiosk_gets_what_everybody_runs_and_its_own_two_libraries() -> None:
    more = {pin.split("==")[0] for pin in _pins("kiosk.txt") - _pins("runtime.txt")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    kiosk = project["optional-dependencies"]["kiosk"]

    assert _pins("runtime.txt") <= _pins("kiosk.txt")
    assert more == {re.split(r"[>=;]", need)[0] for need in kiosk}


def test_the_user_of_the_unit_is_made_with_every_group_that_the_unit_names() -> None:
    service = _unit("kakou-station.service")["Service"]
    lines = (PACKAGING / "sysusers" / "kakou-station.conf").read_text("utf-8").splitlines()
    members = {line.split()[2] for line in lines if line.startswith("m kakou ")}

    # A group that does not exist keeps the whole unit from starting.
    assert set(service["SupplementaryGroups"].split()) == members
    assert f"u {service['User']} " in "\n".join(lines)


def test_a_station_that_hangs_is_given_up_long_before_systemd_usually_would() -> None:
    service = _unit("kakou-station.service")["Service"]

    assert service["Type"] == "notify"
    assert service["Restart"] == "always"
    assert int(service["WatchdogSec"]) + int(service["TimeoutAbortSec"]) < 60
    assert int(service["TimeoutStartSec"]) > 90


@pytest.mark.parametrize("name", ["kakou-station.service", "kakou-issuer.service"])
def test_systemd_reads_the_unit_without_a_word(name: str, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine")
    text = (SYSTEMD / name).read_text("utf-8")
    unit = tmp_path / name
    # The program and its users are not on every machine; all else is looked at.
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
    text = re.sub(r"^(User|SupplementaryGroups)=.*\n", "", text, flags=re.MULTILINE)
    unit.write_text(text, "utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", "--recursive-errors=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
