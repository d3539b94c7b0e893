"""From the start of the station's process to its first painted window and its first verdict, beside
a window with nothing in it. 14 million codes' status are in the data folder.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from benchmarks._news import FIRST_PAINT, VERDICT
from benchmarks.gate_rig import (
    GateProcess,
    enrolled_gate,
    gate_process,
    green_texts,
    told_process,
    write_pictures,
)
from benchmarks.measuring import table, verdict

ROUNDS: Final = 9
GOAL: Final = 2.0
Starter = Callable[[], AbstractContextManager[GateProcess]]


def _empty() -> AbstractContextManager[GateProcess]:
    return told_process([sys.executable, "-m", "benchmarks._gate_process", "empty"])


def _timed(start: Starter, what: str) -> tuple[float, float]:
    """Return seconds on the wall, and of the process's CPU, from its start until it tells."""
    with start() as gate:
        news = gate.until(what)
    return news["mono_s"] - gate.began_s, news["cpu_s"]


def main() -> None:
    """Print medians, and the ratios round by round."""
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as place:
        folder = Path(place)
        with enrolled_gate(folder / "gate") as (data, office):
            pictures = write_pictures(folder / "pictures", green_texts(office, 1))

        def gate(*more: str) -> Callable[[], Any]:
            return lambda: gate_process(data, "--camera", str(pictures), *more)

        starters: dict[str, tuple[Starter, str]] = {
            "an empty window": (_empty, FIRST_PAINT),
            "guard, first paint": (gate(), FIRST_PAINT),
            "shop, first paint": (gate("--face", "shop"), FIRST_PAINT),
            "kiosk, first paint": (gate("--face", "kiosk"), FIRST_PAINT),
            "guard, first verdict": (gate(), VERDICT),
        }
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in starters}
        for number in range(ROUNDS + 1):
            for name, (start, what) in starters.items():
                once = _timed(start, what)
                if number:  # the first round compiles and fills the disk's cache
                    took[name].append(once)
    base = took["an empty window"]
    rows = []
    for name, figures in took.items():
        pairs = list(zip(figures, base, strict=True))
        wall = statistics.median(one[0] / other[0] for one, other in pairs)
        cpu = statistics.median(one[1] / other[1] for one, other in pairs)
        middle_ms = statistics.median(one[0] for one in figures) * 1e3
        cpu_ms = statistics.median(one[1] for one in figures) * 1e3
        goal = verdict(cpu, GOAL) if name.endswith("paint") else ""
        rows.append((name, f"{middle_ms:.0f}", f"{cpu_ms:.0f}", f"{wall:.2f}", f"{cpu:.2f}", goal))
    head = ("from the process's start", "wall ms", "CPU ms", "x wall", "x CPU", "goal (CPU)")
    table("Starting", head, rows)


if __name__ == "__main__":
    main()
