"""What the camera's check takes of the frames that the gate scans."""

from __future__ import annotations

from dataclasses import replace

from scanner.capture.camera_check import Fitness, Light
from scanner.capture.source import SourceState
from scanner.screen.camera_watch import CameraWatch, Looked
from scanner.station import ScanStep
from tests.scanner.screen.cards import card_steps


def _watch() -> tuple[CameraWatch, list[Looked]]:
    watch, told = CameraWatch(Light.SUN, lambda: 0.02), list[Looked]()
    watch.looked.connect(told.append)
    return watch, told


def _with(step: ScanStep, state: SourceState) -> ScanStep:
    assert step.frame is not None
    return replace(step, frame=replace(step.frame, state=state))


def test_the_next_frame_is_shown_when_the_last_one_is_painted() -> None:
    watch, told = _watch()
    first, second, *_ = card_steps()
    watch.look(first)
    watch.look(second)
    assert [looked.frame for looked in told] == [first.frame]
    watch.painted()
    watch.look(second)
    assert told[-1].frame is second.frame
    assert told[-1].codes == second.seen
    assert told[-1].report.frames == 3  # measured, though it was not shown


def test_a_measurement_takes_every_frame_from_its_beginning_to_its_end() -> None:
    watch, _told = _watch()
    first, second, *_ = card_steps()
    assert watch.end() is None
    watch.look(first)
    watch.begin(Light.DARK)
    for step in (second, first, second):
        watch.look(step)
    report = watch.end()
    assert report is not None
    assert (report.light, report.frames, report.read_share) == (Light.DARK, 3, 1.0)
    assert report.latency_ms == 20.0
    assert watch.end() is None


def test_the_live_figures_speak_of_the_newest_frames_only() -> None:
    watch, told = _watch()
    first, *_ = card_steps()
    blank = replace(first, seen=())
    for step in [first] * 5 + [blank] * 20:
        watch.painted()
        watch.look(step)
    assert told[4].report.read_share == 1.0
    assert (told[-1].report.frames, told[-1].report.fitness) == (20, Fitness.UNFIT)


def test_black_pictures_and_steps_without_a_frame_are_no_looks() -> None:
    watch, told = _watch()
    first, *_ = card_steps()
    watch.begin(Light.OFFICE)
    watch.look(_with(first, SourceState.BLACK))
    watch.look(replace(first, frame=None))
    assert told == []
    watch.look(_with(first, SourceState.FROZEN))
    assert len(told) == 1
    report = watch.end()
    assert report is not None
    assert report.frames == 1
