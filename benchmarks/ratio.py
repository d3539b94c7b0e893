"""How many times as long one thing takes as another, on a machine that others use too.

Both run in turn, in short blocks, on the process's own CPU time; the median of the blocks' ratios is
the figure. Absolute times on such a machine mean nothing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Ratio(NamedTuple):
    """median: of the blocks' ratios. low, high: the quartiles. base_us: CPU time of one base call."""

    median: float
    low: float
    high: float
    base_us: float

    def __str__(self) -> str:
        return f"{self.median:.3f} ({self.low:.3f} to {self.high:.3f})"


def ratio_of(
    thing: Callable[[], object], base: Callable[[], object], *, calls: int, blocks: int = 40
) -> Ratio:
    """Return how many times as long `thing` takes as `base`; `calls` of each a block."""
    _block(thing, calls)
    _block(base, calls)
    pairs = []
    for number in range(blocks):
        # In turn one or the other goes first, so that a slowing machine favours neither.
        if number % 2:
            took, based = _block(thing, calls), _block(base, calls)
        else:
            based, took = _block(base, calls), _block(thing, calls)
        pairs.append((took / based, based))
    ratios = [ratio for ratio, _ in pairs]
    low, median, high = statistics.quantiles(ratios, n=4)
    base_us = statistics.median(based for _, based in pairs) / calls / 1000
    return Ratio(median, low, high, base_us)


def _block(call: Callable[[], object], calls: int) -> int:
    begun = time.process_time_ns()
    for _ in range(calls):
        call()
    return max(1, time.process_time_ns() - begun)
