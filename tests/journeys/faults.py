"""Faults: each bends one thing of a scene (tests/journeys/fault_scenes.py)."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from keys.claims import Status
from keys.keyfile import read_key
from keys.manifest import Manifest, manifest_hash, seal_manifest
from keys.statusarray import state_of
from keys.token import mint
from keys.trustlist import Purpose
from scanner.record.identity import KEY_PURPOSE
from tests.fakes.office_server import Trouble
from tests.fakes.publisher import STATUS_KID
from tests.fakes.trust_office import TrustOffice
from tests.journeys.fault_scenes import (
    DAY_S,
    HOUR_S,
    INDEX,
    Fault,
    Scene,
)

# What a station fetches to be able to judge: each of them can be missing, cut, bent, swapped, ...
SERVED: Final = (
    "timestamp.json",
    "1.snapshot.json",
    "1.targets.json",
    ".trust-list",
    "manifest",
    "packs/0-1",
)
# What it keeps: the same.
KEPT: Final = ("trust/set", "status/*/manifest", "status/*/state-*")


def flipped(raw: bytes) -> bytes:
    return raw[: len(raw) // 2] + bytes([raw[len(raw) // 2] ^ 1]) + raw[len(raw) // 2 + 1 :]


BENT: Final[dict[str, Callable[[bytes], bytes]]] = {
    "truncated": lambda raw: raw[: len(raw) // 2],
    "bit flipped": flipped,
    "empty": lambda raw: b"",
    "too long by one": lambda raw: raw + b"\n" * (1 << 20),
    "another thing": lambda raw: b"<html>welcome</html>",
}


def served(path: str, bend: Callable[[bytes], bytes]) -> Fault:
    def fault(scene: Scene) -> None:
        name = scene.served(path)
        scene.office.published[name] = bend(scene.office.published[name])

    return fault


def not_served(path: str) -> Fault:
    return lambda scene: scene.office.published.pop(scene.served(path))


def swapped(path: str, other: str) -> Fault:
    def fault(scene: Scene) -> None:
        published = scene.office.published
        published[scene.served(path)] = published[scene.served(other)]

    return fault


def kept(pattern: str, bend: Callable[[bytes], bytes]) -> Fault:
    def fault(scene: Scene) -> None:
        path = scene.kept(pattern)
        path.write_bytes(bend(path.read_bytes()))

    return fault


def lost(pattern: str) -> Fault:
    return lambda scene: scene.kept(pattern).unlink()


def unreadable(pattern: str) -> Fault:
    def fault(scene: Scene) -> None:
        # A folder in the file's place cannot be read by root either, whom no mode keeps out.
        path = scene.kept(pattern)
        path.unlink()
        path.mkdir()

    return fault


def other_office(scene: Scene) -> TrustOffice:
    """Return an office that is not ours, with the same names and other keys."""
    other = TrustOffice(scene.office.now_s, seed="other ")
    other.publish()
    return other


# --- what the office signs wrongly, or somebody else signs


def manifest(**changes: Any) -> Fault:
    """Publish the newest manifest with these fields changed, signed by the right key."""
    return manifest_signed(lambda office: office.status_key, STATUS_KID, **changes)


def manifest_signed(key: Callable[[TrustOffice], Any], kid: int, **changes: Any) -> Fault:
    def fault(scene: Scene) -> None:
        office = scene.office
        fields: dict[str, Any] = {
            "version": office.version,
            "epoch": office.epoch,
            "n": len(office.universe) * 4,
            "state": bytes(32),
            "previous": bytes(32),
            "packs": ((0, len(office.published[f"packs/0-{office.version}"])),),
            "iat": office.now_s,
            "exp": office.now_s + DAY_S,
        }
        fields["state"] = state_of(office.universe)
        made = Manifest(**fields | changes)
        office.published["manifest"] = seal_manifest(key(office), kid, made)

    return fault


def signer(role: str, *keys: Any) -> Fault:
    def fault(scene: Scene) -> None:
        repository = scene.office.repository
        repository.signers[role] = keys
        repository.publish()
        scene.office.show_trust()

    return fault


def expired(role: str) -> Fault:
    def fault(scene: Scene) -> None:
        repository = scene.office.repository
        repository.expires[role] = scene.office.now_s
        repository.publish(iat=scene.office.now_s - HOUR_S)
        scene.office.show_trust()

    return fault


def trust_key(which: Purpose, **changes: Any) -> Fault:
    return lambda scene: scene.change_key(scene.key_of(which), **changes)


def no_home(scene: Scene) -> None:
    office = scene.office
    keys = tuple(replace(key, issuer="ningbo") for key in office.trust.keys)
    office.change_trust(issuers={"ningbo": office.entry()}, keys=keys)


def epoch_without_root(scene: Scene) -> None:
    scene.office.epoch = 2
    scene.office.change_trust(issuers={scene.office.name: scene.office.entry()})


def swapped_universe(scene: Scene) -> None:
    """Another office's lists, keys and all: only the root says that they are not ours."""
    other = other_office(scene)
    for path, raw in other.published.items():
        if path in {"manifest", "packs/0-1"}:
            scene.office.published[path] = raw


