"""A live source: read in a thread of its own, newest frame wins, lost devices are opened again."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from scanner.capture.camera_device import Opener, OpenSource
from scanner.capture.images import luma
from scanner.capture.opencv import cv2
from scanner.capture.source import (
    CameraHealth,
    CameraSettings,
    Frame,
    Grey,
    Picture,
    SourceState,
)

log = logging.getLogger(__name__)
FROZEN_AFTER_S = 2.0
# A driver that repeats frames is opened again, but not over and over: a drawn test picture
# from a stream is a still picture and no fault.
REOPEN_FROZEN_AFTER_S = 10.0
_BLACK_MEAN = 5.0
_BLACK_SPREAD = 3.0


class FrameWatch:
    """Tells frozen and black pictures from live ones. Real sensors never give one picture twice."""

    def __init__(self) -> None:
        self._last = b""
        self._same_since_s = 0.0

    def judge(self, grey: Grey, now_s: float) -> SourceState:
        """Return LIVE, FROZEN or BLACK for the frame that arrived at now_s."""
        sample = np.ascontiguousarray(grey[::16, ::16])
        raw = sample.tobytes()
        if raw != self._last:
            self._last, self._same_since_s = raw, now_s
        if now_s - self._same_since_s >= FROZEN_AFTER_S:
            return SourceState.FROZEN
        if sample.mean() < _BLACK_MEAN and sample.std() < _BLACK_SPREAD:
            return SourceState.BLACK
        return SourceState.LIVE


class LiveCamera:
    """Keeps the newest frame of a source that runs by itself.

    The thread ends with a file's end or by close(); everything else is waited out: the source is
    opened again every retry_after_s, and its state says meanwhile what is wrong.
    """

    def __init__(
        self, opener: Opener, settings: CameraSettings, mono_s: Callable[[], float]
    ) -> None:
        self._opener = opener
        self._settings = settings
        self._mono_s = mono_s
        self._stop = threading.Event()
        self._fresh = threading.Condition()
        self._frame: Frame | None = None
        self._state = SourceState.OPENING
        self._seen = self._dropped = self._opened = 0
        self._size: tuple[int, int] | None = None
        self._times: deque[float] = deque(maxlen=30)
        self._reopened_s = -REOPEN_FROZEN_AFTER_S
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """True once a file has ended and its last frame was handed out."""
        with self._fresh:
            return self._state is SourceState.ENDED and self._frame is None

    def newest(self, timeout_s: float) -> Frame | None:
        """Return the newest frame not handed out before, waiting up to timeout_s, or None."""
        with self._fresh:
            self._fresh.wait_for(
                lambda: self._frame is not None or self._state is SourceState.ENDED, timeout_s
            )
            frame, self._frame = self._frame, None
            return frame

    def health(self) -> CameraHealth:
        """Return state and figures; STALLED when an open source fell silent."""
        with self._fresh:
            now_s = self._mono_s()
            age_s = now_s - self._times[-1] if self._times else None
            state = self._state
            if state is SourceState.LIVE and age_s and age_s > self._settings.read_timeout_s:
                state = SourceState.STALLED
            return CameraHealth(
                state=state,
                seen=self._seen,
                dropped=self._dropped,
                frames_per_s=self._rate(),
                age_s=age_s,
                size=self._size,
                opened=self._opened,
            )

    def close(self) -> None:
        """Stop the thread and let go of the device; waits no longer than a read may take."""
        self._stop.set()
        with self._fresh:
            self._fresh.notify_all()
        self._thread.join(self._settings.open_timeout_s + self._settings.read_timeout_s)

    def _rate(self) -> float:
        span_s = self._times[-1] - self._times[0] if len(self._times) > 1 else 0.0
        return (len(self._times) - 1) / span_s if span_s > 0 else 0.0

    def _run(self) -> None:
        told = False
        while not self._stop.is_set():
            try:
                after = self._used(self._opener())
                told = False
            except Exception:  # whatever a driver raises: the next try may find it well
                if not told:
                    log.exception("camera")
                after, told = SourceState.UNPLUGGED, True
            self._say(after)
            if after is SourceState.ENDED:
                return
            self._stop.wait(self._settings.retry_after_s)

    def _used(self, source: OpenSource | SourceState) -> SourceState:
        """Read until the source is lost, and return its state then."""
        if isinstance(source, SourceState):
            return source
        self._opened += 1
        try:
            return self._read_until_lost(source)
        finally:
            source.close()

    def _read_until_lost(self, source: OpenSource) -> SourceState:
        watch = FrameWatch()
        due_s = self._mono_s()
        while not self._stop.is_set():
            picture = source.read()
            if picture is None:
                return SourceState.ENDED if source.period_s else SourceState.UNPLUGGED
            now_s = self._mono_s()
            if source.period_s:  # a file: wait for its rate, never hurry it
                self._stop.wait(max(0.0, due_s - now_s))
                due_s += source.period_s
                self._keep(picture, luma(picture), SourceState.LIVE)
                continue
            grey = luma(picture)
            state = watch.judge(grey, now_s)
            self._keep(picture, grey, state)
            if state is SourceState.FROZEN and self._gives_up_on(source, now_s):
                return SourceState.FROZEN if source.present else SourceState.UNPLUGGED
        return SourceState.UNPLUGGED

    def _gives_up_on(self, source: OpenSource, now_s: float) -> bool:
        if source.present and now_s - self._reopened_s < REOPEN_FROZEN_AFTER_S:
            return False
        self._reopened_s = now_s
        return True

    def _keep(self, picture: Picture, grey: Grey, state: SourceState) -> None:
        frame = Frame(
            grey=grey,
            bgr=_shown(picture) if self._settings.colour else None,
            seen_mono_s=self._mono_s(),
            number=self._seen,
            state=state,
        )
        with self._fresh:
            self._dropped += self._frame is not None
            self._seen += 1
            self._size = (grey.shape[1], grey.shape[0])
            self._times.append(frame.seen_mono_s)
            self._frame, self._state = frame, state
            self._fresh.notify_all()

    def _say(self, state: SourceState) -> None:
        with self._fresh:
            self._state = state
            self._fresh.notify_all()


def _shown(picture: Picture) -> Picture | None:
    if picture.ndim == 3 and picture.shape[2] == 3:
        return picture
    if picture.ndim == 3 and picture.shape[2] == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_YUV2BGR_YUY2), np.uint8)
    return None
