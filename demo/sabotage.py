"""A station with one check switched off, to show that the demo notices.

The switch is in no program: a sabotaged station is the same program with one function replaced from
outside, in a process of its own that only the demo starts.
"""

from __future__ import annotations

import sys
from typing import Final

_RUN: Final = "import sys; from scanner.app import main; sys.exit(main(sys.argv[1:]))"

_SABOTAGE: Final = {
    # Any signature is good: the forged passes get in.
    "signature": "import keys.ed25519 as e; e.verify = lambda *_: None",
    # The list is not asked: what was withdrawn or turned red after minting gets in.
    "list": (
        "import scanner.decide.judge as j; j._status_now = lambda signed, _: signed.claims.status"
    ),
    # Every fourth passage is shown and not written down.
    "log": (
        "import itertools, scanner.station as s;"
        " real = s.PassageLog.append; n = itertools.count(1);"
        " s.PassageLog.append = lambda log, p: None if next(n) % 4 == 0 else real(log, p)"
    ),
}
KINDS: Final = tuple(_SABOTAGE)


def station_command(sabotage: str | None) -> list[str]:
    """Return how to start a station: as it is, or with one check switched off."""
    if sabotage is None:
        return [sys.executable, "-m", "scanner"]
    return [sys.executable, "-c", f"{_SABOTAGE[sabotage]}; {_RUN}"]
