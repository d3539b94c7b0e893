"""What lamps and buzzer do for a verdict: told apart by place, rhythm and length, not by colour
alone. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from keys.passages import Verdict

# As long as the answer stands on an unattended screen (screens.md, Time).
SHOWN_S: Final = {verdict: 3.0 if verdict is Verdict.ADMIT else 8.0 for verdict in Verdict}
_BLINK_S: Final = 0.5
_FAST_S: Final = 0.2

# The rhythm of each verdict's sound (scanner.gate.sounds): from, to, in seconds.
BEEPS: Final[dict[Verdict, tuple[tuple[float, float], ...]]] = {
    Verdict.ADMIT: ((0.0, 0.16),),
    Verdict.ADMIT_WITH_NOTE: ((0.0, 0.16), (0.25, 0.29)),
    Verdict.HAND_CHECK: ((0.0, 0.15), (0.22, 0.37)),
    Verdict.REFUSE: ((0.0, 0.7),),
    Verdict.CANNOT_JUDGE: ((0.0, 0.05), (0.15, 0.2), (0.3, 0.35)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Which lamps burn and whether the buzzer sounds."""

    green: bool = False
    amber: bool = False
    red: bool = False
    buzzer: bool = False


DARK: Final = Signal()
EVERYTHING: Final = Signal(green=True, amber=True, red=True, buzzer=True)


def signal_at(verdict: Verdict | None, since_s: float, *, held: bool = False) -> Signal:
    """Return the signal `since_s` seconds after `verdict`, dark when it has been shown.

    held: the gate stands open for fire or emergency, whatever was last judged: green in quick
    flashes.
    """
    if held:
        return Signal(green=_blinks(since_s, _FAST_S))
    if verdict is None or not 0 <= since_s < SHOWN_S[verdict]:
        return DARK
    slow = _blinks(since_s, _BLINK_S)
    return Signal(
        green=verdict in {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE},
        amber=_amber(verdict, slow),
        red=verdict is Verdict.REFUSE or (verdict is Verdict.CANNOT_JUDGE and not slow),
        buzzer=any(start <= since_s < end for start, end in BEEPS[verdict]),
    )


def _amber(verdict: Verdict, slow: bool) -> bool:
    if verdict is Verdict.ADMIT_WITH_NOTE:
        return True
    return slow and verdict in {Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE}


def _blinks(since_s: float, half_s: float) -> bool:
    return int(since_s / half_s) % 2 == 0
