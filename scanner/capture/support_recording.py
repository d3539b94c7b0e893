"""Pictures for support: only ever made by an operator who asked for them, and for a short time.

Nothing else in this program writes a picture of what the camera sees. A recording ends by itself
after 20 s, at 200 MB, or before the disk is full; only the newest is kept. Frames are written
as the reader gets them, without loss, in a thread of their own, the newest first in line:
scanning never waits for them. `kakou-scanner watch FOLDER` and `read` play them.

    the disk is full, or goes    the recording ends, `fault` says so; what was written stays
    the window goes              whoever started it stops it; without that it ends in time
    a crash while it runs        the note that says what this is was written first
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from scanner.capture.opencv import cv2
from scanner.capture.source import Frame

FOLDER: Final = "support-recording"
NOTE: Final = "README.txt"
SECONDS: Final = 20.0
MOST_BYTES: Final = 200 << 20
FREE_LEFT_BYTES: Final = 500 << 20
_EVERY_S: Final = 0.09  # some eleven frames a second
_WAIT_S: Final = 0.2
_FAST: Final = (cv2.IMWRITE_PNG_COMPRESSION, 1)
_NOTE: Final = """\
这里是摄像头画面，供技术支持查找读码问题。画面里可能有人。
开始时间：{started}
最多 20 秒、200 MB，由操作员在屏幕上开始，屏幕上一直有红色提示。
用完请删除：kakou-scanner support-recording --delete（或删除整个文件夹）。

These are pictures of the camera, made for support to find out why codes are not read.
There may be people in them. Started: {started}
At most 20 s and 200 MB; an operator started it on the screen, which said so all the time in red.
Delete them after use: kakou-scanner support-recording --delete (or delete this folder).
"""


class SupportRecording:
    """One recording, from its making on. Used from the scanning thread (`take`) and any other."""

    def __init__(
        self,
        data: Path,
        started: str,
        mono_s: Callable[[], float],
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    ) -> None:
        """data: the station's folder. started: the moment, for the note. Replaces the recording
        before. OSError if the folder cannot be made.
        """
        delete_recording(data)
        self.folder = data / FOLDER
        self.folder.mkdir(mode=0o700)
        (self.folder / NOTE).write_text(_NOTE.format(started=started), encoding="utf-8")
        self._mono_s = mono_s
        self._free_bytes = free_bytes
        self._ends_s = mono_s() + SECONDS
        self._due_s = 0.0
        self._fresh = threading.Condition()
        self._frame: Frame | None = None
        self._over = False
        self.frames = 0
        self.bytes = 0
        self.fault: str | None = None
        self._thread = threading.Thread(target=self._run, name="support-recording", daemon=True)
        self._thread.start()

    def take(self, frame: Frame) -> None:
        """Have a frame written, if it is time for one and none waits."""
        now_s = self._mono_s()
        if now_s < self._due_s or not self.left_s():
            return
        with self._fresh:
            self._frame = frame
            self._due_s = now_s + _EVERY_S
            self._fresh.notify()

    def left_s(self) -> float:
        """Return for how many seconds it goes on; 0 when it is over."""
        return 0.0 if self._over else max(0.0, self._ends_s - self._mono_s())

    def stop(self) -> None:
        """End it now; the frame that is being written is finished."""
        with self._fresh:
            self._over = True
            self._fresh.notify()
        self._thread.join()

    def _run(self) -> None:
        while self.left_s():
            with self._fresh:
                self._fresh.wait_for(lambda: self._frame is not None or self._over, _WAIT_S)
                frame, self._frame = self._frame, None
            if frame is not None and not self._over:
                self._write(frame)
        self._over = True

    def _write(self, frame: Frame) -> None:
        done, encoded = cv2.imencode(".png", np.ascontiguousarray(frame.grey), _FAST)
        try:
            room = self._free_bytes(self.folder) - FREE_LEFT_BYTES
            if not done or encoded.size > min(room, MOST_BYTES - self.bytes):
                self._over = True
                self.fault = "disk_full" if encoded.size > room else None
                return
            path = self.folder / f"frame-{self.frames:04}.png"
            path.touch(mode=0o600)
            path.write_bytes(encoded.tobytes())
        except OSError:
            self._over, self.fault = True, "disk_unusable"
            return
        self.frames += 1
        self.bytes += encoded.size


def recorded(data: Path) -> tuple[int, int] | None:
    """Return how many pictures of a recording are kept and their bytes, None if there is none."""
    folder = data / FOLDER
    if not folder.is_dir():
        return None
    sizes = [path.stat().st_size for path in folder.glob("frame-*.png")]
    return len(sizes), sum(sizes)


def delete_recording(data: Path) -> int:
    """Delete the recording; returns how many pictures there were. OSError if something else lies
    in its folder: that is left alone.
    """
    folder = data / FOLDER
    if not folder.is_dir():
        return 0
    pictures = list(folder.glob("frame-*.png"))
    for path in (*pictures, folder / NOTE):
        path.unlink(missing_ok=True)
    folder.rmdir()
    return len(pictures)
