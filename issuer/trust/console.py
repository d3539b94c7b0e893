"""The offline keys on the command line: where their media are, what opens them."""

from __future__ import annotations

import argparse
from pathlib import Path

from issuer.people.console import add_who, read_passphrase
from issuer.trust.actions.signers import Media


def add_media(parser: argparse.ArgumentParser) -> None:
    """Let a command be given the offline keys, and who brought them."""
    parser.add_argument(
        "--offline",
        required=True,
        action="append",
        type=Path,
        metavar="DIR",
        help="where offline keys are; once for each medium, two of three keys are needed",
    )
    parser.add_argument("--root-passphrase-file", type=Path, metavar="FILE", help="opens them")
    add_who(parser)


def media_of(arguments: argparse.Namespace) -> Media:
    """Return the media that were brought."""
    passphrase = read_passphrase(arguments.root_passphrase_file)
    return Media(folders=tuple(arguments.offline), passphrase=passphrase)
