"""One frame of the reel: everything that is drawn, laid together as a cheap webcam would see it."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from demo.scene_cards import CANVAS, Card, make_card
from demo.scene_motion import (
    FRAMES_PER_S,
    SHORTEST_S,
    Pose,
    Turn,
    body_place,
    corners,
    length_s,
    light_at,
    plan,
    pose,
)
from demo.scene_people import HEIGHT, WIDTH, backdrop, passer_by, person

Pixels = NDArray[np.uint8]
_EDGE = 8  # the camera's post trembles this many pixels at most
_POOL = 4


class Scene:
    """All that the frames of one reel have in common. A frame depends on nothing but its number.

    passes: (text of the code, "phone" or "paper") of everybody in turn.
    """

    def __init__(
        self, passes: list[tuple[str, str]], seed: int, shortest_s: float = SHORTEST_S
    ) -> None:
        self.turns = plan(len(passes), seed)
        self.whole_s = length_s(self.turns, shortest_s)
        self.frames = round(self.whole_s * FRAMES_PER_S)
        self._passes = passes
        self._seed = seed
        around = ((_EDGE, _EDGE), (_EDGE, _EDGE), (0, 0))
        self._backdrop = np.pad(backdrop(seed), around, mode="edge")
        self._strollers = [passer_by(np.random.default_rng([seed, 3, i])) for i in range(3)]
        self._noise = [_noise_pair(np.random.default_rng([seed, 4, i])) for i in range(_POOL)]
        self._sprites = lru_cache(maxsize=6)(self._sprites_of)

    def frame(self, number: int) -> Pixels:
        """Return frame `number` as BGR of shape (720, 1280, 3)."""
        now_s = number / FRAMES_PER_S
        light = light_at(now_s, self.whole_s)
        image = self._behind(now_s)
        shown = [(i, turn) for i, turn in enumerate(self.turns) if body_place(turn, now_s)]
        for i, turn in shown:
            self._lay_body(image, i, turn, now_s)
        image = _pixels(cv2.convertScaleAbs(image, alpha=light))
        for i, turn in shown:
            place = pose(turn, now_s)
            if place is not None:
                _lay_card(image, self._sprites(i)[1], turn, place, light)
        return self._sensed(image, number, light)

    def _sprites_of(self, i: int) -> tuple[Pixels, tuple[Card, list[Pixels]]]:
        """The body and the card of person i, the card's layers at a few sizes."""
        random = np.random.default_rng([self._seed, 5, i])
        text, style = self._passes[i]
        blue, green, red = (int(v) for v in random.integers(30, 130, 3))
        coat = (blue, green, red)
        card = make_card(text, style, coat, random)
        layers = [card.lit] if card.glowing is None else [card.lit, card.glowing]
        # Shrunk once to little more than its nearest size, so that the warp of each frame is
        # quick and has nothing left to alias.
        near = 1.4 * _scale(card, self.turns[i])
        small = [
            _pixels(cv2.resize(layer, None, fx=near, fy=near, interpolation=cv2.INTER_AREA))
            for layer in layers
        ]
        return person(coat, random), (card, small)

    def _behind(self, now_s: float) -> Pixels:
        dx = _EDGE + round(2.2 * np.sin(now_s * 1.7) + 1.2 * np.sin(now_s * 5.3))
        dy = _EDGE + round(1.6 * np.sin(now_s * 2.3 + 1))
        image = self._backdrop[dy : dy + HEIGHT, dx : dx + WIDTH].copy()
        for i, stroller in enumerate(self._strollers):
            speed = (55, -38, 80)[i]
            x = (200 + 480 * i + speed * now_s) % (WIDTH + 300) - 150
            bob = 3 * np.sin(now_s * 8 + i)
            _lay(image, stroller, x, 300 + 18 * i + bob)
        return image

    def _lay_body(self, image: Pixels, i: int, turn: Turn, now_s: float) -> None:
        place = body_place(turn, now_s)
        if place is None:
            return
        x, y, scale = place
        body = self._sprites(i)[0]
        size = (round(body.shape[1] * scale), round(body.shape[0] * scale))
        _lay(image, _pixels(cv2.resize(body, size)), x - size[0] / 2, y)

    def _sensed(self, image: Pixels, number: int, light: float) -> Pixels:
        """Sensor noise, stronger in the dark where the gain goes up."""
        random = np.random.default_rng([self._seed, 6, number])
        more, less = self._noise[int(random.integers(_POOL))]
        y, x = (int(v) for v in random.integers(0, 64, 2))
        window = np.s_[y : y + HEIGHT, x : x + WIDTH]
        strength = 0.5 if light > 0.7 else 0.65 if light > 0.4 else 0.75
        brighter = cv2.addWeighted(image, 1.0, more[window], strength, 0)
        return _pixels(cv2.addWeighted(brighter, 1.0, less[window], -strength, 0))


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, np.uint8)


