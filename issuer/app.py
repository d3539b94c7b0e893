"""The office's program: everything is built here once, the command line is read here, and only here
is the clock read.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from issuer import audit
from issuer.database.engine import Database, open_database
from issuer.errors import Busy, Code, Fault, IssuerError
from issuer.passages.commands import add_commands as add_passage_commands
from issuer.people.commands import add_commands as add_people_commands
from issuer.people.console import Add, Answer, Parser, Run, ShowVersion, read_passphrase, shared
from issuer.people.office import Office, OfficeKeys
from issuer.problems.table import PROBLEMS
from issuer.settings import DEFAULT_PORT, Folder, default_folder, read_settings, settings_of
from issuer.tokens.commands import add_commands as add_token_commands
from issuer.trust.commands import add_commands as add_trust_commands
from keys.enrolment import root_pin

if TYPE_CHECKING:
    from issuer.tokens.actions.ceremony import Initialised

_Begin: TypeAlias = Callable[[Folder, argparse.Namespace], Answer]


def now() -> int:
    """Return unix seconds."""
    return int(time.time())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, or with a code and a next step: 1 refused, 2 wrong arguments, 3 the
    machine, 4 later.
    """
    # Whatever this program writes is its own user's, but for the published files; and no dump of a
    # crash holds its keys.
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    given = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in given
    try:
        arguments = command_parser().parse_args(given)
        answer: Answer = arguments.begin(Folder(_data_folder(arguments)), arguments)
        _print(answer, as_json=as_json)
        sys.stdout.flush()
    except IssuerError as error:
        _print_error(error, as_json=as_json)
        return _exit_status(error)
    except BrokenPipeError:
        # Whoever read us (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except KeyboardInterrupt:
        return 130
    return 0


def _data_folder(arguments: argparse.Namespace) -> Path:
    return default_folder() if arguments.data is None else Path(arguments.data)


def _print(answer: Answer, *, as_json: bool) -> None:
    if answer.value is not None and as_json:
        print(json.dumps(answer.value, ensure_ascii=False))
    elif answer.text:
        print(answer.text)


def _print_error(error: IssuerError, *, as_json: bool) -> None:
    problem = PROBLEMS[error.code]
    if as_json:
        told = {"code": error.code, "title": problem.title_en, "next": problem.next_en}
        print(json.dumps({"error": told | {"detail": error.detail}}), file=sys.stderr)
        return
    detail = f": {error.detail}" if error.detail else ""
    print(f"error {error.code}: {problem.title_en}{detail}", file=sys.stderr)
    print(f"next: {problem.next_en}", file=sys.stderr)


def _exit_status(error: IssuerError) -> int:
    if error.code is Code.BAD_ARGUMENTS:
        return 2
    return 3 if isinstance(error, Fault) else 4 if isinstance(error, Busy) else 1


def command_parser() -> argparse.ArgumentParser:
    """Return what reads the command line."""
    parser = Parser(
        prog="kakou-issuer",
        description="The issuing office: passes, statuses, stations, passages.",
        epilog="Exit status: 0 done, 1 refused, 2 wrong arguments, 3 the machine, 4 ask again.",
        parents=[shared(first=True)],
    )
    parser.add_argument("--version", action=ShowVersion, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    _add_office_commands(commands)
    add = _adder(commands)

    groups = {"": commands}

    def group(name: str, text: str) -> Add:
        above, _, own = name.rpartition(" ")
        parser = groups[above].add_parser(own, help=text, parents=[shared(first=False)])
        groups[name] = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
        return _adder(groups[name])

    add_token_commands(add, group)
    add_people_commands(group)
    add_passage_commands(group)
    add_trust_commands(group)
    group("audit", "the chain of what was done")(
        "verify", "check the whole chain; prints its newest hash", _audit_verify
    )
    return parser


def _adder(commands: argparse._SubParsersAction[Parser]) -> Add:
    def add(name: str, text: str, run: Run) -> argparse.ArgumentParser:
        def begin(folder: Folder, arguments: argparse.Namespace) -> Answer:
            office = open_office(folder)
            try:
                return run(office, arguments)
            finally:
                office.database.close()

        parser = commands.add_parser(name, help=text, parents=[shared(first=False)])
        parser.set_defaults(begin=begin)
        return parser

    return add


def _add_office_commands(commands: argparse._SubParsersAction[Parser]) -> None:
    def add(name: str, text: str, begin: _Begin) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, help=text, parents=[shared(first=False)])
        parser.set_defaults(begin=begin)
        return parser

    parser = add("init", "the key ceremony: make a new office", _init)
    parser.add_argument(
        "--offline",
        required=True,
        action="append",
        metavar="DIR",
        help="where the offline keys go: a medium that is taken away; up to three times",
    )
    parser.add_argument(
        "--name",
        default="home",
        help="the issuer's short name: a-z, 0-9, - (default: home); never changed later",
    )
    parser.add_argument("--name-zh", help="its name in Chinese")
    parser.add_argument("--name-en", help="its name in English")
    parser.add_argument("--url", default="", help="where stations reach this office")
    parser.add_argument("--database-url", default="", help="PostgreSQL (default: SQLite inside)")
    parser.add_argument(
        "--root-passphrase-file", metavar="FILE", help="what it holds seals the offline keys"
    )
    parser.add_argument(
        "--passage-passphrase-file", metavar="FILE", help="as much for what opens passages"
    )
    parser = add("serve", "serve stations and operators", _serve)
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help=f"default: {DEFAULT_PORT}; 0: any free one"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen at (default: this machine alone)"
    )
    add("migrate", "bring the database to this version's tables", _migrate)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to 65535")
    return int(text)


