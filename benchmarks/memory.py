"""Memory of a station's whole process: window, camera and 14 million codes' status; beside a window
with nothing in it.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

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
from tests.fakes.trust_office import TrustOffice

PEOPLE: Final = 12
CHANGES: Final = 5000
PULLED_WITHIN_S: Final = 120.0
PUT_TOGETHER_S: Final = 3.0
GOAL_MB: Final = 200.0
Figures = tuple[float, float]


def _figures(gate: GateProcess) -> Figures:
    return gate.status("VmRSS"), gate.status("VmHWM")


def _empty() -> Figures:
    command = [sys.executable, "-m", "benchmarks._gate_process", "empty", "--stay"]
    with told_process(command) as window:
        window.until(FIRST_PAINT)
        return _figures(window)


def _at_work(data: Path, reel: Path, then: Callable[[], object] = lambda: None) -> Figures:
    """Return the figures of a gate after it has judged everyone in the reel. then: what comes
    after, before the figures are taken.
    """
    with gate_process(data, "--camera", str(reel)) as gate:
        for _ in range(PEOPLE - 1):
            gate.until(VERDICT)
        then()
        return _figures(gate)


def _an_hour_passes(server: OfficeServer, office: TrustOffice) -> None:
    """Change 5,000 statuses and return when the gate has pulled them (it asks every minute)."""
    drawn = np.random.default_rng(8)
    for place in drawn.choice(len(office.universe) * 4, CHANGES, replace=False).tolist():
        office.universe[place >> 2] ^= 3 << 2 * (place & 3)
    already = len(server.asked)
    office.publish()
    end_s = time.monotonic() + PULLED_WITHIN_S
    while not any("packs/" in path for path in server.asked[already:]):
        assert time.monotonic() < end_s, "the gate did not pull"
        time.sleep(0.1)
    time.sleep(PUT_TOGETHER_S)


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
            took["guard, an hour's changes pulled as well"] = _at_work(
                data, reel, lambda: _an_hour_passes(server, office)
            )
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
