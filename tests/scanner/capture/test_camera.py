"""Every source behind the one Protocol, and every way in which a source misbehaves."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
from scanner.capture.camera_device import CapturedSource, OpenSource
from scanner.capture.camera_live import FROZEN_AFTER_S, FrameWatch, LiveCamera
from scanner.capture.images import luma, read_picture
from scanner.capture.opencv import cv2
from scanner.capture.source import Picture
from tests.scanner.capture.rigs import (
    ScriptedSource,
    free_port,
    mjpeg_server,
    noise,
    scripted_opener,
    wait_until,
    write_video,
)

QUICK = CameraSettings(retry_after_s=0.01, read_timeout_s=0.5, open_timeout_s=1.0)


class Clock:
    """Monotonic seconds that move when the test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@contextmanager
def live(*steps: OpenSource | SourceState, clock: Clock | None = None) -> Iterator[LiveCamera]:
    camera = LiveCamera(scripted_opener(*steps), QUICK, clock or Clock())
    try:
        yield camera
    finally:
        camera.close()


def all_frames(camera: Camera) -> list[Frame]:
    frames = []
    while not camera.ended:
        frame = camera.newest(5.0)
        if frame is not None:
            frames.append(frame)
    camera.close()
    return frames


def endless(start: int = 0) -> Iterator[Picture]:
    return (noise(i) for i in itertools.count(start))


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


def test_the_luma_of_a_yuyv_frame_is_a_view_of_it() -> None:
    yuyv = np.arange(4 * 6 * 2, dtype=np.uint8).reshape(4, 6, 2)
    grey = luma(yuyv)
    assert grey.shape == (4, 6)
    assert np.shares_memory(grey, yuyv)


def test_sources_that_are_not_there_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound) as missing:
        open_camera(str(tmp_path / "none.avi"))
    assert missing.value.code == "camera_source_not_found"
    with pytest.raises(SourceNotFound):
        open_camera(str(tmp_path))
    with pytest.raises(SourceNotFound):
        open_camera(str(tmp_path / "none.png"))


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


def test_a_reader_that_is_late_gets_the_newest_frame_and_the_drops_are_counted() -> None:
    with live(ScriptedSource(endless())) as camera:
        wait_until(lambda: camera.health().seen > 20)
        frame = camera.newest(1.0)
        assert frame is not None
        assert frame.number >= 20
        assert camera.health().dropped >= 20


def test_a_source_that_drops_out_is_opened_again() -> None:
    first = ScriptedSource(iter([noise(i) for i in range(3)]))
    with live(
        first, SourceState.UNPLUGGED, SourceState.BUSY, ScriptedSource(endless(50))
    ) as camera:
        wait_until(lambda: camera.health().opened == 2 and camera.health().seen > 6)
        assert first.closed
        assert camera.health().state is SourceState.LIVE
        assert not camera.ended


@pytest.mark.parametrize("state", [SourceState.UNPLUGGED, SourceState.BUSY, SourceState.NO_RIGHTS])
def test_a_device_that_does_not_open_says_why(state: SourceState) -> None:
    with live(*[state] * 1000) as camera:
        wait_until(lambda: camera.health().state is state)
        assert camera.newest(0.02) is None


def test_a_driver_that_repeats_its_frame_is_called_frozen_and_opened_again() -> None:
    clock = Clock()
    stuck = ScriptedSource(itertools.repeat(noise(1)))
    with live(stuck, ScriptedSource(endless()), clock=clock) as camera:
        wait_until(lambda: camera.health().seen > 3)
        assert camera.health().state is SourceState.LIVE
        clock.now_s += FROZEN_AFTER_S
        wait_until(lambda: stuck.closed)
        wait_until(lambda: camera.health().opened == 2 and camera.health().seen > 9)


def test_a_still_test_picture_is_not_opened_again_and_again() -> None:
    clock = Clock()
    sources = [ScriptedSource(itertools.repeat(noise(1))) for _ in range(3)]
    with live(*sources, clock=clock) as camera:
        wait_until(lambda: camera.health().seen > 3)
        clock.now_s += FROZEN_AFTER_S
        wait_until(lambda: camera.health().opened == 2)
        seen = camera.health().seen
        wait_until(lambda: camera.health().seen > seen + 3)
        clock.now_s += FROZEN_AFTER_S
        wait_until(lambda: camera.health().state is SourceState.FROZEN)
        assert not sources[1].closed


