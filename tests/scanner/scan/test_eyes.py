"""Camera and reader that come later."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.capture.camera import SourceState
from scanner.errors import StationFault
from scanner.scan.eyes import RETRY_S, LateEyes, hand_scanner, open_eyes
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import NOW, frames_of, write_frames


def test_a_folder_that_comes_later_is_seen_then(tmp_path: Path) -> None:
    now_s = [0.0]
    folder = tmp_path / "frames"
    eyes = LateEyes(lambda: open_eyes(str(folder), colour=False), lambda: now_s[0])
    assert (eyes.fault(), eyes.health().state) == (None, SourceState.OPENING)
    assert eyes.newest(0.0) is None
    assert (eyes.fault(), eyes.ended) == ("camera_source_not_found", False)
    text = Publisher(NOW).mint(1).dense
    write_frames(folder, frames_of(text))
    assert eyes.newest(0.0) is None  # tried again after a pause
    now_s[0] += RETRY_S
    frame = eyes.newest(1.0)
    assert frame is not None
    assert eyes.fault() is None
    assert [code.text for code in eyes.read(frame.grey)] == [text]
    assert eyes.health().seen == 1
    assert eyes.newest(0.0) is None
    assert eyes.ended
    eyes.close()
    eyes.close()


def test_without_a_camera_nothing_is_read_and_it_closes(tmp_path: Path) -> None:
    eyes = LateEyes(lambda: open_eyes(str(tmp_path / "none"), colour=False), lambda: 0.0)
    with pytest.raises(StationFault) as caught:
        eyes.open()
    assert caught.value.code == "camera_source_not_found"
    frames = write_frames(tmp_path / "frames", frames_of(None))
    camera, _ = open_eyes(str(frames), colour=False)
    frame = camera.newest(1.0)
    assert frame is not None
    assert eyes.read(frame.grey) == []
    camera.close()
    eyes.close()


def test_no_hand_scanner_is_asked_for_by_default() -> None:
    assert hand_scanner("") is None
