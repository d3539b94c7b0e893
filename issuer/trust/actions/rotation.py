"""Rotation of every role, and renewal of dates: new key first, then what names it, then
publication.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from issuer.errors import BadInput, Code, Fault
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.signers import (
    Media,
    keys_on_media,
    new_offline_key,
    new_online_key,
    next_offline_number,
)
from issuer.trust.actions.workingkeys import install_key, is_live, waiting_key
from issuer.trust.rules.publication import (
    OFFICE,
    OFFLINE_KEYS,
    OFFLINE_ROLES,
    OFFLINE_THRESHOLD,
    ONLINE_ROLES,
    Change,
    Signers,
    office_delegation,
)
from issuer.trust.rules.trustlists import (
    DAY_S,
    NewKey,
    with_new_key,
)
from issuer.trustfiles import read_trust
from keys.ed25519 import SigningKey
from keys.trustlist import Purpose, TrustList, encode_trust_list
from keys.trustmeta import ROOT, TARGETS
from keys.trustrepo import RoleKeys, delegations_in, roles_in
from keys.trustset import TRUST_LIST, TrustSet

ROLES = (*OFFLINE_ROLES, *ONLINE_ROLES, *(purpose.value for purpose in Purpose))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation did. role: as asked. detail: the new key's number or file name. version: the
    publication that carries it.
    """

    role: str
    detail: str
    root_version: int
    trust_version: int
    version: int


def rotate(
    office: Office, role: str, *, media: Media, by: str, replaced: int | None = None
) -> Rotated:
    """Give `role` a new key and publish. replaced: the number of the offline key to drop, where all
    three are on the media; else the missing one is replaced. Fault not_enough_keys, key_file.
    """
    if role in OFFLINE_ROLES:
        held, detail = _rotate_offline(office, role, media, replaced)
    elif role in ONLINE_ROLES:
        held, detail = _rotate_online(office, role, media)
    else:
        held, detail = _rotate_working(office, Purpose(role), media)
    return told(office, held, role, detail, by, action="trust.rotate")


def renew(office: Office, *, media: Media, by: str) -> Rotated:
    """Sign root and targets again with new dates and the same keys, and publish."""
    held = change_repository(office, lambda _: Change(renew=True), media=media)
    return told(office, held, "root, targets", "new dates", by, action="trust.renew")


def told(
    office: Office, held: TrustSet, role: str, detail: str, by: str, *, action: str
) -> Rotated:
    """Log what was done, publish it, and return it."""
    office.log(by, action, role, detail=detail, root=held.root.version)
    published = publish(office)
    return Rotated(
        role=role,
        detail=detail,
        root_version=held.root.version,
        trust_version=held.trust_list().version,
        version=published.version,
    )


def _rotate_offline(
    office: Office, role: str, media: Media, replaced: int | None
) -> tuple[TrustSet, str]:
    held = read_trust(office.folder.trust)
    named = roles_in(held.root)[role].public_keys
    present = keys_on_media(media, role)
    usable = {n: key for n, key in present.items() if key.public_key in named}
    kept = {n: key for n, key in usable.items() if n != replaced}
    if replaced is not None and replaced not in usable:
        raise BadInput(Code.UNKNOWN_KEY, f"no {role}-{replaced}.key in use on the media")
    if len(kept) < OFFLINE_THRESHOLD:
        raise Fault(Code.NOT_ENOUGH_KEYS, f"{len(kept)} of {OFFLINE_THRESHOLD} {role} keys")
    if len(kept) >= OFFLINE_KEYS:
        raise BadInput(Code.BAD_ARGUMENTS, "all three keys are here: say which goes, --replace N")
    added = _new_offline(office, media, role, OFFLINE_KEYS - len(kept))
    publics = tuple(key.public_key for key in (*kept.values(), *added.values()))
    roles = {role: RoleKeys(public_keys=publics, threshold=OFFLINE_THRESHOLD)}
    after = change_repository(
        office,
        lambda now_held: Change(root_roles=roles_in(now_held.root) | roles),
        media=media,
        new=_adding(role, tuple(added.values()), tuple(kept.values())),
    )
    return after, ", ".join(f"{role}-{number}.key" for number in added)


def _new_offline(office: Office, media: Media, role: str, count: int) -> dict[int, SigningKey]:
    first = next_offline_number(media, role)
    return {
        number: new_offline_key(media, role, number, office.draw)
        for number in range(first, first + count)
    }


def _adding(
    role: str, added: tuple[SigningKey, ...], kept: tuple[SigningKey, ...]
) -> Callable[[Signers], Signers]:
    def new(signers: Signers) -> Signers:
        if role == ROOT:
            # By the old keys, among them the one that goes if it is here, and by the new ones.
            return replace(signers, root=(*signers.root, *added))
        return replace(signers, targets=(*kept, *added))

    return new


def _rotate_online(office: Office, role: str, media: Media) -> tuple[TrustSet, str]:
    key = new_online_key(office.folder.keys, role, office.draw)
    only = RoleKeys(public_keys=(key.public_key,), threshold=1)

    def plan(held: TrustSet) -> Change:
        if role != OFFICE:
            return Change(root_roles=roles_in(held.root) | {role: only})
        others = [item for item in delegations_in(held.roles[TARGETS]) if item.name != OFFICE]
        return Change(delegations=(office_delegation(key.public_key), *others))

    after = change_repository(
        office,
        plan,
        media=media,
        new=lambda signers: replace(signers, **{role: key}),  # type: ignore[arg-type]
    )
    return after, f"{role} key {key.public_key.hex()[:16]}"


def _rotate_working(office: Office, purpose: Purpose, media: Media) -> tuple[TrustSet, str]:
    held = read_trust(office.folder.trust)
    waiting = waiting_key(office, held.trust_list(), purpose)
    if not is_live(office, held.trust_list(), purpose, waiting):
        held = change_repository(
            office,
            lambda now_held: _trust_change(with_waiting(office, now_held, purpose)),
            media=media,
        )
    install_key(office, purpose)
    return held, f"{purpose.value} key {waiting.kid}"


def with_waiting(office: Office, held: TrustSet, purpose: Purpose) -> TrustList:
    """Return the trust list in which the waiting key is the one that signs for `purpose`."""
    trust = held.trust_list()
    key = waiting_key(office, trust, purpose)
    now = office.now()
    new = NewKey(purpose=purpose, public_key=key.key.public_key, not_before=now - DAY_S)
    return with_new_key(trust, office.settings.issuer, new, now)


def _trust_change(trust: TrustList) -> Change:
    return Change(files={TRUST_LIST: encode_trust_list(trust)})
