"""Frames for the readers' tests: codes on walls, and sheets that are meant to do harm."""

from __future__ import annotations

import numpy as np

from scanner.capture.opencv import cv2
from scanner.capture.source import Grey
from tests.scanner.capture.rigs import code_picture

DENSE = "0123456789" * 20
FULL = "KK1:" + "ABCDEFGH%0123456789" * 11


def wall(seed: int, height: int = 720, width: int = 1280) -> Grey:
    """A plain wall with a lamp at one side, and the sensor's noise."""
    random = np.random.default_rng(seed)
    slope = np.linspace(90, 150, width, dtype=np.float32)[None, :].repeat(height, 0)
    return noisy(slope, random)


def noisy(scene: object, random: np.random.Generator, spread: float = 4.0) -> Grey:
    """The scene with noise of the given standard deviation."""
    plain = np.asarray(scene, np.float32)
    shaken = plain + random.standard_normal(plain.shape, np.float32) * spread
    return np.clip(shaken, 0, 255).astype(np.uint8)


def card(text: str, module_px: float) -> Grey:
    """A code with its quiet zone, at any size."""
    clean = code_picture(text, scale=8, size=(1000, 1000))
    rows, columns = np.where(clean != 120)
    code = clean[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    size = round(code.shape[0] * module_px / 8)
    return np.asarray(cv2.resize(code, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def with_card(scene: Grey, text: str, x: int, y: int, module_px: float = 3.0) -> Grey:
    """The scene with a code laid on at x, y."""
    code, frame = card(text, module_px), scene.copy()
    frame[y : y + code.shape[0], x : x + code.shape[1]] = code
    return frame


def finder_sheet(module_px: int, shift: int = 0) -> Grey:
    """A frame full of finder patterns: what a shirt could carry to stop a gate."""
    finder = np.full((8, 8), 255, np.uint8)
    finder[:7, :7] = 0
    finder[1:6, 1:6] = 255
    finder[2:5, 2:5] = 0
    big = np.kron(finder, np.ones((module_px, module_px), np.uint8))
    sheet = np.tile(big, (760 // big.shape[0] + 1, 1400 // big.shape[1] + 1))
    return np.ascontiguousarray(sheet[shift : shift + 720, shift : shift + 1280])
