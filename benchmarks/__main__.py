"""`python -m benchmarks [NAME...]`: every measurement in this folder, or those that are named.
`--list` says what there is.

A module is a measurement if it has `main`. Each prints its own tables, goals beside the figures;
what missed its goal is said once more at the end.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import os
import pkgutil
import platform
import sqlite3
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, TextIO

FAILED = 1
_LIBRARIES: Final = ("zxing-cpp", "pyzbar", "opencv-python", "numpy", "PyNaCl", "cbor2")
_WINDOWS: Final = ("PySide6-Essentials",)
_MISSED: Final = "MISSED"


class Heard:
    """A stream that passes everything on, and keeps the lines that tell of a missed goal."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._line = ""
        self._measure = ""
        self.missed: list[str] = []

    def begins(self, measure: str) -> None:
        """Note whose lines come next."""
        self._measure = measure

    def write(self, text: str) -> int:
        """Write `text`."""
        *whole, rest = (self._line + text).split("\n")
        self._line = rest
        self.missed += [f"{self._measure}: {line.strip()}" for line in whole if _MISSED in line]
        return self._out.write(text)

    def flush(self) -> None:
        """Hand on what was written."""
        self._out.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


def found() -> dict[str, object]:
    """Return `main` of every module of this folder that has one, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = {
        name: importlib.import_module(f"benchmarks.{name}") for name in names if name[0] != "_"
    }
    return {name: module.main for name, module in modules.items() if hasattr(module, "main")}


def main(names: Sequence[str]) -> int:
    """Run the measurements; exit status 1 if one is not there, breaks, or says so by its own
    status.
    """
    measurements = found()
    if list(names) == ["--list"]:
        for name in measurements:
            says = (sys.modules[f"benchmarks.{name}"].__doc__ or "").split("\n\n")[0]
            print(f"{name:<16} {' '.join(says.split())}")
        return 0
    unknown = [name for name in names if name not in measurements]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}. There are: {', '.join(measurements)}")
        return FAILED
    _say_where()
    return _run({name: measurements[name] for name in names or measurements})


def _say_where() -> None:
    """Print what all figures depend on."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {platform.platform()}, {cores} cores,", end=" ")
    print(f"load {load:.1f} at the start, SQLite {sqlite3.sqlite_version}")
    print(", ".join(f"{name} {version(name)}" for name in (*_LIBRARIES, *_WINDOWS)), flush=True)


def _run(measurements: Mapping[str, object]) -> int:
    status = 0
    heard = Heard(sys.stdout)
    with contextlib.redirect_stdout(heard):
        for name, measure in measurements.items():
            print(f"\n=== {name}", flush=True)
            heard.begins(name)
            assert callable(measure)
            status |= _measured(name, measure)
    print(f"\n=== {len(heard.missed)} goals missed")
    for line in heard.missed:
        print(f"  {line}")
    return status


def _measured(name: str, measure: Callable[..., object]) -> int:
    # Those that take arguments of their own are run without any.
    takes = [p for p in inspect.signature(measure).parameters.values() if p.default is p.empty]
    assert not takes, f"{name}.main needs arguments"
    try:
        said = measure()
    except BrokenPipeError:  # nobody reads on
        raise
    except Exception:  # noqa: BLE001 - the others are measured all the same
        traceback.print_exc()
        print(f"  {name} broke: {_MISSED}")
        return FAILED
    return said if isinstance(said, int) else 0


if __name__ == "__main__":
    try:
        status = main(sys.argv[1:])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is flushed last
        status = FAILED
    sys.exit(status)
