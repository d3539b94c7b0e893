"""Key files: written once, mode 0600, refused when others may read them, sealed by a passphrase
where one is given.

Layout: one JSON object {"kakou_key": 1, "purpose", "kid", "public", "seed" | "salt" + "box"}. A box
is the seed in a libsodium secretbox under Argon2id(passphrase, salt) with the moderate limits. The
seed of purpose `passage` is an X25519 secret, every other one an Ed25519 seed.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox

from keys.ed25519 import SEED_BYTES, SigningKey
from keys.errors import KeyFileError

KEY_FILE_MAX_BYTES: Final = 4096
ROOT_PURPOSE: Final = "root"
PASSAGE_PURPOSE: Final = "passage"
# Keys that no running machine may reach: root, and the targets of the trust repository.
OFFLINE_PURPOSES: Final = frozenset({ROOT_PURPOSE, "targets"})
SUFFIX: Final = ".key"
_SEARCH_MAX_FILES: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """A key read from its file: the key, its number (0 where it has none), and the one purpose it
    was made for.
    """

    key: SigningKey
    kid: int
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageKeyFile:
    """What opens sealed row bodies, read from its file: an X25519 secret and its public key, 32
    bytes each.
    """

    secret: bytes = field(repr=False)
    public_key: bytes


def _box(passphrase: str, salt: bytes) -> SecretBox:
    kdf = pwhash.argon2id.kdf
    limits = (pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE)
    return SecretBox(kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, *limits))


def write_key(
    path: Path, key: SigningKey, *, purpose: str, kid: int = 0, passphrase: str | None = None
) -> None:
    """Write `key` to a new file of mode 0600; an existing file is never touched (KeyFileError
    `key_file_exists`).
    """
    fields = {"purpose": purpose, "kid": kid, "public": key.public_key.hex()}
    _write_secret(path, key.seed, fields, passphrase)


def write_passage_key(path: Path, secret: bytes, *, passphrase: str | None = None) -> None:
    """Write an X25519 secret of 32 bytes to a new file, as `write_key` does."""
    public = bytes(PrivateKey(secret).public_key)
    fields = {"purpose": PASSAGE_PURPOSE, "kid": 0, "public": public.hex()}
    _write_secret(path, secret, fields, passphrase)


def _write_secret(path: Path, seed: bytes, named: dict[str, Any], passphrase: str | None) -> None:
    fields: dict[str, Any] = {"kakou_key": 1} | named
    if passphrase is None:
        fields["seed"] = seed.hex()
    else:
        salt = os.urandom(pwhash.argon2id.SALTBYTES)
        fields |= {"salt": salt.hex(), "box": _box(passphrase, salt).encrypt(seed).hex()}
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(
            f"{path} exists; keys are never written over", code="key_file_exists"
        ) from None
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", code="key_file_unwritable") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            json.dump(fields, out)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        path.unlink()  # half a key would bar the name for ever
        raise KeyFileError(f"{path}: {error.strerror}", code="key_file_unwritable") from None


def _read_fields(path: Path) -> dict[str, Any]:
    try:
        # Not held up by a pipe in place of the file, until somebody writes into it.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as source:
            mode = os.fstat(source.fileno()).st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise KeyFileError(
                    f"{path} is readable by others: chmod 600 it", code="key_file_exposed"
                )
            raw = source.read(KEY_FILE_MAX_BYTES + 1) if stat.S_ISREG(mode) else b""
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}", code="key_file_missing") from None
    try:
        fields = json.loads(raw) if len(raw) <= KEY_FILE_MAX_BYTES else None
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or fields.get("kakou_key") != 1:
        raise KeyFileError(f"{path} is not a key file", code="key_file_damaged")
    return fields


def read_key(path: Path, *, purpose: str, passphrase: str | None = None) -> KeyFile:
    """Return the key in `path`, which must have been made for `purpose`.

    KeyFileError: `key_file_missing`, `key_file_exposed` (mode beyond 0600), `key_file_damaged`,
    `key_file_purpose`, `key_file_passphrase` (needed or wrong).
    """
    seed, public, kid = _read_secret(path, purpose, passphrase)
    key = SigningKey(seed)
    if key.public_key != public:
        raise KeyFileError(f"{path} is damaged", code="key_file_damaged")
    return KeyFile(key=key, kid=kid, purpose=purpose)


def read_passage_key(path: Path, *, passphrase: str | None = None) -> PassageKeyFile:
    """Return the X25519 secret in `path`; errors as `read_key`'s."""
    secret, public, _ = _read_secret(path, PASSAGE_PURPOSE, passphrase)
    if bytes(PrivateKey(secret).public_key) != public:
        raise KeyFileError(f"{path} is damaged", code="key_file_damaged")
    return PassageKeyFile(secret=secret, public_key=public)


def _read_secret(path: Path, purpose: str, passphrase: str | None) -> tuple[bytes, bytes, int]:
    fields = _read_fields(path)
    if fields.get("purpose") != purpose:
        raise KeyFileError(
            f"{path} holds a key for another purpose than {purpose}", code="key_file_purpose"
        )
    damaged = KeyFileError(f"{path} is damaged", code="key_file_damaged")
    try:
        if "box" in fields:
            seed = _open_box(path, fields, passphrase)
        else:
            seed = bytes.fromhex(fields["seed"])
        public, kid = bytes.fromhex(fields["public"]), fields["kid"]
    except (KeyError, TypeError, ValueError):
        raise damaged from None
    if len(seed) != SEED_BYTES or type(kid) is not int or not 0 <= kid < 1 << 16:
        raise damaged
    return seed, public, kid


def _open_box(path: Path, fields: dict[str, Any], passphrase: str | None) -> bytes:
    if passphrase is None:
        raise KeyFileError(f"{path} needs its passphrase", code="key_file_passphrase")
    salt, box = bytes.fromhex(fields["salt"]), bytes.fromhex(fields["box"])
    if len(salt) != pwhash.argon2id.SALTBYTES:
        raise ValueError("not a salt")
    try:
        return _box(passphrase, salt).decrypt(box)
    except CryptoError:
        raise KeyFileError(
            f"the passphrase does not open {path}", code="key_file_passphrase"
        ) from None


def find_root_keys(folder: Path) -> list[Path]:
    """Return the files below `folder` that hold a root or targets key, whatever their names; links
    are not followed.
    """
    found: list[Path] = []
    seen = 0
    for directory, _, names in os.walk(folder):
        for name in names:
            seen += 1
            if seen > _SEARCH_MAX_FILES:
                return found
            path = Path(directory) / name
            if _is_root_key(path):
                found.append(path)
    return found


def _is_root_key(path: Path) -> bool:
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > KEY_FILE_MAX_BYTES:
            return False
        fields = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(fields, dict) or "kakou_key" not in fields:
        return False
    purpose = fields.get("purpose")
    return isinstance(purpose, str) and purpose in OFFLINE_PURPOSES
