"""Commands of the trust repository: show, rotate, renew, burn, neighbours, drill."""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from issuer.errors import BadInput, Code, Fault
from issuer.people.console import Add, Answer, Group, add_who, read_bounded, utc_text, who
from issuer.people.office import Office
from issuer.tokens.actions.files import file_faults
from issuer.trust.actions.burning import burn, genuine
from issuer.trust.actions.drill import Step, run_drill
from issuer.trust.actions.drill_copy import drill_on_copy
from issuer.trust.actions.fetching import fetching
from issuer.trust.actions.neighbours import (
    CARD_MAX_BYTES,
    add_issuer,
    burn_foreign,
    drop_issuer,
    fingerprint,
    make_card,
    read_card,
    refresh_issuer,
)
from issuer.trust.actions.passing import pass_on, places
from issuer.trust.actions.rotation import ROLES, Rotated, renew, rotate
from issuer.trust.console import add_media, media_of
from issuer.trust.policy_commands import add_policy_commands, add_release_commands
from issuer.trustfiles import read_trust
from keys.claims import Status
from keys.errors import UntrustedData
from keys.readmission import READMISSION_MAX_BYTES, decode_readmission
from keys.trustlist import KeyState
from keys.trustmeta import SNAPSHOT, TIMESTAMP
from keys.trustrepo import roles_in
from keys.trustset import TrustSet

_NEIGHBOUR: Final = "the neighbour's short name"
_STATUS_WORDS: Final = {status.name.lower(): int(status) for status in Status}


def add_commands(group: Group) -> None:
    """Add `trust show|rotate|renew|burn|card|add-issuer|refresh-issuer|drop-issuer|drill`, and the
    commands of policies and releases.
    """
    add = group("trust", "who may sign what: ceremony, rotation, burning, neighbours")
    add("show", "print roles, keys, versions and dates", _show)
    parser = add("rotate", "give a role or a purpose a new key", _rotate)
    parser.add_argument("role", choices=ROLES, metavar="ROLE", help=", ".join(ROLES))
    parser.add_argument("--replace", type=int, metavar="N", help="the offline key that goes")
    add_media(parser)
    add_media(add("renew", "sign root and targets again, with new dates", _renew))
    parser = add("burn", "burn a stolen key: nothing it signed is believed any more", _burn)
    parser.add_argument("kid", type=int, metavar="KID", help="its number in `trust show`")
    parser.add_argument("--issuer", metavar="NAME", help="a neighbour's key (default: our own)")
    parser.add_argument(
        "--readmit",
        metavar="FILE",
        help="believe the passes in this re-admission list on; `genuine`: all that we signed",
    )
    add_media(parser)
    _add_neighbour_commands(add)
    parser = add("drill", "the compromise drill, in a scratch office", _drill)
    parser.add_argument(
        "--copy", action="store_true", help="with a copy of this office's passes and working keys"
    )
    add_policy_commands(group)
    add_release_commands(group)


def _add_neighbour_commands(add: Add) -> None:
    parser = add("card", "write our card for a neighbour, print its fingerprint", _card)
    parser.add_argument("file", type=Path, metavar="FILE", help="where the card goes")
    parser = add("add-issuer", "recognise a neighbour by its card", _add_issuer)
    _add_card(parser)
    parser.add_argument(
        "--map",
        default="green=green,yellow=yellow,red=red",
        help="what its statuses mean here (default: the same); one that is not named means red",
    )
    add_media(parser)
    parser = add("refresh-issuer", "take a neighbour's newer card; no offline key", _refresh)
    _add_card(parser)
    add_who(parser)
    parser = add("pass-on", "publish a neighbour's newest lists for our stations", _pass_on)
    parser.add_argument("name", metavar="NAME", help=_NEIGHBOUR)
    parser.add_argument(
        "--from",
        dest="source",
        metavar="URL|DIR",
        help="its address or a folder of its published files (default: what its card says)",
    )
    parser = add("drop-issuer", "recognise a neighbour no longer", _drop)
    parser.add_argument("name", metavar="NAME", help=_NEIGHBOUR)
    add_media(parser)


def _add_card(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=_NEIGHBOUR)
    parser.add_argument("--keys", required=True, type=Path, metavar="CARD", help="its card")


def _show(office: Office, _arguments: argparse.Namespace) -> Answer:
    held = read_trust(office.folder.trust)
    roles, keys = _roles(held), _keys(held)
    value = {"roles": roles, "keys": keys, "epoch": held.epoch}
    lines = [f"{r['role']}\tversion {r['version']}\tuntil {r['expires']}" for r in roles]
    lines += [
        f"{k['issuer']} key {k['kid']}\t{k['purpose']}\t{k['state']}\tuntil {k['not_after']}"
        for k in keys
    ]
    return Answer(value=value, text="\n".join(lines))


def _roles(held: TrustSet) -> list[dict[str, Any]]:
    files = {"root": held.root, SNAPSHOT: held.snapshot, TIMESTAMP: held.timestamp, **held.roles}
    named = roles_in(held.root)
    return [
        {
            "role": name,
            "version": file.version,
            "expires": utc_text(file.expires_at),
            "keys": [key.hex() for key in named[name].public_keys] if name in named else [],
            "threshold": named[name].threshold if name in named else 1,
        }
        for name, file in files.items()
        if file is not None
    ]


def _keys(held: TrustSet) -> list[dict[str, Any]]:
    return [
        {
            "issuer": key.issuer,
            "kid": key.kid,
            "purpose": key.purpose.value,
            "state": KeyState(key.state).name.lower(),
            "not_before": utc_text(key.not_before),
            "not_after": utc_text(min(key.not_after, 253_402_300_799)),
            "readmit": key.readmit.hex() if key.readmit else None,
        }
        for key in held.trust_list().keys
    ]


