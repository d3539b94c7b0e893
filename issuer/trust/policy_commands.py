"""Commands of gate policies and of releases."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from issuer.errors import BadInput, Code
from issuer.people.actions.stations import list_stations
from issuer.people.console import Answer, Group, add_who, read_bounded, who, without_office
from issuer.people.office import Office
from issuer.trust.actions.policies import (
    find_policy,
    policies,
    publish_policy,
    read_policy,
    withdraw_policy,
)
from issuer.trust.actions.releases import (
    RELEASE_MAX_BYTES,
    check_release,
    publish_release,
    releases,
    withdraw_release,
)
from issuer.trust.console import add_media, media_of
from keys.policies import PlaceType
from keys.policyfile import POLICY_MAX_BYTES
from keys.policyjson import policy_to_json
from keys.policypresets import PRESETS

_POLICY: Final = "as `trust policy list` prints it"
_PLACES = [place.value for place in PlaceType]


def add_policy_commands(group: Group) -> None:
    """Add `trust policy publish|list|show|preset|check|withdraw`."""
    add = group("trust policy", "what gates ask of people whose pass is good")
    parser = add("publish", "sign and publish a policy; no offline key", _publish)
    parser.add_argument("name", metavar="NAME", help="a-z, 0-9 and -")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--preset", choices=_PLACES, metavar="PLACE", help=", ".join(_PLACES))
    source.add_argument("--file", type=Path, metavar="FILE", help="JSON, as `preset` prints it")
    parser.add_argument(
        "--checkpoint",
        action="append",
        metavar="NAME",
        help="whose policy it is, once for each (default: what the file says; none: of every "
        "checkpoint that has no own)",
    )
    add_who(parser)
    add("list", "print the published policies", _list)
    parser = add("show", "print a published policy as JSON", _show)
    parser.add_argument("name", metavar="NAME", help=_POLICY)
    parser = add("preset", "print a preset as JSON, to edit and publish with --file", _preset)
    parser.add_argument("place", choices=_PLACES, metavar="PLACE", help=", ".join(_PLACES))
    without_office(parser, _preset)
    parser = add("check", "tell whether a policy could be published; nothing is signed", _check)
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON, as `preset` prints it")
    without_office(parser, _check)
    parser = add("withdraw", "take a policy away; its gates go by the next that fits", _withdraw)
    parser.add_argument("name", metavar="NAME", help=_POLICY)
    add_who(parser)


def add_release_commands(group: Group) -> None:
    """Add `trust release publish|list|check|withdraw`."""
    add = group("trust release", "files that stations install, signed by the offline keys")
    parser = add("publish", "sign and publish a file", _publish_release)
    parser.add_argument("file", type=Path, metavar="FILE", help="at most 512 MiB")
    parser.add_argument("--name", metavar="NAME", help="a-z, 0-9, . _ - (default: the file's)")
    add_media(parser)
    add("list", "print name, length, SHA-256 and place of what is published", _list_releases)
    parser = add("check", "tell whether a file is the release that was signed", _check_release)
    parser.add_argument("file", type=Path, metavar="FILE", help="what was fetched")
    parser.add_argument("--name", metavar="NAME", help="default: the file's")
    parser = add("withdraw", "take a release back", _withdraw_release)
    parser.add_argument("name", metavar="NAME", help="as `trust release list` prints it")
    add_media(parser)


def _publish(office: Office, arguments: argparse.Namespace) -> Answer:
    if arguments.preset is not None:
        text = policy_to_json(PRESETS[PlaceType(arguments.preset)])
    else:
        text = _text_of(arguments.file)
    places = None if arguments.checkpoint is None else tuple(arguments.checkpoint)
    policy = read_policy(text, arguments.name, places)
    done = publish_policy(office, policy, by=who(arguments))
    told = "published" if done.changed else "published already"
    lines = [f"policy {done.name} version {done.version}: {told}, SHA-256 {done.sha256}"]
    if done.beside:
        lines.append(f"speaks for the same places as {', '.join(done.beside)}: the highest version")
    known = {station.checkpoint for station in list_stations(office)}
    unknown = [name for name in policy.checkpoints if name not in known]
    if unknown:
        lines.append(f"careful: no station stands at {', '.join(unknown)} yet; is the name right?")
    return Answer(value=asdict(done) | {"unknown": unknown}, text="\n".join(lines))


def _text_of(path: Path) -> str:
    try:
        return read_bounded(path, POLICY_MAX_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(Code.BAD_POLICY, f"{path} is not text in UTF-8") from None


def _list(office: Office, _arguments: argparse.Namespace) -> Answer:
    found = policies(office)
    value = [
        {
            "name": policy.name,
            "version": policy.version,
            "place": policy.place.value,
            "checkpoints": list(policy.checkpoints),
        }
        for policy in found
    ]
    lines = [
        f"{policy.name}\tversion {policy.version}\t{policy.place.value}\t"
        f"{', '.join(policy.checkpoints) or 'every checkpoint without its own'}"
        for policy in found
    ]
    return Answer(value=value, text="\n".join(lines) or "none: gates go by the plain rules")


def _show(office: Office, arguments: argparse.Namespace) -> Answer:
    text = policy_to_json(find_policy(office, arguments.name))
    return Answer(value=json.loads(text), text=text)


def _preset(_office: object, arguments: argparse.Namespace) -> Answer:
    text = policy_to_json(PRESETS[PlaceType(arguments.place)])
    return Answer(value=json.loads(text), text=text)


def _check(_office: object, arguments: argparse.Namespace) -> Answer:
    policy = read_policy(_text_of(arguments.file), "checked", None)
    text = policy_to_json(policy)
    return Answer(value=json.loads(text), text=f"{text}\nas it should be")


def _withdraw(office: Office, arguments: argparse.Namespace) -> Answer:
    withdraw_policy(office, arguments.name, by=who(arguments))
    return Answer(value={"name": arguments.name}, text=f"policy {arguments.name}: withdrawn")


def _publish_release(office: Office, arguments: argparse.Namespace) -> Answer:
    raw = read_bounded(arguments.file, RELEASE_MAX_BYTES)
    name = arguments.name or arguments.file.name
    done = publish_release(office, name, raw, media=media_of(arguments), by=who(arguments))
    text = f"release {done.name}: {done.length} bytes, SHA-256 {done.sha256}\ntrust/{done.path}"
    return Answer(value=asdict(done), text=text)


def _list_releases(office: Office, _arguments: argparse.Namespace) -> Answer:
    found = releases(office)
    lines = [f"{r.name}\t{r.length} bytes\t{r.sha256}\ttrust/{r.path}" for r in found]
    return Answer(value=[asdict(release) for release in found], text="\n".join(lines) or "none")


def _check_release(office: Office, arguments: argparse.Namespace) -> Answer:
    done = check_release(office, arguments.name or arguments.file.name, arguments.file)
    return Answer(value=asdict(done), text=f"{arguments.file} is the release {done.name}")


def _withdraw_release(office: Office, arguments: argparse.Namespace) -> Answer:
    withdraw_release(office, arguments.name, media=media_of(arguments), by=who(arguments))
    return Answer(value={"name": arguments.name}, text=f"release {arguments.name}: withdrawn")
