"""Commands for passages: export, import from a stick, open, and their keys."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from issuer.errors import BadInput, Code
from issuer.passages.actions.carried import bring_in
from issuer.passages.actions.opening import open_rows
from issuer.passages.actions.passagekeys import (
    keys_in_force,
    passage_secrets,
    publish_passage_key,
    secret_in,
)
from issuer.passages.actions.retention import retain
from issuer.passages.actions.search import export
from issuer.passages.rules.searching import Search, check_range, checked_purpose, verdict_of
from issuer.people.console import Add, Answer, Group, add_who, read_passphrase, utc_text, who
from issuer.people.office import Office
from issuer.people.web.times import asked_time, zone_of
from issuer.tokens.actions.files import file_faults
from issuer.trust.console import add_media, media_of
from keys.passages import PassIdentity, Verdict
from keys.sealing import DEFAULT_KEY


def add_commands(group: Group) -> None:
    """Add `passages export|open|import|retain` and `passages key create|rotate|show`."""
    add = group("passages", "judged scans that stations delivered")
    parser = add("export", "write passages, oldest first; the access is logged", _export)
    _add_search(parser)
    add_who(parser)
    parser = add("open", "open rows that came before their key; the access is logged", _open)
    parser.add_argument("--purpose", required=True, help="why; it is kept in the audit")
    parser.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="a key file that is kept elsewhere (default: those of the data folder)",
    )
    parser.add_argument("--passphrase-file", metavar="FILE", help="opens the key files")
    add_who(parser)
    parser = add("import", "take the batches on a stick, and put receipts on it", _import)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the stick, or its folder `kakou`")
    parser.add_argument("--purpose", required=True, help="why; it is kept in the audit")
    add_who(parser)
    parser = add("retain", "take out of old passages what says who passed", _retain)
    parser.add_argument("--days", type=int, metavar="N", help="default: retention_days")
    add_who(parser)
    _add_key_commands(group("passages key", "what stations seal passages to"))


def _add_search(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format", required=True, choices=["csv", "jsonl"], dest="kind", help="table or JSON lines"
    )
    parser.add_argument(
        "--purpose", default="export", help="why; it is kept in the audit (default: export)"
    )
    parser.add_argument(
        "--from",
        default="",
        dest="begins",
        metavar="TIME",
        help="2026-11-21, 2026-11-21T08:00 (the office's zone) or unix seconds",
    )
    parser.add_argument("--to", default="", dest="ends", metavar="TIME", help="before that time")
    parser.add_argument("--station", default="", metavar="NAME", help="of one station")
    parser.add_argument("--verdict", default="", metavar="VERDICT", help=", ".join(Verdict))
    parser.add_argument("--pass", dest="pass_text", metavar="PASS", help="<issuer>/<list>/<index>")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")


def _add_key_commands(add: Add) -> None:
    for name, text, run in (
        ("create", "make and publish a passage key", _create_key),
        ("rotate", "put a new passage key in the place of the one in force", _rotate_key),
    ):
        parser = add(name, text, run)
        parser.add_argument(
            "--checkpoint", default=DEFAULT_KEY, metavar="NAME", help="for one place (default: all)"
        )
        parser.add_argument("--passphrase-file", metavar="FILE", help="seals the secret half")
        add_media(parser)
    add("show", "print the keys in force, and whether their secret halves are here", _show_keys)


def _export(office: Office, arguments: argparse.Namespace) -> Answer:
    zone = zone_of(office.settings)
    from_s, to_s = asked_time(arguments.begins, zone), asked_time(arguments.ends, zone)
    check_range(from_s, to_s)
    asked = Search(
        purpose=checked_purpose(arguments.purpose),
        from_s=from_s,
        to_s=to_s,
        station=arguments.station,
        verdict=verdict_of(arguments.verdict),
        identity=_identity(arguments.pass_text),
    )
    pieces = export(office, asked, kind=arguments.kind, by=who(arguments))
    if arguments.out is None:
        for piece in pieces:
            sys.stdout.write(piece)
        return Answer(value=None, text="")
    with file_faults(), arguments.out.open("w", encoding="utf-8", newline="") as out:
        for piece in pieces:
            out.write(piece)
    return Answer(value={"file": str(arguments.out)}, text=f"written to {arguments.out}")


def _open(office: Office, arguments: argparse.Namespace) -> Answer:
    purpose = checked_purpose(arguments.purpose)
    passphrase = read_passphrase(arguments.passphrase_file)
    if arguments.key is None:
        secrets = passage_secrets(office.folder.keys, passphrase)
    else:
        secrets = secret_in(arguments.key, passphrase)
    done = open_rows(office, secrets, purpose=purpose, by=who(arguments))
    text = f"{done.opened} opened, {done.sealed} still sealed, {done.unreadable} unreadable"
    return Answer(value=asdict(done), text=text)


def _import(office: Office, arguments: argparse.Namespace) -> Answer:
    purpose = checked_purpose(arguments.purpose)
    done = bring_in(office, arguments.folder, purpose=purpose, by=who(arguments))
    lines = [f"{name}: not taken, {code}" for name, code in done.refused]
    lines.append(
        f"{done.batches} batches: {done.stored} rows confirmed (new or known before), "
        f"{done.set_aside} set aside; "
        "the receipts are on the stick, which may go back to the station now"
    )
    return Answer(value=asdict(done), text="\n".join(lines))


def _retain(office: Office, arguments: argparse.Namespace) -> Answer:
    days = office.settings.retention_days if arguments.days is None else arguments.days
    done = retain(office, days, by=who(arguments))
    text = f"older than {utc_text(done.before)}: {done.rows} passages emptied, {done.evidence} "
    return Answer(value=asdict(done), text=text + "batches of evidence dropped")


def _create_key(office: Office, arguments: argparse.Namespace) -> Answer:
    return _publish_key(office, arguments, replace=False)


def _rotate_key(office: Office, arguments: argparse.Namespace) -> Answer:
    return _publish_key(office, arguments, replace=True)


def _publish_key(office: Office, arguments: argparse.Namespace, *, replace: bool) -> Answer:
    key = publish_passage_key(
        office,
        arguments.checkpoint,
        media=media_of(arguments),
        by=who(arguments),
        passphrase=read_passphrase(arguments.passphrase_file),
        replace=replace,
    )
    value = {"name": arguments.checkpoint, "kid": key.kid.hex(), "public": key.public.hex()}
    text = f"{arguments.checkpoint}: stations seal to key {key.kid.hex()} from their next sync on"
    return Answer(value=value, text=text)


def _show_keys(office: Office, _arguments: argparse.Namespace) -> Answer:
    keys = keys_in_force(office)
    value = [{"name": key.name, "kid": key.kid.hex(), "held": key.held} for key in keys]
    lines = [f"{key.name}\tkey {key.kid.hex()}\tsecret half: {key.held}" for key in keys]
    return Answer(value=value, text="\n".join(lines) or "none: stations keep passages in clear")


def _identity(text: str | None) -> PassIdentity | None:
    if text is None:
        return None
    issuer, *numbers = text.split("/")
    if len(numbers) != 2 or not all(n.isascii() and n.isdigit() and len(n) < 8 for n in numbers):
        raise BadInput(Code.UNKNOWN_PASS, "a pass is written <issuer>/<list>/<index>")
    return PassIdentity(issuer, int(numbers[0]), int(numbers[1]))
