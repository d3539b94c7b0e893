"""A pytest plugin: with `--coverage-limits` the run fails when too little of the code was reached.

The limits stand in pyproject.toml under [tool.kakou.coverage]: `complete` names the files of which
every line and branch must be reached, `overall` is the percentage for everything together. The
result is reported as one more test, so it counts in pytest's own closing line. Runs of single tests
leave the option out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

import pytest
from coverage import Coverage
from coverage.exceptions import NoDataError
from coverage.results import Analysis

_NAME = "coverage limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """overall: per cent of lines and branches. complete: patterns of paths from the root."""

    overall: float
    complete: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How much of one file ran: lines and branches together, and what is missing in words."""

    path: str
    reached: int
    wanted: int
    missing: str


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--coverage-limits`, which needs `--cov`."""
    parser.addoption(
        "--coverage-limits", action="store_true", help="fail below the limits of pyproject.toml"
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Judge after pytest-cov has combined what all workers and subprocesses reached."""
    result = yield
    config = session.config
    is_worker = hasattr(config, "workerinput")
    if config.getoption("--coverage-limits") and not is_worker and not config.option.collectonly:
        _report(session, judge(measured(config.rootpath), read_limits(config.rootpath)))
    return result


def read_limits(root: Path) -> Limits:
    """Return the limits of `root`/pyproject.toml."""
    with (root / "pyproject.toml").open("rb") as file:
        table = tomllib.load(file)["tool"]["kakou"]["coverage"]
    return Limits(overall=table["overall"], complete=tuple(table["complete"]))


def measured(root: Path) -> list[Reached]:
    """Return every file that was watched, from the data that the run left in `root`."""
    coverage = Coverage(data_file=str(root / ".coverage"), config_file=str(root / "pyproject.toml"))
    try:
        coverage.load()
        # Compiled page templates are traced under the names of their .html files.
        files = sorted(f for f in coverage.get_data().measured_files() if f.endswith(".py"))
    except NoDataError:
        return []
    return [_reached(coverage._analyze(str(root / file)), file) for file in files]


def judge(files: Iterable[Reached], limits: Limits) -> list[str]:
    """Return one line per limit that does not hold; [] when all do. No files at all hold none."""
    files = list(files)
    wanted = sum(file.wanted for file in files)
    if not wanted:
        return ["nothing was measured: --coverage-limits needs --cov"]
    failures = [
        f"{file.path}: {file.reached} of {file.wanted} reached; missing {file.missing}"
        for file in files
        if file.reached < file.wanted and any(fnmatch(file.path, p) for p in limits.complete)
    ]
    overall = 100 * sum(file.reached for file in files) / wanted
    if overall < limits.overall:
        failures.append(f"overall {overall:.2f} %, the limit is {limits.overall} %")
        worst = sorted(files, key=lambda file: file.reached - file.wanted)[:10]
        failures += [f"    {file.path}: {file.reached} of {file.wanted} reached" for file in worst]
    return failures


def _reached(analysis: Analysis, path: str) -> Reached:
    numbers = analysis.numbers
    reached, wanted = numbers.ratio_covered
    arcs = analysis.missing_branch_arcs()
    branches = [f"{line}->{to if to > 0 else 'exit'}" for line, ends in arcs.items() for to in ends]
    lines = [str(line) for line in sorted(analysis.missing)]
    shown = ", ".join((lines + branches)[:40])
    return Reached(path=path.replace("\\", "/"), reached=reached, wanted=wanted, missing=shown)


def _report(session: pytest.Session, failures: list[str]) -> None:
    outcome: Literal["passed", "failed"] = "failed" if failures else "passed"
    session.config.hook.pytest_runtest_logreport(
        report=pytest.TestReport(
            nodeid=_NAME,
            location=("pyproject.toml", None, _NAME),
            keywords={},
            outcome=outcome,
            longrepr="\n".join(failures) or None,
            when="call",
        )
    )
    if failures:
        session.testsfailed = max(session.testsfailed, 1)
