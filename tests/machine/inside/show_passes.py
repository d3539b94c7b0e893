"""Holds passes before a V4L2 loop: one after the other, as a webcam would see them.

show_passes.py DEVICE PASSES SECONDS    DEVICE: /dev/video10; PASSES: a file, one text a line;
                                        SECONDS: how long each is held; then the next, for ever
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
import time
from itertools import count
from pathlib import Path

import numpy as np
import segno

WIDTH, HEIGHT = 640, 480
# linux/videodev2.h: _IOWR('V', 5, struct v4l2_format), an output, pixels as YUYV.
_SET_FORMAT = 0xC0D05605
_OUTPUT, _PROGRESSIVE, _SRGB = 2, 1, 8
_FRAMES_A_SECOND = 5


def opened(device: str) -> int:
    """Return the loop's other end, set to YUYV 640x480."""
    node = os.open(device, os.O_WRONLY)
    pixels = struct.pack(
        "<8I", WIDTH, HEIGHT, int.from_bytes(b"YUYV", "little"), _PROGRESSIVE,
        WIDTH * 2, WIDTH * HEIGHT * 2, _SRGB, 0,
    )  # fmt: skip
    fcntl.ioctl(node, _SET_FORMAT, (struct.pack("<II", _OUTPUT, 0) + pixels).ljust(208, b"\0"))
    return node


def picture(text: str) -> np.ndarray:
    """Return a card with this code on a grey desk, (480, 640) luma."""
    modules = np.array(list(map(list, segno.make(text, micro=False, error="m").matrix)), np.uint8)
    scale = 440 // (len(modules) + 8)
    card = np.kron(np.pad(1 - modules, 4, constant_values=1), np.ones((scale, scale), np.uint8))
    grey = np.full((HEIGHT, WIDTH), 90, np.uint8)
    top, left = (HEIGHT - len(card)) // 2, (WIDTH - len(card)) // 2
    grey[top : top + len(card), left : left + len(card)] = 30 + 200 * card
    return grey


def main(device: str, passes: str, seconds: str) -> None:
    """Show them until somebody ends it."""
    node = opened(device)
    frame = np.full((HEIGHT, WIDTH, 2), 128, np.uint8)
    texts = Path(passes).read_text("utf-8").splitlines()
    # After a power cut not the same people once more.
    for number in count(int(time.time() / float(seconds))):
        frame[:, :, 0] = picture(texts[number % len(texts)])
        until_s = time.monotonic() + float(seconds)
        while time.monotonic() < until_s:
            # A sensor never gives one picture twice.
            frame[:32, :, 0] = np.random.default_rng().integers(60, 120, (32, WIDTH), np.uint8)
            os.write(node, frame.tobytes())
            time.sleep(1 / _FRAMES_A_SECOND)


if __name__ == "__main__":
    main(*sys.argv[1:])
