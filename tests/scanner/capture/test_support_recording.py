"""Pictures for support: few, whole, soon over, and never made unasked."""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from scanner.capture.images import luma, read_picture
from scanner.capture.opencv import cv2
from scanner.capture.reading import watch_clip
from scanner.capture.source import Frame, Grey, SourceState
from scanner.capture.support_recording import (
    FOLDER,
    FREE_LEFT_BYTES,
    MOST_BYTES,
    NOTE,
    SECONDS,
    SupportRecording,
    delete_recording,
    recorded,
)
from tests.scanner.capture.scenes import wall

ROOT = Path(__file__).parents[3]
DEADLINE_S = 10.0


class Clock:
    """Monotonic seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


Start = Callable[..., SupportRecording]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(tmp_path: Path, clock: Clock) -> Iterator[Start]:
    """Return a function that starts a recording; free: bytes left on the disk."""
    begun: list[SupportRecording] = []

    def started(free: int = 1 << 40) -> SupportRecording:
        begun.append(SupportRecording(tmp_path, "2026-11-22 10:30", clock, lambda _: free))
        return begun[-1]

    yield started
    for recording in begun:
        recording.stop()


def frame(number: int, grey: Grey | None = None) -> Frame:
    return Frame(
        grey=wall(number) if grey is None else grey,
        bgr=None,
        seen_mono_s=number / 30,
        number=number,
        state=SourceState.LIVE,
    )


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another thread brings about."""
    tick = threading.Event()
    for _ in range(int(DEADLINE_S / 0.005)):
        if holds():
            return
        tick.wait(0.005)
    raise AssertionError("it did not come about")


def fill(recording: SupportRecording, clock: Clock, count: int) -> None:
    for number in range(count):
        clock.now_s += 0.1
        recording.take(frame(number))
        until(lambda number=number: recording.frames == number + 1 or not recording.left_s())  # type: ignore[misc]


def test_frames_are_written_as_the_reader_gets_them(start: Start, clock: Clock) -> None:
    recording = start()
    fill(recording, clock, 3)
    recording.stop()
    names = sorted(path.name for path in recording.folder.iterdir())
    assert names == [NOTE, "frame-0000.png", "frame-0001.png", "frame-0002.png"]
    picture = read_picture(recording.folder / "frame-0002.png")
    assert picture is not None
    assert np.array_equal(luma(picture), wall(2))


def test_a_recording_plays_as_a_clip(start: Start, clock: Clock) -> None:
    recording = start()
    fill(recording, clock, 3)
    recording.stop()
    assert list(watch_clip(recording.folder))[-1]["frames"] == 3


def test_the_note_says_what_it_is_and_how_to_delete_it(start: Start, clock: Clock) -> None:
    recording = start()
    note = (recording.folder / NOTE).read_text(encoding="utf-8")
    assert "2026-11-22 10:30" in note
    assert "kakou-scanner support-recording --delete" in note
    assert "删除" in note


def test_nobody_else_on_the_machine_can_read_them(start: Start, clock: Clock) -> None:
    recording = start()
    fill(recording, clock, 1)
    assert recording.folder.stat().st_mode & 0o077 == 0
    assert (recording.folder / "frame-0000.png").stat().st_mode & 0o077 == 0


def test_it_ends_by_itself(start: Start, clock: Clock) -> None:
    recording = start()
    fill(recording, clock, 2)
    assert 0 < recording.left_s() < SECONDS
    clock.now_s += SECONDS
    assert recording.left_s() == 0.0
    recording.take(frame(3))
    recording.stop()
    assert recorded(recording.folder.parent) == (2, recording.bytes)


def test_it_is_over_when_it_is_stopped(start: Start, clock: Clock) -> None:
    recording = start()
    recording.stop()
    assert recording.left_s() == 0.0
    clock.now_s += 0.2
    recording.take(frame(1))
    assert recorded(recording.folder.parent) == (0, 0)


def test_it_takes_no_more_frames_than_it_needs(start: Start, clock: Clock) -> None:
    recording, seen = start(), wall(0)
    for number in range(50):
        clock.now_s += 0.002
        recording.take(frame(number, seen))
    until(lambda: recording.frames >= 1)
    recording.stop()
    assert recording.frames <= 2


def test_it_leaves_room_on_the_disk(start: Start, clock: Clock) -> None:
    recording = start(free=FREE_LEFT_BYTES + 100)
    clock.now_s += 1
    recording.take(frame(0))
    until(lambda: not recording.left_s())
    assert recording.fault == "disk_full"
    assert recording.frames == 0


def test_it_stops_at_its_most_bytes(start: Start, clock: Clock) -> None:
    recording = start()
    recording.bytes = MOST_BYTES - 10  # as if so many had been written
    clock.now_s += 1
    recording.take(frame(0))
    until(lambda: not recording.left_s())
    assert (recording.fault, recording.frames) == (None, 0)


def test_a_disk_that_goes_ends_it(start: Start, clock: Clock, tmp_path: Path) -> None:
    recording = start()
    fill(recording, clock, 1)
    delete_recording(tmp_path)
    clock.now_s += 1
    recording.take(frame(1))
    until(lambda: not recording.left_s())
    assert recording.fault == "disk_unusable"


def test_only_the_newest_is_kept_and_it_can_be_deleted(
    start: Start, clock: Clock, tmp_path: Path
) -> None:
    assert recorded(tmp_path) is None
    assert delete_recording(tmp_path) == 0
    fill(start(), clock, 3)
    second = start()
    fill(second, clock, 1)
    second.stop()
    kept = recorded(tmp_path)
    assert kept is not None
    assert kept[0] == 1
    assert delete_recording(tmp_path) == 1
    assert not (tmp_path / FOLDER).exists()


def test_what_others_put_there_is_not_deleted(start: Start, tmp_path: Path) -> None:
    start().stop()
    (tmp_path / FOLDER / "mine.txt").write_text("keep")
    with pytest.raises(OSError, match="not empty"):
        delete_recording(tmp_path)
    assert (tmp_path / FOLDER / "mine.txt").read_text() == "keep"


WRITERS = {"imencode", "imwrite", "imwritemulti", "imencodemulti", "VideoWriter", "tofile"}


def test_nothing_else_in_the_program_makes_files_of_pictures() -> None:
    """Every call that turns a picture into bytes stands in the two modules that may: the recording,
    and the card, which is drawn and seen by no camera.
    """
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "scanner").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in WRITERS
    }
    assert found == {"scanner/capture/support_recording.py", "scanner/capture/camera_card.py"}
    assert hasattr(cv2, "imencode")
