"""Who the station is: enrolled whole or not at all, and damage told by its code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ed25519 import SigningKey
from scanner.errors import NotEnrolled, StationFault
from scanner.record.identity import (
    is_enrolled,
    own_key,
    read_identity,
    write_identity,
)
from scanner.record.stationrecord import StationRecord

SEED = bytes(range(32))
RECORD = StationRecord(
    station="west-1",
    checkpoint="west gate",
    zone=7,
    issuer="hangzhou",
    issuer_url="http://127.0.0.1:1",
    chain="ab" * 16,
)
FILES = ("station.certificate", "checkpoint.secret", "root", "station.key", "station.json")


def enrolled(folder: Path) -> Path:
    """Return the folder of an enrolled station."""
    own_key(folder, SEED)
    write_identity(
        folder, RECORD, certificate=b"certificate", checkpoint_secret=b"s" * 32, root=b"r" * 32
    )
    return folder


def code_of(folder: Path) -> str:
    """Return the code with which the identity is refused."""
    with pytest.raises(StationFault) as caught:
        read_identity(folder)
    return caught.value.code


def test_an_enrolled_station_knows_who_it_is_after_a_restart(tmp_path: Path) -> None:
    identity = read_identity(enrolled(tmp_path))

    assert identity.record == RECORD
    assert identity.key.public_key == SigningKey(SEED).public_key
    assert (identity.certificate, identity.checkpoint_secret) == (b"certificate", b"s" * 32)
    assert identity.root == b"r" * 32


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    enrolled(tmp_path)

    for name in FILES:
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_the_key_made_first_is_the_key_that_stays(tmp_path: Path) -> None:
    first = own_key(tmp_path / "new", SEED)

    assert own_key(tmp_path / "new", bytes(32)).public_key == first.public_key


def test_half_a_key_left_by_a_power_cut_bars_nothing(tmp_path: Path) -> None:
    (tmp_path / ".station.key.part").write_text('{"kakou_key": 1, "purp')

    assert own_key(tmp_path, SEED).public_key == SigningKey(SEED).public_key
    assert [path.name for path in tmp_path.iterdir()] == ["station.key"]


@pytest.mark.parametrize("name", FILES)
def test_an_enrolment_cut_before_its_last_file_is_no_enrolment(tmp_path: Path, name: str) -> None:
    enrolled(tmp_path)
    (tmp_path / "station.json").unlink()
    if name != "station.json":
        (tmp_path / name).unlink()

    assert not is_enrolled(tmp_path)
    with pytest.raises(NotEnrolled):
        read_identity(tmp_path)


@pytest.mark.parametrize("name", FILES[:3])
def test_a_file_of_the_enrolment_that_went_missing_is_damage(tmp_path: Path, name: str) -> None:
    enrolled(tmp_path)
    (tmp_path / name).unlink()

    assert code_of(tmp_path) == "identity_damaged"


def test_a_key_that_is_missing_exposed_or_damaged_is_told_apart(tmp_path: Path) -> None:
    enrolled(tmp_path)
    path = tmp_path / "station.key"

    path.chmod(0o644)
    assert code_of(tmp_path) == "key_file_exposed"
    with pytest.raises(StationFault) as exposed:
        own_key(tmp_path, SEED)
    assert exposed.value.code == "key_file_exposed"
    path.chmod(0o600)
    path.write_text("{}")
    assert code_of(tmp_path) == "key_file_damaged"
    path.unlink()
    assert code_of(tmp_path) == "key_file_missing"


@pytest.mark.parametrize(
    "change",
    [
        {"zone": "7"},
        {"zone": -1},
        {"zone": 1 << 16},
        {"zone": True},
        {"station": 7},
        {"station": ""},
        {"issuer": None},
        {"chain": "ab"},
        {"chain": "zz" * 16},
        {"chain": 5},
        {"unheard_of": 1},
    ],
)
def test_a_record_that_says_nonsense_is_damage(tmp_path: Path, change: dict[str, object]) -> None:
    enrolled(tmp_path)
    fields = json.loads((tmp_path / "station.json").read_bytes())
    (tmp_path / "station.json").write_text(json.dumps(fields | change))

    assert code_of(tmp_path) == "identity_damaged"


@given(st.binary(max_size=80) | st.just(b"[" * 50_000))
def test_whatever_the_record_holds_is_refused_with_a_code(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    folder = enrolled(tmp_path_factory.mktemp("identity"))
    (folder / "station.json").write_bytes(raw)

    assert code_of(folder) == "identity_damaged"


def test_a_record_beyond_all_limits_is_refused(tmp_path: Path) -> None:
    enrolled(tmp_path)
    (tmp_path / "station.json").write_bytes(bytes(1 << 17))

    assert code_of(tmp_path) == "cache_damaged"


def test_a_folder_that_is_a_file_cannot_hold_a_key(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")

    with pytest.raises(StationFault) as caught:
        own_key(tmp_path / "taken", SEED)
    assert caught.value.code == "disk_unusable"
