"""Memory of a station's whole process: window, camera and 14 million codes' status; beside a window
with nothing in it.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks._news import FIRST_PAINT, VERDICT
from benchmarks.gate_rig import (
    GateProcess,
    enrol_at,
    gate_process,
    green_texts,
    served_office,
    told_process,
    write_reel,
)
from benchmarks.measuring import table, verdict
from scanner.sync.enrol import enrol_station
from scanner.sync.fetch import HttpExchange
from tests.fakes.office_server import OfficeServer

PEOPLE: Final = 12
GOAL_MB: Final = 200.0
Figures = tuple[float, float]


def _figures(gate: GateProcess) -> Figures:
    return gate.status("VmRSS"), gate.status("VmHWM")


def _empty() -> Figures:
    command = [sys.executable, "-m", "benchmarks._gate_process", "empty", "--stay"]
    with told_process(command) as window:
        window.until(FIRST_PAINT)
        return _figures(window)


def _at_work(data: Path, reel: Path) -> Figures:
    """Return the figures of a gate after it has judged everyone in the reel."""
    with gate_process(data, "--camera", str(reel)) as gate:
        for _ in range(PEOPLE - 1):
            gate.until(VERDICT)
        return _figures(gate)


def _enrolled_without_a_list(server: OfficeServer, folder: Path) -> Path:
    exchange = HttpExchange(server.url)
    enrol_station(
        folder,
        exchange,
        server.office.add_station("west-2"),
        issuer_url=server.url,
        seed=secrets.token_bytes(32),
        nonce=secrets.token_bytes(16),
        chain=secrets.token_bytes(16),
        now_s=int(time.time()),
    )
    exchange.close()
    return folder


def main() -> None:
    """Print resident memory and its peak, in MB."""
    took: dict[str, Figures] = {"an empty window": _empty()}
    with tempfile.TemporaryDirectory(prefix="kakou-bench-", dir=Path.cwd()) as place:
        folder = Path(place)
        with served_office() as (server, office):
            reel = write_reel(folder / "reel.avi", green_texts(office, PEOPLE))
            data = enrol_at(server, folder / "gate")
            took["guard, lists on the disk"] = _at_work(data, reel)
            fresh = _enrolled_without_a_list(server, folder / "fresh")
            took["guard, lists pulled while it runs"] = _at_work(fresh, reel)
    base = took["an empty window"][0]
    rows = []
    for name, (resident, peak) in took.items():
        goal = verdict(peak, GOAL_MB) if name.startswith("guard") else ""
        rows.append((name, f"{resident:.0f}", f"{peak:.0f}", f"{resident / base:.2f}", goal))
    head = ("process", "resident MB", "peak MB", "x empty window", "goal (peak MB)")
    table("Memory with 14 million codes", head, rows)


if __name__ == "__main__":
    main()
