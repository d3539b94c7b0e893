"""Live sources, and every way in which one misbehaves."""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from demo.proxy import free_port
from scanner.capture.camera import (
    CameraSettings,
    SourceState,
    open_camera,
)
from scanner.capture.camera_device import (
    CapturedSource,
    OpenSource,
    is_device,
    known_webcams,
    negotiate,
    stop_automatic_gain,
    webcam_opener,
)
from scanner.capture.camera_live import FROZEN_AFTER_S, FrameWatch, LiveCamera
from scanner.capture.images import luma
from scanner.capture.opencv import cv2
from scanner.capture.source import Picture
from tests.scanner.capture.rigs import (
    ScriptedSource,
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


def endless(start: int = 0) -> Iterator[Picture]:
    return (noise(i) for i in itertools.count(start))


def test_the_luma_of_a_yuyv_frame_is_a_view_of_it() -> None:
    yuyv = np.arange(4 * 6 * 2, dtype=np.uint8).reshape(4, 6, 2)
    grey = luma(yuyv)
    assert grey.shape == (4, 6)
    assert np.shares_memory(grey, yuyv)


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


def test_no_error_of_a_driver_ends_the_camera_for_good() -> None:
    class Grudging(ScriptedSource):
        def read(self) -> Picture | None:
            picture = super().read()
            if picture is None:
                raise cv2.error("Assertion failed")
            return picture

        def close(self) -> None:
            raise RuntimeError

    numbers = itertools.count()

    def opener() -> OpenSource:
        number = next(numbers)
        if number == 0:
            raise cv2.error("Unknown C++ exception")
        return Grudging(iter([noise(number)]))

    camera = LiveCamera(opener, QUICK, Clock())
    wait_until(lambda: camera.health().seen >= 3)
    assert camera.health().opened >= 3
    camera.close()


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
    # A stream whose server is gone breaks off by itself: no silence of a busy machine is one.
    camera = open_camera(f"http://127.0.0.1:{port}/", replace(QUICK, read_timeout_s=20.0))
    wait_until(lambda: camera.health().state is SourceState.UNPLUGGED)
    with mjpeg_server(port, images):
        wait_until(lambda: camera.health().seen > 3)
    wait_until(lambda: camera.health().state is SourceState.UNPLUGGED)
    seen = camera.health().seen
    with mjpeg_server(port, images):
        wait_until(lambda: camera.health().seen > seen + 3)
        assert camera.health().opened == 2
    camera.close()


def test_a_device_is_named_by_index_path_or_stable_name() -> None:
    assert all(is_device(name) for name in ("0", "12", "/dev/video3", "usb-Acme_Cam-video-index0"))
    assert not any(is_device(name) for name in ("1234", "film.avi", "４", "folder/0", ""))
    assert all(name.endswith("index0") for name in known_webcams())


@pytest.mark.skipif(sys.platform != "linux", reason="device nodes are Linux's")
def test_a_node_that_does_not_open_is_busy_and_a_missing_one_unplugged(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    assert webcam_opener(str(node), QUICK)() is SourceState.UNPLUGGED
    node.write_bytes(b"another program holds me")
    assert webcam_opener(str(node), QUICK)() is SourceState.BUSY
    assert webcam_opener("usb-not-plugged-in-index0", QUICK)() is SourceState.UNPLUGGED


@pytest.mark.parametrize("pixels", ["mjpg", "yuyv"])
def test_a_driver_that_refuses_every_control_is_no_error(tmp_path: Path, pixels: str) -> None:
    video = write_video(tmp_path / "v.avi", [noise(i) for i in range(3)])
    capture = cv2.VideoCapture(str(video), cv2.CAP_FFMPEG)
    wanted = CameraSettings(pixel_format=pixels, focus=20, exposure=150, gain=1)
    negotiate(capture, wanted)
    assert CapturedSource(capture).read() is not None


@pytest.mark.skipif(sys.platform != "linux", reason="device nodes are Linux's")
def test_a_device_without_automatic_gain_is_left_as_it_is(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    stop_automatic_gain(node)
    node.write_bytes(b"no webcam")
    stop_automatic_gain(node)
    assert node.read_bytes() == b"no webcam"


def test_a_source_whose_node_has_gone_is_not_present(tmp_path: Path) -> None:
    node = tmp_path / "video0"
    node.touch()
    source = CapturedSource(cv2.VideoCapture(), node=node)
    assert source.present
    node.unlink()
    assert not source.present
