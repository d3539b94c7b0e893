"""Reading codes: what is read, in which order, through which view."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.capture.codes import CodeReader, read_codes, read_still
from scanner.capture.codes_deblur import direction_of_movement, stilled
from scanner.capture.codes_decoders import safe_text
from scanner.capture.opencv import cv2
from scanner.capture.source import Grey
from tests.scanner.capture.rigs import code_picture
from tests.scanner.capture.scenes import (
    DENSE,
    FULL,
    card,
    noisy,
    wall,
    with_card,
)


def texts(grey: Grey) -> list[str]:
    return [code.text for code in read_codes(grey)]


@pytest.mark.parametrize("text", [DENSE, FULL, "https://pay.example.org/4711"])
def test_a_clean_code_is_read_exactly(text: str) -> None:
    assert texts(code_picture(text)) == [text]


def test_codes_come_top_left_first_with_their_corners_in_the_frame() -> None:
    frame = with_card(with_card(wall(1), DENSE, 800, 300), FULL, 150, 60)
    codes = read_codes(frame)
    assert [code.text for code in codes] == [FULL, DENSE]
    left = codes[0].quad[0][0]
    # The quiet zone is four modules of three pixels.
    assert abs(left - (150 + 12)) < 4
    assert codes[1].modules == 37


def test_an_empty_frame_has_no_code() -> None:
    assert texts(wall(2)) == []


def test_bytes_that_are_no_ascii_still_give_a_text() -> None:
    assert safe_text("卡口".encode(), lambda: "guess") == "卡口"
    assert safe_text(b"\xff\xfe", lambda: "guess") == "guess"
    assert texts(code_picture("卡口")) == ["卡口"]


def test_micro_codes_are_not_looked_for() -> None:
    # Reading them finds some in the corners of real codes: a wrong text beside the right one.
    assert len(texts(with_card(wall(1), FULL, 400, 200, 3.6))) == 1


@pytest.mark.parametrize("missing", [["zxingcpp"], ["pyzbar"], ["pyzbar.pyzbar"]])
def test_either_library_may_be_missing(missing: list[str]) -> None:
    assert _read_without(missing) == DENSE


def test_without_any_library_the_operator_is_told_by_code() -> None:
    assert _read_without(["zxingcpp", "pyzbar"]) == "no_code_reader"


def _read_without(missing: list[str]) -> str:
    program = f"""
import sys
for name in {missing!r}:
    sys.modules[name] = None
from scanner.capture.codes import CodeReader, NoDecoder
from tests.scanner.capture.scenes import DENSE, wall, with_card
try:
    print(CodeReader().read(with_card(wall(1), DENSE, 400, 200))[0].text)
except NoDecoder as error:
    print(error.code)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_two_people_at_once_are_both_read_while_they_move() -> None:
    reader = CodeReader()
    for step in range(12):
        frame = with_card(wall(step), DENSE, 200 + 4 * step, 100)
        frame = with_card(frame, FULL, 700 - 3 * step, 300)
        assert {code.text for code in reader.read(frame)} == {DENSE, FULL}


def test_a_second_code_is_seen_within_five_frames_of_entering_beside_a_followed_one() -> None:
    reader = CodeReader()
    for step in range(20):
        reader.read(with_card(wall(step), DENSE, 200, 100))
    seen = []
    for step in range(5):
        frame = with_card(with_card(wall(step), DENSE, 200, 100), FULL, 700, 300)
        seen.append({code.text for code in reader.read(frame)})
    assert {DENSE, FULL} in seen


def test_a_followed_code_is_in_every_frame_and_forgotten_when_it_has_gone() -> None:
    reader = CodeReader()
    for step in range(30):
        frame = with_card(wall(step), DENSE, 200 + 6 * step, 100 + 3 * step, 4.0)
        (code,) = reader.read(frame)
        assert abs(min(x for x, _ in code.quad) - (200 + 6 * step + 16)) < 6
    assert [reader.read(wall(step)) for step in range(10)][-1] == []


def test_a_code_that_is_replaced_in_the_same_place_is_read_at_once() -> None:
    reader = CodeReader()
    for step in range(8):
        reader.read(with_card(wall(step), DENSE, 200, 100))
    other = DENSE[::-1]
    codes = reader.read(with_card(wall(9), other, 200, 100))
    assert [code.text for code in codes] == [other]


@pytest.mark.parametrize(("contrast", "module_px"), [(1.0, 1.3), (0.16, 3.0)])
def test_a_still_code_that_the_frame_does_not_show_is_read_through_a_view(
    contrast: float, module_px: float
) -> None:
    scene = with_card(wall(3), FULL, 500, 250, module_px).astype(np.float32) * contrast
    scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), 0.55), np.float32)
    spread = 4.0 if contrast == 1.0 else 6.5
    frames = [noisy(scene, np.random.default_rng(i), spread) for i in range(40)]
    assert not any(texts(frame) for frame in frames[:5])
    reader = CodeReader()
    assert any(reader.read(frame) for frame in frames)