def _rotate(office: Office, arguments: argparse.Namespace) -> Answer:
    media, role = media_of(arguments), arguments.role
    done = rotate(office, role, media=media, by=who(arguments), replaced=arguments.replace)
    return _told(done)


def _renew(office: Office, arguments: argparse.Namespace) -> Answer:
    return _told(renew(office, media=media_of(arguments), by=who(arguments)))


def _told(done: Rotated) -> Answer:
    text = (
        f"{done.role}: {done.detail}; root {done.root_version}, trust list {done.trust_version}, "
        f"published as version {done.version}"
    )
    return Answer(value=asdict(done), text=text)


def _burn(office: Office, arguments: argparse.Namespace) -> Answer:
    media, by, kid = media_of(arguments), who(arguments), arguments.kid
    if arguments.issuer not in {None, office.settings.issuer}:
        return _told(burn_foreign(office, arguments.issuer, kid, media=media, by=by))
    readmit = None
    if arguments.readmit == "genuine":
        readmit = genuine(office, kid)
    elif arguments.readmit is not None:
        readmit = _readmission(Path(arguments.readmit))
    done = burn(office, kid, media=media, by=by, readmit=readmit)
    value = asdict(done) | {"purpose": done.purpose.value}
    text = f"key {kid} ({done.purpose.value}) is burned: from the next sync on nothing it signed "
    text += "is believed" if readmit is None else f"is believed but {done.readmitted} passes"
    text += f"\nnew key: {done.new_kid}" if done.new_kid is not None else ""
    return Answer(value=value, text=text)


def _readmission(path: Path) -> list[bytes]:
    try:
        return list(decode_readmission(read_bounded(path, READMISSION_MAX_BYTES)))
    except UntrustedData as error:
        raise BadInput(Code.BAD_ARGUMENTS, f"{path}: {error.code}") from None


def _card(office: Office, arguments: argparse.Namespace) -> Answer:
    card = make_card(office)
    with file_faults():
        arguments.file.write_bytes(card)
    value = {"issuer": office.settings.issuer, "fingerprint": fingerprint(card)}
    return Answer(value=value, text=f"{arguments.file}: fingerprint {value['fingerprint']}")


def _add_issuer(office: Office, arguments: argparse.Namespace) -> Answer:
    raw = read_bounded(arguments.keys, CARD_MAX_BYTES)
    done = add_issuer(
        office,
        arguments.name,
        read_card(raw, arguments.name),
        status_map=_status_map(arguments.map),
        media=media_of(arguments),
        by=who(arguments),
    )
    value = asdict(done) | {"fingerprint": fingerprint(raw)}
    text = f"{_told(done).text}\ncompare by voice: {value['fingerprint']}"
    return Answer(value=value, text=text)


def _status_map(text: str) -> dict[int, int]:
    pairs = [item.partition("=")[::2] for item in text.split(",") if item]
    try:
        return {_STATUS_WORDS[theirs]: _STATUS_WORDS[ours] for theirs, ours in pairs}
    except KeyError as error:
        raise BadInput(Code.BAD_ARGUMENTS, f"--map: {error} is no status") from None


def _refresh(office: Office, arguments: argparse.Namespace) -> Answer:
    card = read_card(read_bounded(arguments.keys, CARD_MAX_BYTES), arguments.name)
    return _told(refresh_issuer(office, arguments.name, card, by=who(arguments)))


def _pass_on(office: Office, arguments: argparse.Namespace) -> Answer:
    source = arguments.source or places(read_trust(office.folder.trust)).get(arguments.name)
    if source is None:
        raise BadInput(Code.BAD_CARD, f"{arguments.name} does not say where its lists are")
    with fetching(source) as fetch:
        done = pass_on(office, arguments.name, fetch)
    news = "passed on" if done.changed else "the one passed on before"
    return Answer(value=asdict(done), text=f"{done.issuer} version {done.version}: {news}")


def _drop(office: Office, arguments: argparse.Namespace) -> Answer:
    return _told(drop_issuer(office, arguments.name, media=media_of(arguments), by=who(arguments)))


def _drill(office: Office, arguments: argparse.Namespace) -> Answer:
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="kakou-drill-") as folder, file_faults():
        if arguments.copy:
            done = drill_on_copy(office, Path(folder), by="console:drill")
            figures = asdict(done)
            steps = done.steps
        else:
            steps = run_drill(office, Path(folder), by="console:drill")
    wrong = [step for step in steps if step.answer != step.expected]
    value = figures | {"passed": not wrong, "steps": [asdict(step) for step in steps]}
    if wrong:
        told = "; ".join(f"{s.stage}: {s.code} is {s.answer}" for s in wrong)
        raise Fault(Code.DRILL_FAILED, told)
    lines = [_drill_text(steps)]
    if figures:
        lines.append(
            "key {kid} of the copy: {living} living passes, {readmitted} of them re-admitted by a "
            "list of {list_bytes} bytes; trust list {trust_before} -> {trust_after}; "
            "the office itself is as it was".format_map(figures)
        )
    return Answer(value=value, text="\n".join(lines))


def _drill_text(steps: list[Step]) -> str:
    lines: list[str] = []
    for number, step in enumerate(steps):
        if number == 0 or steps[number - 1].stage != step.stage:
            lines.append(f"{step.stage}:")
        lines.append(f"  {step.code}: {step.answer}")
    return "\n".join([*lines, "as it should be"])
