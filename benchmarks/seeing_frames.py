"""Frames with codes, from the camera model in KAKOU_SHARED (../shared by default)."""

from __future__ import annotations

import importlib.util
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
NO_MODEL = "not measured, needs the camera model in KAKOU_SHARED and scikit-image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One frame and what its code holds; key: the parameters it was made from."""

    grey: Grey
    text: str
    key: dict[str, Any]


def shared() -> Path:
    """Return the folder of data that several projects share."""
    return Path(os.environ.get("KAKOU_SHARED", "../shared"))


@cache
def camera_model() -> Any:
    """Return the camera model as a module, or None where it or its packages are missing."""
    path = shared() / "tools" / "camera_model.py"
    if not path.is_file() or importlib.util.find_spec("skimage") is None:
        return None
    spec = importlib.util.spec_from_file_location("camera_model", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def condition_grid(salt: str, rounds: int) -> Iterator[Taken]:
    """Yield the frames of the condition grid: 24 conditions, 4 module sizes, `rounds` of each."""
    model = camera_model()
    for key, how in model.grid("cond", rounds):
        yield from _made(model, salt, key, how)


def size_grid(salt: str, rounds: int) -> Iterator[Taken]:
    """Yield codes of 1.05 to 2.5 pixels a module, in four versions."""
    sizes = (1.05, 1.1, 1.15, 1.2, 1.25, 1.3, 1.4, 1.5, 1.6, 1.7, 1.75, 1.8, 1.85, 1.9, 1.95, 2.0)
    for i in range(rounds):
        for version in (5, 7, 10, 14):
            for size in (*sizes, 2.25, 2.5):
                yield from _made(
                    camera_model(), salt, {"version": version, "mpx": size, "i": i}, {}
                )


def clips(salt: str, rounds: int) -> Iterator[tuple[str, list[Taken]]]:
    """Yield (light, 45 frames) of codes that come nearer, in three lights and versions."""
    model = camera_model()
    for i in range(rounds):
        for light in model.LIGHT:
            for version in (5, 7, 10):
                frames = model.clip(i, light, version, salt)
                yield light, [Taken(grey=grey, text=text, key={}) for grey, text in frames]


def moving_card(version: int, module_px: float, seed: int, count: int) -> Iterator[Taken]:
    """Yield one code that is held up and trembles, in a lit room."""
    model = camera_model()
    text = "".join(np.random.default_rng(seed).choice(model.A, model.CAP["m"][version]))
    for k in range(count):
        at = (0.5 + 0.03 * np.sin(k * 0.3), 0.5 + 0.03 * np.cos(k * 0.21))
        made = model.make(
            version, module_px, seed=seed, nseed=seed + k, text=text, bg="coffee", at=at
        )
        yield Taken(grey=made[0], text=text, key={})


def photographs() -> list[tuple[Path, Grey]]:
    """Return the photographs beside the project; [] where there are none."""
    folder = shared() / "photos"
    paths = sorted(p for p in folder.glob("*/*") if p.suffix in {".png", ".jpg", ".jpeg"})
    found = []
    for path in paths:
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if grey is not None:
            found.append((path, np.asarray(grey, np.uint8)))
    return found


def _made(model: Any, salt: str, key: dict[str, Any], how: dict[str, Any]) -> Iterator[Taken]:
    seed = zlib.crc32(json.dumps([salt, key]).encode())
    made = model.make(key["version"], key["mpx"], seed=seed, **how)
    if made is not None:
        yield Taken(grey=made[0], text=made[1], key=key)
