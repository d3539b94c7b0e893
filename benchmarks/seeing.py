"""How well and how cheaply codes are read, against zxing-cpp and pyzbar with their own settings.

    python -m benchmarks.seeing [--salt WORD] [--rounds N] [--only MEASURE...]

CPU time of this process, everything in one run; absolute times are for this machine and hour only.
`zxing` is `read_barcodes(frame, formats=QRCode)`; `pyzbar` is `decode(frame, symbols=[QRCODE])`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from typing import Any

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from benchmarks import seeing_frames as frames
from benchmarks import seeing_scenes as scenes
from benchmarks.seeing_frames import Taken
from scanner.capture.codes import CodeReader, SeenCode, read_still

# What was measured, the figure, the goals and what stands beside them; whether the goal is met.
Row = tuple[str, str, str, bool]
Measure = Callable[[str, int], Iterator[Row]]


def zxing(grey: scenes.Grey) -> list[str]:
    formats = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
    found = zxingcpp.read_barcodes(grey, formats=formats)
    return [code.bytes.decode("latin-1") for code in found]


def zbar(grey: scenes.Grey) -> list[str]:
    found = pyzbar.decode(grey, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("latin-1") for code in found]


def _texts(codes: list[SeenCode]) -> list[str]:
    return [code.text for code in codes]


def _spent(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def _each(read: Callable[[Any], object], greys: Sequence[Any]) -> list[float]:
    """Seconds of each read, one after another: readers do not trash each other's caches."""
    return [_spent(lambda grey=grey: read(grey)) for grey in greys]  # type: ignore[misc]


def conditions(salt: str, rounds: int) -> Iterator[Row]:
    """Frames read, all views allowed, against the better of the two single readers."""
    taken = list(frames.condition_grid(salt, rounds))
    bank = sum(t.text in _texts(read_still(t.grey)) for t in taken)
    singles = [sum(t.text in read(t.grey) for t in taken) for read in (zxing, zbar)]
    wrong = sum(any(text != t.text for text in _texts(read_still(t.grey))) for t in taken[::4])
    yield (
        f"condition grid, {len(taken)} frames read",
        f"{bank / max(singles):.3f}x",
        f">= 1.20x (1.25x); bank {bank}, zxing {singles[0]}, pyzbar {singles[1]}, wrong {wrong}",
        bank >= 1.2 * max(singles) and not wrong,
    )


def photographs(_salt: str, _rounds: int) -> Iterator[Row]:
    """The photographs that zxing-cpp, either reader, and the bank read."""
    taken = frames.photographs()
    by_zxing = {path for path, grey in taken if zxing(grey)}
    by_zbar = {path for path, grey in taken if zbar(grey)}
    by_bank = {path for path, grey in taken if read_still(grey)}
    lost = len(by_zxing - by_bank)
    yield (
        f"photographs, {len(taken)}: lost of zxing's",
        str(lost),
        f"0; read: bank {len(by_bank)}, zxing {len(by_zxing)}, pyzbar {len(by_zbar)}, "
        f"either {len(by_zxing | by_zbar)}",
        lost == 0,
    )


def smallest(salt: str, rounds: int) -> Iterator[Row]:
    """The module size from which on 95 of 100 codes are read."""
    taken = list(frames.size_grid(salt, rounds))
    ours = _size_at_95([(t.key["mpx"], t.text in _texts(read_still(t.grey))) for t in taken])
    theirs = _size_at_95([(t.key["mpx"], t.text in zxing(t.grey)) for t in taken])
    live = _size_at_95([(t.key["mpx"], _read_live(t)) for t in taken])
    yield (
        "smallest module read at 95 %",
        f"{ours / theirs:.3f}x",
        f"<= 0.70x (0.64x); bank {ours:.2f} px, zxing {theirs:.2f} px, "
        f"live in 8 frames {live:.2f} px ({live / theirs:.3f}x)",
        ours <= 0.70 * theirs,
    )


def _read_live(taken: Taken) -> bool:
    reader = CodeReader()
    return any(taken.text in _texts(reader.read(taken.grey)) for _ in range(8))


