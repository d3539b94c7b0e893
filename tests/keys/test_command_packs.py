"""`python -m keys pack` and `unpack`: a pack made is a pack taken, or nothing is touched."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from keys.command import main
from keys.statusarray import state_of
from keys.statuspack import encode_pack
from tests.keys.commandline import Inside, run
from tests.keys.makers import (
    universe,
)


@pytest.fixture
def states(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return OLD, NEW and where their pack goes."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(universe(4096, 0.1, 1).tobytes())
    new.write_bytes(universe(8192, 0.1, 2).tobytes())
    return old, new, tmp_path / "pack"


def test_a_pack_made_is_a_pack_taken(
    states: tuple[Path, Path, Path], tmp_path: Path, inside: Inside
) -> None:
    old, new, pack = states
    state = state_of(np.frombuffer(new.read_bytes(), np.uint8)).hex()
    assert run("pack", old, new, pack) == (0, "", "")
    out = tmp_path / "out"
    assert run("unpack", old, pack, out, "--n", 8192, "--state", state) == (0, "", "")
    assert out.read_bytes() == new.read_bytes()
    assert inside("pack", "/dev/null", new, pack) == (0, "", "")
    assert inside("unpack", "/dev/null", pack, out) == (0, "", "")
    assert out.read_bytes() == new.read_bytes()
    assert inside("unpack", "/dev/null", pack, "/dev/null/x")[0] == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--n", "4096"), "pack_wrong_size"),
        (("--n", "-8"), "pack_wrong_size"),
        (("--n", "8196"), "pack_wrong_size"),
        (("--state", "00" * 32), "pack_wrong_state"),
    ],
)
def test_a_pack_that_is_not_the_one_told_leaves_new_untouched(
    states: tuple[Path, Path, Path],
    tmp_path: Path,
    more: tuple[str, ...],
    code: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    old, new, pack = states
    assert main(["pack", str(old), str(new), str(pack)]) == 0
    out = tmp_path / "out"
    out.write_bytes(b"as it was")
    assert main(["unpack", str(old), str(pack), str(out), *more]) == 1
    assert capsys.readouterr().err.split(":")[0] == code
    assert out.read_bytes() == b"as it was"
    assert sorted(tmp_path.iterdir()) == sorted([old, new, pack, out])


def test_a_damaged_pack_or_another_base_leaves_new_untouched(
    states: tuple[Path, Path, Path], tmp_path: Path, inside: Inside
) -> None:
    old, new, pack = states
    raw = encode_pack(*(np.frombuffer(path.read_bytes(), np.uint8) for path in (old, new)))
    out = tmp_path / "out"
    for bent, code in (
        (b"", "malformed_pack"),
        (raw[:-1], "malformed_pack"),
        (raw + b"\x00", "malformed_pack"),
        (b"\x00" + raw[1:], "malformed_pack"),
        (b"\x01\x00\x80\x80\x80\x80\x10\x00\x00", "pack_wrong_size"),
    ):
        pack.write_bytes(bent)
        ended, _, err = inside("unpack", old, pack, out)
        assert (ended, err.split(":")[0]) == (1, code)
    pack.write_bytes(raw)
    for base in (new, pack, "/dev/zero"):
        ended, _, err = inside("unpack", base, pack, out)
        assert (ended, err.split(":")[0]) == (1, "pack_wrong_base")
    ended, _, err = inside("unpack", old, "/dev/zero", out, "--n", 8192)
    assert (ended, err.split(":")[0]) == (1, "pack_too_long")
    assert not out.exists()


def test_a_universe_that_shrank_has_no_pack(
    states: tuple[Path, Path, Path], inside: Inside
) -> None:
    old, new, pack = states
    ended, _, err = inside("pack", new, old, pack)
    assert (ended, err.split(":")[0]) == (1, "new_shorter")
    assert not pack.exists()


def test_a_file_that_cannot_be_written_is_said_so(
    states: tuple[Path, Path, Path], inside: Inside
) -> None:
    old, new, pack = states
    pack.mkdir()
    ended, _, err = inside("pack", old, new, pack)
    assert (ended, err.split(":")[0]) == (1, "file")
    assert sorted(pack.parent.iterdir()) == sorted([old, new, pack])
    assert list(pack.iterdir()) == []


def test_a_pipe_is_written_into_and_not_replaced(states: tuple[Path, Path, Path]) -> None:
    old, new, pack = states
    os.mkfifo(pack)
    with subprocess.Popen(["cat", str(pack)], stdout=subprocess.PIPE) as other_end:
        assert main(["pack", str(old), str(new), str(pack)]) == 0
        taken, _ = other_end.communicate(timeout=180)
    assert taken[:1] == b"\x01"
    assert pack.is_fifo()


def test_a_disk_that_fills_up_leaves_new_untouched(
    states: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    resource = pytest.importorskip("resource")
    old, new, pack = states
    assert main(["pack", str(old), str(new), str(pack)]) == 0
    out = tmp_path / "out"
    out.write_bytes(b"as it was")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        assert main(["unpack", str(old), str(pack), str(out)]) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert out.read_bytes() == b"as it was"
    assert sorted(tmp_path.iterdir()) == sorted([old, new, pack, out])
