"""What a station believes, on disk: whole, old or gone - never a mixture, never a changed bit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.claims import Status
from keys.clock import ClockState
from keys.manifest import open_manifest
from keys.trustlist import KeyState
from scanner.errors import StationFault
from scanner.record.cache import HeldStatus, StatusCache, issuer_keys, status_keys
from scanner.sync.refresh import beliefs_from
from tests.fakes.publisher import ISSUER, STATUS_KID, Publisher

NOW = 1_780_000_020


@pytest.fixture(scope="module")
def office() -> Publisher:
    """Two versions published: entry 5 turns red from the first to the second."""
    office = Publisher(NOW)
    office.publish()
    office.set_status(5, Status.RED)
    office.now_s += 60
    office.publish()
    return office


def held(office: Publisher, version: int) -> HeldStatus:
    """Return a version as the station would hold it."""
    state = office.states[version]
    raw = office.manifest_raw
    if version != office.version:
        again = Publisher(NOW)
        again.publish()
        raw = again.manifest_raw
    manifest = open_manifest(raw, status_keys(office.trust, ISSUER))
    return HeldStatus(manifest=manifest, raw=raw, packed=state.tobytes())


def cache_with(office: Publisher, folder: Path, version: int) -> StatusCache:
    """Return a cache that holds the trust list and `version`."""
    cache = StatusCache(folder, office.root)
    cache.keep_trust(office.published["trust/list"])
    cache.keep_status(ISSUER, held(office, version))
    return cache


def version_held(cache: StatusCache) -> int | None:
    """Return the version in force after a restart, None if the station believes in none."""
    found = cache.trust()
    if found is None:
        return None
    status = cache.status(ISSUER, found[0])
    return None if status is None else status.manifest.version


def test_what_was_kept_is_believed_after_a_restart(office: Publisher, tmp_path: Path) -> None:
    cache_with(office, tmp_path, 1)
    again = StatusCache(tmp_path, office.root)

    beliefs = beliefs_from(again, ISSUER)

    assert beliefs.keyring is not None
    assert beliefs.universes[ISSUER].packed == office.states[1].tobytes()
    assert beliefs.universes[ISSUER].made_at_s == NOW


def test_an_empty_folder_lets_nothing_be_believed(office: Publisher, tmp_path: Path) -> None:
    cache = StatusCache(tmp_path, office.root)

    assert cache.trust() is None
    assert cache.status(ISSUER, office.trust) is None
    assert cache.manifest(ISSUER, office.trust) is None
    beliefs = beliefs_from(cache, ISSUER)
    assert (beliefs.keyring, dict(beliefs.universes)) == (None, {})


def test_a_state_in_memory_is_not_loaded_beside_itself(office: Publisher, tmp_path: Path) -> None:
    cache = cache_with(office, tmp_path, 1)

    first, second = (cache.status(ISSUER, office.trust) for _ in range(2))

    assert first is not None
    assert second is not None
    assert second.packed is first.packed


def test_a_state_in_memory_is_believed_only_while_the_disk_has_it_too(
    office: Publisher, tmp_path: Path
) -> None:
    cache = cache_with(office, tmp_path, 1)
    path = next((tmp_path / "status" / ISSUER).glob("state-*"))
    whole = path.read_bytes()

    for raw in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-1], whole + b"\0", b""):
        path.write_bytes(raw)
        assert version_held(cache) is None
    path.unlink()
    assert version_held(cache) is None
    path.write_bytes(whole)
    assert version_held(cache) == 1


def test_a_state_that_cannot_be_looked_at_is_a_fault(office: Publisher, tmp_path: Path) -> None:
    cache = cache_with(office, tmp_path, 1)
    path = next((tmp_path / "status" / ISSUER).glob("state-*"))
    path.unlink()
    path.mkdir()

    with pytest.raises(StationFault) as caught:
        cache.status(ISSUER, office.trust)

    assert caught.value.code == "disk_unusable"


def test_only_the_state_in_force_stays_on_the_disk(office: Publisher, tmp_path: Path) -> None:
    cache = cache_with(office, tmp_path, 1)
    folder = tmp_path / "status" / ISSUER
    (folder / ".state-00.part").write_bytes(b"half of an older write")

    cache.keep_status(ISSUER, held(office, 2))

    names = sorted(path.name for path in folder.iterdir())
    assert names == ["manifest", f"state-{held(office, 2).manifest.state.hex()}"]
    assert version_held(cache) == 2


def _files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _put(folder: Path, files: dict[str, bytes]) -> None:
    for name, raw in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)


def test_a_crash_at_any_step_of_a_switch_leaves_the_old_or_the_new_and_never_a_mixture(
    office: Publisher, tmp_path: Path
) -> None:
    old = _files_of(_made(office, tmp_path / "old", 1))
    new = _files_of(_made(office, tmp_path / "new", 2))
    manifest = f"status/{ISSUER}/manifest"
    [state] = [name for name in new if "/state-" in name]
    # As the disk may stand at each moment: the new state aside, there, and the manifest switched.
    moments: list[tuple[dict[str, bytes], int]] = [(dict(old), 1)]
    for cut in (0, 1, len(new[state]) // 2, len(new[state]) - 1):
        part = state.replace("/state-", "/.state-") + ".part"
        moments.append(({**old, part: new[state][:cut]}, 1))
    moments.append(({**old, state: new[state]}, 1))
    for cut in (0, 1, len(new[manifest]) - 1):
        part = f"status/{ISSUER}/.manifest.part"
        moments.append(({**old, state: new[state], part: new[manifest][:cut]}, 1))
    moments.append(({**old, state: new[state], manifest: new[manifest]}, 2))
    moments.append((new, 2))

    for number, (files, version) in enumerate(moments):
        folder = tmp_path / f"moment {number}"
        _put(folder, files)
        assert version_held(StatusCache(folder, office.root)) == version


def _made(office: Publisher, folder: Path, version: int) -> Path:
    cache_with(office, folder, version)
    return folder


@pytest.mark.parametrize("pattern", ["trust/list", f"status/{ISSUER}/manifest", "state-*"])
@given(data=st.data())
def test_a_file_cut_or_with_one_bit_flipped_is_not_believed(
    office: Publisher, tmp_path_factory: pytest.TempPathFactory, pattern: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    cache = cache_with(office, folder, 1)
    [path] = folder.rglob(pattern) if "*" in pattern else [folder / pattern]
    raw = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        raw[place] ^= 1 << data.draw(st.integers(0, 7))
        path.write_bytes(raw)
    else:
        path.write_bytes(raw[:place])

    assert version_held(cache) is None
    assert beliefs_from(cache, ISSUER).universes == {}


@pytest.mark.parametrize("name", ["trust/list", f"status/{ISSUER}/manifest", "clock.json"])
def test_a_file_that_grew_beyond_all_limits_is_as_good_as_gone(
    office: Publisher, tmp_path: Path, name: str
) -> None:
    cache = cache_with(office, tmp_path, 1)
    cache.keep_clock(ClockState(bound_s=NOW))
    with (tmp_path / name).open("ab") as file:
        file.truncate(1 << 21)

    if name == "clock.json":
        assert cache.clock() == ClockState()
    else:
        assert version_held(cache) is None


def test_a_state_that_is_lost_leaves_the_manifest_as_a_bar_against_older_ones(
    office: Publisher, tmp_path: Path
) -> None:
    cache = cache_with(office, tmp_path, 2)
    for path in (tmp_path / "status" / ISSUER).glob("state-*"):
        path.unlink()

    last = cache.manifest(ISSUER, office.trust)
    assert last is not None
    assert last[0].version == 2
    assert cache.status(ISSUER, office.trust) is None


def test_a_list_of_another_epoch_or_of_a_burned_key_is_no_longer_believed(tmp_path: Path) -> None:
    office = Publisher(NOW)
    office.publish()
    cache = cache_with(office, tmp_path, 1)

    office.change_trust(issuers={ISSUER: office.entry(epoch=2)})
    assert cache.status(ISSUER, office.trust) is None
    burned = tuple(
        office.trusted(key.kid, office.status_key, key.purpose, state=KeyState.BURNED)
        if key.kid == STATUS_KID
        else key
        for key in office.trust.keys
    )
    office.change_trust(issuers={ISSUER: office.entry(epoch=1)}, keys=burned)
    assert cache.status(ISSUER, office.trust) is None
    assert cache.status("ningbo", office.trust) is None


def test_another_root_believes_nothing_of_the_folder(office: Publisher, tmp_path: Path) -> None:
    cache_with(office, tmp_path, 1)

    assert StatusCache(tmp_path, bytes(32)).trust() is None
    assert StatusCache(tmp_path, b"no key").trust() is None


def test_contradictions_are_kept_side_by_side(office: Publisher, tmp_path: Path) -> None:
    cache = StatusCache(tmp_path, office.root)
    for raw in (b"one", b"another", b"one"):
        cache.keep_evidence("manifest", raw)

    kept = {path.read_bytes() for path in (tmp_path / "evidence").iterdir()}
    assert kept == {b"one", b"another"}


def test_key_lookups_answer_for_two_byte_numbers_only(office: Publisher) -> None:
    keys_of = status_keys(office.trust, ISSUER)

    assert keys_of(STATUS_KID.to_bytes(2, "big")) == (office.status_key.public_key,)
    assert keys_of(STATUS_KID.to_bytes(3, "big")) == ()
    assert keys_of(b"") == ()
    assert issuer_keys(office.trust, "ningbo", office.trust.keys[1].purpose)(b"\1\x2c") == ()
