"""The gate as it is drawn: backdrop, people, passers-by. Everything is made up; nobody is shown."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 1280, 720


def backdrop(seed: int) -> Pixels:
    """Return the empty gate as BGR (720, 1280, 3): houses, trees, floor, hut, barrier."""
    random = np.random.default_rng([seed, 1])
    image = _gradient((196, 178, 160), (150, 158, 166), HEIGHT)
    _houses(image, random)
    image[430:] = _gradient((104, 110, 116), (74, 78, 84), HEIGHT - 430)
    _paving(image)
    _trees(image, random)
    _hut(image)
    _barrier(image)
    soft = cv2.GaussianBlur(image, (0, 0), 1.6)  # the camera is focused at arm's length
    grain = cv2.resize(random.normal(0, 7, (180, 320)).astype(np.float32), (WIDTH, HEIGHT))
    fine = random.normal(0, 3, (HEIGHT, WIDTH)).astype(np.float32)
    return np.clip(soft + (grain + fine)[:, :, None], 0, 255).astype(np.uint8)


def person(coat: tuple[int, int, int], random: np.random.Generator) -> Pixels:
    """Return a person to the waist, a little out of focus: premultiplied BGRA (720, 520, 4)."""
    image = np.zeros((720, 520, 4), np.uint8)
    tone = float(random.uniform(0.55, 1.0))
    skin = (int(148 * tone), int(174 * tone), int(218 * tone), 255)
    _coat(image, coat, random)
    cv2.rectangle(image, (222, 250), (298, 330), (*(int(v * 0.85) for v in skin[:3]), 255), -1)
    cv2.ellipse(image, (260, 175), (92, 118), 0, 0, 360, skin, -1, cv2.LINE_AA)
    _hair(image, random)
    _face(image, masked=bool(random.random() < 0.4))
    shade = np.linspace(1.06, 0.8, 520, dtype=np.float32)[None, :, None]
    image[:, :, :3] = np.clip(image[:, :, :3] * shade, 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 2.2), np.uint8)


def passer_by(random: np.random.Generator) -> Pixels:
    """Return somebody who walks past far behind, as premultiplied BGRA of shape (230, 90, 4)."""
    image = np.zeros((230, 90, 4), np.uint8)
    ink = (*(int(v) for v in random.integers(30, 120, 3)), 255)
    legs = (*(int(v) for v in random.integers(25, 70, 3)), 255)
    cv2.ellipse(image, (45, 26), (15, 19), 0, 0, 360, (110, 130, 160, 255), -1, cv2.LINE_AA)
    cv2.ellipse(image, (45, 92), (30, 52), 0, 0, 360, ink, -1, cv2.LINE_AA)
    cv2.line(image, (38, 130), (30, 215), legs, 15, cv2.LINE_AA)
    cv2.line(image, (52, 130), (60, 215), legs, 15, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 2.5), np.uint8)


def _gradient(top: tuple[int, int, int], low: tuple[int, int, int], rows: int) -> Pixels:
    along = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
    mixed = np.array(top, np.float32) * (1 - along) + np.array(low, np.float32) * along
    return np.broadcast_to(mixed, (rows, WIDTH, 3)).astype(np.uint8).copy()


def _houses(image: Pixels, random: np.random.Generator) -> None:
    x = -40
    while x < WIDTH:
        width, top = int(random.integers(150, 280)), int(random.integers(30, 190))
        wall = tuple(int(v) for v in random.integers(105, 165, 3))
        cv2.rectangle(image, (x, top), (x + width, 440), wall, -1)
        for wx in range(x + 18, x + width - 30, 46):
            for wy in range(top + 20, 400, 54):
                lit = int(random.integers(40, 120))
                cv2.rectangle(image, (wx, wy), (wx + 24, wy + 32), (lit + 20, lit + 8, lit), -1)
        x += width + int(random.integers(-10, 30))


def _paving(image: Pixels) -> None:
    for i in range(-14, 15):
        cv2.line(image, (640 + i * 46, 430), (640 + i * 260, HEIGHT), (66, 70, 76), 2, cv2.LINE_AA)
    for i in range(9):
        y = 430 + round(290 * (i / 8) ** 1.8)
        cv2.line(image, (0, y), (WIDTH, y), (66, 70, 76), 2, cv2.LINE_AA)


def _trees(image: Pixels, random: np.random.Generator) -> None:
    for x in (70, 1190):
        cv2.rectangle(image, (x - 9, 250), (x + 9, 450), (48, 62, 84), -1)
        for _ in range(240):
            spot = random.normal((x, 190), (52, 58))
            green = int(random.integers(60, 130))
            centre = (round(float(spot[0])), round(float(spot[1])))
            cv2.circle(image, centre, int(random.integers(4, 14)), (44, green, 52), -1, cv2.LINE_AA)


def _hut(image: Pixels) -> None:
    cv2.rectangle(image, (880, 190), (1100, 560), (150, 134, 118), -1)
    cv2.rectangle(image, (866, 168), (1114, 200), (88, 70, 58), -1)
    cv2.rectangle(image, (906, 250), (1074, 390), (96, 84, 62), -1)
    cv2.line(image, (990, 250), (990, 390), (140, 126, 110), 5)
    cv2.rectangle(image, (915, 420), (1065, 452), (96, 133, 0), -1)
    cv2.putText(
        image, "KAKOU 2", (930, 445), cv2.FONT_HERSHEY_DUPLEX, 0.8, (245,) * 3, 2, cv2.LINE_AA
    )


def _barrier(image: Pixels) -> None:
    cv2.rectangle(image, (180, 400), (222, 610), (60, 62, 66), -1)
    for i in range(16):
        colour = (40, 40, 190) if i % 2 else (228, 230, 232)
        cv2.rectangle(image, (200 + i * 42, 452), (242 + i * 42, 470), colour, -1)


def _coat(image: Pixels, coat: tuple[int, ...], random: np.random.Generator) -> None:
    outline = [
        [20, 720],
        [40, 470],
        [110, 360],
        [215, 312],
        [305, 312],
        [410, 360],
        [480, 470],
        [500, 720],
    ]
    cv2.fillPoly(image, [np.array(outline, np.int32)], (*coat, 255), cv2.LINE_AA)
    seam = (*(int(v * 0.6) for v in coat), 255)
    cv2.line(image, (260, 330), (260, 720), seam, 6, cv2.LINE_AA)
    for x in (118, 402):
        cv2.line(image, (x, 470), (x + int(random.integers(-8, 8)), 720), seam, 5, cv2.LINE_AA)
    collar = np.array([[205, 318], [260, 372], [315, 318], [260, 300]], np.int32)
    cv2.fillPoly(image, [collar], (*(min(255, v + 60) for v in coat), 255), cv2.LINE_AA)


def _hair(image: Pixels, random: np.random.Generator) -> None:
    grey = int(random.integers(18, 120))
    ink = (grey, grey, grey + 8, 255)
    cv2.ellipse(image, (260, 140), (100, 98), 0, 180, 360, ink, -1, cv2.LINE_AA)
    if random.random() < 0.45:
        cv2.ellipse(image, (164, 215), (20, 90), 0, 0, 360, ink, -1, cv2.LINE_AA)
        cv2.ellipse(image, (356, 215), (20, 90), 0, 0, 360, ink, -1, cv2.LINE_AA)


def _face(image: Pixels, *, masked: bool) -> None:
    for x in (224, 296):
        cv2.ellipse(image, (x, 178), (13, 7), 0, 0, 360, (40, 40, 46, 255), -1, cv2.LINE_AA)
        cv2.line(image, (x - 18, 158), (x + 18, 156), (52, 56, 62, 255), 5, cv2.LINE_AA)
    if masked:
        shape = np.array([[176, 205], [260, 192], [344, 205], [330, 268], [260, 296], [190, 268]])
        cv2.fillPoly(image, [shape.astype(np.int32)], (224, 216, 196, 255), cv2.LINE_AA)
    else:
        cv2.line(image, (260, 185), (252, 222), (96, 116, 150, 255), 5, cv2.LINE_AA)
        cv2.ellipse(image, (260, 250), (30, 9), 0, 0, 180, (84, 88, 150, 255), -1, cv2.LINE_AA)
