"""The devices and files that OpenCV opens: webcams, MJPEG streams, video files.

Each opener returns an open source, or the state that says why there is none yet:

    no such device or address                 UNPLUGGED
    the device is there and does not open     BUSY, or NO_RIGHTS where the file's mode says so
    a stream that is silent                   read() gives None after read_timeout_s
    a driver that repeats its last frame      seen by the live camera (FROZEN)
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from scanner.capture.opencv import cv2
from scanner.capture.source import CameraSettings, Picture, SourceState, SourceUnreadable

_BY_ID = Path("/dev/v4l/by-id")
_DEFAULT_FILE_RATE = 25.0
# linux/videodev2.h and v4l2-controls.h: _IOWR('V', 28, struct v4l2_control), V4L2_CID_AUTOGAIN.
_SET_CONTROL = 0xC008561C
_AUTOMATIC_GAIN = 0x00980912


class OpenSource(Protocol):
    """Something opened that gives pictures until it gives None. Used from one thread."""

    @property
    def period_s(self) -> float:
        """Seconds between the frames of a paced file; 0 where the device sets the pace."""

    @property
    def present(self) -> bool:
        """False when the device node has gone, whatever read() still returns."""

    def read(self) -> Picture | None:
        """Return a new grey (h, w), BGR (h, w, 3) or YUYV (h, w, 2) array; None: no more."""

    def close(self) -> None:
        """Let go of it."""


Opener = Callable[[], OpenSource | SourceState]


class CapturedSource:
    """One open cv2.VideoCapture."""

    def __init__(
        self, capture: cv2.VideoCapture, *, period_s: float = 0.0, node: Path | None = None
    ) -> None:
        self._capture = capture
        self._node = node
        self.period_s = period_s

    @property
    def present(self) -> bool:
        """True while the device node exists, and for sources without one."""
        return self._node is None or self._node.exists()

    def read(self) -> Picture | None:
        """Return the next picture; None at the end, after a time-out, or when it was lost."""
        try:
            good, picture = self._capture.read()
        except cv2.error:  # a stream that changes size in the middle of a frame
            return None
        return np.asarray(picture, np.uint8) if good and picture is not None else None

    def close(self) -> None:
        """Release the device."""
        self._capture.release()


def known_webcams() -> list[str]:
    """Return the stable names of the webcams that are plugged in now (Linux only)."""
    if not _BY_ID.is_dir():
        return []
    return sorted(p.name for p in _BY_ID.iterdir() if p.name.endswith("index0"))


def is_device(source: str) -> bool:
    """Tell whether the words name a webcam: an index, a device path, or a V4L2 by-id name."""
    is_index = source.isascii() and source.isdigit() and len(source) < 4
    return is_index or source.startswith(("/dev/", "usb-"))


def webcam_opener(source: str, settings: CameraSettings) -> Opener:
    """Return what opens the webcam of this index, path or by-id name, at every plugging in."""

    def opened() -> OpenSource | SourceState:
        node = _node(source)
        if node is not None and not node.exists():
            return SourceState.UNPLUGGED
        if node is not None and not os.access(node, os.R_OK | os.W_OK):
            return SourceState.NO_RIGHTS
        capture = _webcam(source, node)
        if not capture.isOpened():
            return SourceState.UNPLUGGED if node is None else SourceState.BUSY
        if node is not None and settings.gain is not None:
            stop_automatic_gain(node)
        negotiate(capture, settings)
        return CapturedSource(capture, node=node)

    return opened


def stream_opener(address: str, settings: CameraSettings) -> Opener:
    """Return what opens the MJPEG stream at an http(s) address."""

    def opened() -> OpenSource | SourceState:
        # A constructor with parameters, since the defaults are 30 s and would outlast a replug.
        capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG, _timeouts(settings))
        if not capture.isOpened():
            return SourceState.UNPLUGGED
        return CapturedSource(capture)

    return opened


def open_video(path: Path, settings: CameraSettings) -> CapturedSource:
    """Return the video file opened at its first frame. Raises SourceUnreadable."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, _timeouts(settings))
    if not capture.isOpened():
        raise SourceUnreadable(str(path))
    rate = capture.get(cv2.CAP_PROP_FPS)
    rate = rate if 1.0 <= rate <= 240.0 else _DEFAULT_FILE_RATE
    return CapturedSource(capture, period_s=1 / (rate * settings.pace) if settings.pace else 0.0)


def _timeouts(settings: CameraSettings) -> list[int]:
    return [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        round(settings.open_timeout_s * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        round(settings.read_timeout_s * 1000),
    ]


def _node(source: str) -> Path | None:
    """The device file behind the words (Linux); found anew at each opening, as numbers move."""
    if sys.platform != "linux":
        return None
    if source.isdigit():
        return Path(f"/dev/video{source}")
    return Path(os.path.realpath(source if source.startswith("/") else _BY_ID / source))


def _webcam(source: str, node: Path | None) -> cv2.VideoCapture:
    if node is not None:
        # No time-outs as parameters here: V4L2 knows none and would refuse to open. Its own
        # (OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT) is set where OpenCV is imported.
        return cv2.VideoCapture(str(node), cv2.CAP_V4L2)
    return cv2.VideoCapture(int(source) if source.isdigit() else 0, cv2.CAP_ANY)


def stop_automatic_gain(node: Path) -> None:
    """Let a gain that is set afterwards count (Linux). OpenCV has no name for this control, and a
    driver that has it ignores the gain while it is on. Never raises.
    """
    if sys.platform != "linux":
        return
    import fcntl

    try:
        device = os.open(node, os.O_RDWR | os.O_NONBLOCK)
    except OSError:
        return
    try:
        fcntl.ioctl(device, _SET_CONTROL, struct.pack("=Ii", _AUTOMATIC_GAIN, 0))
    except OSError:
        # Most webcams have no such control: their gain follows the exposure's.
        return
    finally:
        os.close(device)


def negotiate(capture: cv2.VideoCapture, settings: CameraSettings) -> None:
    """Ask a webcam for format and controls; a driver that refuses one keeps its own: no error."""
    wanted = "MJPG" if settings.pixel_format in ("auto", "mjpg") else "YUYV"
    # Format before size: most webcams give 720p in YUYV at 10 frames/s only, and choose the
    # size from what the format allows.
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*wanted))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    capture.set(cv2.CAP_PROP_FPS, settings.frames_per_s)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if wanted == "YUYV" and sys.platform == "linux":
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)  # (h, w, 2), whose first plane is the luma
    if settings.focus is not None:
        capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
        capture.set(cv2.CAP_PROP_FOCUS, settings.focus)
    if settings.exposure is not None:
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, 1)  # V4L2: 1 is manual, 3 is automatic
        capture.set(cv2.CAP_PROP_EXPOSURE, settings.exposure)
    if settings.gain is not None:
        capture.set(cv2.CAP_PROP_GAIN, settings.gain)
