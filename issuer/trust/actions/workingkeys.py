"""The keys that sign passes, lists and certificates: how a new one takes the old one's place.

The next key waits in `<purpose>.next.key` until the trust list names it; then it becomes
`<purpose>.key`, and the old one `<purpose>-<number>.key`, for its keeper to destroy. Cut anywhere,
the same command goes on with the key that waits.
"""

from __future__ import annotations

import os
from pathlib import Path

from issuer.errors import Code, Fault
from issuer.people.office import Office, key_path
from issuer.tokens.actions.files import file_faults, sync_folder
from issuer.trust.rules.trustlists import live_key, next_kid
from keys.ed25519 import SEED_BYTES, SigningKey
from keys.errors import KeyFileError
from keys.keyfile import KeyFile, read_key, write_key
from keys.trustlist import Purpose, TrustList


def waiting_key(office: Office, trust: TrustList, purpose: Purpose) -> KeyFile:
    """Return the key that is to follow for `purpose`, made now or left by a command that was cut.
    Fault key_file.
    """
    path = _waiting(office, purpose)
    kid = next_kid(trust, office.settings.issuer)
    try:
        if path.exists():
            found = read_key(path, purpose=purpose.value)
            if found.kid == kid or is_live(office, trust, purpose, found):
                return found
            path.unlink()
        write_key(path, SigningKey(office.draw(SEED_BYTES)), purpose=purpose.value, kid=kid)
        return read_key(path, purpose=purpose.value)
    except KeyFileError as error:
        raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None


def is_live(office: Office, trust: TrustList, purpose: Purpose, key: KeyFile) -> bool:
    """Return whether the trust list names `key` as the one that signs now."""
    live = live_key(trust, office.settings.issuer, purpose)
    return live is not None and live.public_key == key.key.public_key


def install_key(office: Office, purpose: Purpose) -> None:
    """Put the waiting key in the place of the one in use, which is kept under its number."""
    path = key_path(office.folder.keys, purpose)
    old = office.keys.of(purpose)
    kept = path.with_name(f"{purpose.value}-{old.kid}.key")
    with file_faults():
        if not kept.exists():
            os.link(path, kept)
        _waiting(office, purpose).replace(path)
        sync_folder(path.parent)


def _waiting(office: Office, purpose: Purpose) -> Path:
    return office.folder.keys / f"{purpose.value}.next.key"