# --- codes


def shown(bend: Callable[[Scene], str]) -> Fault:
    def fault(scene: Scene) -> None:
        scene.text = bend(scene)

    return fault


def minted(key: Callable[[Scene], Any] = lambda scene: None, **changes: Any) -> Fault:
    return shown(lambda scene: scene.office.mint(INDEX, key(scene), **changes).full)


def spoilt_dense(scene: Scene) -> str:
    text = scene.office.mint(INDEX).dense
    assert text is not None
    return text[:100] + str((int(text[100]) + 1) % 10) + text[101:]


def foreign_pass(scene: Scene) -> str:
    return other_office(scene).mint(INDEX).full


def station_key_pass(scene: Scene) -> str:
    key = read_key(scene.folder / "station.key", purpose=KEY_PURPOSE).key
    return mint(key, scene.office.claims(INDEX)).full


# --- time


def wall(seconds: float) -> Fault:
    def fault(scene: Scene) -> None:
        scene.wall_s += seconds

    return fault


def later(seconds: float) -> Fault:
    return lambda scene: scene.pass_time(seconds)


def boot_clock_back(scene: Scene) -> None:
    scene.boot_s -= 900.0


def clock_file_of_elsewhen(scene: Scene) -> None:
    path = scene.folder / "clock.json"
    path.write_text(path.read_text().replace("boot 1", "boot 0"))


def long_pass(scene: Scene) -> None:
    scene.text = scene.office.mint(INDEX, exp=scene.office.now_s + 90 * DAY_S).full


def stale(seconds: int) -> Fault:
    """The list ages while the pass lives on."""

    def fault(scene: Scene) -> None:
        long_pass(scene)
        scene.pass_time(seconds)

    return fault


# --- replays


def replayed(*prefixes: str) -> Fault:
    def fault(scene: Scene) -> None:
        published = scene.office.published
        for path in [path for path in published if path.startswith(prefixes)]:
            del published[path]
        before: dict[str, bytes] = scene.before  # type: ignore[attr-defined]
        published |= {path: raw for path, raw in before.items() if path.startswith(prefixes)}

    return fault


def forked(scene: Scene) -> None:
    """The office turns the pass green under a version that the station holds already."""
    office = scene.office
    office.version, office.manifest_raw = 1, b""
    office.publish(previous=bytes([1]) * 32)


def broken_chain(scene: Scene) -> None:
    office = scene.office
    office.version = 2
    office.publish(previous=manifest_hash(b"some other manifest"))


def shrunk(scene: Scene) -> None:
    office = scene.office
    office.published["manifest"] = b""


def withdrawn(scene: Scene) -> None:
    scene.office.set_status(INDEX, Status.WITHDRAWN)
    scene.office.publish()


def older_pack(scene: Scene) -> None:
    published = scene.office.published
    red: dict[str, bytes] = scene.red  # type: ignore[attr-defined]
    for path in list(published):
        if path.startswith("packs/"):
            published[path] = red["packs/0-2"]


def trust_held_back(scene: Scene) -> None:
    """Lists come fresh every day; the trust repository is shown as it was four days ago."""
    before: dict[str, bytes] = scene.before  # type: ignore[attr-defined]
    scene.office.published["trust/timestamp.json"] = before["trust/timestamp.json"]


def another_list(scene: Scene) -> None:
    """The re-admission list that is served is another one, with one more pass in it."""
    listed: bytes = scene.listed  # type: ignore[attr-defined]
    for path, raw in scene.office.published.items():
        if raw == listed:
            scene.office.published[path] = raw[:-1] + bytes([raw[-1] ^ 1])


def nothing(scene: Scene) -> None:
    """No fault."""


def web(trouble: Trouble) -> Fault:
    def fault(scene: Scene) -> None:
        scene.trouble = trouble  # type: ignore[attr-defined]

    return fault


def disk_full(scene: Scene) -> None:
    """From here on no file may grow beyond a hundred bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))


def folder_lost(scene: Scene) -> None:
    """The folder of the lists became a file: nothing can be written there by anybody."""
    (scene.folder / "status").write_bytes(b"")
