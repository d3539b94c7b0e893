"""What every command of the office answers, and who is at the console."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NoReturn, TypeAlias

from issuer.errors import BadInput, Code
from issuer.people.office import Office

PASSPHRASE_MAX_BYTES: Final = 4096
_DATA_HELP: Final = "the office's data folder (default: KAKOU_ISSUER_DATA, else your own)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command says: `value` as one line of JSON with --json, else `text` for people."""

    value: object
    text: str


Run: TypeAlias = Callable[[Office, argparse.Namespace], Answer]
# add(name, help, run) -> the parser of a command below this one, which has --data and --json
# already.
Add: TypeAlias = Callable[[str, str, Run], argparse.ArgumentParser]
# group(name, help) -> `add` for commands of two words; `trust policy` (after `trust`) of three.
Group: TypeAlias = Callable[[str, str], Add]


class Parser(argparse.ArgumentParser):
    """A parser that says a mistake by code, as everything else is refused."""

    def error(self, message: str) -> NoReturn:
        """Raise BadInput bad_arguments."""
        raise BadInput(Code.BAD_ARGUMENTS, f"{self.prog}: {message}")


class ShowVersion(argparse.Action):
    """Prints which version is installed; it is looked up only when asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse's own name
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_told: object) -> NoReturn:
        """Print it and end."""
        from importlib.metadata import version  # noqa: PLC0415 - takes as long as many commands

        sys.stdout.write(f"kakou {version('kakou')}\n")
        parser.exit()


def shared(*, first: bool) -> Parser:
    """Return the options that every command takes, before and after its name."""
    # Suppressed after the name, or the missing second one would overwrite the first.
    parser = Parser(add_help=False)
    missing = None if first else argparse.SUPPRESS
    parser.add_argument("--data", metavar="DIR", default=missing, help=_DATA_HELP)
    parser.add_argument(
        "--json", action="store_true", default=False if first else missing, help="answer in JSON"
    )
    return parser


def without_office(
    parser: argparse.ArgumentParser, run: Callable[[object, argparse.Namespace], Answer]
) -> None:
    """Let a command answer where no office is: `run` gets None for one."""
    parser.set_defaults(begin=lambda _folder, arguments: run(None, arguments))


def who(arguments: argparse.Namespace) -> str:
    """Return who the audit names: --operator, else the user of the operating system, both as
    `console:`.
    """
    return f"console:{arguments.operator or getpass.getuser()}"


def add_who(parser: argparse.ArgumentParser) -> None:
    """Let a command be told who asks for it."""
    parser.add_argument(
        "--operator", metavar="NAME", help="who does this (default: your user name)"
    )


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """Return the bytes of a file that an operator named; none there or larger: BadInput."""
    try:
        with path.open("rb") as source:
            raw = source.read(max_bytes + 1)
    except OSError as error:
        raise BadInput(Code.BAD_ARGUMENTS, f"{path}: {error.strerror}") from None
    if len(raw) > max_bytes:
        raise BadInput(Code.BAD_ARGUMENTS, f"{path} is larger than {max_bytes} bytes")
    return raw


def read_passphrase(path: str | Path | None) -> str | None:
    """Return the passphrase that a file holds, without its line end; None where none is named."""
    if path is None:
        return None
    try:
        return read_bounded(Path(path), PASSPHRASE_MAX_BYTES).decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise BadInput(Code.BAD_ARGUMENTS, f"{path} is not text in UTF-8") from None


def utc_text(seconds: int | None) -> str:
    """Return a time as `2026-11-21T22:38:00Z`, empty for None."""
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