def test_a_light_code_on_dark_ground_is_read() -> None:
    reader = CodeReader()
    night = np.asarray(cv2.bitwise_not(with_card(wall(4), DENSE, 500, 250)), np.uint8)
    assert any(reader.read(night) for _ in range(40))


def test_a_moved_code_is_stilled() -> None:
    frame = with_card(wall(7), FULL, 500, 250, 3.0)
    streak = np.zeros((7, 7), np.float32)
    streak[3] = 1 / 7
    moved = np.asarray(cv2.filter2D(frame, -1, streak), np.uint8)
    part = moved[230:470, 480:720]
    assert abs(np.sin(direction_of_movement(part))) < 0.2
    assert stilled(part, 6).shape == (480, 480)
    assert not texts(moved)
    assert [code.text for code in read_still(moved)] == [FULL]


def test_a_code_that_was_cut_out_without_its_quiet_zone_is_read() -> None:
    code = card(FULL, 8.0)[32:-32, 32:-32]
    assert [seen.text for seen in read_still(code)] == [FULL]


def test_a_code_of_one_pixel_a_module_is_read() -> None:
    code = card(DENSE, 8.0)[::8, ::8]
    assert code.shape == (45, 45)
    assert [seen.text for seen in read_still(code)] == [DENSE]


def test_a_large_photograph_is_read_in_its_own_pixels() -> None:
    small = cv2.GaussianBlur(with_card(wall(1), FULL, 500, 250, 3.0), (0, 0), 1.3)
    large = cv2.resize(small, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    (code,) = read_still(np.asarray(large, np.uint8))
    assert code.text == FULL
    assert abs(min(x for x, _ in code.quad) - 3 * 512) < 20


def test_the_bank_reads_a_second_harder_code_beside_an_easy_one() -> None:
    frame = with_card(with_card(wall(8), DENSE, 100, 100), FULL, 700, 300, 1.4)
    frame = np.asarray(cv2.GaussianBlur(frame, (0, 0), 0.5), np.uint8)
    assert {code.text for code in read_still(frame)} == {DENSE, FULL}


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(1, 130),
    width=st.integers(1, 130),
    seed=st.integers(0, 2**16),
    coarse=st.integers(1, 9),
)
def test_any_frame_is_read_without_a_crash(height: int, width: int, seed: int, coarse: int) -> None:
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (height, width), dtype=np.uint8)
    frame = np.kron(small, np.ones((coarse, coarse), np.uint8))[:height, :width]
    reader = CodeReader()
    for step in range(3):
        reader.read(frame)
        reader.read(np.roll(frame, step, 0)[::-1, ::2])
    read_still(frame)


def test_frames_of_changing_size_are_one_stream() -> None:
    reader = CodeReader()
    for height, width in ((720, 1280), (480, 640), (1080, 1920), (240, 320)):
        frame = with_card(wall(1, height, width), DENSE, 40, 30)
        assert [code.text for code in reader.read(frame)] == [DENSE]


def test_no_payload_is_read_wrong() -> None:
    random = np.random.default_rng(11)
    for i in range(25):
        text = "".join(random.choice(list("0123456789"), 200))
        scene = with_card(wall(i), text, 300, 200, float(random.uniform(1.6, 3.0)))
        frame = noisy(cv2.GaussianBlur(scene, (0, 0), 0.6), random, float(random.uniform(2, 14)))
        assert set(texts(frame)) <= {text}
        assert {code.text for code in CodeReader().read(frame)} <= {text}


def test_stills_are_reported_one_object_an_image(tmp_path: Path) -> None:
    from scanner.capture.reading import read_stills

    good, bad = tmp_path / "a.png", tmp_path / "b.png"
    cv2.imwrite(str(good), with_card(wall(1), FULL, 300, 200))
    bad.write_bytes(b"nothing")
    # What never ends, or waits for a writer, is no image; nobody waits for it.
    rows = list(read_stills([good, bad, tmp_path / "none.png", Path("/dev/zero")]))
    assert rows[0]["texts"] == [FULL]
    assert rows[0]["file"] == str(good)
    assert rows[0]["view"]
    assert rows[0]["ms"] > 0
    assert [row.get("error") for row in rows] == [
        None,
        "image_unreadable",
        "image_not_found",
        "image_not_found",
    ]


def test_a_clip_tells_when_each_text_was_first_read(tmp_path: Path) -> None:
    from scanner.capture.reading import watch_clip

    for i in range(12):
        frame = wall(i)
        if i >= 4:
            frame = with_card(frame, DENSE, 100, 100)
        if i >= 7:
            frame = with_card(frame, FULL, 700, 300)
        cv2.imwrite(str(tmp_path / f"{i:03d}.png"), frame)
    *firsts, summary = watch_clip(tmp_path)
    assert [row["text"] for row in firsts] == [DENSE, FULL]
    assert firsts[0]["frame"] == 4
    assert 7 <= firsts[1]["frame"] <= 11
    assert summary["frames"] == 12
    assert summary["cpu_ms_per_frame"] > 0
