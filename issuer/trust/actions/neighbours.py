"""Neighbours: the card that one office hands to another, and what is made of it.

A card is JSON: who an issuer is, its keys, and a role file that it signed itself, with where its
lists are. What its keys may do here, and what its statuses mean here, stands in the home list; its
own role speaks for `issuers/<name>/*` alone. The fingerprint of a card is compared by voice: no
office believes another for a file that came over a wire.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, replace
from typing import Final

from issuer.errors import BadInput, Code, Fault
from issuer.people.office import Office
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.rotation import Rotated, told
from issuer.trust.actions.signers import Media, new_online_key
from issuer.trust.rules.publication import DAY_S, Change, Foreign
from issuer.trust.rules.trustlists import with_issuer, without_issuer
from issuer.trustfiles import read_trust
from keys.ed25519 import SigningKey
from keys.errors import KeyFileError, KeysError
from keys.keyfile import read_key
from keys.shapes import is_issuer_name
from keys.trustlist import (
    IssuerEntry,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
    decode_trust_list,
    encode_trust_list,
)
from keys.trustmeta import TARGETS
from keys.trustrepo import (
    Delegation,
    RoleKeys,
    delegations_in,
    facts_of,
    sign_targets,
    targets_version,
)
from keys.trustset import TRUST_LIST, TrustSet

CARD_PURPOSE: Final = "card"
CARD_MAX_BYTES: Final = 1 << 18
_CARD_LIFE_S: Final = 400 * DAY_S
_MEMBERS: Final = {"kakou_card", "trust_list", "delegate", "role", "files"}


def role_name(issuer: str) -> str:
    """Return the name of a neighbour's delegated role."""
    return f"issuer-{issuer}"


def make_card(office: Office) -> bytes:
    """Return this office's card for its neighbours."""
    held = read_trust(office.folder.trust)
    issuer, trust = office.settings.issuer, held.trust_list()
    own = encode_trust_list(_only(trust, issuer))
    signer = _card_key(office)
    files = {f"issuers/{issuer}/place": office.settings.public_url.encode()}
    facts = {path: facts_of(raw) for path, raw in files.items()}
    # The number of seconds grows with every card, as a version must.
    role = sign_targets(office.now(), facts, expires=office.now() + _CARD_LIFE_S, signers=[signer])
    card = {
        "kakou_card": 1,
        "trust_list": _text(own),
        "delegate": signer.public_key.hex(),
        "role": _text(role),
        "files": {path: _text(raw) for path, raw in files.items()},
    }
    return json.dumps(card, sort_keys=True).encode()


def _card_key(office: Office) -> SigningKey:
    """Return the key that signs cards and nothing else, made at the first card."""
    paths = sorted(office.folder.keys.glob(f"{CARD_PURPOSE}-*.key"))
    if not paths:
        return new_online_key(office.folder.keys, CARD_PURPOSE, office.draw)
    try:
        return read_key(paths[-1], purpose=CARD_PURPOSE).key
    except KeyFileError as error:
        raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None


def _only(trust: TrustList, issuer: str) -> TrustList:
    keys = tuple(key for key in trust.keys if key.issuer == issuer)
    return replace(trust, issuers={issuer: trust.issuers[issuer]}, keys=keys)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def fingerprint(card: bytes) -> str:
    """Return what two offices compare by voice: eight groups of four hex digits."""
    digest = hashlib.sha256(card).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A neighbour's card, read. delegate: the public key of its role."""

    entry: IssuerEntry
    keys: tuple[TrustedKey, ...]
    delegate: bytes
    foreign: Foreign


def read_card(raw: bytes, name: str) -> Card:
    """Return the card of the issuer `name`; anything else: BadInput bad_card."""
    try:
        value = json.loads(raw) if len(raw) <= CARD_MAX_BYTES else None
        if type(value) is not dict or set(value) != _MEMBERS or value["kakou_card"] != 1:
            raise BadInput(Code.BAD_CARD, "not a card")
        trust = decode_trust_list(base64.b64decode(value["trust_list"], validate=True))
        files = {
            str(path): base64.b64decode(text, validate=True)
            for path, text in value["files"].items()
        }
        role = base64.b64decode(value["role"], validate=True)
        targets_version(role)
        delegate = bytes.fromhex(value["delegate"])
    except (ValueError, TypeError, AttributeError, RecursionError, KeysError) as error:
        raise BadInput(Code.BAD_CARD, str(error)) from None
    if set(trust.issuers) != {name}:
        raise BadInput(Code.BAD_CARD, f"a card of {', '.join(trust.issuers)}")
    return Card(
        entry=trust.issuers[name],
        keys=trust.keys,
        delegate=delegate,
        foreign=Foreign(role=role, files=files),
    )


