"""The repository itself: locks, set-up script, what an installed copy holds."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.coverage_limits import Limits, Reached, judge

LOCKS = sorted((ROOT / "lock").glob("*.txt"))
PACKAGES = ("keys", "scanner", "issuer", "demo")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")


def _pinned(lock: str) -> dict[str, set[str]]:
    """Return name -> versions; more than one where the Python's version decides."""
    pins: dict[str, set[str]] = {}
    for line in (ROOT / "lock" / lock).read_text("utf-8").splitlines():
        if found := re.match(r"([a-z0-9-]+)==(\S+)", line):
            pins.setdefault(found[1], set()).add(found[2])
    return pins


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: Path) -> None:
    pin = re.compile(r"[a-z0-9-]+==[0-9A-Za-z.+]+( ; [a-zA-Z0-9_ .'<>=!()]+)? \\")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    lines = lock.read_text("utf-8").splitlines()

    assert [line for line in lines if not pin.fullmatch(line) and not digest.fullmatch(line)] == []
    assert lines


def test_every_dependency_is_pinned_in_the_lock_of_its_use() -> None:
    groups = PROJECT["dependency-groups"]
    needed = {
        "runtime.txt": PROJECT["project"]["dependencies"],
        "develop.txt": PROJECT["project"]["dependencies"] + groups["dev"],
        "bench.txt": PROJECT["project"]["dependencies"] + groups["dev"] + groups["bench"],
    }
    missing = {
        lock: {_name(need) for need in needs} - set(_pinned(lock)) for lock, needs in needed.items()
    }

    assert missing == {"runtime.txt": set(), "develop.txt": set(), "bench.txt": set()}


def test_what_is_tested_is_what_is_shipped_and_measured() -> None:
    develop, bench = _pinned("develop.txt"), _pinned("bench.txt")

    assert _pinned("runtime.txt").items() <= develop.items()
    assert develop.items() <= bench.items()


def test_the_lock_keeps_to_the_essentials_of_qt_and_to_one_opencv() -> None:
    names = set(_pinned("bench.txt"))

    assert (
        names & {"pyside6", "pyside6-addons", "opencv-python-headless", "python-cwt", "cwt"}
        == set()
    )


def test_packaging_is_a_plain_folder_so_that_the_library_of_that_name_is_found() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()
    found = importlib.util.find_spec("packaging.version")
    assert found is not None
    assert found.origin is not None
    assert Path(found.origin).parent != ROOT / "packaging"


@pytest.mark.parametrize("script", ["go", ".ci/run"])
def test_a_script_can_be_run_and_its_shell_can_read_it(script: str) -> None:
    path = ROOT / script
    interpreter = path.read_text("utf-8").splitlines()[0].removeprefix("#!").split()[-1]
    shell = shutil.which(Path(interpreter).name)
    if shell is None:
        pytest.skip(f"no {interpreter} on this machine")

    assert path.stat().st_mode & 0o111
    assert subprocess.run([shell, "-n", str(path)], check=False).returncode == 0


def test_go_tells_an_unknown_task_and_an_empty_exec_by_its_exit_code() -> None:
    def go(*arguments: str) -> int:
        command = ["sh", str(ROOT / "go"), *arguments]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert (go("help"), go("no-such-task"), go("exec")) == (0, 1, 1)


def _git(*arguments: str) -> str:
    """Return what git says in the repository; skips where there is no git or no working tree."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a working tree of git")
    # The tree may be somebody else's than who tests it, as in a container.
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_an_installed_copy_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    tracked = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard", *PACKAGES)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read("kakou-0.1.0.dist-info/METADATA").decode()
    wanted = {name for name in tracked.split("\0") if name and (ROOT / name).is_file()}

    assert wanted - names == set()
    assert "kakou-0.1.0.dist-info/licenses/LICENSE" in names
    assert "License-Expression: Apache-2.0" in metadata


def test_key_material_cannot_be_added_by_accident() -> None:
    names = ["root.key", "issuer/office.secret", "data/log.db", "a/b.sqlite3-wal", "station.pem"]

    assert _git("check-ignore", *names).splitlines() == names


def test_the_coverage_limits_tell_a_gap_in_deciding_code_and_too_little_overall() -> None:
    limits = Limits(overall=90, complete=("keys/*",))
    whole = Reached(path="keys/verify.py", reached=50, wanted=50, missing="")
    gap = Reached(path="keys/token.py", reached=49, wanted=50, missing="7->9")
    thin = Reached(path="issuer/app.py", reached=10, wanted=50, missing="1")

    assert judge([whole], limits) == []
    assert [line.split(":")[0] for line in judge([whole, gap], limits)] == ["keys/token.py"]
    assert judge([whole, thin], limits)[0].startswith("overall 60.00 %")
    assert len(judge([], limits)) == 1
