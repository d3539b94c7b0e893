"""Sources behind the one Protocol: folders, images, videos."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scanner.capture.camera import (
    Camera,
    CameraSettings,
    Frame,
    SourceNotFound,
    SourceState,
    SourceUnreadable,
    open_camera,
)
from scanner.capture.camera_device import CapturedSource
from scanner.capture.images import luma, read_picture
from scanner.capture.opencv import cv2
from tests.scanner.capture.rigs import (
    noise,
    write_video,
)


def all_frames(camera: Camera) -> list[Frame]:
    frames = []
    while not camera.ended:
        frame = camera.newest(5.0)
        if frame is not None:
            frames.append(frame)
    camera.close()
    return frames


def test_a_folder_gives_every_image_once_in_order_of_name(tmp_path: Path) -> None:
    for i in (2, 0, 1):
        cv2.imwrite(str(tmp_path / f"{i}.png"), np.full((40 + i, 50, 3), 50 * i, np.uint8))
    frames = all_frames(open_camera(str(tmp_path)))
    assert [f.name for f in frames] == ["0.png", "1.png", "2.png"]
    assert [f.grey.shape for f in frames] == [(40, 50), (41, 50), (42, 50)]
    assert [f.number for f in frames] == [0, 1, 2]


def test_an_unreadable_image_is_named_and_the_rest_is_still_read(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), noise(1))
    (tmp_path / "b.png").write_bytes(b"\x89PNG no picture")
    (tmp_path / "c.jpg").write_bytes(b"")
    (tmp_path / "notes.txt").write_text("no image at all")
    cv2.imwrite(str(tmp_path / "d.png"), noise(2))
    camera = open_camera(str(tmp_path))
    assert [f.name for f in all_frames(camera)] == ["a.png", "d.png"]
    assert camera.health().skipped == ("b.png", "c.jpg")
    assert camera.health().state is SourceState.ENDED


def test_a_code_on_transparent_ground_is_read_on_white(tmp_path: Path) -> None:
    picture = np.zeros((20, 20, 4), np.uint8)
    picture[5:10, 5:10, 3] = 255
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    found = read_picture(tmp_path / "a.png")
    assert found is not None
    assert found[0, 0].tolist() == [255, 255, 255]
    assert found[7, 7].tolist() == [0, 0, 0]


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_images_of_any_depth_give_eight_bit_luma(tmp_path: Path, depth: type) -> None:
    top = np.iinfo(depth).max
    cv2.imwrite(str(tmp_path / "a.png"), np.full((10, 10), top, depth))
    found = read_picture(tmp_path / "a.png")
    assert found is not None
    assert luma(found).dtype == np.uint8
    assert luma(found).min() == 255


def test_sources_that_are_not_there_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound) as missing:
        open_camera(str(tmp_path / "none.avi"))
    assert missing.value.code == "camera_source_not_found"
    with pytest.raises(SourceNotFound):
        open_camera(str(tmp_path))
    with pytest.raises(SourceNotFound):
        open_camera(str(tmp_path / "none.png"))
    with pytest.raises(SourceNotFound):
        open_camera("x" * 5000)


def test_a_file_that_is_no_video_is_refused(tmp_path: Path) -> None:
    (tmp_path / "v.avi").write_bytes(b"no video" * 100)
    with pytest.raises(SourceUnreadable) as refused:
        open_camera(str(tmp_path / "v.avi"))
    assert refused.value.code == "camera_source_unreadable"


def test_a_video_pulled_at_pace_zero_loses_no_frame(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.avi", [noise(i) for i in range(30)])
    camera = open_camera(str(video), CameraSettings(pace=0))
    assert [f.number for f in all_frames(camera)] == list(range(30))
    assert camera.health().dropped == 0


def test_a_video_plays_at_its_rate_and_ends(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.avi", [noise(i) for i in range(15)], 25.0)
    camera = open_camera(str(video), CameraSettings(pace=2.0))
    frames = all_frames(camera)
    health = camera.health()
    assert health.state is SourceState.ENDED
    assert health.seen == 15
    assert len(frames) + health.dropped == 15
    # 15 frames at 50 a second: never faster than the file's own rate times the pace.
    assert frames[-1].seen_mono_s - frames[0].seen_mono_s >= (frames[-1].number - 1) * 0.02 * 0.9


def test_a_captured_source_ends_where_the_file_ends(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.avi", [noise(i) for i in range(3)])
    source = CapturedSource(cv2.VideoCapture(str(video), cv2.CAP_FFMPEG))
    assert source.present
    assert [source.read() is None for _ in range(5)] == [False] * 3 + [True] * 2
    source.close()


def test_opencv_is_not_imported_before_its_first_use_and_leaves_qt_alone() -> None:
    program = """
import os, sys
import scanner.capture.camera
assert "cv2" not in sys.modules
from scanner.capture.opencv import cv2
cv2.COLOR_BGR2GRAY
assert "cv2" in sys.modules
print(os.environ.get("QT_QPA_PLATFORM_PLUGIN_PATH"), os.environ.get("QT_QPA_FONTDIR"))
"""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("QT_QPA")}
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=clean, check=True
    )
    assert run.stdout.split() == ["None", "None"]
