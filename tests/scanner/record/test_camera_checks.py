"""What is kept of the camera's self-test."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.record.camera_checks import FOLDER, LIGHTS, keep_check, kept_checks, parse_check

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
ROW = {"fitness": "usable", "advice": ["too_dark"], "frames": 90, "read_share": 0.7}


def test_a_result_is_kept_by_light_until_the_next_one(tmp_path: Path) -> None:
    assert kept_checks(tmp_path) == {}
    for light in reversed(LIGHTS):
        keep_check(tmp_path, light, ROW, NOW)
    keep_check(tmp_path, "sun", {**ROW, "fitness": "good", "advice": []}, NOW)
    kept = kept_checks(tmp_path)
    assert tuple(kept) == LIGHTS
    assert (kept["sun"].fitness, kept["sun"].advice) == ("good", ())
    assert (kept["dark"].fitness, kept["dark"].advice) == ("usable", ("too_dark",))
    assert kept["dark"].checked_at == NOW
    assert kept["dark"].row["frames"] == 90


def test_a_result_of_an_older_program_has_no_time(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "dark.json").write_text(json.dumps({"light": "dark", **ROW}))
    assert kept_checks(tmp_path)["dark"].checked_at is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b'{"fitness": 1}',
        b'{"fitness": "splendid"}',
        b'{"fitness": "good", "advice": 3}',
        b"[" * 100_000,
        b"\xff",
    ],
)
def test_a_damaged_file_is_a_check_that_was_not_made(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "sun.json").write_bytes(raw)
    assert kept_checks(tmp_path) == {}


def test_a_file_too_large_to_be_one_is_not_read(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "sun.json").write_bytes(b" " * 70_000 + json.dumps(ROW).encode())
    assert kept_checks(tmp_path) == {}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_result_or_none(raw: bytes) -> None:
    assert parse_check(raw, "sun") is None


@pytest.mark.parametrize("stamp", ["", "yesterday", "2026-11-22T02:30:00", 7])
def test_a_time_that_is_none_is_left_out(stamp: object) -> None:
    check = parse_check(json.dumps({**ROW, "checked_at": stamp}).encode(), "sun")
    assert check is not None
    assert check.checked_at is None
