"""The reel of `./go demo`: people who hold codes up to a gate's camera, as a video."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from demo import scene_motion
from demo.avi import write_mjpeg_avi
from demo.scene_frame import Scene
from demo.scene_motion import FRAMES_PER_S, SHORTEST_S
from demo.scene_people import HEIGHT, WIDTH

Passes = list[tuple[str, str]]
Progress = Callable[[float], None]
_LOOK = 1  # raise it when the drawing changes, so that no older reel is taken from the cache
_JPEG_QUALITY = 45  # what a webcam's own compressor leaves, and 100 MB for a minute
_CHUNK = 50
_WORKERS = 2


def make_reel(
    passes: Passes,
    path: Path,
    progress: Progress,
    *,
    seed: int = 1,
    shortest_s: float = SHORTEST_S,
) -> Path:
    """Write the reel of these people to path (.avi, 1280x720, 25 frames/s, shortest_s at least).

    passes: (text of the code, "phone" or "paper") in the order in which they come. progress is
    told the share done, 0.0 to 1.0. The same passes and seed give the same bytes.
    """
    plan = _Plan(passes=tuple(passes), seed=seed, shortest_s=shortest_s)
    write_mjpeg_avi(path, _jpegs(plan, progress), size=(WIDTH, HEIGHT), frames_per_s=FRAMES_PER_S)
    progress(1.0)
    return path


def cached_reel(passes: Passes, folder: Path, progress: Progress, *, seed: int = 1) -> Path:
    """Return the reel of these people from folder, made there first if it is not there yet."""
    path = reel_path(passes, folder, seed=seed)
    if path.is_file():
        progress(1.0)
        return path
    folder.mkdir(parents=True, exist_ok=True)
    return make_reel(passes, path, progress, seed=seed)


def reel_path(passes: Passes, folder: Path, *, seed: int = 1) -> Path:
    """Return where cached_reel keeps the reel of these people."""
    asked = json.dumps([_LOOK, seed, passes]).encode()
    return folder / f"reel-{hashlib.sha256(asked).hexdigest()[:16]}.avi"


def reel_seconds(count: int, *, seed: int = 1, shortest_s: float = SHORTEST_S) -> float:
    """Return how long a reel of `count` people plays, in seconds."""
    return scene_motion.length_s(scene_motion.plan(count, seed), shortest_s)


def write_sample(passes: Passes, path: Path, *, at_s: float, seed: int = 1) -> Path:
    """Write the frame at at_s seconds as a PNG, for the documents."""
    cv2.imwrite(str(path), Scene(passes, seed).frame(round(at_s * FRAMES_PER_S)))
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a worker needs to draw any frame of the reel."""

    passes: tuple[tuple[str, str], ...]
    seed: int
    shortest_s: float


@cache
def _scene(plan: _Plan) -> Scene:
    """The scene, built once in each worker."""
    cv2.setNumThreads(1)  # two workers on two cores
    return Scene(list(plan.passes), plan.seed, plan.shortest_s)


def _jpegs(plan: _Plan, progress: Progress) -> Iterator[bytes]:
    """Every frame in order, drawn by worker processes chunk by chunk."""
    turns = scene_motion.plan(len(plan.passes), plan.seed)
    frames = round(scene_motion.length_s(turns, plan.shortest_s) * FRAMES_PER_S)
    chunks = [(plan, at, min(at + _CHUNK, frames)) for at in range(0, frames, _CHUNK)]
    # Spawned, since a forked child would inherit the locks of the caller's threads.
    context = multiprocessing.get_context("spawn")
    done = 0
    with context.Pool(_WORKERS) as pool:
        for jpegs in pool.imap(_draw, chunks):
            yield from jpegs
            done += len(jpegs)
            progress(done / frames)


def _draw(chunk: tuple[_Plan, int, int]) -> list[bytes]:
    plan, first, last = chunk
    scene = _scene(plan)
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    return [
        cv2.imencode(".jpg", scene.frame(number), quality)[1].tobytes()
        for number in range(first, last)
    ]
