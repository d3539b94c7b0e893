"""Reading without a gate: still images with the whole bank, and a recorded clip as if it were live.

`python -m scanner read` and `watch` print what these yield, one JSON line each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from scanner.capture.camera import CameraSettings, open_camera
from scanner.capture.codes import CodeReader, read_still
from scanner.capture.codes_effort import CPU_CLOCK
from scanner.capture.images import luma, read_picture

Clock = Callable[[], float]


def read_stills(
    paths: Sequence[Path], mono_s: Clock = time.perf_counter
) -> Iterator[dict[str, Any]]:
    """Yield one object an image: {"file", "texts", "ms", "view"}, and "error" if it is no image.

    texts: what the codes hold, top left first. ms: time taken, decoding of the file excluded.
    view: the view that read the first code, None if nothing was read.
    """
    read_still(np.zeros((8, 8), np.uint8))  # loads the libraries, which is no image's time
    for path in paths:
        picture = read_picture(path)
        if picture is None:
            error = "image_unreadable" if path.is_file() else "image_not_found"
            yield {"file": str(path), "texts": [], "ms": 0.0, "view": None, "error": error}
            continue
        grey = luma(picture)
        began_s = mono_s()
        codes = read_still(grey)
        yield {
            "file": str(path),
            "texts": [code.text for code in codes],
            "ms": round((mono_s() - began_s) * 1000, 2),
            "view": codes[0].view if codes else None,
        }


def watch_clip(clip: Path, cpu_s: Clock = CPU_CLOCK) -> Iterator[dict[str, Any]]:
    """Play a folder of frames through the live schedule; yield every text when it is first read.

    Yields {"frame", "text", "view"} in order, frames counted from 0; at the end {"frames",
    "cpu_ms_per_frame", "texts", "skipped"}. Raises CameraError if there is nothing to play.
    """
    camera = open_camera(str(clip), CameraSettings(colour=False, pace=0))
    reader = CodeReader(cpu_s)
    seen: set[str] = set()
    spent_s = 0.0
    while (frame := camera.newest(0.0)) is not None:
        began_s = cpu_s()
        codes = reader.read(frame.grey)
        spent_s += cpu_s() - began_s
        for code in codes:
            if code.text not in seen:
                seen.add(code.text)
                yield {"frame": frame.number, "text": code.text, "view": code.view}
    health = camera.health()
    yield {
        "frames": health.seen,
        "cpu_ms_per_frame": round(spent_s * 1000 / max(1, health.seen), 3),
        "texts": len(seen),
        "skipped": list(health.skipped),
    }
