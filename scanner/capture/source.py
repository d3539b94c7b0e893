"""What a source of frames is to the rest of the station.

Two ways to be one. A live source (webcam, MJPEG stream, video file played at its rate) runs in a
thread of its own and the newest frame wins: a gate that is late must judge the person who stands
there now. A pulled one (folder of images, video file with pace 0) hands out every frame exactly
once, and waits for whoever reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scanner.errors import ScannerError

Grey = NDArray[np.uint8]
Picture = NDArray[np.uint8]


class SourceState(StrEnum):
    """What a source is doing, in the words that the screen and the supervisor's page use."""

    OPENING = "opening"
    LIVE = "live"
    FROZEN = "frozen"  # frames come, all the same: the driver repeats an old one
    BLACK = "black"  # frames come without light: a cap, a shutter, a dead sensor
    STALLED = "stalled"  # open, and no frame for too long
    UNPLUGGED = "unplugged"  # no such device, or no answer from the stream's address
    BUSY = "busy"  # the device is there, another program holds it
    NO_RIGHTS = "no_rights"  # the device is there, this user may not open it
    ENDED = "ended"  # a file or folder was played to its end


class CameraError(ScannerError):
    """A source that waiting will not open; the operator must act. `code` is fixed."""

    code = "camera_error"
    next_step = "Name another source with --camera: an index, an address, a video file or a folder."


class SourceNotFound(CameraError):
    """No such file or folder, or a folder without one image."""

    code = "camera_source_not_found"


class SourceUnreadable(CameraError):
    """The file is there and is no video that can be played."""

    code = "camera_source_unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One picture from a source.

    grey: luma of shape (height, width), uint8, any strides; never written to.
    bgr: the same picture in colour, or None where the source has none.
    seen_mono_s: monotonic seconds of its arrival. number: from 0, dropped ones counted.
    """

    grey: Grey
    bgr: Picture | None
    seen_mono_s: float
    number: int
    state: SourceState
    name: str = ""  # file name of an image from a folder


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """How a source is asked to behave. None leaves a control as the device has it.

    pace: speed of a video file, 1.0 its own rate; 0 hands out every frame when asked for.
    mirror: for the window only; frames are never flipped, a flipped code is harder to read.
    pixel_format: "auto", "mjpg" or "yuyv"; YUYV's Y plane is used without a copy.
    """

    width: int = 1280
    height: int = 720
    frames_per_s: float = 30.0
    pixel_format: str = "auto"
    focus: float | None = None
    exposure: float | None = None
    gain: float | None = None
    mirror: bool = False
    colour: bool = True
    pace: float = 1.0
    open_timeout_s: float = 2.0
    read_timeout_s: float = 1.5
    retry_after_s: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraHealth:
    """A source's figures since it was opened. skipped: names of images that could not be read."""

    state: SourceState
    seen: int = 0
    dropped: int = 0
    frames_per_s: float = 0.0
    age_s: float | None = None
    size: tuple[int, int] | None = None
    opened: int = 0
    skipped: tuple[str, ...] = ()


class Camera(Protocol):
    """A source of frames. Used from one reading thread; `health` and `close` from any."""

    @property
    def ended(self) -> bool:
        """True once the source has ended and its last frame was handed out."""

    def newest(self, timeout_s: float) -> Frame | None:
        """Return a frame not handed out before, waiting up to timeout_s, or None."""

    def health(self) -> CameraHealth:
        """Return what the source is doing now."""

    def close(self) -> None:
        """Let go of the device and stop its thread. May be called twice."""