def _size_at_95(reads: list[tuple[float, bool]]) -> float:
    """The smallest size from which every larger one is read at 95 %, between sizes by a line."""
    rates = {size: statistics.fmean(ok for s, ok in reads if s == size) for size, _ in reads}
    sizes = sorted(rates, reverse=True)
    for above, below in itertools.pairwise(sizes):
        if rates[below] < 0.95:
            span = rates[above] - rates[below]
            return below + (above - below) * (0.95 - rates[below]) / span if span > 0 else above
    return sizes[-1]


def code_free(_salt: str, rounds: int) -> Iterator[Row]:
    """A moving frame without a code, over all textures."""
    live: list[float] = []
    single: dict[str, float] = {"zxing": 0.0, "pyzbar": 0.0}
    phantoms = 0
    for i, (name, scene) in enumerate(scenes.textures(5).items()):
        reader = CodeReader()
        greys = list(scenes.panned(scene, i, 12 * rounds))
        for grey in greys:
            began = time.process_time()
            phantoms += len(reader.read(grey))
            live.append(time.process_time() - began)
        single["zxing"] += statistics.fmean(_each(zxing, greys[::4]))
        single["pyzbar"] += statistics.fmean(_each(zbar, greys[:: 6 * rounds]))
        assert name
    textures = i + 1
    mean, ninety_nine = statistics.fmean(live), float(np.percentile(live, 99))
    by_zxing, by_zbar = single["zxing"] / textures, single["pyzbar"] / textures
    yield (
        f"frame without a code, {textures} textures",
        f"{mean / by_zxing:.2f}x / {mean / by_zbar:.3f}x",
        f"<= 1.8x / 0.18x (1.3x / 0.12x); p99 {ninety_nine / by_zxing:.1f}x; zxing "
        f"{by_zxing * 1e3:.2f} ms, zxing:pyzbar 1:{by_zbar / by_zxing:.1f}; phantoms {phantoms}",
        mean <= 1.8 * by_zxing and mean <= 0.18 * by_zbar and not phantoms,
    )


def static(_salt: str, rounds: int) -> Iterator[Row]:
    """A scene that stands still, after the views have had their turn."""
    live = by_zxing = 0.0
    for i, scene in enumerate(list(scenes.textures(6).values())[::3]):
        for gain in (1.0, 0.35):
            greys = list(scenes.held(scene, i, 24, gain))
            reader = CodeReader()
            for k in range(60):
                reader.read(greys[k % 24])
            live += statistics.fmean(_each(reader.read, greys * rounds))
            by_zxing += statistics.fmean(_each(zxing, greys[::3]))
    ratio = live / by_zxing
    yield "static scene without a code", f"{ratio:.2f}x", "<= 0.35x (0.2x)", ratio <= 0.35


def tracked(_salt: str, rounds: int) -> Iterator[Row]:
    """A frame with a followed code: the window alone, and with the whole frames in between."""
    middle: list[float] = []
    mean: list[float] = []
    for code_version, size in ((5, 3.0), (8, 3.0), (8, 4.5)):
        greys = [t.grey for t in frames.moving_card(code_version, size, 3, 8 * rounds)]
        reader = CodeReader()
        reader.read(greys[0])
        ours, theirs = _each(reader.read, greys), _each(zxing, greys)
        middle.append(statistics.median(ours) / statistics.median(theirs))
        mean.append(statistics.fmean(ours) / statistics.fmean(theirs))
    yield (
        "frame with a tracked code",
        f"{statistics.fmean(middle):.3f}x",
        f"<= 0.10x (0.07x); median frame; mean with the whole frames between "
        f"{statistics.fmean(mean):.2f}x",
        statistics.fmean(middle) <= 0.10,
    )


