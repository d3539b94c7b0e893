"""`python -m benchmarks [NAME...]`: every measurement in this folder, or those that are named.
`--list` says what there is.

A module is a measurement if it has `main`. Each prints its own tables.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path

FAILED = 1


def found() -> dict[str, object]:
    """Return `main` of every module of this folder that has one, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    modules = {
        name: importlib.import_module(f"benchmarks.{name}") for name in names if name[0] != "_"
    }
    return {name: module.main for name, module in modules.items() if hasattr(module, "main")}


def main(names: Sequence[str]) -> int:
    """Run the measurements; exit status 1 if one is not there, or says so by its own status."""
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
    status = 0
    for name in names or measurements:
        print(f"\n=== {name}", flush=True)
        measure = measurements[name]
        assert callable(measure)
        # Those that take arguments of their own are run without any.
        takes = [p for p in inspect.signature(measure).parameters.values() if p.default is p.empty]
        assert not takes, f"{name}.main needs arguments"
        status = status or int(measure() or 0)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
