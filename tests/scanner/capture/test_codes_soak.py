"""The readers' long runs: wrong payloads, phantoms, memory, fuzz. `./go soak` runs them."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import numpy as np
import psutil
import pytest

from benchmarks import seeing_scenes as scenes
from scanner.capture.codes import CodeReader, read_still
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey
from tests.scanner.capture.scenes import noisy, wall, with_card

pytestmark = [pytest.mark.soak, pytest.mark.timeout(0)]

ALPHABET = list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def code_free(count: int, seed: int) -> Iterator[Grey]:
    """Frames of a camera that wanders over every texture; the noise comes from a pool."""
    random = np.random.default_rng(seed)
    drawn = list(scenes.textures(seed).values())
    pool = [
        np.clip(random.standard_normal((784, 1344), np.float32) * 5 + 20, 0, 40).astype(np.uint8)
        for _ in range(4)
    ]
    for k in range(count):
        scene = drawn[k * len(drawn) // count]
        y, x, down, right = random.integers(0, (140, 200, 64, 64))
        part = scene[y : y + 720, x : x + 1280]
        grain = pool[k % 4][down : down + 720, right : right + 1280]
        yield np.asarray(cv2.addWeighted(part, 1, grain, 1, -20), np.uint8)


def test_no_payload_is_wrong_in_ten_thousand_reads() -> None:
    random = np.random.default_rng(77)
    reads = 0
    while reads < 10_000:
        text = "".join(random.choice(ALPHABET, int(random.integers(60, 240))))
        scene = with_card(wall(reads), text, 300, 150, float(random.uniform(1.3, 3.5)))
        blurred = cv2.GaussianBlur(scene, (0, 0), float(random.uniform(0.4, 1.6)))
        reader = CodeReader()
        for _ in range(4):
            codes = reader.read(noisy(blurred, random, float(random.uniform(2, 16))))
            assert {code.text for code in codes} <= {text}
            reads += len(codes)


def test_no_phantom_is_read_in_108_000_frames_without_a_code() -> None:
    reader = CodeReader()
    for frame in code_free(108_000, seed=21):
        assert reader.read(frame) == []


def test_memory_does_not_grow_over_50_000_frames() -> None:
    reader = CodeReader()
    frames = list(code_free(48, seed=3))
    frames += [with_card(frame, "1234567890" * 20, 400, 200) for frame in frames[::4]]
    process = psutil.Process()

    def run(count: int) -> None:
        for k in range(count):
            reader.read(frames[k % len(frames)])
        gc.collect()

    run(4_000)  # the decoders' and OpenCV's own pools fill up
    before = process.memory_info().rss
    run(50_000)
    assert process.memory_info().rss - before < 1 << 20


def test_no_crash_in_ten_thousand_fuzzed_frames() -> None:
    random = np.random.default_rng(5)
    reader = CodeReader()
    for k in range(10_000):
        height, width = (int(n) for n in random.integers(1, 400, 2))
        coarse = int(random.integers(1, 12))
        small = random.integers(0, 256, (height // coarse + 1, width // coarse + 1), dtype=np.uint8)
        if k % 3 == 0:
            small = np.where(small > 127, 255, 0).astype(np.uint8)
        frame = np.kron(small, np.ones((coarse, coarse), np.uint8))[:height, :width]
        reader.read(frame[:: 1 + k % 2, :: 1 + k % 3])
        if k % 20 == 0:
            read_still(frame)
