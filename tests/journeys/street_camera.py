"""A street camera on loopback: an MJPEG stream that shows what the test holds up, and can be
unplugged.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import cv2
import numpy as np

from demo.proxy import free_port
from tests.scanner.capture.rigs import code_picture

_FRAME_S: Final = 0.03
_LONGEST_S: Final = 20.0


class StreetCamera:
    """Shows an empty street until `show` is called; `address` is what --camera takes."""

    def __init__(self) -> None:
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}/"
        self._server: _Server | None = None
        self._scene = _pictures(None)
        self.plug_in()

    def show(self, text: str | None) -> None:
        """Hold the code of `text` before the camera; None: nobody stands there."""
        self.play(_pictures(text))

    def play(self, pictures: tuple[bytes, ...]) -> None:
        """Send these JPEG pictures from now on, again and again."""
        self._scene = pictures
        if self._server is not None:
            self._server.scene = pictures

    def plug_in(self) -> None:
        """Answer again at the same address."""
        self._server = _Server(self._port, self._scene)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def unplug(self) -> None:
        """Break the stream off and answer nobody."""
        server, self._server = self._server, None
        if server is not None:
            server.gone.set()
            server.shutdown()
            server.server_close()


def _pictures(text: str | None) -> tuple[bytes, ...]:
    """Return frames of one scene; no two are alike, as from a sensor."""
    still = np.full((480, 640), 120, np.uint8) if text is None else code_picture(text)
    drawn = np.random.default_rng(7)
    pictures = []
    for _ in range(4):
        noise = drawn.integers(-6, 7, still.shape, dtype=np.int16)
        grey = (still + noise).clip(0, 255).astype(np.uint8)
        good, jpeg = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 92])
        assert good
        pictures.append(jpeg.tobytes())
    return tuple(pictures)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, scene: tuple[bytes, ...]) -> None:
        super().__init__(("127.0.0.1", port), _Stream)
        self.scene = scene
        self.gone = threading.Event()


class _Stream(BaseHTTPRequestHandler):
    server: _Server
    timeout = _LONGEST_S

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        number = 0
        with suppress(BrokenPipeError, ConnectionResetError):
            while not self.server.gone.wait(_FRAME_S):
                scene = self.server.scene
                jpeg = scene[number % len(scene)]
                number += 1
                head = f"--b\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
