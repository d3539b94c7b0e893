"""Commands for passages: export."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from issuer.errors import BadInput, Code
from issuer.passages.actions.search import export
from issuer.passages.rules.searching import Search, check_range, checked_purpose, verdict_of
from issuer.people.console import Answer, Group, add_who, who
from issuer.people.office import Office
from issuer.tokens.actions.files import file_faults
from keys.passages import PassIdentity


def add_commands(group: Group) -> None:
    """Add `passages export`."""
    add = group("passages", "judged scans that stations delivered")
    parser = add("export", "write passages, oldest first; the access is logged", _export)
    parser.add_argument("--format", required=True, choices=["csv", "jsonl"], dest="kind")
    parser.add_argument("--purpose", default="export", help="why; it is kept in the audit")
    parser.add_argument("--from", type=int, dest="from_s", metavar="S", help="unix seconds")
    parser.add_argument("--to", type=int, dest="to_s", metavar="S", help="unix seconds")
    parser.add_argument("--station", default="", metavar="NAME")
    parser.add_argument("--verdict", default="", metavar="VERDICT")
    parser.add_argument("--pass", dest="pass_text", metavar="PASS", help="<issuer>/<list>/<index>")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    add_who(parser)


def _export(office: Office, arguments: argparse.Namespace) -> Answer:
    check_range(arguments.from_s, arguments.to_s)
    asked = Search(
        purpose=checked_purpose(arguments.purpose),
        from_s=arguments.from_s,
        to_s=arguments.to_s,
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


def _identity(text: str | None) -> PassIdentity | None:
    if text is None:
        return None
    issuer, *numbers = text.split("/")
    if len(numbers) != 2 or not all(n.isascii() and n.isdigit() and len(n) < 8 for n in numbers):
        raise BadInput(Code.UNKNOWN_PASS, "a pass is written <issuer>/<list>/<index>")
    return PassIdentity(issuer, int(numbers[0]), int(numbers[1]))
