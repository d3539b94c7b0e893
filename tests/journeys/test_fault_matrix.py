"""The fault matrix: every fault beside its scene without it. Without: admitted. With: never."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from keys.claims import Status
from keys.keyfile import read_key
from keys.manifest import Manifest, manifest_hash, seal_manifest
from keys.passages import Verdict
from keys.statusarray import state_of
from keys.token import mint
from keys.trustlist import KeyState, Purpose
from keys.trustmeta import SNAPSHOT, TARGETS, TIMESTAMP
from scanner.record.identity import KEY_PURPOSE
from tests.fakes.office_server import Trouble
from tests.fakes.publisher import PASS_KID, STATUS_KID
from tests.fakes.trust_office import TrustOffice
from tests.journeys.fault_scenes import (
    DAY_S,
    HOUR_S,
    INDEX,
    Fault,
    Scene,
    Story,
    after_restart,
    at_the_gate,
    first_sync,
    first_sync_by_web,
    re_admitted,
    turning_green,
)
from tests.keys.makers import NOW, THIEF
from tests.keys.trustmakers import TARGET_KEYS

ADMITTING: Final = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}
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


def another_list(scene: Scene) -> None:
    """The re-admission list that is served is another one, with one more pass in it."""
    listed: bytes = scene.listed  # type: ignore[attr-defined]
    for path, raw in scene.office.published.items():
        if raw == listed:
            scene.office.published[path] = raw[:-1] + b"x"


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


def _matrix() -> dict[str, tuple[Story, Fault]]:
    matrix: dict[str, tuple[Story, Fault]] = {}
    for path in SERVED:
        matrix[f"served {path}: missing"] = (first_sync, not_served(path))
        for name, bend in BENT.items():
            matrix[f"served {path}: {name}"] = (first_sync, served(path, bend))
    for path, other in (
        ("timestamp.json", "1.snapshot.json"),
        ("1.snapshot.json", "1.targets.json"),
        ("1.targets.json", "1.stations.json"),
        (".trust-list", ".station-roster"),
        ("manifest", ".trust-list"),
        ("packs/0-1", "manifest"),
    ):
        matrix[f"served {path}: swapped for {other}"] = (first_sync, swapped(path, other))
    for pattern in KEPT:
        matrix[f"kept {pattern}: missing"] = (after_restart, lost(pattern))
        matrix[f"kept {pattern}: permission lost"] = (after_restart, unreadable(pattern))
        for name, bend in BENT.items():
            matrix[f"kept {pattern}: {name}"] = (after_restart, kept(pattern, bend))
    for file in ("root", "station.json", "station.key"):
        matrix[f"kept {file}: missing"] = (after_restart, lost(file))
        matrix[f"kept {file}: empty"] = (after_restart, kept(file, BENT["empty"]))
    for trouble in Trouble:
        if trouble not in {Trouble.HANG, Trouble.BAD_REQUEST_PAGE}:
            matrix[f"network: {trouble}"] = (first_sync_by_web, web(trouble))
    return matrix | _SIGNED | _CODES | _TIMES | _REPLAYS | _DISK


_SIGNED: Final[dict[str, tuple[Story, Fault]]] = {
    "manifest: wrong key": (first_sync, manifest_signed(lambda office: THIEF, STATUS_KID)),
    "manifest: wrong purpose": (first_sync, manifest_signed(lambda o: o.pass_key, PASS_KID)),
    "manifest: wrong epoch": (first_sync, manifest(epoch=2)),
    "manifest: expired": (first_sync, manifest(iat=NOW - 2 * DAY_S, exp=NOW)),
    "manifest: of another state": (first_sync, manifest(state=bytes(32))),
    "manifest: of more entries": (first_sync, manifest(n=2 << 20)),
    "manifest: packs said smaller": (first_sync, manifest(packs=((0, 1),))),
    "manifest: made eight days ago": (
        first_sync,
        manifest(iat=NOW - 8 * DAY_S, exp=NOW + DAY_S),
    ),
    "lists of another office": (first_sync, swapped_universe),
    "timestamp: wrong key": (first_sync, signer(TIMESTAMP, THIEF)),
    "snapshot: wrong key": (first_sync, signer(SNAPSHOT, THIEF)),
    "targets: wrong key": (first_sync, signer(TARGETS, THIEF)),
    "targets: one signature of two": (first_sync, signer(TARGETS, TARGET_KEYS[0])),
    "targets: one key twice": (first_sync, signer(TARGETS, TARGET_KEYS[0], TARGET_KEYS[0])),
    "timestamp: expired": (first_sync, expired(TIMESTAMP)),
    "snapshot: expired": (first_sync, expired(SNAPSHOT)),
    "targets: expired": (first_sync, expired(TARGETS)),
    "trust list: not ours": (first_sync, no_home),
    "trust list: an epoch that the root did not begin": (first_sync, epoch_without_root),
    "trust list: pass key burned": (first_sync, trust_key(Purpose.PASS, state=KeyState.BURNED)),
    "trust list: pass key ended": (first_sync, trust_key(Purpose.PASS, not_after=NOW - 2 * HOUR_S)),
    "trust list: pass key not begun": (first_sync, trust_key(Purpose.PASS, not_before=NOW)),
    "trust list: pass key of another purpose": (
        first_sync,
        trust_key(Purpose.PASS, purpose=Purpose.STATION),
    ),
    "trust list: status key burned": (
        first_sync,
        trust_key(Purpose.STATUS, state=KeyState.BURNED),
    ),
    "trust list: status key ended": (first_sync, trust_key(Purpose.STATUS, not_after=NOW)),
}
_CODES: Final[dict[str, tuple[Story, Fault]]] = {
    "code: truncated": (at_the_gate, shown(lambda scene: scene.text[:-3])),
    "code: a letter changed": (
        at_the_gate,
        shown(lambda s: s.text[:40] + ("A" if s.text[40] != "A" else "B") + s.text[41:]),
    ),
    "code: a digit changed": (at_the_gate, shown(spoilt_dense)),
    "code: a payment poster": (at_the_gate, shown(lambda scene: "https://pay.example/1")),
    "code: signed by a thief": (at_the_gate, minted(lambda scene: THIEF)),
    "code: signed by the status key": (
        at_the_gate,
        minted(lambda scene: scene.office.status_key, kid=STATUS_KID),
    ),
    "code: signed by the station itself": (at_the_gate, shown(station_key_pass)),
    "code: of another issuer": (at_the_gate, shown(foreign_pass)),
    "code: unknown key number": (at_the_gate, minted(kid=9)),
    "code: ended": (at_the_gate, minted(exp=NOW - 60)),
    "code: issued in the future": (at_the_gate, minted(iat=NOW + HOUR_S, exp=NOW + DAY_S)),
    "code: entry beyond the list": (at_the_gate, minted(list_number=7)),
    "code: red when minted, younger than the list": (
        at_the_gate,
        minted(status=int(Status.RED), iat=NOW + 60, exp=NOW + DAY_S),
    ),
    "code: for another zone": (
        at_the_gate,
        shown(lambda s: s.office.mint(INDEX, site=s.office.site(zone=9)).full),
    ),
    "code: begins tomorrow": (
        at_the_gate,
        shown(lambda s: s.office.mint(INDEX, site=s.office.site(nbf=NOW + DAY_S)).full),
    ),
}
_TIMES: Final[dict[str, tuple[Story, Fault]]] = {
    "clock: wall back below the bound": (after_restart, wall(-HOUR_S)),
    "clock: wall back to 1970": (after_restart, wall(-NOW)),
    "clock: reboot without time": (after_restart, lambda scene: scene.reboot()),
    "clock: reboot, wall back": (after_restart, lambda s: s.reboot(wall_s=NOW - DAY_S)),
    "clock: reboot, wall at 1970": (after_restart, lambda s: s.reboot(wall_s=0.0)),
    "clock: reboot, wall ahead a year": (
        after_restart,
        lambda s: s.reboot(wall_s=NOW + 365 * DAY_S),
    ),
    "clock: boot clock runs back": (after_restart, boot_clock_back),
    "clock: its file is missing": (after_restart, lost("clock.json")),
    "clock: its file is empty": (after_restart, kept("clock.json", BENT["empty"])),
    "clock: its file is another boot's": (after_restart, clock_file_of_elsewhen),
    "list: stale after four days": (after_restart, stale(4 * DAY_S)),
    "list: closed after twenty days": (after_restart, stale(20 * DAY_S)),
    "pass: ended while the gate was offline": (after_restart, later(4 * DAY_S)),
}
_REPLAYS: Final[dict[str, tuple[Story, Fault]]] = {
    "told of green: older manifest replayed": (turning_green, replayed("manifest", "packs/")),
    "told of green: everything replayed": (turning_green, replayed("")),
    "told of green: older pack replayed": (turning_green, older_pack),
    "told of green: a second text of one version": (turning_green, forked),
    "told of green: chain broken": (turning_green, broken_chain),
    "told of green: manifest empty": (turning_green, shrunk),
    "told of green: withdrawn instead": (turning_green, withdrawn),
    "re-admitted: older repository replayed": (re_admitted, replayed("trust/")),
    "re-admitted: another list served": (re_admitted, another_list),
    "re-admitted: list missing": (
        re_admitted,
        lambda s: s.office.published.pop(s.served(f"{s.office.name}-{PASS_KID}")),
    ),
    "re-admitted: snapshot of before": (
        re_admitted,
        lambda s: s.office.published.update(
            {"trust/3.snapshot.json": s.office.published["trust/1.snapshot.json"]}
        ),
    ),
}
_DISK: Final[dict[str, tuple[Story, Fault]]] = {
    "disk: full at the first sync": (first_sync, disk_full),
    "disk: folder lost at the first sync": (first_sync, folder_lost),
}
MATRIX: Final = _matrix()


@pytest.fixture(autouse=True)
def unlimited_files() -> Any:
    """Give back what a full disk took away."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.getsignal(signal.SIGXFSZ)
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("name", MATRIX)
def test_a_fault_never_admits_and_its_scene_without_it_does(name: str, tmp_path: Path) -> None:
    story, fault = MATRIX[name]
    whole = Scene(tmp_path / "whole")
    story(whole, nothing)
    assert whole.verdict() in ADMITTING

    faulty = Scene(tmp_path / "faulty")
    story(faulty, fault)
    assert faulty.verdict() not in ADMITTING


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(MATRIX) >= 60
