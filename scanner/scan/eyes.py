"""Camera and reader of a station that must go on without them: opened when the first frame is asked
for, and tried again until they are there.

What can go wrong: no such file or folder, no decoder installed. Then `fault` says which, and the
hand scanner, the guard's actions and above all the emergency button go on.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from scanner.capture.camera import Camera, CameraHealth, Frame, SourceState
from scanner.capture.codes import SeenCode
from scanner.capture.source import Grey
from scanner.errors import StationFault
from scanner.scan.around import HandReader, Reader
from scanner.settings import StationSettings

RETRY_S: Final = 2.0
_SEE: Final = "Check --camera: a webcam's number, a file, a folder of images, or an address."


class LateEyes:
    """A camera and a reader that may come later; stands in for both. open_eyes: makes them;
    StationFault.
    """

    def __init__(
        self,
        open_eyes: Callable[[], tuple[Camera, Reader]],
        mono_s: Callable[[], float],
    ) -> None:
        self._open_eyes = open_eyes
        self._mono_s = mono_s
        self._eyes: tuple[Camera, Reader] | None = None
        self._fault: str | None = None
        self._next_try_s = float("-inf")
        self._closed = threading.Event()

    def open(self) -> None:
        """Open them now; StationFault if that cannot be."""
        self._eyes = self._open_eyes()
        self._fault = None

    def fault(self) -> str | None:
        """Return the code of why there is no camera, None if there is one."""
        return self._fault

    @property
    def ended(self) -> bool:
        """Whether the source has given its last frame."""
        return self._eyes is not None and self._eyes[0].ended

    def newest(self, timeout_s: float) -> Frame | None:
        """Return a frame not handed out before, waiting up to timeout_s, or None."""
        if self._eyes is None and self._mono_s() >= self._next_try_s:
            try:
                self.open()
            except StationFault as fault:
                self._fault = fault.code
                self._next_try_s = self._mono_s() + RETRY_S
        if self._eyes is None:
            self._closed.wait(timeout_s)
            return None
        return self._eyes[0].newest(timeout_s)

    def read(self, grey: Grey) -> list[SeenCode]:
        """Return the codes of a frame."""
        return [] if self._eyes is None else self._eyes[1].read(grey)

    def health(self) -> CameraHealth:
        """Return what the source is doing now."""
        if self._eyes is None:
            return CameraHealth(state=SourceState.OPENING)
        return self._eyes[0].health()

    def close(self) -> None:
        """Let go of the device. May be called twice."""
        self._closed.set()
        if self._eyes is not None:
            self._eyes[0].close()


def open_eyes(
    camera_source: str, *, colour: bool, settings: StationSettings | None = None
) -> tuple[Camera, Reader]:
    """Return camera and reader; StationFault if there can be none by that name. settings: how the
    camera is asked to behave.
    """
    # cv2 takes a third of a second to import: after the first paint, in the scanning thread.
    from scanner.capture.camera import CameraError, open_camera
    from scanner.capture.camera_wishes import wishes_of
    from scanner.capture.codes import CodeReader, NoDecoder

    try:
        reader = CodeReader()
        return open_camera(
            camera_source, wishes_of(settings or StationSettings(), colour=colour)
        ), reader
    except (CameraError, NoDecoder) as error:
        raise StationFault(f"{camera_source}: {error}", code=error.code, next_step=_SEE) from None


def hand_scanner(name: str) -> HandReader | None:
    """Return the hand scanner that the settings name; one that is not there yet is waited for."""
    if not name:
        return None
    from scanner.capture.handscan import HandScanner
    from scanner.capture.handscan_keys import grabbed_opener
    from scanner.capture.handscan_serial import serial_opener

    return HandScanner(grabbed_opener(name) if "/input/" in name else serial_opener(name))