def approach(salt: str, rounds: int) -> Iterator[Row]:
    """A code that comes nearer: the frame at which it is first read."""
    ours: list[int] = []
    theirs: list[int] = []
    for _, clip in frames.clips(salt, max(1, rounds // 2)):
        reader = CodeReader()
        ours.append(_first(clip, lambda grey: _texts(reader.read(grey))))  # noqa: B023
        theirs.append(_first(clip, zxing))
    yield (
        f"approach clips, {len(ours)}: mean frame of first read",
        f"{statistics.fmean(ours) / statistics.fmean(theirs):.3f}x",
        f"<= 0.65x (0.60x); {statistics.fmean(ours):.1f} against {statistics.fmean(theirs):.1f}; "
        f"never read {ours.count(45)} against {theirs.count(45)}",
        statistics.fmean(ours) <= 0.65 * statistics.fmean(theirs) and not ours.count(45),
    )


def _first(clip: list[Taken], read: Callable[[Any], list[str]]) -> int:
    return next((k for k, taken in enumerate(clip) if taken.text in read(taken.grey)), len(clip))


def hostile(_salt: str, rounds: int) -> Iterator[Row]:
    """Scenes that make readers slow, against zxing-cpp on an empty frame."""
    drawn = scenes.textures(5)
    empty = [g for n in ("wall", "fabric", "bricks") for g in scenes.panned(drawn[n], 1, 5)]
    flat = np.full((720, 1280), 128, np.uint8)
    base, bare = statistics.median(_each(zxing, empty)), statistics.median(_each(zxing, [flat] * 9))
    means: dict[str, float] = {}
    ninety_five, alone = [], []
    for i, (name, scene) in enumerate(scenes.hostile(3).items()):
        greys = list(scenes.panned(scene, i, 10 * rounds, noise=1.0))
        took = _each(CodeReader().read, greys)
        slow = [k for k, cost in enumerate(took) if cost > 12 * base][:3]
        after = took[(slow[-1] + 1) if len(slow) == 3 else 3 :]
        means[name] = statistics.fmean(after)
        ninety_five.append(float(np.percentile(after, 95)))
        alone.append(_spent(lambda greys=greys: zxing(greys[0])))  # type: ignore[misc]
    worst = max(means, key=lambda name: means[name])
    yield (
        f"hostile scenes, {len(means)}, after the third slow frame",
        f"{max(means.values()) / base:.1f}x",
        f"<= 12x (6x); worst mean ({worst}); worst p95 {max(ninety_five) / base:.1f}x; zxing "
        f"itself up to {max(alone) / base:.0f}x; a grey frame is {bare / base:.2f} of an empty one",
        max(means.values()) <= 12 * base,
    )


MEASURES: dict[str, Measure] = {
    "conditions": conditions,
    "photographs": photographs,
    "smallest": smallest,
    "code_free": code_free,
    "static": static,
    "tracked": tracked,
    "approach": approach,
    "hostile": hostile,
}
_NEED_MODEL = {"conditions", "smallest", "tracked", "approach"}


def _surroundings() -> str:
    """Return versions, threads, load, and how the two readers compare on an empty street here."""
    streets = list(scenes.panned(scenes.textures(5)["wall"], 1, 9))
    ours, other = (statistics.median(_each(read, streets)) for read in (zxing, zbar))
    readers = f"zxing-cpp {version('zxing-cpp')}, pyzbar {version('pyzbar')}"
    opencv = f"OpenCV {cv2.__version__} with {cv2.getNumThreads()} thread(s)"
    return f"{readers} (1:{other / ours:.1f}), {opencv}, load {os.getloadavg()[0]:.1f}"


def main(arguments: Sequence[str] = ()) -> None:
    """Print the table; each line as soon as it is measured."""
    parser = argparse.ArgumentParser(prog="benchmarks.seeing", description=__doc__)
    parser.add_argument("--salt", default="report", help="another word makes other frames")
    parser.add_argument("--rounds", type=int, default=8, help="8 is the full grid")
    parser.add_argument("--only", nargs="*", choices=list(MEASURES), default=list(MEASURES))
    asked = parser.parse_args(arguments)
    CodeReader().read(np.zeros((720, 1280), np.uint8))  # loads OpenCV with its one thread
    print(f"  {_surroundings()}; salt {asked.salt!r}", flush=True)
    for name in asked.only:
        if name in _NEED_MODEL and frames.camera_model() is None:
            print(f"  {name}: {frames.NO_MODEL}")
            continue
        for title, figure, note, met in MEASURES[name](asked.salt, asked.rounds):
            end = "" if met else "  MISSED"
            print(f"  {title:58s} {figure:>16s}   goal {note}{end}", flush=True)
    print("  Payloads, phantoms, memory and fuzzed frames in long runs: ./go soak.")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
