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
from issuer.trustfiles import read_trust
from keys.errors import KeyFileError
from keys.keyfile import KeyFile, read_key
from keys.trustlist import Purpose, TrustList


@dataclass(frozen=True, slots=True)
class OfficeKeys:
    """The office's private keys, each read when it is first needed, and again when its file was
    replaced (a rotation by another process).
    """

    folder: Path
    _read: dict[Purpose, tuple[tuple[int, int], KeyFile]] = field(default_factory=dict)

    def of(self, purpose: Purpose) -> KeyFile:
        """Return the key for `purpose`; a missing, exposed or damaged file: Fault key_file."""
        path = key_path(self.folder, purpose)
        try:
            stat = path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns)
            known = self._read.get(purpose)
            if known is None or known[0] != stamp:
                self._read[purpose] = (stamp, read_key(path, purpose=purpose.value))
        except KeyFileError as error:
            raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
        except OSError as error:
            raise Fault(Code.KEY_FILE, f"key_file_missing: {path}: {error.strerror}") from None
        return self._read[purpose][1]


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
        """Return the newest root file, whose SHA-256 enrolment codes pin; Fault trust_damaged."""
        return read_trust(self.folder.trust).root.raw

    def trust_list(self) -> TrustList:
        """Return the trust list of the repository; Fault trust_damaged."""
        return read_trust(self.folder.trust).trust_list()

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
