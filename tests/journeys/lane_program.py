"""One lane in a process of its own, for a test that gives it a network of its own: finds the other
by mDNS alone, then obeys `scan`, `wait` and `end` on standard input and answers in JSON lines.
"""

from __future__ import annotations

import json
import sys

from scanner.sync.mesh_discovery import LaneDiscovery
from tests.journeys.test_copied_code import KEYS, Gate
from tests.scanner.decide import makers
from tests.scanner.sync.lanes import Lane, until


def main(name: str) -> None:
    """Play the lane `name`."""
    with Lane(name, host="0.0.0.0") as lane:  # noqa: S104 - in a name space of its own
        finder = LaneDiscovery(
            KEYS.hello, name.encode().ljust(8), lane.mesh.found, port=lambda: lane.mesh.state.port
        )
        finder.start()
        until(lambda: bool(lane.mesh.state.peers), 60)
        gate = Gate(lane)
        answer(peers=lane.mesh.state.peers)
        for line in sys.stdin:
            match line.strip():
                case "scan":
                    judgement = gate.scan(makers.digits())
                    answer(verdict=judgement.verdict, reason=judgement.reason)
                case "wait":
                    until(lambda: len(lane.neighbours) == 1)
                    answer(heard=1)
                case _:
                    break
        finder.stop()


def answer(**what: object) -> None:
    """Tell the test."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
