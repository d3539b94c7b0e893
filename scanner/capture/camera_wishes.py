"""How a webcam is to be asked to behave, from what the station's settings say."""

from __future__ import annotations

from scanner.capture.source import CameraSettings
from scanner.settings import StationSettings


def wishes_of(settings: StationSettings, *, colour: bool = True) -> CameraSettings:
    """Return size, rate, format and controls to ask for; an empty control stays as the device has
    it. What a device refuses it keeps: a smaller picture is a picture.
    """
    width, _, height = settings.camera_size.partition("x")
    return CameraSettings(
        width=int(width),
        height=int(height),
        frames_per_s=float(settings.camera_rate),
        pixel_format=settings.camera_format,
        focus=_control(settings.camera_focus),
        exposure=_control(settings.camera_exposure),
        gain=_control(settings.camera_gain),
        mirror=settings.mirror,
        colour=colour,
    )


def _control(text: str) -> float | None:
    return float(text) if text else None
