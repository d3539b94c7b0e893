"""Files of the data folder, whatever somebody or a broken disk left in them: a value or our own
error, and never one that breaks later what it is given to.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.bodies import PassageBody, encode_body
from scanner.decide.place_code import PLACE_PREFIX, place_text
from scanner.errors import StationFault
from scanner.record.shift import ShiftFile
from scanner.record.stationrecord import StationRecord, read_record
from scanner.settings import SETTING_NAMES, StationSettings, read_settings
from scanner.sync.carried import SentAlong
from scanner.sync.receipts import KeptReceipts

SHARED_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def files(*names: str) -> st.SearchStrategy[bytes]:
    """Return what a file may hold: any bytes, any JSON, or an object with some of these names."""
    named = st.dictionaries(st.sampled_from(names), JSON_VALUES) if names else JSON_VALUES
    return st.binary(max_size=200) | (JSON_VALUES | named).map(lambda v: json.dumps(v).encode())


@SHARED_FOLDER
@given(raw=files(*SETTING_NAMES))
def test_settings_of_any_bytes_are_settings_that_can_be_used(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(raw)
    found = read_settings(tmp_path)
    for name in SETTING_NAMES:
        value, usual = getattr(found, name), getattr(StationSettings(), name)
        assert type(value) is type(usual)
        assert not isinstance(value, str) or value.isprintable()
        assert not isinstance(value, int) or -1_000_000 <= value <= 1_000_000


@pytest.mark.parametrize(
    "kept",
    [{"lane_port": 65_536}, {"pulse_ms": -5}, {"wait_s": 10**30}, {"lock": "/dev/a\0b"}],
)
def test_what_would_break_a_device_is_as_by_default(
    tmp_path: Path, kept: dict[str, object]
) -> None:
    (tmp_path / "settings.json").write_text(json.dumps(kept))
    assert read_settings(tmp_path) == StationSettings()


@SHARED_FOLDER
@given(raw=files("operator"))
def test_whoever_a_shift_file_names_can_be_written_into_a_row(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "shift.json").write_bytes(raw)
    operator = ShiftFile(tmp_path).operator
    assert encode_body(PassageBody(operator=operator))


def test_a_shift_of_half_a_sign_is_nobodys(tmp_path: Path) -> None:
    (tmp_path / "shift.json").write_bytes(b'{"operator": "\\ud800"}')
    assert ShiftFile(tmp_path).operator == ""


@SHARED_FOLDER
@given(raw=files())
def test_the_memory_of_what_went_along_is_places_or_nothing(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "carried.json").write_bytes(raw)
    for digest, places in SentAlong(tmp_path).all().items():
        assert type(digest) is bytes
        assert [type(place) for place in places] == [int, int]


def test_an_endless_place_is_no_memory(tmp_path: Path) -> None:
    (tmp_path / "carried.json").write_text('[["00", Infinity, 1]]')
    assert SentAlong(tmp_path).all() == {}


@SHARED_FOLDER
@given(raw=files("station", "checkpoint", "zone", "issuer", "issuer_url", "chain"))
def test_a_station_record_of_any_bytes_is_a_record_or_our_error(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "station.json").write_bytes(raw)
    with suppress(StationFault):  # and NotEnrolled is none of them
        assert isinstance(read_record(tmp_path), StationRecord)


@SHARED_FOLDER
@given(names=st.lists(st.from_regex(r"[0-9a-z.\-]{1,40}", fullmatch=True), max_size=5))
def test_only_files_named_as_receipts_are_receipts(tmp_path: Path, names: list[str]) -> None:
    folder = tmp_path / "receipts"
    folder.mkdir(exist_ok=True)
    for name in names:
        if name not in {".", ".."}:
            (folder / name).write_bytes(b"nothing of ours")
    assert KeptReceipts(tmp_path).newest() == []


@given(place=st.text(max_size=64), zone=st.integers(0, 65_535))
def test_a_place_code_says_name_and_zone_again(place: str, zone: int) -> None:
    name, _, said = place_text(place, zone).removeprefix(PLACE_PREFIX).rpartition(":")
    assert (name, int(said)) == (place, zone)