def test_a_device_whose_node_has_gone_is_unplugged_whatever_it_still_reads() -> None:
    clock = Clock()
    ghost = ScriptedSource(itertools.repeat(noise(1)))
    with live(ghost, clock=clock) as camera:
        wait_until(lambda: camera.health().seen > 3)
        ghost.present = False
        clock.now_s += FROZEN_AFTER_S
        wait_until(lambda: camera.health().state is SourceState.UNPLUGGED)


def test_a_capped_lens_is_called_black() -> None:
    random = np.random.default_rng(1)
    caps = (random.integers(0, 5, (48, 64, 3), dtype=np.uint8) for _ in itertools.count())
    with live(ScriptedSource(caps)) as camera:
        wait_until(lambda: camera.health().state is SourceState.BLACK)


def test_a_dark_room_is_not_black() -> None:
    random = np.random.default_rng(1)
    dark = random.integers(0, 40, (120, 160), dtype=np.uint8)
    assert FrameWatch().judge(dark, 0.0) is SourceState.LIVE


def test_a_source_that_falls_silent_is_stalled_and_close_does_not_hang() -> None:
    clock = Clock()
    silence = threading.Event()

    class Silent(ScriptedSource):
        def read(self) -> Picture | None:
            picture = super().read()
            if picture is None:
                silence.wait(20.0)
            return picture

    with live(Silent(iter([noise(1)])), clock=clock) as camera:
        wait_until(lambda: camera.health().seen == 1)
        clock.now_s += QUICK.read_timeout_s + 0.1
        wait_until(lambda: camera.health().state is SourceState.STALLED)
        silence.set()


def test_a_source_may_change_its_size_between_frames() -> None:
    pictures = (noise(i, 120 + 20 * (i % 2), 160) for i in itertools.count())
    with live(ScriptedSource(pictures)) as camera:
        wait_until(lambda: camera.health().size == (160, 140))
        wait_until(lambda: camera.health().size == (160, 120))


def test_a_frame_without_colour_has_no_picture() -> None:
    greys = (noise(i)[:, :, 0] for i in itertools.count())
    with live(ScriptedSource(greys)) as camera:
        frame = camera.newest(5.0)
        assert frame is not None
        assert frame.bgr is None
        assert frame.grey.shape == (120, 160)


def test_a_yuyv_frame_has_a_picture_in_colour() -> None:
    yuyv = (noise(i, 120, 160)[:, :, :2].copy() for i in itertools.count())
    with live(ScriptedSource(yuyv)) as camera:
        frame = camera.newest(5.0)
        assert frame is not None
        assert frame.bgr is not None
        assert frame.bgr.shape == (120, 160, 3)


def test_a_webcam_that_is_not_plugged_in_is_waited_for() -> None:
    camera = open_camera("987", QUICK)
    wait_until(lambda: camera.health().state is SourceState.UNPLUGGED)
    assert camera.newest(0.02) is None
    assert not camera.ended
    camera.close()


def test_a_killed_stream_comes_back_within_three_seconds_of_its_return(tmp_path: Path) -> None:
    images = [tmp_path / f"{i}.jpg" for i in range(4)]
    for i, image in enumerate(images):
        cv2.imwrite(str(image), noise(i))
    port = free_port()
    camera = open_camera(f"http://127.0.0.1:{port}/", QUICK)
    wait_until(lambda: camera.health().state is SourceState.UNPLUGGED)
    with mjpeg_server(port, images):
        wait_until(lambda: camera.health().seen > 3)
    wait_until(lambda: camera.health().state is SourceState.UNPLUGGED)
    seen = camera.health().seen
    with mjpeg_server(port, images):
        wait_until(lambda: camera.health().seen > seen + 3)
        assert camera.health().opened == 2
    camera.close()


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
