"""The price of the window: from a camera's frame to the painted verdict, beside the same frames
without a window; and the CPU of one painted frame, beside a bare drawImage of it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from benchmarks._news import VERDICT
from benchmarks.gate_rig import (
    GateProcess,
    enrolled_gate,
    gate_process,
    green_texts,
    told_process,
    write_reel,
)
from benchmarks.measuring import table, verdict

PEOPLE: Final = 10
ROUNDS: Final = 6
PAINTED: Final = 300
TO_VERDICT_GOAL: Final = 1.5
PAINTING_GOAL: Final = 1.5


def _latencies(gate: GateProcess) -> list[float]:
    """Return milliseconds from frame to verdict of everyone in the reel."""
    news = gate.to_the_end()
    return [(one["mono_s"] - one["frame_s"]) * 1e3 for one in news if one["what"] == VERDICT]


def _headless(data: Path, reel: Path) -> list[float]:
    command = [sys.executable, "-m", "benchmarks._gate_process", "--data", str(data), "run"]
    with told_process([*command, "--headless", "--once", "--camera", str(reel)]) as gate:
        return _latencies(gate)


def _with_window(data: Path, reel: Path) -> list[float]:
    with gate_process(data, "--once", "--camera", str(reel)) as gate:
        return _latencies(gate)


def _to_verdict() -> None:
    took: dict[str, list[list[float]]] = {"without a window": [], "painted": []}
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as place:
        folder = Path(place)
        with enrolled_gate(folder / "gate") as (data, office):
            reel = write_reel(folder / "reel.avi", green_texts(office, PEOPLE))
        for _ in range(ROUNDS):
            took["without a window"].append(_headless(data, reel))
            took["painted"].append(_with_window(data, reel))
    rows = []
    base = took["without a window"]
    for name, rounds in took.items():
        every = sorted(latency for one in rounds for latency in one)
        assert len(every) >= 0.9 * ROUNDS * PEOPLE, f"{name}: {len(every)} verdicts"
        pairs = zip(rounds, base, strict=True)
        ratio = statistics.median(
            statistics.median(one) / statistics.median(other) for one, other in pairs
        )
        goal = verdict(ratio, TO_VERDICT_GOAL) if name == "painted" else ""
        late = every[int(0.95 * len(every))]
        middle = statistics.median(every)
        rows.append((name, len(every), f"{middle:.1f}", f"{late:.1f}", f"{ratio:.2f}", goal))
    head = ("frame to verdict", "verdicts", "p50 ms", "p95 ms", "x without", "goal")
    table("With the window open, 1280x720 at 30 frames a second", head, rows)


def _painting() -> None:
    command = [sys.executable, "-m", "benchmarks._painting", str(PAINTED)]
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    rows = []
    for name, figure in figures.items():
        goal = verdict(figure["ratio"], PAINTING_GOAL) if figure["ratio"] != 1.0 else ""
        rows.append((name, f"{figure['ms']:.2f}", f"{figure['ratio']:.2f}", goal))
    table("CPU of one painted 720p frame", ("what", "ms", "x bare drawImage", "goal"), rows)


def main() -> None:
    """Print both."""
    _to_verdict()
    _painting()


if __name__ == "__main__":
    main()
