"""The private keys of the trust repository: offline ones from the media that were brought, online
ones from the office's folder.

Keys are never written over: the next key of a role gets the next free number, and which file is in
use is told by the public key that the repository names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from issuer.errors import Code, Fault
from issuer.trust.rules.publication import (
    OFFICE,
    OFFLINE_KEYS,
    OFFLINE_ROLES,
    Signers,
)
from keys.ed25519 import SEED_BYTES, SigningKey
from keys.errors import KeyFileError
from keys.keyfile import read_key, write_key
from keys.trustmeta import SNAPSHOT, TARGETS, TIMESTAMP
from keys.trustrepo import delegations_in, roles_in
from keys.trustset import TrustSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """Where the offline keys are: the folders that were brought, and what seals the files in them
    (None: nothing).
    """

    folders: tuple[Path, ...]
    passphrase: str | None = None


def make_keys(media: Media, keys: Path, draw: Callable[[int], bytes]) -> Signers:
    """Make every key of a new repository: three of root and of targets, spread over the media; the
    online ones into `keys`. Fault key_file.
    """
    root, targets = (
        tuple(new_offline_key(media, role, number, draw) for number in range(1, OFFLINE_KEYS + 1))
        for role in OFFLINE_ROLES
    )
    return Signers(
        snapshot=new_online_key(keys, SNAPSHOT, draw),
        timestamp=new_online_key(keys, TIMESTAMP, draw),
        office=new_online_key(keys, OFFICE, draw),
        root=root,
        targets=targets,
    )


def new_offline_key(
    media: Media, role: str, number: int, draw: Callable[[int], bytes]
) -> SigningKey:
    """Make the `number`th key of an offline role, on the medium whose turn it is."""
    folder = media.folders[(number - 1) % len(media.folders)]
    key = SigningKey(draw(SEED_BYTES))
    _write(folder / f"{role}-{number}.key", key, role, number, media.passphrase)
    return key


def new_online_key(keys: Path, role: str, draw: Callable[[int], bytes]) -> SigningKey:
    """Make the next key of an online role in the office's folder of keys."""
    number = 1 + len(list(keys.glob(f"{role}-*.key")))
    key = SigningKey(draw(SEED_BYTES))
    _write(keys / f"{role}-{number}.key", key, role, number, None)
    return key


def _write(path: Path, key: SigningKey, role: str, number: int, passphrase: str | None) -> None:
    try:
        write_key(path, key, purpose=role, kid=number, passphrase=passphrase)
    except KeyFileError as error:
        raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None


def next_offline_number(media: Media, role: str) -> int:
    """Return the number after the highest that a key file of `role` on the media has."""
    return max([*keys_on_media(media, role), OFFLINE_KEYS]) + 1


def offline_signers(media: Media, held: TrustSet) -> dict[str, tuple[SigningKey, ...]]:
    """Return the keys on the media that `held` names for root and for targets; too few: Fault
    not_enough_keys.
    """
    found: dict[str, tuple[SigningKey, ...]] = {}
    for role in OFFLINE_ROLES:
        named = roles_in(held.root)[role]
        keys = {key.public_key: key for key in keys_on_media(media, role).values()}
        found[role] = tuple(keys[public] for public in named.public_keys if public in keys)
        if len(found[role]) < named.threshold:
            raise Fault(
                Code.NOT_ENOUGH_KEYS, f"{len(found[role])} of {named.threshold} {role} keys"
            )
    return found


def keys_on_media(media: Media, role: str) -> dict[int, SigningKey]:
    """Return the offline keys of `role` on the media, by their numbers. Fault key_file."""
    keys: dict[int, SigningKey] = {}
    for folder in media.folders:
        for path in sorted(folder.glob(f"{role}-*.key")):
            try:
                found = read_key(path, purpose=role, passphrase=media.passphrase)
            except KeyFileError as error:
                raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
            keys[found.kid] = found.key
    return keys


def online_signers(keys: Path, held: TrustSet) -> Signers:
    """Return the online keys that `held` names; one that is not in the folder: Fault key_file."""
    roles = roles_in(held.root)
    office = {item.name: item.keys for item in delegations_in(held.roles[TARGETS])}[OFFICE]
    return Signers(
        snapshot=_online_key(keys, SNAPSHOT, roles[SNAPSHOT].public_keys),
        timestamp=_online_key(keys, TIMESTAMP, roles[TIMESTAMP].public_keys),
        office=_online_key(keys, OFFICE, office.public_keys),
    )


def _online_key(keys: Path, role: str, publics: tuple[bytes, ...]) -> SigningKey:
    for path in sorted(keys.glob(f"{role}-*.key"), reverse=True):
        try:
            key = read_key(path, purpose=role).key
        except KeyFileError as error:
            raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
        if key.public_key in publics:
            return key
    raise Fault(Code.KEY_FILE, f"no {role} key that the repository names in {keys}")
