"""Opens a camera as the station does and says what becomes of it: a line of JSON for every change
of state and, while frames come, one a second.

    watch_camera.py SOURCE [NAME=VALUE...]    members of CameraSettings: pixel_format=yuyv gain=77
"""

from __future__ import annotations

import json
import signal
import sys
import time
from typing import Any

from scanner.capture.camera import open_camera
from scanner.capture.source import Camera, CameraSettings

_NUMBERS = {"width": int, "height": int, "frames_per_s": float, "focus": float, "exposure": float}


def main(source: str, *wishes: str) -> None:
    """Watch it until somebody ends it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    chosen: dict[str, Any] = {}
    for wish in wishes:
        name, _, value = wish.partition("=")
        chosen[name] = value if name == "pixel_format" else _NUMBERS.get(name, float)(value)
    camera = open_camera(source, CameraSettings(**chosen))
    try:
        tell(camera)
    finally:
        camera.close()


def tell(camera: Camera) -> None:
    """Say what it does until SIGTERM comes."""
    told, told_s = "", 0.0
    while True:
        frame = camera.newest(0.1)
        health = camera.health()
        if health.state == told and (frame is None or time.monotonic() - told_s < 1):
            continue
        told, told_s = health.state, time.monotonic()
        shape = None if frame is None else list(frame.grey.shape)
        seen = {"state": told, "shape": shape, "frames": health.seen, "opened": health.opened}
        print(json.dumps(seen | {"rate": round(health.frames_per_s, 1), "at": time.time()}))
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
