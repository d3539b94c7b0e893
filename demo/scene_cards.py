"""What people hold up: a phone with a code on its screen, or a sheet of paper with a printed one.

A card is two layers of premultiplied BGRA on one canvas: what reflects the gate's light (paper,
hand, the phone's body) and what shines by itself (the screen).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import cv2
import numpy as np
import segno
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
_DIGITS = re.compile(r"[0-9]+\Z")
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+\Z")
CANVAS = (1000, 1560)  # width, height; the card lies in the upper part, the forearm below


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """lit: layer that reflects. glowing: layer that shines, or None. code: centre x, y and width of
    the code with its quiet zone, on the canvas. modules: modules a side, quiet zone included.
    """

    lit: Pixels
    glowing: Pixels | None
    code: tuple[float, float, float]
    modules: int


def code_modules(text: str) -> Pixels:
    """Return the QR code of text at one pixel a module, 0 dark and 255 light, quiet zone included.

    Digits in numeric mode, Base45 in alphanumeric, all else in byte mode; level M, not boosted.
    """
    mode = "byte"
    if _DIGITS.match(text):
        mode = "numeric"
    elif _ALPHANUMERIC.match(text):
        mode = "alphanumeric"
    code = segno.make(text, micro=False, error="m", mode=mode, boost_error=False)
    rows = np.array([list(row) for row in code.matrix_iter(scale=1, border=4)], np.uint8)
    return np.where(rows > 0, 0, 255).astype(np.uint8)


def make_card(text: str, style: str, sleeve: Colour, random: np.random.Generator) -> Card:
    """Return the card for one pass; style is "phone" or "paper", sleeve the colour of the coat."""
    return (_phone if style == "phone" else _paper)(text, sleeve, random)


def _phone(text: str, sleeve: Colour, random: np.random.Generator) -> Card:
    skin = _skin(random)
    lit = _canvas()
    _forearm(lit, skin, sleeve)
    body = int(random.integers(18, 60))
    _rounded(lit, (240, 40), (760, 1110), 56, (body, body, body + 4))
    _fingers(lit, skin, left=240, right=760, top=520)
    glowing = _canvas()
    _rounded(glowing, (258, 66), (742, 1084), 34, (238, 240, 241))
    band = [(96, 133, 0), (150, 110, 40), (70, 70, 78)][int(random.integers(3))]
    cv2.rectangle(glowing, (258, 110), (742, 250), (*band, 255), -1)
    _words(glowing, "KAKOU", (300, 200), 1.9, (255, 255, 255))
    _words(
        glowing, f"{random.integers(8, 20)}:{random.integers(10, 59)}", (560, 200), 1.3, (240,) * 3
    )
    modules = code_modules(text)
    side = _inlay(glowing, modules, (500, 530), 470, dark=12, light=255)
    _bars(glowing, random, left=300, top=800, width=400, rows=4, ink=120)
    # The screen's own dots: what cheap cameras turn into moire.
    glowing[::3, :, :3] = (glowing[::3, :, :3] * 0.9).astype(np.uint8)
    glowing[:, ::3, :3] = (glowing[:, ::3, :3] * 0.9).astype(np.uint8)
    return Card(lit=lit, glowing=glowing, code=(500, 530, side), modules=modules.shape[0])


def _paper(text: str, sleeve: Colour, random: np.random.Generator) -> Card:
    skin = _skin(random)
    lit = _canvas()
    _forearm(lit, skin, sleeve)
    tint = int(random.integers(225, 246))
    cv2.rectangle(lit, (150, 50), (850, 1080), (tint - 6, tint, tint, 255), -1)
    _words(lit, "PASS", (220, 150), 2.4, (30, 30, 30))
    cv2.line(lit, (220, 180), (780, 180), (60, 60, 60, 255), 4)
    _bars(lit, random, left=220, top=215, width=360, rows=2, ink=70)
    modules = code_modules(text)
    side = _inlay(lit, modules, (500, 610), 560, dark=int(random.integers(25, 60)), light=tint)
    _bars(lit, random, left=220, top=940, width=500, rows=3, ink=90)
    _creases(lit, random)
    _fingers(lit, skin, left=150, right=850, top=900)
    return Card(lit=lit, glowing=None, code=(500, 610, side), modules=modules.shape[0])


def _canvas() -> Pixels:
    return np.zeros((CANVAS[1], CANVAS[0], 4), np.uint8)


def _skin(random: np.random.Generator) -> Colour:
    tone = float(random.uniform(0.55, 1.0))
    return int(150 * tone), int(178 * tone), int(222 * tone)


def _rounded(
    image: Pixels, low: tuple[int, int], high: tuple[int, int], radius: int, colour: Colour
) -> None:
    """Fill a rectangle with round corners."""
    (left, top), (right, bottom) = low, high
    ink = (*colour, 255)
    cv2.rectangle(image, (left + radius, top), (right - radius, bottom), ink, -1)
    cv2.rectangle(image, (left, top + radius), (right, bottom - radius), ink, -1)
    for x in (left + radius, right - radius):
        for y in (top + radius, bottom - radius):
            cv2.circle(image, (x, y), radius, ink, -1, cv2.LINE_AA)


def _words(image: Pixels, words: str, at: tuple[int, int], size: float, ink: Colour) -> None:
    cv2.putText(
        image, words, at, cv2.FONT_HERSHEY_DUPLEX, size, (*ink, 255), round(size * 2), cv2.LINE_AA
    )


def _bars(
    image: Pixels,
    random: np.random.Generator,
    *,
    left: int,
    top: int,
    width: int,
    rows: int,
    ink: int,
) -> None:
    """Lines of print too small to read: words of random width."""
    for row in range(rows):
        x = left
        while x < left + width:
            step = int(random.integers(24, 90))
            y = top + row * 40
            cv2.rectangle(image, (x, y), (x + step, y + 16), (ink, ink, ink, 255), -1)
            x += step + 14


def _inlay(
    image: Pixels, modules: Pixels, centre: tuple[int, int], width: int, *, dark: int, light: int
) -> float:
    """Lay the code on the layer in whole pixels a module; return its width in pixels."""
    cell = width // modules.shape[0]
    big = np.kron(modules, np.ones((cell, cell), np.uint8))
    toned = np.where(big > 0, light, dark).astype(np.uint8)
    side = toned.shape[0]
    x, y = centre[0] - side // 2, centre[1] - side // 2
    image[y : y + side, x : x + side, :3] = toned[:, :, None]
    image[y : y + side, x : x + side, 3] = 255
    return float(side)


def _creases(image: Pixels, random: np.random.Generator) -> None:
    """Uneven light over the sheet and one fold, as in a pocket."""
    height, width = image.shape[:2]
    coarse = random.uniform(0.86, 1.0, (4, 4)).astype(np.float32)
    shade = np.asarray(cv2.resize(coarse, (width, height)), np.float32)
    fold = int(random.integers(240, 400))
    shade[fold : fold + 6] *= 0.88
    image[:, :, :3] = np.clip(image[:, :, :3] * shade[:, :, None], 0, 255).astype(np.uint8)


def _forearm(image: Pixels, skin: Colour, cloth: Colour) -> None:
    """The palm behind the card, the wrist, and a sleeve that leaves the picture below."""
    ink = (*skin, 255)
    cv2.ellipse(image, (520, 1010), (270, 260), 0, 0, 360, ink, -1, cv2.LINE_AA)
    wrist = np.array([[380, 1100], [660, 1100], [700, 1400], [400, 1400]], np.int32)
    cv2.fillPoly(image, [wrist], ink, cv2.LINE_AA)
    sleeve = np.array([[340, 1290], [740, 1270], [800, 1560], [330, 1560]], np.int32)
    cv2.fillPoly(image, [sleeve], (*cloth, 255), cv2.LINE_AA)
    cv2.line(image, (345, 1300), (738, 1282), (*(v * 0.6 for v in cloth), 255), 10)


def _fingers(image: Pixels, skin: Colour, *, left: int, right: int, top: int) -> None:
    """A thumb over one edge of the card and four finger tips over the other."""
    shade = (int(skin[0] * 0.7), int(skin[1] * 0.7), int(skin[2] * 0.75), 255)
    ink = (*skin, 255)
    cv2.ellipse(image, (left - 6, top + 380), (50, 150), 18, 0, 360, shade, -1, cv2.LINE_AA)
    cv2.ellipse(image, (left - 12, top + 376), (46, 146), 18, 0, 360, ink, -1, cv2.LINE_AA)
    for i in range(4):
        y = top + 190 + i * 92
        cv2.ellipse(image, (right + 8, y + 4), (56, 38), -8, 0, 360, shade, -1, cv2.LINE_AA)
        cv2.ellipse(image, (right + 12, y), (54, 34), -8, 0, 360, ink, -1, cv2.LINE_AA)
