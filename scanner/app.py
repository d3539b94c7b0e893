"""The command line of a station.

    kakou-scanner enrol CODE --issuer URL      join a checkpoint with the office's one-time code
    kakou-scanner run [--headless] [--once] [--camera SOURCE] [--simulate-gate]
    kakou-scanner sync [--from DIR]            pull and push once, now; or by stick
    kakou-scanner log [--key FILE] [--set-aside]   every passage, one JSON object a line
    kakou-scanner log verify [--receipt FILE]  was the log edited, cut or reordered?
    kakou-scanner log export --to DIR          waiting passages onto a stick
    kakou-scanner read [--json] IMAGE...       why does this card not read?
    kakou-scanner watch CLIP_DIR               a folder of frames through the live schedule
    kakou-scanner check-camera [--light office|sun|dark] [--card FILE.png]
    kakou-scanner support-recording [--delete] pictures recorded for support
    kakou-scanner settings [--set NAME=VALUE]  what this station remembers
    kakou-scanner doctor                       checks the station and says what to do

Every command takes --data DIR for all its state and --json for machines. On failure the exit status
is 1 and one line says the code, what happened and what to do next.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from keys.errors import KeysError
from scanner.commands.seeing import add_seeing
from scanner.errors import ScannerError
from scanner.settings import StationSettings, default_folder, read_settings, write_settings

FAILED: Final = 1
STOPPED: Final = 130  # as shells say it of SIGINT
# Settings that a command line may bend; nothing is kept of it.
_OF_ONE_RUN: Final = ("camera", "direction", "face", "language", "theme", "fullscreen")


def _shared(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    # On both levels, so that they may stand before or after the command's name.
    parser.add_argument("--data", type=Path, default=argparse.SUPPRESS, help="folder for all state")
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="JSON output"
    )
    return parser


def _parser() -> argparse.ArgumentParser:
    parser = _shared(
        argparse.ArgumentParser(prog="kakou-scanner", description="A checkpoint station.")
    )
    commands = parser.add_subparsers(dest="command", required=True)
    enrol = _shared(commands.add_parser("enrol", help="join a checkpoint with a one-time code"))
    enrol.add_argument("code", help="the code that the office gave, 80 letters and digits")
    enrol.add_argument("--issuer", required=True, help="address of the issuer, e.g. https://...")
    enrol.set_defaults(run=_enrol)
    run = _shared(commands.add_parser("run", help="scan at the gate"))
    run.add_argument("--headless", action="store_true", help="without a window")
    run.add_argument("--once", action="store_true", help="end when the source ends")
    run.add_argument(
        "--camera", help="webcam number, video file, folder of images, or stream address"
    )
    run.add_argument("--direction", choices=("entry", "exit"))
    run.add_argument("--face", choices=("guard", "shop", "kiosk"))
    run.add_argument("--language", choices=("zh", "en"))
    run.add_argument("--theme", choices=("night", "day", "sun"))
    run.add_argument("--fullscreen", action="store_true", default=None)
    run.add_argument("--simulate-gate", action="store_true", help="a gate of air, with its panel")
    run.set_defaults(run=_run)
    sync = _shared(commands.add_parser("sync", help="pull lists and push passages once, now"))
    sync.add_argument(
        "--from",
        dest="folder",
        type=Path,
        metavar="DIR",
        help="pull from a stick or folder of published files, and take in receipts on it",
    )
    sync.set_defaults(run=_sync)
    _add_log(_shared(commands.add_parser("log", help="every passage, one JSON object a line")))
    add_seeing(lambda name, help_: _shared(commands.add_parser(name, help=help_)))
    choose = _shared(commands.add_parser("settings", help="show or keep this station's settings"))
    choose.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    choose.set_defaults(run=_settings)
    doctor = _shared(commands.add_parser("doctor", help="check the station, say what to do"))
    doctor.set_defaults(run=_doctor)
    return parser


def _add_log(log: argparse.ArgumentParser) -> None:
    log.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a passage key: show sealed bodies; give it again for an older one",
    )
    log.add_argument("--passphrase-file", type=Path, metavar="FILE", help="opens the keys")
    log.add_argument("--set-aside", action="store_true", help="only rows that were set aside")
    log.set_defaults(run=_log)
    parts = log.add_subparsers(dest="part")
    verify = _shared(parts.add_parser("verify", help="was the log edited, cut or reordered?"))
    verify.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a receipt kept elsewhere; this station's own are looked at anyway",
    )
    verify.set_defaults(run=_verify_log)
    export = _shared(parts.add_parser("export", help="waiting passages onto a stick"))
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="the stick")
    export.set_defaults(run=_export_log)


def _print(what: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")


def _show(options: argparse.Namespace, what: dict[str, Any]) -> None:
    if options.json:
        _print(what)
        return
    for name, value in what.items():
        sys.stdout.write(f"{name}: {_words(value)}\n")


def _words(value: object) -> str:
    """Return a value of an answer as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_words, value))
    return str(value)


