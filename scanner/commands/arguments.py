"""The arguments of the everyday commands; those about seeing stand in scanner.commands.seeing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from scanner.errors import WrongArguments


class Parser(argparse.ArgumentParser):
    """A parser that says a mistake by code, as everything else is refused."""

    def error(self, message: str) -> NoReturn:
        """Raise WrongArguments."""
        raise WrongArguments(f"{self.prog}: {message}", usage=self.format_usage())


class ShowVersion(argparse.Action):
    """Prints which version is installed; it is looked up only when asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse's own name
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_told: object) -> NoReturn:
        """Print it and end."""
        from importlib.metadata import version

        sys.stdout.write(f"kakou {version('kakou')}\n")
        parser.exit()


def shared(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """Return `parser` with what every command takes."""
    # On both levels, so that they may stand before or after the command's name.
    parser.add_argument(
        "--data",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help="folder for all state (default: KAKOU_SCANNER_DATA, else your own)",
    )
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="answer in JSON"
    )
    return parser


def add_enrol(enrol: argparse.ArgumentParser) -> None:
    """Add the arguments of `enrol`."""
    enrol.add_argument(
        "code", metavar="CODE", help="the code that the office gave, 80 letters and digits"
    )
    enrol.add_argument(
        "--issuer", required=True, metavar="URL", help="address of the office, https://..."
    )


def add_run(run: argparse.ArgumentParser) -> None:
    """Add the arguments of `run`."""
    run.add_argument("--headless", action="store_true", help="without a window")
    run.add_argument("--once", action="store_true", help="end when the source ends")
    run.add_argument(
        "--camera",
        metavar="SOURCE",
        help="webcam number or device, video file, folder of images, or stream address",
    )
    for name, words, told in (
        ("direction", ("entry", "exit"), "which way people pass here"),
        ("face", ("guard", "shop", "kiosk"), "who looks at the screen"),
        ("language", ("zh", "en"), "of the window"),
        ("theme", ("night", "day", "sun"), "of the window"),
    ):
        run.add_argument(f"--{name}", choices=words, help=f"{told} (default: as in settings)")
    run.add_argument("--fullscreen", action="store_true", default=None, help="no frame, no bar")
    run.add_argument("--simulate-gate", action="store_true", help="a gate of air, with its panel")


def add_sync(sync: argparse.ArgumentParser) -> None:
    """Add the arguments of `sync`."""
    sync.add_argument(
        "--from",
        dest="folder",
        type=Path,
        metavar="DIR",
        help="pull from a stick or folder of published files, and take in receipts on it",
    )


def add_settings(choose: argparse.ArgumentParser) -> None:
    """Add the arguments of `settings`."""
    choose.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="keep this; once for each. Without it names and values are shown (docs/kiosk.md)",
    )


def add_log(log: argparse.ArgumentParser) -> None:
    """Add the arguments of `log`, and its parts."""
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
    parts = log.add_subparsers(dest="part")
    verify = shared(parts.add_parser("verify", help="was the log edited, cut or reordered?"))
    verify.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a receipt kept elsewhere; this station's own are looked at anyway",
    )
    export = shared(parts.add_parser("export", help="waiting passages onto a stick"))
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="the stick")
