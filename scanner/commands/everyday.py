"""The station's short commands: enrol, sync, settings. Each returns what `--json` prints."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from keys.errors import KeysError
from scanner.commands.log import take_receipts
from scanner.errors import BadSetting, IssuerTrouble, NetworkDown, NotPublished, ScannerError
from scanner.record.clocksource import read_clocks
from scanner.record.database import open_database
from scanner.record.lock import FolderLock
from scanner.record.passages import PassageLog
from scanner.screen.pin_lock import UnusablePin, hash_pin
from scanner.settings import SETTING_NAMES, StationSettings, parsed_setting
from scanner.surroundings.earlierlogs import push_salvaged, salvaged_waiting
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.lanes import lane_options
from scanner.surroundings.lostlog import check_held
from scanner.surroundings.syncing import pull, push
from scanner.sync.carried import RECEIPTS
from scanner.sync.enrol import enrol_station
from scanner.sync.fetch import Fetcher, HttpExchange
from scanner.sync.folder import FolderFetcher, kakou_folder

_ENROL_AGAIN: Final = "Check the address, cable and signal; then again, while the code lives."
_NOTHING_THERE: Final = "At the office: `kakou-issuer publish --to` this stick; then again."


def enrol(folder: Path, code: str, issuer_url: str) -> dict[str, Any]:
    """Enrol the station of `folder`, then pull once so that it can judge at once, also without a
    network.
    """
    exchange = HttpExchange(issuer_url)
    lock = FolderLock(folder)
    try:
        record = enrol_station(
            folder,
            exchange,
            code,
            issuer_url=issuer_url,
            seed=secrets.token_bytes(32),
            nonce=secrets.token_bytes(16),
            chain=secrets.token_bytes(16),
            now_s=int(read_clocks().wall_s),
        )
        known = open_known(folder)
        return {
            "station": record.station,
            "checkpoint": record.checkpoint,
            "issuer": record.issuer,
            # A new box of a station: its rows go on behind this one.
            **({"behind": record.behind} if record.begun_at else {}),
            "pull": _outcome(lambda: _pulled(known, exchange)),
        }
    except NetworkDown as down:
        raise NetworkDown(f"{issuer_url}: {down}", code=down.code, next_step=_ENROL_AGAIN) from None
    finally:
        lock.close()
        exchange.close()


def sync_from(folder: Path, chosen: Path) -> dict[str, Any]:
    """Pull once from a stick or a folder of published files, by the same checks as over the
    network; then take in the receipts that came back on it. A stick with receipts alone is pulled
    from no more than it holds. IssuerTrouble stick_unreadable where no folder is.
    """
    known = open_known(folder)
    if not chosen.is_dir():
        raise IssuerTrouble(f"{chosen} is no folder", code="stick_unreadable")
    published = kakou_folder(chosen) if kakou_folder(chosen).is_dir() else chosen
    stick = FolderFetcher(published)
    names = set(stick.names(""))
    report: dict[str, Any] = {}
    if RECEIPTS not in names or not names.isdisjoint({"manifest", "trust"}):
        report["pull"] = _outcome(lambda: _pulled(known, stick))
        if report["pull"].get("code") == NotPublished.code:
            report["pull"]["next"] = _NOTHING_THERE
    if RECEIPTS in names:
        report["receipts"] = _outcome(lambda: take_receipts(known, folder, published))
    return report


def sync(folder: Path) -> dict[str, Any]:
    """Pull and push once; one failing never keeps the other from being tried."""
    known = open_known(folder)
    record = known.identity.record
    check_held(known)
    database = open_database(folder, record.log)
    exchange = HttpExchange(record.issuer_url)
    try:
        log = PassageLog(database, record.station, behind=record.goes_on_from)
        pulled = _outcome(lambda: _pulled(known, exchange))
        pushed = _outcome(lambda: _pushed(known, exchange, log))
        return {
            "pull": pulled,
            "push": pushed,
            "waiting": log.waiting_count() + salvaged_waiting(known),
        }
    finally:
        exchange.close()
        database.close()


def _outcome(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"ok": True, **attempt()}
    except ScannerError as error:
        return {"ok": False, "code": error.code, "next": error.next_step}
    except KeysError as error:
        return {
            "ok": False,
            "code": error.code,
            "next": "Scanning goes on with what is held; tell the office.",
        }


def _pulled(known: Known, exchange: Fetcher) -> dict[str, Any]:
    report = pull(known, exchange)
    return {
        "trust_version": report.trust_version,
        "status_version": report.manifest_version,
        "changed": report.changed,
        "bytes": report.fetched_bytes,
    }


def _pushed(known: Known, exchange: HttpExchange, log: PassageLog) -> dict[str, Any]:
    salvaged = push_salvaged(known, exchange)
    report = push(known, exchange, log)
    return {"delivered": report.delivered + salvaged, "set_aside": report.set_aside}


def changed_settings(settings: StationSettings, changes: list[str]) -> StationSettings:
    """Return `settings` with NAME=VALUE changes; an unknown name or value: BadSetting, for lanes
    StationFault lane_peer, lane_port.
    """
    for change in changes:
        name, _, text = change.partition("=")
        if name not in SETTING_NAMES:
            raise BadSetting(f"no setting {name!r}; there are {', '.join(SETTING_NAMES)}")
        usual = getattr(settings, name)
        changed: dict[str, Any] = {name: _kept(name, text, usual)}
        settings = replace(settings, **changed)
    lane_options(settings)  # told now, not by a station that does not start
    return settings


def _kept(name: str, text: str, usual: object) -> object:
    """Return what is kept of a setting: its value, and of the kiosk's PIN only a slow hash."""
    if name != "exit_pin" or not text:
        return parsed_setting(name, text, usual)
    try:
        return hash_pin(text, secrets.token_bytes(16))
    except UnusablePin as error:
        raise BadSetting(str(error)) from None
