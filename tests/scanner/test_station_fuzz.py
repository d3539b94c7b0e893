"""Whatever stands before the camera: no text breaks a station, none but a pass opens a gate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.passages import Verdict
from scanner.station import Station
from tests.fakes.publisher import Publisher
from tests.scanner.rigs import (
    NOW,
    World,
    beliefs_of,
    frames_of,
    station_with,
    write_frames,
)

GREEN = 1


@pytest.fixture(scope="module")
def office() -> Publisher:
    return Publisher(NOW)


@pytest.fixture(scope="module")
def scanning(office: Publisher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """A station in look-only mode: thousands of texts, no disk."""
    world = World(beliefs_of(office), is_look_only=True)
    data = tmp_path_factory.mktemp("fuzz")
    frames = write_frames(data / "frames", frames_of(None))
    with station_with(world, data, frames) as station:
        yield station


_TEXTS = st.one_of(
    st.text(max_size=400),
    st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")),
    st.text("0123456789", min_size=195, max_size=290),
    st.text("０１２３४５６７८９", min_size=200, max_size=200),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=800).map("KK1:".__add__),
    st.text(st.characters(), max_size=60).map(lambda text: f"KK1:{text}\r\n"),
    st.integers(0, 10**300).map(str),
)


@given(text=_TEXTS)
def test_no_text_before_the_camera_breaks_a_station_or_opens_a_gate(
    scanning: Station, text: str
) -> None:
    result = scanning.scan(text, 0.0)

    if result is not None:
        assert result.judgement.verdict is Verdict.REFUSE
        assert result.judgement.identity is None


@given(data=st.data())
def test_no_bent_copy_of_a_real_pass_opens_a_gate(
    office: Publisher, scanning: Station, data: st.DataObject
) -> None:
    minted = office.mint(GREEN)
    original = data.draw(st.sampled_from([minted.dense, minted.full]))
    assert original is not None
    place = data.draw(st.integers(0, len(original) - 1))
    new = data.draw(st.sampled_from("0123456789ABC:*\r\n \0王") | st.just(""))
    text = original[:place] + new + original[place + data.draw(st.integers(0, 2)) :]

    result = scanning.scan(text, 0.0)

    if text.rstrip("\r\n\t ") != original and result is not None:
        assert result.judgement.verdict is not Verdict.ADMIT


def test_logged_fuzz_leaves_a_log_that_can_be_read_and_sent(
    office: Publisher, tmp_path: Path
) -> None:
    frames = write_frames(tmp_path / "frames", frames_of(None))
    texts = ["KK1:" + "A" * n for n in range(0, 60, 3)] + ["1" * n for n in range(190, 290, 10)]
    with station_with(World(beliefs_of(office)), tmp_path, frames) as station:
        for number, text in enumerate(texts):
            assert station.scan(text, number * 10.0) is not None
        waiting = station._log.ask(lambda log: log.waiting_rows(500))

    assert waiting is not None
    assert len(waiting.rows) == len(texts)
    assert waiting.unreadable == ()
