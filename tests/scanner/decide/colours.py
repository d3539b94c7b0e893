"""How far apart two colours are for the eye, and for eyes that lack one kind of cone."""

from __future__ import annotations

import math
from typing import Final

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

NORMAL: Final[Matrix] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
# Machado, Oliveira, Fernandes 2009, severity 1.0; for linear light.
PROTAN: Final[Matrix] = (
    (0.152286, 1.052583, -0.204868),
    (0.114503, 0.786281, 0.099216),
    (-0.003882, -0.048116, 1.051998),
)
DEUTAN: Final[Matrix] = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
TRITAN: Final[Matrix] = (
    (1.255528, -0.076749, -0.178779),
    (-0.078411, 0.930809, 0.147602),
    (0.004733, 0.691367, 0.303900),
)
# sRGB to CIE XYZ, D65.
_TO_XYZ: Final[Matrix] = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_D65: Final[Triple] = (0.95047, 1.0, 1.08883)


def linear(colour: str) -> Triple:
    """Return `#RRGGBB` as linear light, 0 to 1."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG 2.1, 1 to 21."""
    lights = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue
        for red, green, blue in (linear(one), linear(other))
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def distance(one: str, other: str, sight: Matrix = NORMAL) -> float:
    """Return how many CIELAB units (1976) lie between two colours as `sight` sees them."""
    return math.dist(_lab(linear(one), sight), _lab(linear(other), sight))


def _lab(light: Triple, sight: Matrix) -> Triple:
    seen = _times(sight, light)
    clipped = tuple(min(1.0, max(0.0, part)) for part in seen)
    x, y, z = (
        _root(part / white)
        for part, white in zip(
            _times(_TO_XYZ, (clipped[0], clipped[1], clipped[2])), _D65, strict=True
        )
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _times(matrix: Matrix, light: Triple) -> Triple:
    red, green, blue = (
        sum(weight * part for weight, part in zip(row, light, strict=True)) for row in matrix
    )
    return red, green, blue


def _root(ratio: float) -> float:
    return ratio ** (1 / 3) if ratio > (6 / 29) ** 3 else ratio / (3 * (6 / 29) ** 2) + 4 / 29
