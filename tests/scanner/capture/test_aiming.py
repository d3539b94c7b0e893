"""What is said to somebody whose code does not read, and that nobody else is spoken to."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import numpy as np
import pytest

from scanner.capture.aiming import Aiming, Hint
from scanner.capture.codes import CodeReader
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey
from tests.scanner.capture.scenes import DENSE, noisy, wall, with_card

Scene = Callable[[int], Grey]
FRAME_S = 0.1


def held(number: int, module_px: float) -> Grey:
    """A card in a hand that is never quite still."""
    return with_card(wall(number), DENSE, 400 + number % 7, 200, module_px)


def seen(scene: object, number: int) -> Grey:
    return noisy(scene, np.random.default_rng(number))


def out_of_focus(number: int) -> Grey:
    return seen(cv2.GaussianBlur(held(number, 4.0), (0, 0), 3.0), number)


def smeared(number: int) -> Grey:
    smear = np.zeros((17, 17), np.float32)
    smear[8] = 1 / 17
    return seen(cv2.filter2D(held(number, 4.0), -1, smear), number)


def far_away(number: int) -> Grey:
    return seen(cv2.GaussianBlur(held(number, 1.7), (0, 0), 1.3), number)


def in_bad_light(number: int) -> Grey:
    """Somebody comes nearer with a card that a lamp far away hardly reaches."""
    card = with_card(wall(number), DENSE, 200 + number * 37 % 400, 200, 4.0)
    return noisy(card * np.float32(0.05), np.random.default_rng(number), 3.0)


def in_the_dark_alone(number: int) -> Grey:
    return noisy(wall(1) * np.float32(0.08), np.random.default_rng(number), 3.0)


def bare_wall(number: int) -> Grey:
    return wall(number)


def legible(number: int) -> Grey:
    return held(number, 4.0)


def hints(scene: Scene, frames: int = 60, cheap: bool = True) -> list[tuple[int, Hint]]:
    """Return the hints that a stream gives, each with the number of its frame."""
    reader, found = CodeReader(), []
    clock = count()
    # A thread's CPU clock would let this machine's load decide when the next look is.
    aiming = Aiming(lambda: next(clock) * (0.0 if cheap else 1.0))
    for number in range(frames):
        grey = scene(number)
        hint = aiming.advise(grey, number * FRAME_S, bool(reader.read(grey)))
        if hint is not None:
            found.append((number, hint))
    return found


@pytest.mark.parametrize(
    ("scene", "hint"),
    [
        (out_of_focus, Hint.HOLD_STILL),
        (smeared, Hint.HOLD_STILL),
        (far_away, Hint.CLOSER),
        (in_bad_light, Hint.BRIGHTER),
    ],
)
def test_a_code_that_does_not_read_is_told_once_what_would_help(scene: Scene, hint: Hint) -> None:
    told = hints(scene)
    assert [one for _, one in told] == [hint]
    assert told[0][0] * FRAME_S >= 1.0  # who is just coming needs no advice


@pytest.mark.parametrize("scene", [bare_wall, legible, in_the_dark_alone])
def test_nobody_is_advised_where_no_code_is_or_where_it_reads(scene: Scene) -> None:
    assert hints(scene) == []


def test_a_picture_that_stands_still_is_not_spoken_to() -> None:
    still = smeared(3)
    assert hints(lambda number: still) == []


def test_who_was_just_read_is_not_advised_while_the_phone_is_taken_away() -> None:
    def taken_away(number: int) -> Grey:
        return held(number, 4.0) if number < 5 else smeared(number)

    first, _ = hints(taken_away)[0]
    assert first * FRAME_S >= 0.4 + 2.0 + 1.0


def test_looks_that_are_dear_become_rare() -> None:
    assert hints(out_of_focus, cheap=False) == []


def test_a_picture_too_small_for_a_code_gives_nothing() -> None:
    assert hints(lambda number: np.zeros((40, 40), np.uint8), frames=5) == []
