"""`python -m keys` where the machine or the person has had enough: a code, nothing half done."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from keys.command import main
from keys.encoding import varint_encode

ENTRIES = 1 << 32
NOTHING_CHANGES = b"\x01" + varint_encode(0) + varint_encode(ENTRIES) + b"\0\0"


def test_an_array_beyond_the_memory_is_told_by_a_code_and_leaves_new_untouched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    resource = pytest.importorskip("resource")
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("nothing says here how much this process has")
    pack, out = tmp_path / "pack", tmp_path / "out"
    pack.write_bytes(NOTHING_CHANGES)
    out.write_bytes(b"as it was")
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    held = int(statm.read_text().split()[0]) * resource.getpagesize()
    # A quarter of what the array needs.
    resource.setrlimit(resource.RLIMIT_AS, (held + (ENTRIES >> 4), hard))
    try:
        ended = main(["unpack", "/dev/null", str(pack), str(out), "--n", str(ENTRIES)])
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert (ended, capsys.readouterr().err.split(":")[0]) == (1, "no_memory")
    assert out.read_bytes() == b"as it was"
    assert sorted(tmp_path.iterdir()) == sorted([pack, out])


class Interrupted(io.BytesIO):
    """Standard input at which somebody presses Ctrl-C."""

    def readline(self, _size: int | None = -1, /) -> bytes:
        raise KeyboardInterrupt


def test_ctrl_c_ends_a_run_as_shells_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text("{}", "utf-8")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted()))
    assert main(["read", "--keys", str(keys)]) == 130
    assert capsys.readouterr().err == ""


def test_a_device_that_takes_nothing_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no such device")
    state = tmp_path / "state"
    state.write_bytes(bytes(64))
    assert main(["pack", "/dev/null", str(state), "/dev/full"]) == 1
    assert capsys.readouterr().err.startswith("file: /dev/full:")
