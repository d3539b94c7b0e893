"""Sources that misbehave on request, and a loopback MJPEG server in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import segno

from scanner.capture.camera_device import OpenSource
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey, Picture, SourceState

DEADLINE_S = 60.0

_SERVER = """
import http.server, sys, time
jpegs = [open(p, 'rb').read() for p in sys.argv[2:]]
class Stream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header('Content-Type', 'multipart/x-mixed-replace; boundary=b')
        self.end_headers()
        for i in range(100000):
            j = jpegs[i % len(jpegs)]
            self.wfile.write(b'--b\\r\\nContent-Type: image/jpeg\\r\\n')
            self.wfile.write(b'Content-Length: %d\\r\\n\\r\\n' % len(j))
            self.wfile.write(j + b'\\r\\n')
            time.sleep(0.04)
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer.allow_reuse_address = True
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Stream).serve_forever()
"""


def wait_until(true: Callable[[], bool], what: str = "") -> None:
    """Return as soon as the condition holds; fail after the deadline."""
    end = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < end, what or "condition never held"
        threading.Event().wait(0.01)


def noise(seed: int, height: int = 120, width: int = 160) -> Picture:
    """A BGR picture that is like no other seed's."""
    random = np.random.default_rng(seed)
    return random.integers(60, 200, (height, width, 3), dtype=np.uint8)


def code_picture(text: str, scale: int = 4, size: tuple[int, int] = (640, 480)) -> Grey:
    """A clean code on grey ground in the middle of a frame of size (width, height)."""
    rows = segno.make(text, micro=False, error="m").matrix_iter(scale=scale, border=4)
    code = np.where(np.array([list(r) for r in rows], np.uint8) > 0, 30, 220).astype(np.uint8)
    frame = np.full((size[1], size[0]), 120, np.uint8)
    y, x = (size[1] - code.shape[0]) // 2, (size[0] - code.shape[1]) // 2
    frame[y : y + code.shape[0], x : x + code.shape[1]] = code
    return frame


class ScriptedSource:
    """An open source that plays pictures from an iterator."""

    period_s = 0.0
    present = True

    def __init__(self, pictures: Iterator[Picture | None], pause_s: float = 0.002) -> None:
        self.pictures = pictures
        self.pause_s = pause_s
        self.closed = False

    def read(self) -> Picture | None:
        """Return the next picture of the script, at the script's own rate."""
        threading.Event().wait(self.pause_s)
        return next(self.pictures, None)

    def close(self) -> None:
        """Remember that the device was let go."""
        self.closed = True


def scripted_opener(*steps: OpenSource | SourceState) -> Callable[[], OpenSource | SourceState]:
    """Open the steps one after another; the last one is UNPLUGGED for ever."""
    left = iter(steps)
    return lambda: next(left, SourceState.UNPLUGGED)


def write_video(path: Path, pictures: list[Picture], frames_per_s: float = 25.0) -> Path:
    """Write an MJPG .avi."""
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*"MJPG"), frames_per_s, (width, height)
    )
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


@contextmanager
def mjpeg_server(port: int, images: list[Path]) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the JPEG files as an endless stream from another process; killed at the end."""
    command = [sys.executable, "-c", _SERVER, str(port), *map(str, images)]
    with subprocess.Popen(command) as server:
        try:
            wait_until(lambda: _listens(port), "the stream's server never came up")
            yield server
        finally:
            server.kill()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
