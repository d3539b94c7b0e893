"""The install self-test: what it says of good and bad cameras that look at the printed card."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scanner.capture.camera import CameraHealth, open_camera
from scanner.capture.camera_card import (
    MODULES_MM,
    card_text,
    draw_card,
    module_mm_of,
    write_card,
)
from scanner.capture.camera_check import (
    ADVICE,
    Advice,
    CameraCheck,
    CheckReport,
    Fitness,
    Light,
    check_camera,
)
from scanner.capture.codes import read_still
from scanner.capture.opencv import cv2
from scanner.capture.source import Frame, Grey, SourceState
from tests.scanner.capture.scenes import noisy, wall


class Clock:
    """Monotonic seconds that pass with every look."""

    def __init__(self, step_s: float) -> None:
        self.now_s, self.step_s = 10.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def photograph(scale: float, seed: int, *, blur: float = 0.6, gain: float = 1.0) -> Grey:
    """The card before a wall; scale: of 20 dots a millimetre."""
    small = cv2.resize(draw_card(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scene = wall(seed).astype(np.float32)
    scene[60 : 60 + small.shape[0], 90 : 90 + small.shape[1]] = np.asarray(small) * 0.85 + 12
    return noisy(cv2.GaussianBlur(scene, (0, 0), blur) * gain, np.random.default_rng(seed), 3.0)


def checked(*, step_s: float = 0.01, **how: float) -> CheckReport:
    scale = how.pop("scale", 0.21)
    check, clock = CameraCheck(light=Light.OFFICE), Clock(step_s)
    for i in range(8):
        grey = photograph(scale, i, **how)
        frame = Frame(grey=grey, bgr=None, seen_mono_s=clock(), number=i, state=SourceState.LIVE)
        check.add(frame, clock)
    return check.report()


def test_the_card_holds_every_size_and_each_says_its_own() -> None:
    small = cv2.resize(draw_card(), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    texts = {code.text for code in read_still(np.asarray(small, np.uint8))}
    assert texts == {card_text(size) for size in MODULES_MM}
    assert {module_mm_of(text) for text in texts} == set(MODULES_MM)


@pytest.mark.parametrize("text", ["", "KAKOU CAMERA TEST 1", "KAKOU CAMERA TEST １２０", "1" * 200])
def test_other_codes_are_not_the_cards(text: str) -> None:
    assert module_mm_of(text) is None


def test_the_card_prints_at_its_true_size(tmp_path: Path) -> None:
    write_card(tmp_path / "card.png")
    raw = (tmp_path / "card.png").read_bytes()
    assert raw[37:41] == b"pHYs"
    assert int.from_bytes(raw[41:45], "big") == 20_000  # dots a metre
    read = cv2.imread(str(tmp_path / "card.png"), cv2.IMREAD_GRAYSCALE)
    assert read is not None
    assert read.shape == (2100, 2960)


def test_a_good_camera_is_good() -> None:
    report = checked()
    assert (report.fitness, report.advice) == (Fitness.GOOD, ())
    assert report.read_share == 1.0
    assert 4.0 < report.module_px < 6.0
    assert report.edge_px < 4.0
    assert report.smallest_mm in MODULES_MM
    assert report.row()["fitness"] == "good"


@pytest.mark.parametrize(
    ("how", "advice"),
    [
        ({"scale": 0.075}, Advice.TOO_FAR),
        ({"blur": 2.4}, Advice.BLURRED),
        ({"gain": 0.16}, Advice.TOO_DARK),
        ({"step_s": 0.25}, Advice.LATE),
        ({"step_s": 0.06}, Advice.FEW_FRAMES),
    ],
)
def test_what_is_wrong_is_named(how: dict[str, float], advice: Advice) -> None:
    report = checked(**how)
    assert advice in report.advice
    assert report.fitness is not Fitness.GOOD


def test_without_the_card_the_advice_is_to_show_it() -> None:
    check, clock = CameraCheck(light=Light.DARK), Clock(0.01)
    for i in range(3):
        frame = Frame(grey=wall(i), bgr=None, seen_mono_s=clock(), number=i, state=SourceState.LIVE)
        assert not check.add(frame, clock)
    assert check.report().advice == (Advice.CARD_NOT_READ,)
    assert check.report().fitness is Fitness.UNFIT


class Dead:
    """A camera that gives nothing."""

    ended = False

    def newest(self, timeout_s: float) -> Frame | None:
        return None

    def health(self) -> CameraHealth:
        return CameraHealth(state=SourceState.UNPLUGGED)

    def close(self) -> None:
        return None


def test_a_dead_camera_is_said_to_give_no_picture() -> None:
    rows = list(check_camera(Dead(), Light.SUN, 0.5, Clock(0.1)))
    assert rows[0] == {"read": False, "state": SourceState.UNPLUGGED}
    assert rows[-1]["advice"] == (Advice.NO_PICTURE,)


def test_a_folder_of_frames_is_checked_to_its_end(tmp_path: Path) -> None:
    for i in range(4):
        cv2.imwrite(str(tmp_path / f"{i}.png"), photograph(0.21, i))
    rows = list(check_camera(open_camera(str(tmp_path)), Light.OFFICE, 60.0, Clock(0.001)))
    assert [row["read"] for row in rows[:4]] == [True] * 4
    assert rows[-1]["frames"] == 4


def test_every_advice_has_words_in_both_languages() -> None:
    assert set(ADVICE) == set(Advice)
    words: Iterator[str] = (word for pair in ADVICE.values() for word in pair)
    assert all(words)