def _noise_pair(random: np.random.Generator) -> tuple[Pixels, Pixels]:
    """What noise adds and what it takes away, larger than a frame: a new offset each time."""
    shape = (HEIGHT + 64, WIDTH + 64)
    common = random.standard_normal(shape, np.float32)
    common = cv2.GaussianBlur(common, (0, 0), 0.8) * 2.6  # cameras smooth their noise a little
    each = np.repeat(common[:, :, None], 3, axis=2) * 5.0
    each += (
        cv2.resize(
            random.standard_normal((shape[0] // 2, shape[1] // 2, 3), np.float32), shape[::-1]
        )
        * 2.5
    )
    return np.clip(each, 0, 255).astype(np.uint8), np.clip(-each, 0, 255).astype(np.uint8)


def _lay(image: Pixels, sprite: Pixels, x: float, y: float, light: float = 1.0) -> None:
    """Lay premultiplied BGRA over the image with its top left at x, y; what is outside is cut."""
    left, top = round(x), round(y)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + sprite.shape[1], WIDTH), min(top + sprite.shape[0], HEIGHT)
    if x0 >= x1 or y0 >= y1:
        return
    cut = sprite[y0 - top : y1 - top, x0 - left : x1 - left]
    under = image[y0:y1, x0:x1]
    through = cv2.cvtColor(cv2.bitwise_not(cv2.extractChannel(cut, 3)), cv2.COLOR_GRAY2BGR)
    kept = cv2.multiply(under, through, scale=1 / 255)
    over = cv2.cvtColor(cut, cv2.COLOR_BGRA2BGR)
    image[y0:y1, x0:x1] = cv2.addWeighted(kept, 1.0, over, light, 0)


def _lay_card(
    image: Pixels, sprites: tuple[Card, list[Pixels]], turn: Turn, place: Pose, light: float
) -> None:
    card, layers = sprites
    scale = _scale(card, turn) * place.scale
    width, height = CANVAS[0] * scale, CANVAS[1] * scale
    quad = corners(place, width, height, (card.code[0] * scale, card.code[1] * scale))
    pad = 12 + max(abs(place.speed[0]), abs(place.speed[1])) * 0.5
    low = np.floor(quad.min(0) - pad).astype(int).clip(-40, (WIDTH, HEIGHT))
    high = np.ceil(quad.max(0) + pad).astype(int).clip(0, (WIDTH + 40, HEIGHT + 40))
    if (high - low < 4).any():  # nothing of it is in the picture
        return
    for i, layer in enumerate(layers):
        part = _seen(layer, quad - low, (int(high[0] - low[0]), int(high[1] - low[1])), place)
        if i:
            _glow(image, part, int(low[0]), int(low[1]), light)
        _lay(image, part, low[0], low[1], 1.0 if i else light)


def _scale(card: Card, turn: Turn) -> float:
    """Picture pixels for one pixel of the canvas, at the turn's nearest."""
    return turn.module_px * card.modules / card.code[2]


def _seen(layer: Pixels, quad: NDArray[np.float32], size: tuple[int, int], place: Pose) -> Pixels:
    """The layer as the lens draws it: perspective, defocus, and the hand's movement."""
    rows, columns = layer.shape[:2]
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(source, quad.astype(np.float32))
    part = cv2.warpPerspective(layer, matrix, size, flags=cv2.INTER_LINEAR)
    part = cv2.GaussianBlur(part, (0, 0), place.defocus_px)
    # The shutter is open for a third of the frame; a box is near enough to a streak.
    across, along = (1 + round(abs(step) * 0.35) for step in place.speed)
    if across > 1 or along > 1:
        part = cv2.blur(part, (across, along), borderType=cv2.BORDER_CONSTANT)
    return _pixels(part)


def _glow(image: Pixels, screen: Pixels, x: int, y: int, light: float) -> None:
    """In the dark a screen lights the air around it and the lens flares."""
    if light > 0.7:  # not to be seen by day
        return
    small = cv2.resize(screen, None, fx=0.1, fy=0.1, interpolation=cv2.INTER_AREA)
    small = cv2.cvtColor(small, cv2.COLOR_BGRA2BGR)
    small = cv2.copyMakeBorder(small, 8, 8, 8, 8, cv2.BORDER_CONSTANT)
    halo = cv2.resize(cv2.GaussianBlur(small, (0, 0), 4), None, fx=10, fy=10)
    left, top = x - 80, y - 80
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + halo.shape[1], WIDTH), min(top + halo.shape[0], HEIGHT)
    if x0 < x1 and y0 < y1:
        cut = halo[y0 - top : y1 - top, x0 - left : x1 - left]
        image[y0:y1, x0:x1] = cv2.addWeighted(image[y0:y1, x0:x1], 1.0, cut, 0.16, 0)
