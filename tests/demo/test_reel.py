"""The demo's reel: drawn alike from the same seed, and readable as at a gate."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from demo.avi import write_mjpeg_avi
from demo.reel import cached_reel, make_reel, reel_path, write_sample
from demo.scene_cards import code_modules
from demo.scene_frame import Scene
from demo.scene_motion import APPROACH_S, FRAMES_PER_S, SHORTEST_S, SHOWN_S, length_s, plan, pose
from scanner.capture.codes import CodeReader

DENSE = "1234567890" * 20
FULL = "KK1:" + "ABCDEFGH %0123456789" * 11
PASSES = [(DENSE, "phone"), (FULL, "paper"), ("https://pay.example.org/4711", "phone")]


def test_a_motion_jpeg_file_gives_back_every_picture(tmp_path: Path) -> None:
    pictures = [np.full((48, 64, 3), 20 * i, np.uint8) for i in range(9)]
    jpegs = [cv2.imencode(".jpg", p)[1].tobytes() for p in pictures]
    path = tmp_path / "v.avi"
    assert write_mjpeg_avi(path, jpegs, size=(64, 48), frames_per_s=25) == 9
    video = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    assert video.get(cv2.CAP_PROP_FPS) == 25
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 9
    shown = [video.read() for _ in range(10)]
    assert [good for good, _ in shown] == [True] * 9 + [False]
    for picture, (_, seen) in zip(pictures, shown[:9], strict=True):
        assert np.abs(seen.astype(int) - picture).max() < 6


@pytest.mark.parametrize(
    ("text", "side"), [(DENSE, 37 + 8), (FULL, 53 + 8), ("https://pay.example.org/4711", 29 + 8)]
)
def test_a_code_is_drawn_in_its_smallest_version(text: str, side: int) -> None:
    assert code_modules(text).shape == (side, side)


def test_forty_people_take_a_minute_and_two_of_them_may_stand_there_at_once() -> None:
    turns = plan(40, 1)
    assert SHORTEST_S <= length_s(turns, SHORTEST_S) < 75
    gaps = np.diff([turn.starts_s for turn in turns])
    assert gaps.min() > 0
    assert (gaps < SHOWN_S / 2).any()


def test_a_card_comes_up_is_held_and_goes_away() -> None:
    turn = plan(1, 1)[0]
    assert pose(turn, turn.starts_s - 0.1) is None
    assert pose(turn, turn.starts_s + SHOWN_S) is None
    low, held = pose(turn, turn.starts_s + 0.05), pose(turn, turn.starts_s + APPROACH_S + 0.4)
    assert low is not None
    assert held is not None
    assert low.y > held.y + 200
    assert low.scale < held.scale


def test_frames_depend_on_nothing_but_their_number_and_the_seed() -> None:
    one, other = Scene(PASSES, 1), Scene(PASSES, 1)
    assert np.array_equal(one.frame(30), other.frame(30))
    one.frame(70)
    assert np.array_equal(one.frame(31), other.frame(31))
    assert not np.array_equal(one.frame(30), Scene(PASSES, 2).frame(30))


def test_everybody_in_the_reel_is_read(tmp_path: Path) -> None:
    shares: list[float] = []
    path = make_reel(PASSES, tmp_path / "r.avi", shares.append, shortest_s=4.0)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)
    video, reader = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), CodeReader()
    seen: set[str] = set()
    frames = 0
    while (read := video.read())[0]:
        frames += 1
        assert read[1].shape == (720, 1280, 3)
        seen |= {code.text for code in reader.read(np.asarray(read[1][:, :, 1], np.uint8))}
    assert seen == {text for text, _ in PASSES}
    assert frames == round(length_s(plan(3, 1), 4.0) * FRAMES_PER_S)


def test_a_reel_that_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    passes = [(DENSE, "phone")]
    shares: list[float] = []
    path = reel_path(passes, tmp_path)
    path.write_bytes(b"a reel")
    assert cached_reel(passes, tmp_path, shares.append) == path
    assert shares == [1.0]
    assert path.read_bytes() == b"a reel"


def test_another_pass_or_seed_is_another_reel(tmp_path: Path) -> None:
    names = {
        reel_path([(DENSE, "phone")], tmp_path),
        reel_path([(DENSE, "paper")], tmp_path),
        reel_path([(FULL, "phone")], tmp_path),
        reel_path([(DENSE, "phone")], tmp_path, seed=2),
    }
    assert len(names) == 4


def test_a_sample_picture_is_one_frame(tmp_path: Path) -> None:
    path = write_sample(PASSES, tmp_path / "s.png", at_s=1.6)
    picture = cv2.imread(str(path))
    assert picture is not None
    assert picture.shape == (720, 1280, 3)
