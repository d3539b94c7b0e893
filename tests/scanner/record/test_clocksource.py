"""The machine's clocks, on Linux and elsewhere."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from scanner.record import clocksource
from scanner.record.clocksource import read_clocks


def test_on_linux_the_boot_clock_and_the_boot_id_are_the_kernels() -> None:
    boot_id = Path("/proc/sys/kernel/random/boot_id")
    if not boot_id.exists():
        pytest.skip("no Linux")
    first, second = read_clocks(), read_clocks()

    assert first.boot_id == second.boot_id == boot_id.read_text().strip()
    assert second.boot_s >= first.boot_s > 0
    assert abs(first.wall_s - time.time()) < 60


def test_elsewhere_moving_the_wall_clock_looks_like_a_reboot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocksource, "_BOOT_ID", tmp_path / "nothing")
    wall_s = time.time()
    monkeypatch.setattr(time, "time", lambda: wall_s)
    monkeypatch.setattr(time, "monotonic", lambda: 1000.0)
    before = read_clocks()
    monkeypatch.setattr(time, "time", lambda: wall_s + 3600)

    after = read_clocks()

    assert (before.boot_s, after.boot_s) == (1000.0, 1000.0)
    assert before.boot_id != after.boot_id
