"""Who this station is: its key, its certificate, its issuer's root, and the settings that go with
them.

Enrolment can be cut at any moment: the key is written before it is first shown to the issuer, and
`station.json` last of all, so a half-enrolled folder is simply not enrolled and the same command
goes on with the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keys.ed25519 import SigningKey
from keys.errors import KeyFileError
from keys.keyfile import read_key, write_key
from scanner.errors import StationFault
from scanner.record.files import read_whole, sync_folder, write_whole
from scanner.record.stationrecord import (
    RECORD_FILE,
    StationRecord,
    read_record,
    write_record,
)

KEY_PURPOSE: Final = "station-own"
_KEY_FILE: Final = "station.key"
_CERTIFICATE_FILE: Final = "station.certificate"
CHECKPOINT_FILE: Final = "checkpoint.secret"
_ROOT_FILE: Final = "root"
_SMALL: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class StationIdentity:
    """An enrolled station, read from its folder. root: the issuer's root as pinned at enrolment."""

    record: StationRecord
    key: SigningKey
    certificate: bytes
    checkpoint_secret: bytes
    root: bytes


def own_key(folder: Path, seed: bytes) -> SigningKey:
    """Return the station's key, made from `seed` (32 random bytes) if the folder has none yet.
    StationFault.
    """
    path = folder / _KEY_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            # Aside first: half a key after a power cut would bar the folder from enrolling.
            aside = folder / f".{_KEY_FILE}.part"
            aside.unlink(missing_ok=True)
            write_key(aside, SigningKey(seed), purpose=KEY_PURPOSE)
            aside.replace(path)
            sync_folder(folder)
        return read_key(path, purpose=KEY_PURPOSE).key
    except KeyFileError as error:
        raise StationFault(str(error), code=error.code) from None
    except OSError as error:
        raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None


def is_enrolled(folder: Path) -> bool:
    """Return whether enrolment of this folder was completed."""
    return (folder / RECORD_FILE).exists()


def write_identity(
    folder: Path,
    record: StationRecord,
    *,
    certificate: bytes,
    checkpoint_secret: bytes,
    root: bytes,
) -> None:
    """Complete an enrolment: everything else first, the record that makes it valid last."""
    write_whole(folder / _ROOT_FILE, root)
    write_whole(folder / _CERTIFICATE_FILE, certificate)
    write_whole(folder / CHECKPOINT_FILE, checkpoint_secret)
    write_record(folder, record)


def read_identity(folder: Path) -> StationIdentity:
    """Return who this station is; NotEnrolled, or StationFault `identity_damaged` with what is
    missing.
    """
    record = read_record(folder)
    names = (_CERTIFICATE_FILE, CHECKPOINT_FILE, _ROOT_FILE)
    certificate, secret, root = (read_whole(folder / name, _SMALL) for name in names)
    try:
        if certificate is None or secret is None or root is None:
            raise ValueError("a file of the enrolment is missing")
        key = read_key(folder / _KEY_FILE, purpose=KEY_PURPOSE).key
    except (ValueError, TypeError, RecursionError) as error:
        raise StationFault(f"{folder}: {error}", code="identity_damaged") from None
    except KeyFileError as error:
        raise StationFault(str(error), code=error.code) from None
    return StationIdentity(
        record=record, key=key, certificate=certificate, checkpoint_secret=secret, root=root
    )
