"""Who stands where at which moment of the reel, how the card is held, and how light it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FRAMES_PER_S = 25
SHORTEST_S = 60.0
APPROACH_S, HOLD_S, LEAVE_S = 0.55, 1.05, 0.4
SHOWN_S = APPROACH_S + HOLD_S + LEAVE_S
_EVERY_S = 1.52
_PAIRED_S = 0.5  # this close behind the person before: two codes in one frame
_FIRST_S = 0.5
_LANES = (372.0, 905.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One person's turn. starts_s: when the card comes up. module_px: pixels at the nearest."""

    starts_s: float
    lane_x: float
    height_y: float
    module_px: float
    roll: float
    pitch: float
    yaw: float
    sway_px: float
    phase: float
    defocus_px: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Where a card is: centre of its code, size, angles, and pixels moved since the last frame."""

    x: float
    y: float
    scale: float
    roll: float
    pitch: float
    yaw: float
    speed: tuple[float, float]
    defocus_px: float


def plan(count: int, seed: int) -> list[Turn]:
    """Return the turns of `count` people in order; every eighth comes beside the one before."""
    turns = []
    at_s = _FIRST_S
    for i in range(count):
        random = np.random.default_rng([seed, 2, i])
        turns.append(_turn(i, at_s, random))
        # The pair takes the time of two, so that each of them is in view as long as anyone.
        at_s += _PAIRED_S if i % 8 == 5 else 2 * _EVERY_S - _PAIRED_S if i % 8 == 6 else _EVERY_S
    return turns


def length_s(turns: list[Turn], shortest_s: float) -> float:
    """Return how long the reel is: until the last has left, and never under shortest_s."""
    last_s = turns[-1].starts_s if turns else 0.0
    return max(shortest_s, last_s + SHOWN_S + 1.0)


def pose(turn: Turn, now_s: float) -> Pose | None:
    """Return how the card is held at now_s, or None when it is not in view."""
    t = now_s - turn.starts_s
    if not 0 <= t < SHOWN_S:
        return None
    x, y, scale = _place(turn, t)
    x_before, y_before, _ = _place(turn, t - 1 / FRAMES_PER_S)
    wave = turn.phase + t * 5
    return Pose(
        x=x,
        y=y,
        scale=scale,
        roll=turn.roll + 0.04 * math.sin(wave),
        pitch=turn.pitch + 0.06 * math.sin(wave * 0.7),
        yaw=turn.yaw + 0.08 * math.cos(wave * 0.6),
        speed=(x - x_before, y - y_before),
        # The lens hunts while the hand comes up, and then settles.
        defocus_px=turn.defocus_px + 1.1 * max(0.0, 1 - t / (APPROACH_S * 1.2)),
    )


def body_place(turn: Turn, now_s: float) -> tuple[float, float, float] | None:
    """Return centre x, top y and scale of the person's body, or None when out of view."""
    t = now_s - turn.starts_s
    if not -0.7 <= t < SHOWN_S + 0.6:
        return None
    side = -1.0 if turn.lane_x < 640 else 1.0  # the middle of the picture
    away = max(0.0, 0.35 - t) / 1.05 + max(0.0, t - APPROACH_S - HOLD_S - 0.1) / 0.9
    bob = 4 * math.sin(turn.phase + t * 7)
    return turn.lane_x + side * (40 + 760 * away**1.3), turn.height_y - 210 + bob, 0.86


def light_at(now_s: float, whole_s: float) -> float:
    """Return the share of daylight at now_s: day, dusk, night, morning, changing slowly."""
    marks = (0.0, 0.36, 0.42, 0.58, 0.63, 0.80, 0.86, 1.0)
    light = (1.0, 1.0, 0.5, 0.5, 0.24, 0.24, 0.8, 1.0)
    share: float = float(np.interp(now_s / whole_s, marks, light))
    return share * (1 + 0.02 * math.sin(now_s * 2.1))


def corners(
    place: Pose, width: float, height: float, centre: tuple[float, float]
) -> NDArray[np.float32]:
    """Return where the four corners of a canvas fall in the picture, clockwise from top left.

    width, height, centre: of the canvas in picture pixels, the centre being the code's.
    """
    left, top = -centre[0], -centre[1]
    flat = np.array(
        [[left, top], [left + width, top], [left + width, top + height], [left, top + height]]
    )
    about_x, about_y, about_z = place.pitch, place.yaw, place.roll
    points = np.column_stack([flat, np.zeros(4)]) @ _turned(about_x, about_y, about_z).T
    near = 1 + points[:, 2] / 900.0  # a pinhole 900 pixels away: a webcam's field of view
    shown: NDArray[np.float32] = (points[:, :2] / near[:, None] + (place.x, place.y)).astype(
        np.float32
    )
    return shown


def _turn(i: int, at_s: float, random: np.random.Generator) -> Turn:
    module_px = float(random.uniform(2.5, 3.6))
    return Turn(
        starts_s=at_s,
        lane_x=_LANES[i % 2] + float(random.uniform(-50, 50)),
        height_y=float(random.uniform(300, 390)),
        module_px=module_px,
        roll=float(random.normal(0, 0.10)),
        pitch=float(random.uniform(-0.42, 0.30)),
        yaw=float(random.uniform(-0.45, 0.45)),
        sway_px=float(random.uniform(2, 7)),
        phase=float(random.uniform(0, 6.28)),
        defocus_px=module_px * float(random.uniform(0.18, 0.34)),
    )


def _place(turn: Turn, t: float) -> tuple[float, float, float]:
    """Centre of the code and size: up and nearer, held by a trembling hand, then away."""
    up = _eased(t / APPROACH_S)
    down = _eased((t - APPROACH_S - HOLD_S) / LEAVE_S)
    wave = turn.phase + t * 6.28
    x = turn.lane_x + turn.sway_px * math.sin(wave * 1.3) + 60 * (1 - up)
    y = turn.height_y + turn.sway_px * 0.7 * math.sin(wave * 2.1 + 1)
    y += 520 * (1 - up) + 620 * down
    held = 0.96 + 0.08 * min(1.0, max(0.0, (t - APPROACH_S) / HOLD_S))
    return x, y, held * (0.72 + 0.28 * up) * (1 - 0.15 * down)


def _eased(share: float) -> float:
    s = min(1.0, max(0.0, share))
    return s * s * (3 - 2 * s)


def _turned(about_x: float, about_y: float, about_z: float) -> NDArray[np.float64]:
    cx, sx, cy, sy = math.cos(about_x), math.sin(about_x), math.cos(about_y), math.sin(about_y)
    cz, sz = math.cos(about_z), math.sin(about_z)
    tilt = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    swing = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    spin = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    turned: NDArray[np.float64] = swing @ tilt @ spin
    return turned
