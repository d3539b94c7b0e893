"""What each view costs and rescues: the table of ARCHITECTURE.md.

    python -m benchmarks.seeing_views [--salt WORD] [--rounds N]

Frames of the condition grid and small codes that zxing-cpp does not read as they are. cost: CPU
time of the view, its read included, against zxing-cpp on the whole frame. rescues: frames of those
that the view alone reads. alone: frames that no other view in the table reads.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

from benchmarks import seeing_frames as frames
from benchmarks.seeing import zxing
from benchmarks.seeing_frames import Taken
from scanner.capture import codes_still, codes_views
from scanner.capture.codes_regions import CellMaker, regions_in
from scanner.capture.codes_views import View

_FOR_FRAMES = (codes_views.PLAIN, codes_views.INVERSE, *codes_still.WHOLE_VIEWS, codes_views.ZBAR)
_FOR_REGIONS = (*codes_still.REGION_VIEWS, *codes_still.DEBLURS)


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks.seeing_views", description=__doc__)
    parser.add_argument("--salt", default="report")
    parser.add_argument("--rounds", type=int, default=4)
    asked = parser.parse_args(arguments)
    if frames.camera_model() is None:
        print(f"  {frames.NO_MODEL}")
        return
    taken = [
        *frames.condition_grid(asked.salt, asked.rounds),
        *(t for t in frames.size_grid(asked.salt, asked.rounds) if t.key["mpx"] < 2),
    ]
    hard, base_s = _hard_ones(taken)
    read = {view.name: _read_by(view, hard, whole=True) for view in _FOR_FRAMES}
    read |= {view.name: _read_by(view, hard, whole=False) for view in _FOR_REGIONS}
    print(f"{len(taken)} frames, {len(hard)} of them not read by zxing-cpp with its own settings\n")
    print("| view | of | cost | rescues | alone |\n|---|---|---|---|---|")
    regions = {view.name for view in _FOR_REGIONS}
    for name, (seconds, found) in read.items():
        others = set().union(*(f for other, (_, f) in read.items() if other != name))
        where = "region" if name in regions else "frame"
        cost, alone = seconds / base_s, len(found - others)
        print(f"| {name} | {where} | {cost:.2f}x | {len(found)} | {alone} |")
    everything = set().union(*(found for _, found in read.values()))
    print(f"\nall together rescue {len(everything)} of {len(hard)}")


def _hard_ones(taken: list[Taken]) -> tuple[list[Taken], float]:
    """The frames that zxing-cpp does not read, and what a frame costs it on average."""
    hard, spent = [], []
    for t in taken:
        began = time.process_time()
        texts = zxing(t.grey)
        spent.append(time.process_time() - began)
        if t.text not in texts:
            hard.append(t)
    return hard, statistics.fmean(spent)


def _read_by(view: View, hard: list[Taken], *, whole: bool) -> tuple[float, set[int]]:
    """Mean seconds a look, and the numbers of the frames that the view reads."""
    found: set[int] = set()
    spent = []
    for i, t in enumerate(hard):
        regions = [] if whole else regions_in(CellMaker().cells(t.grey), 1)
        window = regions[0].window(t.grey.shape) if regions else None
        if not whole and window is None:
            continue
        began = time.process_time()
        codes = view.read(t.grey, window)
        spent.append(time.process_time() - began)
        if any(code.text == t.text for code in codes):
            found.add(i)
    return statistics.fmean(spent), found


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
