"""Looks the station over and says what to do: disk, log, keys, lists, clock, camera, codes, sound,
network, policy, gate.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keys.errors import KeysError
from keys.passages import ClockGrade
from scanner.commands.log_checking import earlier_lines
from scanner.errors import ScannerError
from scanner.gate.devices import places_of
from scanner.gate.faults import DeviceFault
from scanner.record.database import open_database
from scanner.record.passages import PassageLog
from scanner.settings import StationSettings
from scanner.surroundings.earlierlogs import salvaged_waiting
from scanner.surroundings.entrance import gate_options
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.lostlog import check_held, check_newest
from scanner.surroundings.telling import policy_name
from scanner.sync.fetch import HttpExchange

DISK_NEEDED_BYTES: Final = 500 << 20
LATE_S: Final = 6 * 3600
CAMERA_WAIT_S: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One part that was looked at: whether it is well, what was seen, and what to do if not."""

    part: str
    well: bool
    seen: str
    next_step: str = ""


def examine(folder: Path, settings: StationSettings) -> list[Finding]:
    """Return what was found, in the order in which somebody should mend it."""
    findings = [_disk(folder)]
    try:
        known = open_known(folder)
    except ScannerError as error:
        return [*findings, _fault("enrolment", error)]
    record = known.identity.record
    findings.append(
        Finding(part="enrolment", well=True, seen=f"{record.station} of {record.issuer}")
    )
    parts: list[Callable[[], Finding]] = [
        lambda: _log(folder, known),
        lambda: _trust(known),
        lambda: _list(known),
        lambda: _clock(known),
        lambda: _network(known),
        _reader,
        lambda: _camera(settings),
        lambda: _sound(settings),
        lambda: _policy(known),
        lambda: _gate(settings),
    ]
    return findings + [part() for part in parts] + examine_seeing(folder)


def examine_seeing(folder: Path) -> list[Finding]:
    """Return what the camera's check found, and whether pictures of it lie about."""
    return [_camera_check(folder), _support_recording(folder)]


def _fault(part: str, error: ScannerError) -> Finding:
    return Finding(part=part, well=False, seen=f"{error.code}: {error}", next_step=error.next_step)


