"""The office as everything above it gets it: settings, folder, keys, database, clock and chance in
one place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from issuer import audit
from issuer.database.engine import Database
from issuer.errors import Code, Fault
from issuer.settings import Folder, Settings
from keys.errors import KeyFileError, UntrustedData
from keys.keyfile import KeyFile, read_key
from keys.trustlist import Purpose, TrustList, open_trust_list


@dataclass(frozen=True, slots=True)
class OfficeKeys:
    """The office's private keys, each read once, when it is first needed."""

    folder: Path
    _read: dict[Purpose, KeyFile] = field(default_factory=dict)

    def of(self, purpose: Purpose) -> KeyFile:
        """Return the key for `purpose`; a missing, exposed or damaged file: Fault key_file."""
        if purpose not in self._read:
            try:
                self._read[purpose] = read_key(
                    key_path(self.folder, purpose), purpose=purpose.value
                )
            except KeyFileError as error:
                raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
        return self._read[purpose]


def key_path(folder: Path, purpose: Purpose) -> Path:
    """Return the file that holds the key for `purpose`."""
    return folder / f"{purpose.value}.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """One office, open. now: unix seconds. draw(n): n random bytes."""

    folder: Folder
    settings: Settings
    keys: OfficeKeys
    database: Database
    now: Callable[[], int]
    draw: Callable[[int], bytes]

    def root(self) -> bytes:
        """Return the root's public key (32 bytes)."""
        return self._trust_file("root")

    def trust_list(self) -> TrustList:
        """Return the trust list that the root signed; one it did not sign: Fault key_file."""
        try:
            return open_trust_list(self._trust_file("list"), self.root())
        except UntrustedData as error:
            raise Fault(Code.KEY_FILE, f"trust/list: {error.code}") from None

    def _trust_file(self, name: str) -> bytes:
        try:
            return (self.folder.trust / name).read_bytes()
        except OSError as error:
            raise Fault(Code.KEY_FILE, f"trust/{name}: {error.strerror}") from None

    def log(self, operator: str, action: str, subject: str, **details: object) -> None:
        """Write one audit entry in a transaction of its own, for deeds that change nothing else."""
        with self.database.write() as connection:
            audit.append(
                connection,
                at=self.now(),
                operator=operator,
                action=action,
                subject=subject,
                details=details,
            )
