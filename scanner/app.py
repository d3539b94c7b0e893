"""The command line of a station.

Every command takes --data DIR for all its state and --json for machines. On failure the exit status
is 1 (2: wrong arguments), and what is said is a code, what happened and what to do next.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from keys.errors import KeyFileError, KeysError
from scanner.commands.arguments import (
    Parser,
    ShowVersion,
    add_enrol,
    add_log,
    add_run,
    add_settings,
    add_sync,
    shared,
)
from scanner.commands.seeing import SEEING
from scanner.errors import ScannerError, WrongArguments
from scanner.machine import check_screen, keep_to_ourselves
from scanner.settings import StationSettings, default_folder, read_settings, write_settings

FAILED: Final = 1
MISUSED: Final = 2
_USUAL_STEP: Final = "Tell the office; nothing was changed."
_KEY_STEP: Final = "See the named file: there, yours alone (0600), whole, its passphrase given?"
STOPPED: Final = 130  # as shells say it of SIGINT
# What does a command: its exit status of its options.
_Run = Callable[[argparse.Namespace], int]
# Settings that a command line may bend; nothing is kept of it.
_OF_ONE_RUN: Final = ("camera", "direction", "face", "language", "theme", "fullscreen")


def command_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of a command line. If its command is there by name, only that one is added:
    making them all takes 7 ms, as long as any of the window's parts.
    """
    parser = shared(Parser(prog="kakou-scanner", description="A checkpoint station."))
    parser.add_argument("--version", action=ShowVersion, help="print the version")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = _command_in(arguments)
    for name in (asked,) if asked else _COMMANDS:
        help_, add, run = _COMMANDS[name]
        command = shared(commands.add_parser(name, help=help_))
        command.set_defaults(run=run)
        if add is not None:
            add(command)
    return parser


def _command_in(arguments: Sequence[str]) -> str | None:
    """Return the command if nothing but our own two options stands before it."""
    words = iter(arguments)
    for word in words:
        if word == "--data":
            next(words, None)
        elif word != "--json":
            return word if word in _COMMANDS else None
    return None


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
        return ", ".join(map(_words, value)) or "none"
    return "-" if value is None else str(value)


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
    if options.part is not None:
        return {"verify": _verify_log, "export": _export_log}[options.part](options)
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
    kept = asdict(settings)
    if not options.json:  # as --set takes them
        kept |= {name: ("off", "on")[it] for name, it in kept.items() if isinstance(it, bool)}
    _show(options, kept)
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
    check_screen()
    # Nothing of a start is garbage: not to look through it saves 14 ms. The window's run lets the
    # collector go on after the first paint.
    gc.disable()
    try:
        return _show_window(options, settings)
    finally:
        gc.enable()


def _show_window(options: argparse.Namespace, settings: StationSettings) -> int:
    from scanner.latestation import LateStation
    from scanner.screen.binding import read_no_sources

    read_no_sources()  # before anything else of the window is imported
    from scanner.window import run_station_window

    station = LateStation(options.data, settings, simulate_gate=options.simulate_gate)
    try:
        return run_station_window(station, settings, once=options.once)
    finally:
        station.stop()


# By name: a line of help, what adds the command's own arguments, what does it.
_COMMANDS: Final[dict[str, tuple[str, Callable[[argparse.ArgumentParser], None] | None, _Run]]] = {
    "enrol": ("join a checkpoint with a one-time code", add_enrol, _enrol),
    "run": ("scan at the gate", add_run, _run),
    "sync": ("pull lists and push passages once, now", add_sync, _sync),
    "log": ("every passage, one JSON object a line", add_log, _log),
    **{name: (help_, add, _see) for name, (help_, add) in SEEING.items()},
    "settings": ("show or keep this station's settings", add_settings, _settings),
    "doctor": ("check the station, say what to do", None, _doctor),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    keep_to_ourselves()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for stream in (sys.stdout, sys.stderr):
        # A place's Chinese name must not end a command on a terminal that cannot show it.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else arguments
    try:
        options = command_parser(given).parse_args(given)
    except WrongArguments as wrong:
        sys.stderr.write("" if "--json" in given else wrong.usage)
        _fail(wrong, as_json="--json" in given)
        return MISUSED
    options.data = getattr(options, "data", None) or default_folder()
    options.json = getattr(options, "json", False)
    try:
        status: int = options.run(options)
    except (ScannerError, KeysError) as error:
        return _fail(error, as_json=options.json)
    except BrokenPipeError:
        return FAILED  # whoever read our lines has gone
    except KeyboardInterrupt:
        return STOPPED
    return status


def _fail(error: ScannerError | KeysError, *, as_json: bool) -> int:
    usual = _KEY_STEP if isinstance(error, KeyFileError) else _USUAL_STEP
    next_step = getattr(error, "next_step", usual)
    if as_json:
        told = {"code": error.code, "detail": str(error), "next": next_step}
        sys.stderr.write(json.dumps({"error": told}, ensure_ascii=False) + "\n")
    else:
        sys.stderr.write(f"error {error.code}: {error}\nnext: {next_step}\n")
    return FAILED
