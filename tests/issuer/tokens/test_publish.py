from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from issuer.errors import Code, Fault
from issuer.people.office import Office
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import SERVED_VERSIONS, publish
from issuer.tokens.actions.status import set_status
from issuer.tokens.rules.passes import PassRequest
from issuer.trustfiles import read_trust
from keys.claims import LIST_ENTRIES, Kind, Status
from keys.manifest import Manifest, check_newer, manifest_hash, open_manifest
from keys.statusarray import Packed
from keys.statuslist import open_status_list
from keys.statuspack import apply_pack
from keys.trustlist import Purpose
from tests.issuer.rigs import TestClock

NOTHING = np.zeros(0, np.uint8)


def read(office: Office, name: str) -> bytes:
    return (office.folder.published / name).read_bytes()


def manifest_of(office: Office) -> Manifest:
    return open_manifest(read(office, "manifest"), status_keys(office))


def status_keys(office: Office) -> Callable[[bytes], tuple[bytes, ...]]:
    trust = read_trust(office.folder.published / "trust").trust_list()
    return lambda kid: trust.keys_for("home", Purpose.STATUS, int.from_bytes(kid, "big"))


def red_pass(office: Office) -> str:
    request = PassRequest(name="", id_tail="", kind=Kind.PAPER, status=Status.RED)
    return str(mint_passes(office, [request], by="li")[0].identity)


def status_at(packed: Packed, text: str) -> int:
    _, number, index = text.split("/")
    place = int(number) * LIST_ENTRIES + int(index)
    return int(packed[place // 4] >> 2 * (place % 4) & 3)


def test_a_manifest_is_dated_before_its_entries_are_read(office: Office, clock: TestClock) -> None:
    times: list[int] = []

    def later_each_time() -> int:
        clock.at += 120
        times.append(clock.at)
        return clock.at

    publish(replace(office, now=later_each_time))
    assert manifest_of(office).iat == times[0]


def test_a_reader_comes_from_nothing_to_the_newest_state_with_one_pack(any_office: Office) -> None:
    text = red_pass(any_office)
    publish(any_office)
    manifest = manifest_of(any_office)
    first, size = manifest.pack_from(0)
    pack = read(any_office, f"packs/{first}-{manifest.version}")
    assert len(pack) == size
    packed = apply_pack(NOTHING, pack, n_to=manifest.n, state=manifest.state)
    assert status_at(packed, text) == Status.RED


def test_a_reader_of_any_recent_version_needs_one_delta(office: Office, clock: TestClock) -> None:
    texts = [red_pass(office) for _ in range(40)]
    states = {}
    for text in texts[:6]:
        set_status(office, text=text, status=Status.GREEN, reason="recovered", by="w")
        clock.at += 60
        publish(office)
        manifest = manifest_of(office)
        snapshot = read(office, f"packs/0-{manifest.version}")
        states[manifest.version] = apply_pack(NOTHING, snapshot, n_to=manifest.n)
    newest = max(states)
    final = manifest_of(office)
    assert set(states) - {newest} <= {first for first, _ in final.packs}
    for version, held in states.items():
        if version != newest:
            first, size = final.pack_from(version)
            assert first == version
            pack = read(office, f"packs/{first}-{newest}")
            assert len(pack) == size
            apply_pack(held, pack, n_to=final.n, state=final.state)


def test_each_manifest_names_the_one_before(any_office: Office, clock: TestClock) -> None:
    held, held_raw = manifest_of(any_office), read(any_office, "manifest")
    clock.at += 600
    publish(any_office)
    new = manifest_of(any_office)
    assert new.previous == manifest_hash(held_raw)
    assert check_newer(
        new,
        read(any_office, "manifest"),
        held=held,
        held_raw=held_raw,
        epoch=1,
        now=clock.at,
    )


def test_a_clock_that_went_back_makes_no_older_manifest(office: Office, clock: TestClock) -> None:
    before = manifest_of(office).iat
    clock.at -= 5_000
    publish(office)
    assert manifest_of(office).iat == before


def test_the_standard_list_says_the_same(any_office: Office, clock: TestClock) -> None:
    text = red_pass(any_office)
    publish(any_office)
    raw = read(any_office, "status/0")
    opened = open_status_list(raw, list_number=0, now=clock.at, keys_of=status_keys(any_office))
    assert status_at(np.frombuffer(opened.packed, np.uint8), text) == Status.RED
    assert opened.ttl == any_office.settings.publish_every_s


def test_two_publishers_at_once_never_write_one_version(any_office: Office) -> None:
    versions: list[int] = []

    def work() -> None:
        versions.extend(publish(any_office).version for _ in range(3))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(versions) == list(range(2, 11))


def test_a_damaged_snapshot_costs_one_delta_and_nothing_else(office: Office) -> None:
    red_pass(office)
    publish(office)
    (office.folder.history / "2.pack").write_bytes(b"damaged")
    red_pass(office)
    assert 2 not in dict(publish(office).packs)


def test_a_lost_published_folder_is_made_again(office: Office) -> None:
    (office.folder.published / "manifest").unlink()
    (office.folder.published / "trust" / "root").unlink()
    publish(office)
    assert manifest_of(office).version == 2


def test_packs_of_old_versions_go_and_the_last_ones_stay(office: Office) -> None:
    for _ in range(SERVED_VERSIONS + 1):
        publish(office)
    ends = {path.name.rpartition("-")[2] for path in (office.folder.published / "packs").iterdir()}
    newest = manifest_of(office).version
    assert ends == {str(newest - back) for back in range(SERVED_VERSIONS)}


def test_published_files_may_be_read_by_everybody_and_nothing_else(office: Office) -> None:
    publish(office)
    assert (office.folder.published / "manifest").stat().st_mode & 0o777 == 0o644
    assert office.folder.published.stat().st_mode & 0o777 == 0o755
    assert office.folder.keys.stat().st_mode & 0o777 == 0o700
    for path in office.folder.keys.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_a_fault_and_the_old_manifest_stays(
    office: Office,
) -> None:
    before = read(office, "manifest")
    packs = office.folder.published / "packs"
    for path in packs.iterdir():
        path.unlink()
    packs.rmdir()
    packs.write_text("in the way")
    with pytest.raises(Fault) as caught:
        publish(office)
    assert caught.value.code is Code.FOLDER_UNUSABLE
    assert read(office, "manifest") == before
    packs.unlink()
    # The number of the version that failed is not used again.
    assert publish(office).version == 3
