"""Key files: written once, for their owner alone, for one purpose, and never half believed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nacl import pwhash

from keys import keyfile
from keys.errors import KeyFileError
from keys.keyfile import (
    KEY_FILE_MAX_BYTES,
    ROOT_PURPOSE,
    find_root_keys,
    read_key,
    read_passage_key,
    write_key,
    write_passage_key,
)
from tests.keys.makers import PASS_KEY, ROOT_KEY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pass.key"


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id at its lowest: what is tested here is the file, not how slow guessing is."""
    monkeypatch.setattr(pwhash.argon2id, "OPSLIMIT_MODERATE", pwhash.argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(pwhash.argon2id, "MEMLIMIT_MODERATE", pwhash.argon2id.MEMLIMIT_MIN)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(KeyFileError) as caught:
        call()
    return caught.value.code


def bend(path: Path, **changes: Any) -> None:
    fields = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({k: v for k, v in fields.items() if v is not None}), "utf-8")


def test_a_key_comes_back_with_its_number_and_purpose(path: Path) -> None:
    write_key(path, PASS_KEY, purpose="pass", kid=258)
    held = read_key(path, purpose="pass")
    assert (held.key, held.kid, held.purpose) == (PASS_KEY, 258, "pass")


def test_a_key_file_is_its_owners_alone_whatever_the_umask(path: Path) -> None:
    before = os.umask(0)
    try:
        write_key(path, PASS_KEY, purpose="pass")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_file_is_never_written_over(path: Path) -> None:
    write_key(path, PASS_KEY, purpose="pass")
    assert code_of(lambda: write_key(path, ROOT_KEY, purpose="root")) == "key_file_exists"
    assert read_key(path, purpose="pass").key == PASS_KEY


def test_a_link_is_not_written_through(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")
    assert code_of(lambda: write_key(path, PASS_KEY, purpose="pass")) == "key_file_exists"
    assert not (tmp_path / "elsewhere").exists()


def test_a_key_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    nowhere = tmp_path / "no folder" / "pass.key"
    assert code_of(lambda: write_key(nowhere, PASS_KEY, purpose="pass")) == "key_file_unwritable"


def test_a_disk_that_fills_up_leaves_no_half_key(path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))
    try:
        code = code_of(lambda: write_key(path, PASS_KEY, purpose="pass"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert code == "key_file_unwritable"
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o660, 0o777])
def test_a_key_file_open_to_others_is_refused(path: Path, mode: int) -> None:
    write_key(path, PASS_KEY, purpose="pass")
    path.chmod(mode)
    assert code_of(lambda: read_key(path, purpose="pass")) == "key_file_exposed"


def test_the_mode_that_counts_is_that_of_the_file_behind_a_link(path: Path, tmp_path: Path) -> None:
    write_key(path, PASS_KEY, purpose="pass")
    link = tmp_path / "link.key"
    link.symlink_to(path)
    assert read_key(link, purpose="pass").key == PASS_KEY
    path.chmod(0o644)
    assert code_of(lambda: read_key(link, purpose="pass")) == "key_file_exposed"


def test_missing_files_and_folders_are_no_keys(path: Path, tmp_path: Path) -> None:
    assert code_of(lambda: read_key(path, purpose="pass")) == "key_file_missing"
    assert code_of(lambda: read_key(tmp_path, purpose="pass")) == "key_file_missing"


def test_a_pipe_in_place_of_a_key_file_does_not_hold_up_the_start(path: Path) -> None:
    os.mkfifo(path, 0o600)
    assert code_of(lambda: read_key(path, purpose="pass")) == "key_file_damaged"


def test_a_key_serves_no_other_purpose(path: Path) -> None:
    write_key(path, PASS_KEY, purpose="pass")
    assert code_of(lambda: read_key(path, purpose="status")) == "key_file_purpose"


