"""The checkpoint's keys on disk: moved on each day, and never back."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.passages import PassIdentity
from keys.tags import KEPT_MAX, day_keys, decode_checkpoint_keys, split_secret, tag_of
from scanner.record.checkpoint import CheckpointFile
from scanner.record.identity import CHECKPOINT_FILE
from tests.fakes.disks import power_cut

SECRET = bytes(range(32))
DAY = 20_601
WHO = PassIdentity("hangzhou", 3, 777777)


def kept(folder: Path) -> bytes:
    """Return what the file holds."""
    return (folder / CHECKPOINT_FILE).read_bytes()


def test_the_first_sure_day_writes_over_the_secret(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT_FILE).write_bytes(SECRET)
    keys = CheckpointFile(tmp_path, SECRET).keys_of(DAY, confirmed=True, days_back=1)
    assert SECRET not in kept(tmp_path)
    held = decode_checkpoint_keys(kept(tmp_path))
    assert (held.day, day_keys(held)) == (DAY, keys)
    assert tag_of(keys[0], WHO).hex() == "7e580659b7d453ab67cdff40d0a79a8b"  # docs/lanes.md


def test_an_unsure_clock_destroys_nothing(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT_FILE).write_bytes(SECRET)
    file = CheckpointFile(tmp_path, SECRET)
    keys = file.keys_of(DAY + 900, confirmed=False, days_back=1)
    assert keys[0] == day_keys(split_secret(SECRET, DAY + 900))[0]
    assert kept(tmp_path) == SECRET
    assert file.keys_of(DAY, confirmed=True, days_back=1)[0].day == DAY


def test_the_next_day_keeps_what_is_looked_back_to(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path, SECRET)
    first = file.keys_of(DAY, confirmed=True, days_back=1)
    second = file.keys_of(DAY + 1, confirmed=True, days_back=1)
    assert [key.day for key in second] == [DAY + 1, DAY]
    assert second[1] == first[0]
    again = CheckpointFile(tmp_path, kept(tmp_path))
    third = again.keys_of(DAY + 2, confirmed=True, days_back=1)
    assert [key.day for key in third] == [DAY + 2, DAY + 1]
    assert first[0].key not in kept(tmp_path)


def test_a_day_that_was_let_go_of_has_no_keys(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path, SECRET)
    file.keys_of(DAY, confirmed=True, days_back=1)
    assert file.keys_of(DAY - 1, confirmed=False, days_back=1) == ()
    assert file.keys_of(DAY, confirmed=True, days_back=1) != ()


def test_while_the_policy_is_not_known_nothing_is_let_go_of(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path, SECRET)
    for day in range(DAY, DAY + 5):
        file.keys_of(day, confirmed=True, days_back=31)
    assert len(file.keys_of(DAY + 5, confirmed=True, days_back=None)) == 6
    assert len(file.keys_of(DAY + 5, confirmed=True, days_back=1)) == 2
    assert len(decode_checkpoint_keys(kept(tmp_path)).kept) == 1 <= KEPT_MAX


@pytest.mark.parametrize("raw", [b"", b"\x80", bytes(31), bytes(5000)])
def test_a_damaged_file_gives_no_keys(tmp_path: Path, raw: bytes) -> None:
    file = CheckpointFile(tmp_path, raw)
    assert file.keys_of(DAY, confirmed=True, days_back=1) == ()
    assert file.hello_key(DAY) is None


def test_a_disk_that_fails_costs_no_tag_and_is_written_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / CHECKPOINT_FILE).write_bytes(SECRET)
    file = CheckpointFile(tmp_path, SECRET)
    with power_cut(monkeypatch, 0):
        keys = file.keys_of(DAY, confirmed=True, days_back=1)
        assert len(keys) == 1
    assert kept(tmp_path) == SECRET
    assert file.keys_of(DAY, confirmed=True, days_back=1) == keys
    assert SECRET not in kept(tmp_path)


def test_the_hello_key_stays_the_same(tmp_path: Path) -> None:
    file = CheckpointFile(tmp_path, SECRET)
    first = file.hello_key(DAY)
    file.keys_of(DAY, confirmed=True, days_back=1)
    assert file.hello_key(DAY + 9) == file.hello_key(DAY - 9) == first
