"""Commands for passes: mint, status set, reasons, publish."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from issuer.errors import BadInput, Code
from issuer.people.console import Add, Answer, Group, add_who, utc_text, who, without_office
from issuer.people.office import Office
from issuer.tokens.actions.files import file_faults
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import publish
from issuer.tokens.actions.rotating import complete, read_anchor, reserve
from issuer.tokens.actions.status import find_pass, set_status
from issuer.tokens.actions.stick import put_on_stick
from issuer.tokens.pictures import code_text, qr_png
from issuer.tokens.rules.passes import PassRequest, SiteRequest
from issuer.tokens.rules.reasons import KIND_WORDS, REASONS, STATUS_WORDS, kind_of, status_of
from issuer.tokens.told import (
    change_json,
    completed_json,
    minted_json,
    pass_json,
    published_json,
    reasons_json,
    reserved_json,
)

BATCH_MAX: Final = 10_000
_TIMES: Final = ("issued_at", "expires_at", "minted_at", "nbf")
_SITE_OPTIONS: Final = ("zone", "day_from", "day_to", "party", "starts")


def add_commands(add: Add, group: Group) -> None:
    """Add `mint`, `status set|show`, `rotating`, `reasons` and `publish`."""
    _add_mint(add)
    status = group("status", "set or show the status of a pass")
    parser = status("set", "set the status of a pass, with a reason", _status_set)
    parser.add_argument("pass_text", metavar="PASS", help="<issuer>/<list>/<index>")
    words = list(STATUS_WORDS.values())
    parser.add_argument("status", choices=words, metavar="STATUS", help=", ".join(words))
    parser.add_argument("--reason", required=True, help="one that `reasons` prints")
    add_who(parser)
    parser = status("show", "show passes as the office knows them", _status_show)
    parser.add_argument("passes", metavar="PASS", nargs="+", help="<issuer>/<list>/<index>")
    rotating = group("rotating", "rotating passes: reserve, then sign the phone's anchor")
    parser = rotating("reserve", "take an entry for a rotating pass", _rotating_reserve)
    parser.add_argument("--name", default="", help="masked name, as the guard will see it")
    parser.add_argument("--id-tail", default="", help="last four of the identity document")
    _add_kind(parser)
    parser.add_argument("--hours", type=int, help="life in hours, 1 to 168 (default: 24)")
    add_who(parser)
    parser = rotating("complete", "sign a reserved pass with its anchor", _rotating_complete)
    parser.add_argument("pass_text", metavar="PASS", help="<issuer>/<list>/<index>")
    parser.add_argument("--anchor", required=True, metavar="HEX", help="16 bytes from the phone")
    add_who(parser)
    parser = add("reasons", "print the closed list of reasons and what each may set", _reasons)
    without_office(parser, _reasons)
    parser = add("publish", "publish a new version of lists, packs and manifest", _publish)
    told = "and put what is published on this stick, for gates without a network"
    parser.add_argument("--to", type=Path, metavar="DIR", help=told)


def _add_mint(add: Add) -> None:
    parser = add("mint", "mint a pass", _mint)
    parser.add_argument("--name", default="", help="masked name, as the guard will see it")
    parser.add_argument("--id-tail", default="", help="last four of the identity document")
    _add_kind(parser)
    parser.add_argument("--hours", type=int, help="life in hours (default: by kind)")
    parser.add_argument("--issued-at", type=int, metavar="S", help="unix seconds (default: now)")
    parser.add_argument(
        "--status", default="green", choices=["green", "yellow", "red"], help="default: green"
    )
    parser.add_argument(
        "--profile", type=int, default=1, choices=[1, 2], help="2: bound to a place (default: 1)"
    )
    parser.add_argument("--zone", type=int, help="profile 2: zone, 0 for every zone")
    parser.add_argument("--day-from", type=int, help="profile 2: first local hour")
    parser.add_argument("--day-to", type=int, help="profile 2: hour it ends at")
    parser.add_argument("--party", type=int, help="profile 2: people, 1 to 16")
    parser.add_argument("--starts", type=int, metavar="S", help="profile 2: unix seconds")
    parser.add_argument("--png", type=Path, metavar="FILE", help="write the QR code there")
    parser.add_argument(
        "--batch",
        metavar="FILE",
        help="JSON lines with these options as members ('-': standard input); all or none",
    )
    add_who(parser)


def _add_kind(parser: argparse.ArgumentParser) -> None:
    words = list(KIND_WORDS.values())
    told = f"{', '.join(words)} (default: phone)"
    parser.add_argument("--kind", default="phone", choices=words, metavar="KIND", help=told)


def _request_of(options: dict[str, Any]) -> PassRequest:
    given = {name: options.get(name) for name in _SITE_OPTIONS}
    profile = options.get("profile", 1)
    if profile not in {1, 2}:
        raise BadInput(Code.BAD_ARGUMENTS, "profile is 1 or 2")
    if profile == 1 and any(value is not None for value in given.values()):
        raise BadInput(Code.BAD_ARGUMENTS, "zone, day, party and starts need --profile 2")
    starts_at = given.pop("starts")
    site = {name: value for name, value in given.items() if value is not None}
    return PassRequest(
        name=options.get("name", ""),
        id_tail=options.get("id_tail", ""),
        kind=kind_of(options.get("kind", "phone")),
        status=status_of(options.get("status", "green")),
        hours=options.get("hours"),
        issued_at=options.get("issued_at"),
        site=SiteRequest(**site, starts_at=starts_at) if profile == 2 else None,
    )


def _mint(office: Office, arguments: argparse.Namespace) -> Answer:
    if arguments.batch is not None:
        return _mint_batch(office, arguments)
    minted = mint_passes(office, [_request_of(vars(arguments))], by=who(arguments))[0]
    if arguments.png is not None:
        with file_faults():
            arguments.png.write_bytes(qr_png(code_text(minted.dense, minted.full)))
    text = (
        f"{minted.identity}\n"
        f"  until {utc_text(minted.claims.exp)}\n"
        f"  {code_text(minted.dense, minted.full)}"
    )
    if arguments.png is not None:
        text += f"\n  QR code in {arguments.png}"
    return Answer(value=minted_json(minted), text=text)


def _mint_batch(office: Office, arguments: argparse.Namespace) -> Answer:
    if arguments.batch == "-":
        raw = sys.stdin.read()
    else:
        with file_faults():
            raw = Path(arguments.batch).read_text(encoding="utf-8")
    requests = [_request_of_line(n, line) for n, line in enumerate(raw.splitlines(), 1) if line]
    if not 1 <= len(requests) <= BATCH_MAX:
        raise BadInput(Code.BAD_ARGUMENTS, f"a batch has 1 to {BATCH_MAX} lines")
    minted = mint_passes(office, requests, by=who(arguments))
    # The codes too: they are not stored, and shown nowhere else.
    lines = [f"{item.identity}\t{code_text(item.dense, item.full)}" for item in minted]
    return Answer(value=[minted_json(item) for item in minted], text="\n".join(lines))


def _request_of_line(number: int, line: str) -> PassRequest:
    kinds = {"name": str, "id_tail": str, "kind": str, "status": str}
    try:
        options = json.loads(line)
        known = {*kinds, "hours", "issued_at", "profile", *_SITE_OPTIONS}
        for name, value in options.items():
            if name not in known or type(value) is not kinds.get(name, int):
                raise BadInput(Code.BAD_ARGUMENTS, f"{name!r} is unknown or of a wrong type")
        return _request_of(options)
    except (ValueError, AttributeError, RecursionError):
        raise BadInput(Code.MALFORMED_JSON, f"line {number}: not a JSON object") from None
    except BadInput as error:
        raise BadInput(error.code, f"line {number}: {error.detail}") from None


def _rotating_reserve(office: Office, arguments: argparse.Namespace) -> Answer:
    request = PassRequest(
        name=arguments.name,
        id_tail=arguments.id_tail,
        kind=kind_of(arguments.kind),
        hours=arguments.hours,
    )
    value = reserved_json(office, reserve(office, request, by=who(arguments)))
    return Answer(value=value, text="\n".join(f"{k}: {v}" for k, v in value.items()))


def _rotating_complete(office: Office, arguments: argparse.Namespace) -> Answer:
    anchor = read_anchor(arguments.anchor)
    minted = complete(office, text=arguments.pass_text, anchor=anchor, by=who(arguments))
    value = completed_json(minted)
    return Answer(value=value, text="\n".join(f"{k}: {v}" for k, v in value.items()))


def _status_set(office: Office, arguments: argparse.Namespace) -> Answer:
    change = set_status(
        office,
        text=arguments.pass_text,
        status=status_of(arguments.status),
        reason=arguments.reason,
        by=who(arguments),
    )
    value = change_json(change)
    return Answer(value=value, text=f"{change.identity}: {value['old']} -> {value['status']}")


def _status_show(office: Office, arguments: argparse.Namespace) -> Answer:
    """Answer with one record for one pass, with a list of them for several."""
    records = [pass_json(office, find_pass(office, text)) for text in arguments.passes]
    parts = ["\n".join(f"{k}: {_in_words(k, v)}" for k, v in record.items()) for record in records]
    return Answer(value=records[0] if len(records) == 1 else records, text="\n\n".join(parts))


def _in_words(name: str, value: Any) -> str:
    """Return a part of a pass's record as people read it: times in UTC, `-` for nothing."""
    if name in _TIMES:
        return utc_text(value)
    if isinstance(value, dict):
        return ", ".join(f"{part} {_in_words(part, value[part])}" for part in value)
    return str(value) if value else "-"


def _reasons(_office: object, _arguments: argparse.Namespace) -> Answer:
    lines = [
        f"{reason.code}\t{', '.join(STATUS_WORDS[s] for s in reason.statuses)}\t{reason.en}"
        for reason in REASONS.values()
    ]
    return Answer(value=reasons_json(), text="\n".join(lines))


def _publish(office: Office, arguments: argparse.Namespace) -> Answer:
    published = publish(office)
    text = f"version {published.version}: {published.not_green} of {published.entries} not green"
    if arguments.to is None:
        return Answer(value=published_json(published), text=text)
    done = put_on_stick(office, arguments.to)
    text += f"\n{done.folder}: {done.files} files, {done.written} of them new; it may be taken out"
    return Answer(value=published_json(published) | {"stick": asdict(done)}, text=text)