def open_office(folder: Folder) -> Office:
    """Return the office of a data folder, open; Fault where there is none or it cannot be used."""
    settings = read_settings(folder)
    return Office(
        folder=folder,
        settings=settings,
        keys=OfficeKeys(folder.keys),
        database=open_database(settings.database_address(folder)),
        now=now,
        draw=secrets.token_bytes,
    )


def _init(folder: Folder, arguments: argparse.Namespace) -> Answer:
    # Alembic, which only this and `migrate` need, takes longer to import than most commands to run.
    from issuer.tokens.actions.ceremony import Ceremony, initialise  # noqa: PLC0415 - as said

    settings = settings_of(
        {
            "issuer": arguments.name,
            "name_zh": arguments.name_zh or arguments.name,
            "name_en": arguments.name_en or arguments.name,
            "public_url": arguments.url,
            "database_url": arguments.database_url,
        }
    )
    done = initialise(
        Ceremony(
            folder=folder,
            offline=tuple(Path(folder) for folder in arguments.offline),
            settings=settings,
            passphrase=read_passphrase(arguments.root_passphrase_file),
            passage_passphrase=read_passphrase(arguments.passage_passphrase_file),
            now=now,
            draw=secrets.token_bytes,
        )
    )
    return _told_init(folder, settings.issuer, done)


def _told_init(folder: Folder, issuer: str, done: Initialised) -> Answer:
    value = {
        "issuer": issuer,
        "data": str(folder.path),
        "offline": [str(folder) for folder in done.offline],
        "root_pin": done.root_pin.hex(),
        "operator": done.operator,
        "password": done.password,
        "version": done.published.version,
        "same_disk": [str(medium) for medium in _on_our_disk(folder, done)],
    }
    text = (
        f"office {issuer} in {folder.path}\n"
        f"root and targets keys in {', '.join(map(str, done.offline))}: take them away, "
        f"the server never needs them\n"
        f"root pin {done.root_pin.hex()}\n"
        f"first operator {done.operator}, one-time password, shown only now: {done.password}"
    )
    for medium in _on_our_disk(folder, done):
        text += (
            f"\ncareful: {medium} is on the same disk as the office: nothing was mounted there? "
            "Move its keys to a medium that is taken away, before passes count"
        )
    return Answer(value=value, text=text)


def _on_our_disk(folder: Folder, done: Initialised) -> list[Path]:
    """Return the media that are none: a folder on the office's own disk."""
    ours = folder.path.stat().st_dev
    return [medium for medium in done.offline if medium.stat().st_dev == ours]


def _migrate(folder: Folder, _arguments: argparse.Namespace) -> Answer:
    from issuer.database.migrate import migrate  # noqa: PLC0415 - see _init

    database = Database(read_settings(folder).database_address(folder))
    try:
        migrate(database)
        schema = database.schema()
    finally:
        database.close()
    return Answer(value={"schema": schema}, text=f"tables are at {schema}")


def _audit_verify(office: Office, _arguments: argparse.Namespace) -> Answer:
    with office.database.read() as connection:
        head = audit.verify(connection)
    value = {"entries": head.entries, "hash": head.hash.hex()}
    return Answer(value=value, text=f"{head.entries} entries, newest hash {head.hash.hex()}")


def _serve(folder: Folder, arguments: argparse.Namespace) -> Answer:
    from issuer.serving import serve  # noqa: PLC0415 - the web takes longer to import than most commands to run

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    office = open_office(folder)

    def ready(url: str) -> None:
        told = {
            "url": url,
            "issuer": office.settings.issuer,
            "root_pin": root_pin(office.root()).hex(),
        }
        _print(
            Answer(value=told, text=f"serving {told['issuer']} at {url}"), as_json=arguments.json
        )
        sys.stdout.flush()

    serve(office, host=arguments.host, port=arguments.port, ready=ready)
    return Answer(value=None, text="")
