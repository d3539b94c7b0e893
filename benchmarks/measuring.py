"""How every benchmark measures: alternatives in turn, in one process, and ratios round by round.

Machines are shared and noisy, so absolute times say little; a ratio of two things that ran a
millisecond apart says much. The median of many such ratios is what is printed and held to a goal.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Seconds a call, by name, one figure a round; the rounds of all names ran in turn."""

    seconds: Mapping[str, Sequence[float]]

    def median(self, name: str) -> float:
        """Return the middle one of the rounds, in seconds a call."""
        return statistics.median(self.seconds[name])

    def quantile(self, name: str, share: float) -> float:
        """Return the figure that `share` (0 to 1) of the rounds do not exceed."""
        ordered = sorted(self.seconds[name])
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def ratio(self, name: str, base: str) -> float:
        """Return the median over the rounds of how many times as long `name` took as `base`."""
        pairs = zip(self.seconds[name], self.seconds[base], strict=True)
        return statistics.median(one / other for one, other in pairs)


def in_turn(
    calls: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls_a_round: int = 1,
    clock: Callable[[], float] = time.thread_time,
    elsewhere: Callable[[], Mapping[str, float]] = dict,
    before: Mapping[str, Callable[[], object]] | None = None,
) -> Rounds:
    """Run every call `calls_a_round` times in each round, one name after the other.

    clock: seconds; this thread's CPU time unless told (wall time where a disk is waited for).
    elsewhere: called once a round; gives seconds a call, by name, of what another process ran.
    before: by name, what is done before each of its rounds and not measured.
    """
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    for number in range(rounds):
        # Another one begins in every round, so that nobody always runs behind the same one.
        first = number % len(names)
        for name in names[first:] + names[:first]:
            call = calls[name]
            if before is not None and name in before:
                before[name]()
            begin_s = clock()
            for _ in range(calls_a_round):
                call()
            seconds[name].append((clock() - begin_s) / calls_a_round)
        for name, took_s in elsewhere().items():
            seconds.setdefault(name, []).append(took_s)
    return Rounds(seconds=seconds)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table; figures stand right, words left."""
    texts = [list(head), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(line[column]) for line in texts) for column in range(len(head))]
    print(f"\n{title}")
    for number, line in enumerate(texts):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths))


def verdict(ratio: float, goal: float, *, at_least: bool = False) -> str:
    """Return the goal and whether the figure meets it."""
    met = ratio >= goal if at_least else ratio <= goal
    return f"{'>=' if at_least else '<='} {goal}{'' if met else '  MISSED'}"
