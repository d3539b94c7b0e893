"""The trust metadata in force on disk: one file, so that a crash leaves the old set or the new one
(keys.truststore).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from keys.ed25519 import PUBLIC_KEY_BYTES
from keys.errors import UntrustedData
from scanner.errors import StationFault
from scanner.record.files import TOO_LARGE, read_whole, write_whole

if TYPE_CHECKING:
    from keys.trustset import TrustSet

STORED_MAX_BYTES: Final = 1 << 28


def is_repository_root(root: bytes) -> bool:
    """Return whether a pinned root is the first file of a trust repository, not a bare public
    key.
    """
    return len(root) != PUBLIC_KEY_BYTES


class TrustFile:
    """The file of one data folder. root: the root file as pinned at enrolment.

    One object may be asked from several threads: what it remembers is replaced as a whole.
    """

    def __init__(self, folder: Path, root: bytes) -> None:
        self._path = folder / "trust" / "set"
        self._root = root
        self._last: tuple[bytes, TrustSet] | None = None

    def read(self) -> TrustSet | None:
        """Return the set in force after every signature was checked again; None before the first,
        or if a byte of it changed.
        """
        # python-tuf takes 0.15 s to import: after the window's first paint.
        from keys.truststore import decode_trust_set

        try:
            raw = read_whole(self._path, STORED_MAX_BYTES)
        except StationFault as fault:
            if fault.code != TOO_LARGE:
                raise
            return None
        if raw is None:
            return None
        if self._last is not None and self._last[0] == raw:
            return self._last[1]
        try:
            held = decode_trust_set(raw)
            self._check_root(held)
        except UntrustedData:
            return None
        self._last = (raw, held)
        return held

    def _check_root(self, held: TrustSet) -> None:
        # A set that does not go on from the root of the enrolment is another office's.
        from keys.trustset import first_trust_set

        pinned = first_trust_set(self._root).root
        same = held.root.signed_bytes == pinned.signed_bytes
        if held.root.version < pinned.version or (held.root.version == pinned.version and not same):
            raise UntrustedData(code="root_swapped")

    def read_or_begin(self) -> TrustSet:
        """Return the set in force, or the one that holds nothing but the pinned root.
        UntrustedData if even that is damaged.
        """
        from keys.trustset import first_trust_set

        return self.read() or first_trust_set(self._root)

    def keep(self, held: TrustSet) -> None:
        """Put `held` in force. StationFault."""
        from keys.truststore import encode_trust_set

        write_whole(self._path, encode_trust_set(held))
