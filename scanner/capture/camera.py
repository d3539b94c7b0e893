"""Opens the camera that one line of settings names."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from scanner.capture.camera_device import is_device, open_video, stream_opener, webcam_opener
from scanner.capture.camera_live import LiveCamera
from scanner.capture.camera_pulled import PulledCamera, frames_of, images_in
from scanner.capture.images import IMAGE_SUFFIXES
from scanner.capture.source import (
    Camera,
    CameraError,
    CameraHealth,
    CameraSettings,
    Frame,
    SourceNotFound,
    SourceState,
    SourceUnreadable,
)

__all__ = [
    "Camera",
    "CameraError",
    "CameraHealth",
    "CameraSettings",
    "Frame",
    "SourceNotFound",
    "SourceState",
    "SourceUnreadable",
    "open_camera",
]


def open_camera(
    source: str,
    settings: CameraSettings | None = None,
    mono_s: Callable[[], float] = time.monotonic,
) -> Camera:
    """Return the camera that `source` names; a device that is not there yet is waited for.

    source: a number (webcam by index), a device path or V4L2 by-id name, an http(s) address of an
    MJPEG stream, a video file, an image, or a folder of images. Raises CameraError for files and
    folders that cannot be played.
    """
    wanted = settings or CameraSettings()
    if source.startswith(("http://", "https://")):
        return LiveCamera(stream_opener(source, wanted), wanted, mono_s)
    if is_device(source):
        return LiveCamera(webcam_opener(source, wanted), wanted, mono_s)
    path = Path(source)
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError:  # a name that no file system takes
        raise SourceNotFound(source) from None
    if is_folder or path.suffix.lower() in IMAGE_SUFFIXES:
        return PulledCamera(images_in(path), wanted, mono_s)
    if not is_file:
        raise SourceNotFound(source)
    video = open_video(path, wanted)
    if wanted.pace == 0:
        return PulledCamera(frames_of(video), wanted, mono_s)
    return LiveCamera(lambda: video, wanted, mono_s)
