"""What looking costs: regions, motion, and scenes that are meant to hold the gate up."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks import seeing_scenes as scenes
from scanner.capture.codes import CodeReader, SeenCode, read_codes
from scanner.capture.codes_effort import MotionGate, Spending
from scanner.capture.codes_regions import CellMaker, Cells, Window, regions_in
from scanner.capture.source import Grey
from tests.scanner.capture.scenes import (
    DENSE,
    FULL,
    finder_sheet,
    noisy,
    wall,
    with_card,
)


def test_a_still_scene_costs_a_fraction_of_a_moving_one() -> None:
    reader = CodeReader()
    stills = [wall(i) for i in range(6)]
    for i in range(120):
        reader.read(stills[i % 6])
    began = time.thread_time()
    for i in range(48):
        reader.read(stills[i % 6])
    still = time.thread_time() - began
    moving = [with_card(wall(i), "", 100 + 90 * i, 200) for i in range(6)]
    began = time.thread_time()
    for i in range(48):
        reader.read(moving[i % 6])
    assert still < (time.thread_time() - began) * 0.6


@pytest.mark.parametrize("module_px", [1, 2, 3])
def test_a_sheet_of_finder_patterns_cannot_hold_the_gate(module_px: int) -> None:
    reader = CodeReader()
    costs = []
    frame = finder_sheet(module_px)
    for step in range(40):
        frame = finder_sheet(module_px, shift=step % 30)
        began = time.thread_time()
        reader.read(frame)
        costs.append(time.thread_time() - began)
    began = time.thread_time()
    read_codes(frame)
    alone = time.thread_time() - began
    assert np.mean(costs[3:]) < alone * 0.6


def test_a_code_is_still_read_after_a_hostile_scene_has_gone() -> None:
    reader = CodeReader()
    for step in range(20):
        reader.read(finder_sheet(1, shift=step))
    frames = (with_card(wall(i), DENSE, 300 + i, 200) for i in range(80))
    assert any(reader.read(frame) for frame in frames)


class Meter:
    """A CPU clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s

    def spend(self, seconds: float) -> None:
        self.now_s += seconds


def a_frame_begins(spending: Spending, meter: Meter, grey: Grey) -> None:
    def cells() -> Cells:
        meter.spend(0.001)
        return CellMaker().cells(grey)

    spending.unit(cells)


def test_slow_calls_shrink_what_is_looked_at_and_calm_ones_widen_it_again() -> None:
    meter = Meter()
    spending = Spending(meter)
    grey = wall(1)
    areas = []

    def look(part: Window | None, cost_s: float) -> list[SeenCode]:
        areas.append(grey.size if part is None else part.side**2)
        meter.spend(cost_s * areas[-1] / grey.size)
        return []

    a_frame_begins(spending, meter, grey)
    for _ in range(4):
        spending.whole(lambda part: look(part, 0.3), grey)
    assert areas[0] == grey.size
    assert areas[-1] < grey.size / 8
    assert spending.strained
    for _ in range(120):
        a_frame_begins(spending, meter, grey)
        spending.whole(lambda part: look(part, 0.002), grey)
    assert areas[-1] == grey.size
    assert not spending.strained


def test_the_parts_of_a_strained_look_cover_the_frame() -> None:
    meter = Meter()
    spending = Spending(meter)
    grey = wall(1)
    a_frame_begins(spending, meter, grey)
    covered = np.zeros(grey.shape, bool)

    def look(part: Window | None) -> list[SeenCode]:
        meter.spend(0.006 if part else 0.2)
        if part:
            covered[part.y : part.y + part.side, part.x : part.x + part.side] = True
        return []

    for _ in range(200):
        spending.whole(look, grey)
    assert covered.all()


def test_a_lamp_that_flickers_is_noticed_and_noise_is_not() -> None:
    gate, cells = MotionGate(), CellMaker()
    assert gate.moved(cells.cells(wall(1)), [])
    assert not gate.moved(cells.cells(wall(2)), [])
    shown = with_card(wall(3), DENSE, 400, 200)
    assert gate.moved(cells.cells(shown), [])
    spare = [Window(x=380, y=180, side=200)]
    assert not gate.moved(cells.cells(with_card(wall(4), FULL[::-1], 400, 200, 2.2)), spare)


def test_a_code_is_found_by_its_texture() -> None:
    frame = with_card(wall(5), FULL, 700, 300, 2.0)
    region = regions_in(CellMaker().cells(frame), 1)[0]
    assert region.likely
    window = region.window(frame.shape)
    assert window.holds(700 + 61, 300 + 61)
    assert window.side < 200


def test_stripes_and_walls_are_no_code() -> None:
    stripes = np.tile(((np.arange(1280) // 5) % 2 * 200).astype(np.uint8), (720, 1))
    for frame in (wall(6), noisy(stripes, np.random.default_rng(1))):
        assert not any(region.likely for region in regions_in(CellMaker().cells(frame), 3, 9.0))


def test_no_texture_is_read_as_a_code() -> None:
    for i, scene in enumerate(scenes.textures(9).values()):
        reader = CodeReader()
        for frame in scenes.panned(scene, i, 4):
            assert reader.read(frame) == []
