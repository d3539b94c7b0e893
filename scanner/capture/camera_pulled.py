"""Sources that lose nothing: a folder of images, and a video played as fast as it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from scanner.capture.camera_device import OpenSource
from scanner.capture.images import IMAGE_SUFFIXES, luma, read_picture
from scanner.capture.source import (
    CameraHealth,
    CameraSettings,
    Frame,
    Picture,
    SourceNotFound,
    SourceState,
)

Pulled = tuple[str, Picture | None]


def images_in(path: Path) -> Iterator[Pulled]:
    """Yield (name, picture or None if unreadable), sorted by name. Raises SourceNotFound."""
    names = [path] if path.is_file() else []
    if path.is_dir():
        names = sorted(p for p in path.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
    if not names:
        raise SourceNotFound(str(path))
    return ((image.name, read_picture(image)) for image in names)


def frames_of(video: OpenSource) -> Iterator[Pulled]:
    """Yield every frame of an open video, then let go of it."""
    try:
        while (picture := video.read()) is not None:
            yield "", picture
    finally:
        video.close()


class PulledCamera:
    """Hands out every picture once, when asked; skips unreadable ones and names them in health."""

    def __init__(
        self, pictures: Iterator[Pulled], settings: CameraSettings, mono_s: Callable[[], float]
    ) -> None:
        self._pictures = pictures
        self._colour = settings.colour
        self._mono_s = mono_s
        self._lock = threading.Lock()
        self._health = CameraHealth(state=SourceState.LIVE, opened=1)
        self._closed = False

    @property
    def ended(self) -> bool:
        """True once every picture was handed out."""
        return self._health.state is SourceState.ENDED

    def newest(self, timeout_s: float) -> Frame | None:  # noqa: ARG002 - never waits
        """Return the next picture, or None when there is no more. timeout_s is not needed here."""
        with self._lock:
            for name, picture in self._pictures:
                if self._closed:
                    break
                if picture is None:
                    self._note(skipped=name)
                    continue
                return self._note_frame(name, picture)
            self._note(state=SourceState.ENDED)
            return None

    def health(self) -> CameraHealth:
        """Return how many were handed out and which were skipped."""
        return self._health

    def close(self) -> None:
        """End the source; the next frame is None."""
        self._closed = True

    def _note_frame(self, name: str, picture: Picture) -> Frame:
        grey = luma(picture)
        frame = Frame(
            grey=grey,
            bgr=picture if self._colour and picture.ndim == 3 else None,
            seen_mono_s=self._mono_s(),
            number=self._health.seen,
            state=SourceState.LIVE,
            name=name,
        )
        self._note(seen=1, size=(grey.shape[1], grey.shape[0]))
        return frame

    def _note(
        self,
        *,
        seen: int = 0,
        skipped: str = "",
        state: SourceState = SourceState.LIVE,
        size: tuple[int, int] | None = None,
    ) -> None:
        old = self._health
        self._health = CameraHealth(
            state=state,
            seen=old.seen + seen,
            size=size or old.size,
            opened=1,
            skipped=(*old.skipped, skipped) if skipped else old.skipped,
        )