def _enrol(options: argparse.Namespace) -> int:
    from scanner.commands import everyday

    _show(options, everyday.enrol(options.data, options.code, options.issuer.rstrip("/")))
    return 0


def _sync(options: argparse.Namespace) -> int:
    from scanner.commands import everyday

    data, stick = options.data, options.folder
    report = everyday.sync(data) if stick is None else everyday.sync_from(data, stick)
    _show(options, report)
    return 0 if all(part["ok"] for part in report.values() if isinstance(part, dict)) else FAILED


def _log(options: argparse.Namespace) -> int:
    from scanner.commands.log import log_lines, read_passphrase

    secret = read_passphrase(options.passphrase_file)
    for line in log_lines(options.data, options.key, secret, aside=options.set_aside):
        _print(line)
    return 0


def _verify_log(options: argparse.Namespace) -> int:
    from scanner.commands.log_checking import verify_lines

    status = 0
    for line in verify_lines(options.data, options.receipt):
        if options.json:
            _print(line)
        else:
            sys.stdout.write("  ".join(f"{name}: {value}" for name, value in line.items()) + "\n")
        status = FAILED if "code" in line else status
    return status


def _export_log(options: argparse.Namespace) -> int:
    from scanner.commands.log import export_log

    _show(options, export_log(options.data, options.to))
    return 0


def _see(options: argparse.Namespace) -> int:
    """Run a command of seeing: one that answers line by line, or one with a single report."""
    if hasattr(options, "answers"):
        for answer in options.answers(options):
            _print(answer)
        return 0
    report, well = options.report(options)
    _show(options, report)
    return 0 if well else FAILED


def _settings(options: argparse.Namespace) -> int:
    from scanner.commands.everyday import changed_settings

    settings = read_settings(options.data)
    if options.set:
        settings = changed_settings(settings, options.set)
        write_settings(options.data, settings)
    _show(options, asdict(settings))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from scanner.commands.doctor import examine

    findings = examine(options.data, read_settings(options.data))
    for finding in findings:
        if options.json:
            _print(asdict(finding))
        else:
            sign = {True: "ok  ", False: "FAIL"}[finding.well]
            sys.stdout.write(f"{sign}  {finding.part:<10} {finding.seen}\n")
            if not finding.well:
                sys.stdout.write(f"      {finding.next_step}\n")
    return 0 if all(finding.well for finding in findings) else FAILED


def _run(options: argparse.Namespace) -> int:
    from scanner.record.lock import FolderLock
    from scanner.record.stationrecord import read_record

    bent = {name: to for name in _OF_ONE_RUN if (to := getattr(options, name)) is not None}
    settings = replace(read_settings(options.data), **bent)
    read_record(options.data)  # a folder that is not enrolled gets no lock and no window
    lock = FolderLock(options.data)
    try:
        return (_run_headless if options.headless else _run_window)(options, settings)
    finally:
        lock.close()


def _run_headless(options: argparse.Namespace, settings: StationSettings) -> int:
    from scanner.commands.headless import run_headless
    from scanner.gate.sounds_player import open_player
    from scanner.surroundings.known import open_known
    from scanner.wiring import Running

    known = open_known(options.data)
    running = Running(options.data, known, settings, simulate_gate=options.simulate_gate)
    running.start(window=False)
    try:
        loop = running.loop(settings.camera, colour=False)
        return run_headless(loop, open_player(), once=options.once, as_json=options.json)
    finally:
        running.stop()


def _run_window(options: argparse.Namespace, settings: StationSettings) -> int:
    from scanner.latestation import LateStation
    from scanner.screen.binding import read_no_sources

    read_no_sources()  # before anything else of the window is imported
    from scanner.window import run_station_window

    station = LateStation(options.data, settings, simulate_gate=options.simulate_gate)
    try:
        return run_station_window(station, settings, once=options.once)
    finally:
        station.stop()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        # A place's Chinese name must not end a command on a terminal that cannot show it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    options.data = getattr(options, "data", None) or default_folder()
    options.json = getattr(options, "json", False)
    try:
        status: int = getattr(options, "run", _see)(options)
    except ScannerError as error:
        return _fail(options, error.code, str(error), error.next_step)
    except KeysError as error:
        return _fail(options, error.code, str(error), "Tell the office; nothing was changed.")
    except BrokenPipeError:
        return FAILED  # whoever read our lines has gone
    except KeyboardInterrupt:
        return STOPPED
    return status


def _fail(options: argparse.Namespace, code: str, message: str, next_step: str) -> int:
    if options.json:
        error = {"code": code, "detail": message, "next": next_step}
        sys.stderr.write(json.dumps({"error": error}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"error {code}: {message}\nnext: {next_step}\n")
    return FAILED