def _disk(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    return Finding(
        part="disk",
        well=free >= DISK_NEEDED_BYTES,
        seen=f"{free >> 20:,} MB free",
        next_step="Free the disk now: a full one stores no passages.",
    )


def _log(folder: Path, known: Known) -> Finding:
    record, public_key = known.identity.record, known.identity.key.public_key
    try:
        check_held(known)
        database = open_database(folder, record.log)
        try:
            log = PassageLog(database, record.station, behind=record.goes_on_from)
            check_newest(folder, record, public_key, log)
            waiting, aside = log.waiting_count(), log.set_aside_count()
        finally:
            database.close()
    except ScannerError as error:
        return _fault("log", error)
    seen = f"{waiting + salvaged_waiting(known)} waiting, {aside} set aside"
    if earlier := list(earlier_lines(known)):
        names = ", ".join(f"{one['code']} {Path(one['file']).name}" for one in earlier)
        return Finding(
            part="log", well=False, seen=f"{seen}; {names}", next_step=earlier[-1]["next"]
        )
    return Finding(
        part="log",
        well=aside == 0,
        seen=seen,
        next_step="Rows were set aside: tell the office; `kakou-scanner log` shows which and why.",
    )


def _trust(known: Known) -> Finding:
    held = known.cache.trust()
    seen = "none, or damaged" if held is None else f"version {held[0].version}"
    step = "Connect once: kakou-scanner sync."
    return Finding(part="trust", well=held is not None, seen=seen, next_step=step)


def _policy(known: Known) -> Finding:
    sealed = "sealed rows" if known.passage_key is not None else "rows in clear: no passage key"
    return Finding(
        part="policy",
        well=known.policy_fault is None,
        seen=f"{policy_name(known)}; {sealed}",
        next_step="Tell the office: its policy cannot be read, so everybody is a hand check.",
    )


def _gate(settings: StationSettings) -> Finding:
    try:
        places = places_of(gate_options(settings, simulated=False))
    except DeviceFault as error:
        return _fault("gate", error)
    missing = [
        part.value
        for part, place in places.items()
        if place.path.startswith("/") and not Path(place.path).exists()
    ]
    return Finding(
        part="gate",
        well=not missing,
        seen=f"not there: {', '.join(missing)}" if missing else ", ".join(places) or "no devices",
        next_step="Plug the boards in, or correct the settings (docs/devices.md).",
    )


def _list(known: Known) -> Finding:
    age_s = known.list_age_s()
    return Finding(
        part="list",
        well=age_s is not None and age_s < LATE_S,
        seen="none, or damaged" if age_s is None else f"{age_s // 60} minutes old",
        next_step="Connect once: kakou-scanner sync. The gate says by itself how old its list is.",
    )


def _clock(known: Known) -> Finding:
    grade = known.moment().grade
    return Finding(
        part="clock",
        well=grade is ClockGrade.CONFIRMED,
        seen=grade.value,
        next_step="Set the machine's clock, then connect once: kakou-scanner sync.",
    )


def _network(known: Known) -> Finding:
    exchange = HttpExchange(known.identity.record.issuer_url)
    try:
        exchange.fetch("manifest", 1 << 16)
    except ScannerError as error:
        return _fault("network", error)
    except KeysError as error:
        step = "Tell the office: its server answers with something else."
        return Finding(part="network", well=False, seen=error.code, next_step=step)
    finally:
        exchange.close()
    return Finding(part="network", well=True, seen=known.identity.record.issuer_url)


def _reader() -> Finding:
    from scanner.capture.codes import CodeReader, NoDecoder

    try:
        CodeReader()
    except NoDecoder as error:
        step = "Install zxing-cpp, or libzbar0 for pyzbar."
        return Finding(part="reader", well=False, seen=str(error), next_step=step)
    return Finding(part="reader", well=True, seen="reads codes")


def _camera(settings: StationSettings) -> Finding:
    from scanner.capture.camera import CameraError, open_camera
    from scanner.capture.camera_device import known_webcams
    from scanner.capture.camera_wishes import wishes_of

    step = "Plug the camera in, or choose another: kakou-scanner settings --set camera=1."
    if names := known_webcams():
        step += f" Plugged in: {', '.join(names)}."
    try:
        camera = open_camera(settings.camera, wishes_of(settings))
    except CameraError as error:
        return Finding(part="camera", well=False, seen=f"{error.code}: {error}", next_step=step)
    try:
        end_s = time.monotonic() + CAMERA_WAIT_S
        frame = None
        while frame is None and time.monotonic() < end_s and not camera.ended:
            frame = camera.newest(0.5)
        if frame is None:
            seen = camera.health().state.value
            return Finding(part="camera", well=False, seen=seen, next_step=step)
        height, width = frame.grey.shape
        return Finding(part="camera", well=True, seen=f"{width}x{height}")
    finally:
        camera.close()


def _camera_check(folder: Path) -> Finding:
    from scanner.record.camera_checks import LIGHTS, kept_checks

    kept = kept_checks(folder)
    results = [
        f"{light} {kept[light].fitness if light in kept else 'not done'}" for light in LIGHTS
    ]
    advice = dict.fromkeys(code for check in kept.values() for code in check.advice)
    return Finding(
        part="camera_check",
        well=all(check.fitness != "unfit" for check in kept.values()),
        seen=", ".join(results) + (f" ({', '.join(advice)})" if advice else ""),
        next_step="Mend what is named, then check again: kakou-scanner check-camera.",
    )


def _support_recording(folder: Path) -> Finding:
    from scanner.capture.support_recording import recorded

    kept = recorded(folder)
    return Finding(
        part="support",
        well=kept is None,
        seen="no pictures kept" if kept is None else f"{kept[0]} pictures of the camera kept",
        next_step="Hand them to support, then: kakou-scanner support-recording --delete.",
    )


def _sound(settings: StationSettings) -> Finding:
    from scanner.gate.sounds_player import open_player

    if not settings.sound:
        return Finding(part="sound", well=True, seen="switched off")
    player = open_player()
    try:
        fault = player.fault()
    finally:
        player.close()
    step = "Install alsa-utils (aplay), or switch sound off: settings --set sound=off."
    return Finding(part="sound", well=fault is None, seen=fault or "player found", next_step=step)
