"""The secret half of a passage key, from its file: what opens sealed bodies where somebody may."""

from __future__ import annotations

from pathlib import Path

from keys.keyfile import read_passage_key
from keys.sealing import passage_kid


def passage_secret(path: Path, passphrase: str | None = None) -> dict[bytes, bytes]:
    """Return the X25519 secret of a key file of purpose `passage`, by its key id; KeyFileError."""
    found = read_passage_key(path, passphrase=passphrase)
    return {passage_kid(found.public_key): found.secret}
