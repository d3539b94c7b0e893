"""What the demo tells the person who watches: steps, a progress bar, the station's own lines."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

_SIGNS: Final = {
    "admit": "✓",
    "admit_with_note": "✓",
    "hand_check": "!",
    "refuse": "✗",
    "cannot_judge": "?",
}


def say(text: str = "") -> None:
    """Tell the person who watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def step(text: str) -> None:
    """Tell that a new part of the story begins."""
    say(f"\n— {text}")


def bar(what: str) -> Callable[[float], None]:
    """Return a function that draws a progress bar for `what`; a few plain lines where there is no
    terminal.
    """
    told = [-1]

    def show(share: float) -> None:
        tenths = int(share * 10)
        if sys.stdout.isatty():
            cells = "█" * int(share * 40)
            sys.stdout.write(f"\r  {what} {cells:<40} {share:4.0%}")
            sys.stdout.write("\n" if share >= 1 else "")
            sys.stdout.flush()
        elif tenths > told[0] and tenths % 5 == 0:
            say(f"  {what} {share:4.0%}")
        told[0] = max(told[0], tenths)

    return show


@dataclass
class Watched:
    """What the station printed so far; filled by a thread that reads its lines."""

    shown: list[str] = field(default_factory=list)
    hints: int = 0
    online: list[tuple[float, bool]] = field(default_factory=list)

    def line(self, text: str) -> None:
        """Take one line of the station."""
        try:
            told: dict[str, Any] = json.loads(text)
        except ValueError:
            say(f"  {text}")
            return
        if "verdict" in told:
            self._verdict(told)
        elif "hint" in told:
            self.hints += 1
            say("  ·  not a pass: a quiet hint, no passage")
        elif "network" in told:
            self.online.append((time.time(), bool(told["online"])))
            state = told["network"].replace("offline: never_synced", "not asked yet")
            say(f"  ~  {state}, {told['waiting']} waiting")

    def _verdict(self, told: dict[str, Any]) -> None:
        if not told["counted"]:
            return
        self.shown.append(told["passage_id"])
        sign = _SIGNS[told["verdict"]]
        say(f"  {sign}  {told['verdict']:<12} {told['reason']:<15} {told['pass'] or ''}")
