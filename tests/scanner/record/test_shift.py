"""Who is on duty, over a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.record.shift import ShiftFile


def test_a_shift_goes_on_after_a_restart_and_ends_for_good(tmp_path: Path) -> None:
    shift = ShiftFile(tmp_path)
    assert shift.operator == ""
    shift.begin("hangzhou/0/5")
    again = ShiftFile(tmp_path)
    assert again.operator == "hangzhou/0/5"
    again.end()
    assert ShiftFile(tmp_path).operator == ""


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"operator": 5}', b"[" * 9000, b'{"operator": "%s"}' % (b"x" * 65)]
)
def test_a_damaged_file_means_that_nobody_is_on_duty(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "shift.json").write_bytes(raw)
    assert ShiftFile(tmp_path).operator == ""


def test_a_folder_that_takes_no_file_still_has_a_shift(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    shift = ShiftFile(tmp_path / "file")
    shift.begin("hangzhou/0/5")
    assert shift.operator == "hangzhou/0/5"
