"""What a webcam is asked for, from the settings of a station."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.capture.camera_wishes import wishes_of
from scanner.capture.source import CameraSettings
from scanner.commands.everyday import changed_settings
from scanner.settings import StationSettings


def test_by_default_the_cameras_own_controls_stay() -> None:
    assert wishes_of(StationSettings()) == CameraSettings()


def test_every_setting_of_the_camera_reaches_it() -> None:
    changes = ("size=1920x1080", "rate=15", "format=yuyv", "focus=30", "exposure=-6", "gain=1.5")
    settings = changed_settings(StationSettings(), [f"camera_{change}" for change in changes])
    assert wishes_of(replace(settings, mirror=True), colour=False) == CameraSettings(
        width=1920,
        height=1080,
        frames_per_s=15.0,
        pixel_format="yuyv",
        focus=30.0,
        exposure=-6.0,
        gain=1.5,
        mirror=True,
        colour=False,
    )


@pytest.mark.parametrize("name", ["camera_focus", "camera_exposure", "camera_gain"])
def test_a_control_is_given_back_to_the_device_by_nothing(name: str) -> None:
    settings = changed_settings(StationSettings(), [f"{name}=3"])
    assert wishes_of(changed_settings(settings, [f"{name}="])) == CameraSettings()
