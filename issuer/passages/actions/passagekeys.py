"""Passage keys: what stations seal row bodies to, and what opens them here.

The secret half lies in the office's folder of keys as `passage-<key id>.key`, under a passphrase if
its keeper wants one; older ones stay, to open older rows. The public half is a top-level target of
the trust repository, signed by two of the three offline keys: who only holds the server cannot make
gates seal to somebody else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from issuer.errors import BadInput, Code, Fault, Refused
from issuer.people.office import Office
from issuer.people.store.stations import find_checkpoint, list_stations
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.repository import change_repository
from issuer.trust.actions.signers import Media
from issuer.trust.rules.publication import Change
from issuer.trustfiles import read_trust
from keys.errors import KeyFileError
from keys.keyfile import PassageKeyFile, read_passage_key, write_passage_key
from keys.sealing import (
    DEFAULT_KEY,
    PASSAGE_KEYS,
    PassageKey,
    decode_passage_key,
    encode_passage_key,
    passage_key,
    passage_key_path,
    passage_kid,
    passage_public,
)
from keys.trustset import TrustSet

SECRET_BYTES: Final = 32
_FILES: Final = "passage-*.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInForce:
    """A passage key that stations seal to. name: a checkpoint, or `default`. held: how this office
    has its secret half: `open`, `passphrase`, `missing`, or the code of its file's fault.
    """

    name: str
    kid: bytes
    held: str


def make_passage_key(
    keys: Path, draw: Callable[[int], bytes], *, passphrase: str | None = None
) -> PassageKey:
    """Make a passage key in the folder `keys`; return its public half. Fault key_file."""
    secret = draw(SECRET_BYTES)
    key = passage_key(passage_public(secret))
    try:
        write_passage_key(keys / f"passage-{key.kid.hex()}.key", secret, passphrase=passphrase)
    except KeyFileError as error:
        raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
    return key


def publish_passage_key(
    office: Office,
    name: str,
    *,
    media: Media,
    by: str,
    passphrase: str | None = None,
    replace: bool = False,
) -> PassageKey:
    """Make a passage key and publish it: stations seal to it from their next sync on.

    name: a checkpoint, or `default` for all that have no own. replace: whether one is in force
    there already (Refused passage_key_exists, BadInput unknown_passage_key where it is otherwise).
    Fault not_enough_keys, key_file.
    """
    _check_checkpoint(office, name)
    path = passage_key_path(name)
    _check_replace(read_trust(office.folder.trust).files, path, replace=replace)
    made: list[PassageKey] = []

    def plan(_held: TrustSet) -> Change:
        # Only now the offline keys are known to be here: a refusal leaves no key file behind.
        made.append(make_passage_key(office.folder.keys, office.draw, passphrase=passphrase))
        return Change(files={path: encode_passage_key(made[0].public)})

    change_repository(office, plan, media=media)
    (key,) = made
    office.log(by, "passages.key", name, kid=key.kid.hex())
    publish(office)
    return key


def _check_checkpoint(office: Office, name: str) -> None:
    with office.database.read() as connection:
        if name != DEFAULT_KEY and find_checkpoint(connection, name) is None:
            raise BadInput(Code.UNKNOWN_CHECKPOINT, name)


def _check_replace(files: Mapping[str, bytes], path: str, *, replace: bool) -> None:
    if path in files and not replace:
        raise Refused(Code.PASSAGE_KEY_EXISTS, path)
    if path not in files and replace:
        raise BadInput(Code.UNKNOWN_PASSAGE_KEY, path)


def passage_secrets(keys: Path, passphrase: str | None = None) -> dict[bytes, bytes]:
    """Return the X25519 secrets in the folder `keys` by key id: those under no passphrase, with
    `passphrase` also those that it opens.

    A file that cannot be read opens nothing, and keeps no row from being stored.
    """
    found = _key_files(keys, passphrase).values()
    files = [file for file in found if isinstance(file, PassageKeyFile)]
    return {passage_kid(file.public_key): file.secret for file in files}


def secret_in(path: Path, passphrase: str | None) -> dict[bytes, bytes]:
    """Return the secret in one key file, wherever it lies, by its key id. Fault key_file."""
    try:
        file = read_passage_key(path, passphrase=passphrase)
    except KeyFileError as error:
        raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
    return {passage_kid(file.public_key): file.secret}


def _key_files(keys: Path, passphrase: str | None) -> dict[Path, PassageKeyFile | str]:
    found: dict[Path, PassageKeyFile | str] = {}
    for path in sorted(keys.glob(_FILES)):
        try:
            found[path] = read_passage_key(path, passphrase=passphrase)
        except KeyFileError as error:
            found[path] = error.code
    return found


def keys_in_force(office: Office) -> list[KeyInForce]:
    """Return the passage keys that stations seal to, by name."""
    held = {path.stem: file for path, file in _key_files(office.folder.keys, None).items()}
    files = read_trust(office.folder.trust).files
    with office.database.read() as connection:
        names = {s.checkpoint for s in list_stations(connection)}
    names_by_path = {passage_key_path(name): name for name in (*names, DEFAULT_KEY)}
    in_force: list[KeyInForce] = []
    for path, raw in sorted(files.items()):
        if path.startswith(PASSAGE_KEYS):
            key = decode_passage_key(raw)
            name = names_by_path.get(path, path.removeprefix(PASSAGE_KEYS))
            state = _state_of(held.get(f"passage-{key.kid.hex()}"))
            in_force.append(KeyInForce(name=name, kid=key.kid, held=state))
    return in_force


def _state_of(file: PassageKeyFile | str | None) -> str:
    if file is None:
        return "missing"
    if isinstance(file, PassageKeyFile):
        return "open"
    return "passphrase" if file == "key_file_passphrase" else file


def check_passage_keys(keys: Path) -> None:
    """Return if every passage key file in the folder can be read (or asks for its passphrase); else
    Fault key_file.
    """
    for path, file in _key_files(keys, None).items():
        if isinstance(file, str) and file != "key_file_passphrase":
            raise Fault(Code.KEY_FILE, f"{file}: {path}")
