"""The burning of a stolen key, and the re-admission of what it genuinely signed (formats.md 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from issuer.people.office import Office
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.rotation import Rotated, told, with_waiting
from issuer.trust.actions.signers import Media
from issuer.trust.actions.workingkeys import install_key, waiting_key
from issuer.trust.rules.publication import Change
from issuer.trust.rules.trustlists import find_key, with_burned, with_epoch
from issuer.trust.store.stations import genuine_passes
from issuer.trustfiles import read_trust
from keys.readmission import encode_readmission, readmission_path
from keys.trustlist import KeyState, Purpose, encode_trust_list
from keys.trustset import TRUST_LIST, TrustSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Burned:
    """What a burn did. new_kid: the key that signs from now on, None where the burned one did not.
    readmitted: how many passes come back, None for no list.
    """

    kid: int
    purpose: Purpose
    new_kid: int | None
    readmitted: int | None
    epoch: int
    rotated: Rotated


def genuine(office: Office, kid: int) -> list[bytes]:
    """Return the hashes of the living passes that this office itself signed with key `kid`."""
    with office.database.read() as connection:
        return genuine_passes(connection, kid, office.now())


def burn(
    office: Office, kid: int, *, media: Media, by: str, readmit: Iterable[bytes] | None = None
) -> Burned:
    """Burn key `kid` of this office and publish: from the next sync on, gates refuse everything
    that it signed, but what `readmit` (SHA-256s of COSE bytes) names.

    A live key gets a successor at once. A burned status key begins a new epoch, since its thief may
    have signed a huge version.
    """
    issuer = office.settings.issuer
    held = read_trust(office.folder.trust)
    key = find_key(held.trust_list(), issuer, kid)
    hashes = None if readmit is None else frozenset(readmit)
    listed = None if hashes is None else encode_readmission(hashes)
    begins_epoch = key.purpose is Purpose.STATUS and key.state is not KeyState.BURNED

    def plan(now_held: TrustSet) -> Change:
        trust = now_held.trust_list()
        if key.state is KeyState.LIVE:
            trust = with_waiting(office, now_held, key.purpose)
        trust = with_burned(trust, issuer, kid, _hash(listed))
        epoch = now_held.epoch + 1 if begins_epoch else now_held.epoch
        files = {TRUST_LIST: encode_trust_list(with_epoch(trust, issuer, epoch))}
        path = readmission_path(issuer, kid)
        lists = {} if listed is None and path not in now_held.files else {path: listed}
        return Change(files=files | lists, epoch=epoch if begins_epoch else None)

    after = change_repository(office, plan, media=media)
    new_kid = _install_successor(office, after, key.purpose) if key.state is KeyState.LIVE else None
    rotated = told(office, after, f"key {kid}", key.purpose.value, by, action="trust.burn")
    return Burned(
        kid=kid,
        purpose=key.purpose,
        new_kid=new_kid,
        readmitted=None if hashes is None else len(hashes),
        epoch=after.epoch,
        rotated=rotated,
    )


def _hash(listed: bytes | None) -> bytes | None:
    return None if listed is None else hashlib.sha256(listed).digest()


def _install_successor(office: Office, held: TrustSet, purpose: Purpose) -> int:
    kid = waiting_key(office, held.trust_list(), purpose).kid
    install_key(office, purpose)
    return kid