@pytest.mark.parametrize(
    "changes",
    [
        {"kakou_key": 2},
        {"seed": None},
        {"seed": "00"},
        {"seed": "no hex"},
        {"seed": 7},
        {"seed": "11" * 32},
        {"public": None},
        {"public": "00" * 32},
        {"public": []},
        {"kid": None},
        {"kid": True},
        {"kid": -1},
        {"kid": 65536},
        {"kid": "1"},
    ],
    ids=str,
)
def test_a_damaged_key_file_is_refused(path: Path, changes: dict[str, Any]) -> None:
    write_key(path, PASS_KEY, purpose="pass")
    bend(path, **changes)
    assert code_of(lambda: read_key(path, purpose="pass")) == "key_file_damaged"


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"1", b"\xff\xfe", b"[" * 4000, b" " * (KEY_FILE_MAX_BYTES + 1)]
)
def test_a_file_that_is_no_key_file_is_refused(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    path.chmod(0o600)
    assert code_of(lambda: read_key(path, purpose="pass")) == "key_file_damaged"


@pytest.mark.usefixtures("quick_passphrases")
def test_a_passphrase_seals_the_seed(path: Path) -> None:
    write_key(path, ROOT_KEY, purpose="root", passphrase="三句话 and a word")

    assert ROOT_KEY.seed.hex() not in path.read_text("utf-8")
    assert read_key(path, purpose="root", passphrase="三句话 and a word").key == ROOT_KEY
    assert code_of(lambda: read_key(path, purpose="root")) == "key_file_passphrase"
    assert code_of(lambda: read_key(path, purpose="root", passphrase="x")) == "key_file_passphrase"


@pytest.mark.usefixtures("quick_passphrases")
def test_the_same_passphrase_never_makes_the_same_box(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_key(tmp_path / name, ROOT_KEY, purpose="root", passphrase="x")
    first, second = (json.loads((tmp_path / name).read_text("utf-8")) for name in ("a", "b"))
    assert first["salt"] != second["salt"]
    assert first["box"] != second["box"]


@pytest.mark.usefixtures("quick_passphrases")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"salt": "00"}, "key_file_damaged"),
        ({"salt": None}, "key_file_damaged"),
        ({"salt": "11" * 16}, "key_file_passphrase"),
        ({"box": "00"}, "key_file_passphrase"),
        ({"box": 5}, "key_file_damaged"),
    ],
    ids=str,
)
def test_a_damaged_box_is_refused(path: Path, changes: dict[str, Any], code: str) -> None:
    write_key(path, ROOT_KEY, purpose="root", passphrase="x")
    bend(path, **changes)
    assert code_of(lambda: read_key(path, purpose="root", passphrase="x")) == code


def test_a_passphrase_costs_a_guesser_a_quarter_of_a_gigabyte_each() -> None:
    assert pwhash.argon2id.MEMLIMIT_MODERATE == 256 << 20


def test_root_keys_in_reach_are_found_under_any_name(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    write_key(below / "holiday.jpg", ROOT_KEY, purpose=ROOT_PURPOSE)
    write_key(tmp_path / "pass.key", PASS_KEY, purpose="pass")
    (tmp_path / "link").symlink_to(below / "holiday.jpg")
    (tmp_path / "noise").write_bytes(b"\xff" * 100)
    (tmp_path / "deep").write_bytes(b"[" * 4000)
    (tmp_path / "list").write_bytes(b'["kakou_key"]')
    (tmp_path / "big").write_bytes(b" " * 5000)
    os.mkfifo(tmp_path / "pipe")

    assert find_root_keys(tmp_path) == [below / "holiday.jpg"]


def test_the_search_for_root_keys_ends_in_a_huge_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfile, "_SEARCH_MAX_FILES", 3)
    for number in range(5):
        (tmp_path / f"{number}.key").write_bytes(b"{}")
    assert find_root_keys(tmp_path) == []


# RFC 7748, section 5.2: one iteration of X25519 with 9 as scalar and as coordinate.
PASSAGE_SECRET = b"\x09" + bytes(31)
PASSAGE_PUBLIC = bytes.fromhex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")


def test_a_passage_key_comes_back_with_its_public_key(path: Path) -> None:
    write_passage_key(path, PASSAGE_SECRET)
    held = read_passage_key(path)
    assert repr(PASSAGE_SECRET) not in repr(held)
    assert (held.secret, held.public_key) == (PASSAGE_SECRET, PASSAGE_PUBLIC)


@pytest.mark.usefixtures("quick_passphrases")
def test_a_passage_key_under_a_passphrase_opens_with_it_alone(path: Path) -> None:
    write_passage_key(path, PASSAGE_SECRET, passphrase="four words")
    assert PASSAGE_SECRET.hex() not in path.read_text("utf-8")
    assert read_passage_key(path, passphrase="four words").secret == PASSAGE_SECRET
    assert code_of(lambda: read_passage_key(path)) == "key_file_passphrase"
    assert code_of(lambda: read_passage_key(path, passphrase="five")) == "key_file_passphrase"


def test_a_passage_key_signs_nothing_and_a_signing_key_opens_nothing(path: Path) -> None:
    write_passage_key(path, PASSAGE_SECRET)
    assert code_of(lambda: read_key(path, purpose="passage")) == "key_file_damaged"
    assert code_of(lambda: read_key(path, purpose="pass")) == "key_file_purpose"
    path.unlink()
    write_key(path, PASS_KEY, purpose="passage")
    assert code_of(lambda: read_passage_key(path)) == "key_file_damaged"