def add_issuer(
    office: Office,
    name: str,
    card: Card,
    *,
    status_map: dict[int, int],
    media: Media,
    by: str,
) -> Rotated:
    """Recognise the neighbour `name`: its keys, and what its statuses mean here; publish. BadInput
    where the name is the office's own, Fault trust_damaged where its role is not signed by its key.
    """
    if name == office.settings.issuer or not is_issuer_name(name):
        raise BadInput(Code.BAD_CARD, f"{name} is no neighbour")
    entry = IssuerEntry(
        epoch=card.entry.epoch,
        kid_ranges=card.entry.kid_ranges,
        status_map=tuple(sorted(status_map.items())),
        name_zh=card.entry.name_zh,
        name_en=card.entry.name_en,
    )
    # What a neighbour's stations sign is no matter of ours.
    keys = tuple(key for key in card.keys if key.purpose is not Purpose.STATION)

    def plan(held: TrustSet) -> Change:
        trust = with_issuer(held.trust_list(), name, entry, keys)
        return Change(
            files={TRUST_LIST: encode_trust_list(trust)},
            delegations=(*_others(held, name), _delegation(name, card.delegate)),
            foreign={role_name(name): card.foreign},
        )

    held = change_repository(office, plan, media=media)
    return told(office, held, name, "recognised", by, action="trust.add_issuer")


def refresh_issuer(office: Office, name: str, card: Card, *, by: str) -> Rotated:
    """Take a newer role file of a recognised neighbour; no offline key is needed, since the home
    list says whose it must be. Its keys and statuses stay as they were recognised.
    """
    held = read_trust(office.folder.trust)
    named = {item.name: item for item in delegations_in(held.roles[TARGETS])}
    if role_name(name) not in named:
        raise BadInput(Code.BAD_CARD, f"{name} is not recognised here")
    known = held.roles.get(role_name(name))
    if known is not None and targets_version(card.foreign.role) <= known.version:
        raise BadInput(Code.BAD_CARD, "not newer than the card that is held")
    change = Change(foreign={role_name(name): card.foreign})
    held = change_repository(office, lambda _: change)
    return told(office, held, name, "new card", by, action="trust.refresh_issuer")


def drop_issuer(office: Office, name: str, *, media: Media, by: str) -> Rotated:
    """Recognise `name` no longer, and publish."""

    def plan(held: TrustSet) -> Change:
        trust = held.trust_list()
        if name not in trust.issuers or name == office.settings.issuer:
            raise BadInput(Code.BAD_CARD, f"{name} is not recognised here")
        files = {TRUST_LIST: encode_trust_list(without_issuer(trust, name))}
        return Change(files=files, delegations=_others(held, name))

    held = change_repository(office, plan, media=media)
    return told(office, held, name, "dropped", by, action="trust.drop_issuer")


def burn_foreign(office: Office, name: str, kid: int, *, media: Media, by: str) -> Rotated:
    """Burn a neighbour's key here, whatever its own office says; publish."""

    def plan(held: TrustSet) -> Change:
        trust = held.trust_list()
        keys = tuple(
            replace(key, state=KeyState.BURNED, readmit=None)
            if (key.issuer, key.kid) == (name, kid)
            else key
            for key in trust.keys
        )
        if keys == trust.keys:
            raise BadInput(Code.UNKNOWN_KEY, f"{name} has no such key to burn")
        newer = replace(trust, version=trust.version + 1, keys=keys)
        return Change(files={TRUST_LIST: encode_trust_list(newer)})

    held = change_repository(office, plan, media=media)
    return told(office, held, name, f"key {kid} burned", by, action="trust.burn")


def _delegation(name: str, delegate: bytes) -> Delegation:
    keys = RoleKeys(public_keys=(delegate,), threshold=1)
    return Delegation(name=role_name(name), keys=keys, patterns=(f"issuers/{name}/*",))


def _others(held: TrustSet, name: str) -> tuple[Delegation, ...]:
    given = delegations_in(held.roles[TARGETS])
    return tuple(item for item in given if item.name != role_name(name))
