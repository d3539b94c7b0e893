"""Frames without a code: textures of a gate's surroundings, and scenes meant to do harm.

Everything is drawn from a seed, and larger than a frame, so that a camera can pan over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Random = np.random.Generator
WIDTH, HEIGHT = 1280, 720
_WIDE, _HIGH = 1480, 860


def textures(seed: int) -> dict[str, Grey]:
    """Return 24 scenes of shape (860, 1480) that hold no code."""
    drawn: dict[str, Callable[[Random], object]] = {
        "wall": lambda r: _slope(r, 90, 150),
        "dark": lambda r: _slope(r, 10, 34),
        "bright": lambda r: _slope(r, 200, 250),
        "clouds": lambda r: _octaves(r, (320, 160, 80, 40)),
        "fabric": lambda r: _octaves(r, (64, 8, 4, 3)),
        "foliage": lambda r: _octaves(r, (40, 20, 10, 5)),
        "grass": lambda r: _octaves(r, (30, 6, 3, 2)),
        "marble": lambda r: _octaves(r, (200, 20, 7)),
        "bricks": _bricks,
        "tiles": lambda r: _lattice(r, 46, 4),
        "fence": lambda r: _lattice(r, 17, 3),
        "checks": lambda _: _checks(9),
        "chequered": lambda _: _checks(23),
        "blinds": lambda _: _stripes(11, 0.0),
        "stripes": lambda _: _stripes(7, 0.18),
        "newspaper": lambda r: _print(r, 0.45, 26),
        "poster": lambda r: _print(r, 1.6, 70),
        "boxes": _boxes,
        "gravel": lambda r: _discs(r, 9000, 2, 9),
        "crowd": lambda r: _discs(r, 3000, 1, 6),
        "lamps": lambda r: _discs(r, 160, 2, 5),
        "keyboard": _keys,
        "bookshelf": _spines,
        "barcodes": _bars,
    }
    return {
        name: _grey(draw(np.random.default_rng([seed, i])))
        for i, (name, draw) in enumerate(drawn.items())
    }


def hostile(seed: int) -> dict[str, Grey]:
    """Return scenes that make readers slow: sheets of finder patterns, noise, stripes, stars."""
    random = np.random.default_rng([seed, 99])
    sheets = {
        f"finders {size} px, gap {gap}": _finders(size, gap) for size in (1, 2, 3) for gap in (1, 2)
    }
    return sheets | {
        "noise 1 px": _speckle(random, 1),
        "noise 2 px": _speckle(random, 2),
        "noise 3 px": _speckle(random, 3),
        "stripes 3 px": _grey(_stripes(3, 0.0)),
        "checks 3 px": _grey(_checks(3)),
        "stars": _grey(_discs(random, 6000, 1, 3)),
    }


def panned(scene: Grey, seed: int, count: int, noise: float = 4.0) -> Iterator[Grey]:
    """Yield frames of a camera that moves over the scene, with sensor noise."""
    random = np.random.default_rng([seed, 7])
    for k in range(count):
        x = round(100 + 95 * np.sin(k * 0.13 + seed))
        y = round(70 + 65 * np.cos(k * 0.17 + seed))
        yield sensed(scene[y : y + HEIGHT, x : x + WIDTH], random, noise)


def held(scene: Grey, seed: int, count: int, gain: float, noise: float = 4.0) -> Iterator[Grey]:
    """Yield frames of a camera that stands still, in the light that gain leaves."""
    random = np.random.default_rng([seed, 8])
    part = scene[:HEIGHT, :WIDTH].astype(np.float32) * gain
    for _ in range(count):
        yield sensed(part, random, noise)


def sensed(scene: object, random: Random, noise: float) -> Grey:
    """The scene with read noise of that many steps and shot noise to match."""
    plain = np.asarray(scene, np.float32)
    spread = np.sqrt(noise**2 + noise * plain * 0.12)
    shaken = plain + random.standard_normal(plain.shape, np.float32) * spread
    return np.asarray(np.clip(shaken, 0, 255), np.uint8)


def _grey(picture: object) -> Grey:
    return np.clip(np.asarray(picture, np.float32), 0, 255).astype(np.uint8)


def _slope(random: Random, low: float, high: float) -> object:
    along = np.linspace(low, high, _WIDE)[None, :] + np.linspace(-8, 8, _HIGH)[:, None]
    return along + random.normal(0, 2, (_HIGH, _WIDE))


def _octaves(random: Random, sizes: tuple[int, ...]) -> object:
    total = np.zeros((_HIGH, _WIDE), np.float32)
    for i, size in enumerate(sizes):
        coarse = random.random((_HIGH // size + 2, _WIDE // size + 2), np.float32)
        total += 0.6**i * np.asarray(
            cv2.resize(coarse, (_WIDE, _HIGH), interpolation=cv2.INTER_CUBIC)
        )
    return (total - total.min()) / float(np.ptp(total)) * 235 + 10


def _bricks(random: Random) -> object:
    y, x = np.mgrid[0:_HIGH, 0:_WIDE]
    joint = (y % 36 < 3) | ((x + (y // 36) % 2 * 40) % 80 < 3)
    return np.where(joint, 90, 165) + random.normal(0, 9, joint.shape)


def _lattice(random: Random, pitch: int, line: int) -> object:
    y, x = np.mgrid[0:_HIGH, 0:_WIDE]
    return np.where((x % pitch < line) | (y % pitch < line), 60, 175) + random.normal(0, 5, x.shape)


def _checks(size: int) -> object:
    y, x = np.mgrid[0:_HIGH, 0:_WIDE]
    return np.where((x // size + y // size) % 2, 205, 55)


def _stripes(size: int, slant: float) -> object:
    y, x = np.mgrid[0:_HIGH, 0:_WIDE]
    return np.where(((y + x * slant) // size).astype(int) % 2, 200, 70)


def _print(random: Random, size: float, line: int) -> object:
    page = np.full((_HIGH, _WIDE), 232, np.uint8)
    for y in range(line, _HIGH, line):
        words = "".join(random.choice(list("abcdefghilmnoprstu      "), 260))
        cv2.putText(page, words, (12, y), cv2.FONT_HERSHEY_SIMPLEX, size, 35, 1, cv2.LINE_AA)
    return page


def _boxes(random: Random) -> object:
    scene = np.full((_HIGH, _WIDE), 190, np.uint8)
    for x, y, w, h, tone in random.integers((0, 0, 4, 4, 0), (_WIDE, _HIGH, 64, 64, 255), (900, 5)):
        cv2.rectangle(scene, (int(x), int(y)), (int(x + w), int(y + h)), int(tone), -1)
    return scene


def _discs(random: Random, count: int, low: int, high: int) -> object:
    scene = np.full((_HIGH, _WIDE), 24, np.uint8)
    for x, y, radius, tone in random.integers(
        (0, 0, low, 60), (_WIDE, _HIGH, high, 255), (count, 4)
    ):
        cv2.circle(scene, (int(x), int(y)), int(radius), int(tone), -1, cv2.LINE_AA)
    return scene


def _keys(_: Random) -> object:
    scene = np.full((_HIGH, _WIDE), 150, np.uint8)
    for x in range(0, _WIDE, 44):
        for y in range(0, _HIGH, 44):
            cv2.rectangle(scene, (x + 3, y + 3), (x + 38, y + 38), 70, -1)
            letter = chr(65 + (x * 7 + y) // 44 % 26)
            cv2.putText(scene, letter, (x + 12, y + 28), 0, 0.6, 220, 1, cv2.LINE_AA)
    return scene


def _spines(random: Random) -> object:
    scene = np.full((_HIGH, _WIDE), 60, np.uint8)
    x = 0
    while x < _WIDE:
        width = int(random.integers(14, 52))
        cv2.rectangle(scene, (x, 30), (x + width, 400), int(random.integers(40, 230)), -1)
        cv2.rectangle(scene, (x, 450), (x + width, _HIGH), int(random.integers(40, 230)), -1)
        x += width + 2
    return scene


def _bars(random: Random) -> object:
    scene = np.full((_HIGH, _WIDE), 225, np.uint8)
    for y in range(20, _HIGH - 90, 120):
        x = 20
        while x < _WIDE - 20:
            width = int(random.integers(2, 9))
            cv2.rectangle(scene, (x, y), (x + width // 2, y + 80), 25, -1)
            x += width + int(random.integers(1, 5))
    return scene


def _finders(size: int, gap: int) -> Grey:
    one = np.full((7 + gap, 7 + gap), 255, np.uint8)
    one[:7, :7] = 0
    one[1:6, 1:6] = 255
    one[2:5, 2:5] = 0
    big = np.kron(one, np.ones((size, size), np.uint8))
    sheet = np.tile(big, (_HIGH // big.shape[0] + 1, _WIDE // big.shape[1] + 1))
    return np.asarray(sheet[:_HIGH, :_WIDE], np.uint8)


def _speckle(random: Random, size: int) -> Grey:
    small = random.integers(0, 256, (_HIGH // size + 1, _WIDE // size + 1), dtype=np.uint8)
    return np.asarray(np.kron(small, np.ones((size, size), np.uint8))[:_HIGH, :_WIDE], np.uint8)
