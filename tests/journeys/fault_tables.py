"""The table of the fault matrix: name -> (scene, fault)."""

from __future__ import annotations

from typing import Final

from keys.claims import Status
from keys.trustlist import KeyState, Purpose
from keys.trustmeta import SNAPSHOT, TARGETS, TIMESTAMP
from tests.fakes.office_server import Trouble
from tests.fakes.publisher import PASS_KID, STATUS_KID
from tests.journeys.fault_scenes import (
    DAY_S,
    HOUR_S,
    INDEX,
    Fault,
    Story,
    after_restart,
    at_the_gate,
    first_sync,
    first_sync_by_web,
    four_days_later,
    re_admitted,
    turning_green,
)
from tests.journeys.faults import (
    BENT,
    KEPT,
    SERVED,
    another_list,
    boot_clock_back,
    broken_chain,
    clock_file_of_elsewhen,
    disk_full,
    epoch_without_root,
    expired,
    folder_lost,
    foreign_pass,
    forked,
    kept,
    later,
    lost,
    manifest,
    manifest_signed,
    minted,
    no_home,
    not_served,
    older_pack,
    replayed,
    served,
    shown,
    shrunk,
    signer,
    spoilt_dense,
    stale,
    station_key_pass,
    swapped,
    swapped_universe,
    trust_held_back,
    trust_key,
    unreadable,
    wall,
    web,
    withdrawn,
)
from tests.keys.makers import NOW, THIEF
from tests.keys.trustmakers import TARGET_KEYS

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
    "back after four days: trust held back": (four_days_later, trust_held_back),
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


MATRIX: Final = _matrix()
