"""Passing on: what a recognised neighbour publishes, below our own published folder, so that a
station needs no other server than its own.

A neighbour's manifest is taken only if a key that the home list names signed it and it is newer
than the one passed on before; packs are bounded by what the manifest says. Stations check all of it
again: what is wrong here harms nobody's home passes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from issuer.errors import BadInput, Code, Refused
from issuer.people.office import Office
from issuer.tokens.actions.files import file_faults, make_folder, sync_folder, write_public
from issuer.trustfiles import read_trust
from keys.errors import UntrustedData
from keys.manifest import (
    MANIFEST_MAX_BYTES,
    Manifest,
    check_foreign,
    check_newer,
    open_manifest,
)
from keys.shapes import is_issuer_name
from keys.trustlist import Purpose, TrustList
from keys.trustset import TrustSet

# fetch(path, max_bytes) -> the file; a Refused passing_failed where it cannot be had.
Fetch = Callable[[str, int], bytes]
PACKS_MAX_BYTES: Final = 64 << 20
_PLACE_MAX: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """What was passed on of a neighbour. changed: it is a newer version than before."""

    issuer: str
    version: int
    changed: bool


def places(held: TrustSet) -> dict[str, str]:
    """Return where each recognised neighbour says that its lists are, by its own signed word."""
    found = {}
    for issuer in held.trust_list().issuers:
        raw = held.files.get(f"issuers/{issuer}/place", b"")
        if 0 < len(raw) <= _PLACE_MAX and raw.isascii():
            found[issuer] = raw.decode("ascii")
    return found


def pass_on(office: Office, name: str, fetch: Fetch) -> PassedOn:
    """Fetch the newest lists of the neighbour `name` and publish them; BadInput where it is not
    recognised, Refused passing_failed with what is wrong.
    """
    trust = read_trust(office.folder.trust).trust_list()
    if name not in trust.issuers or name == office.settings.issuer or not is_issuer_name(name):
        raise BadInput(Code.BAD_CARD, f"{name} is not recognised here")
    folder = office.folder.published / "issuers" / name
    raw = fetch("manifest", MANIFEST_MAX_BYTES)
    try:
        manifest, newer = _checked(office, trust, name, raw, folder)
    except UntrustedData as error:
        raise Refused(Code.PASSING_FAILED, f"{name}: {error.code}") from None
    if newer:
        packs = _fetch_packs(manifest, fetch, name)
        with file_faults():
            _write(folder, manifest, raw, packs)
    return PassedOn(issuer=name, version=manifest.version, changed=newer)


def _checked(
    office: Office, trust: TrustList, name: str, raw: bytes, folder: Path
) -> tuple[Manifest, bool]:
    now = office.now()

    def keys_of(kid: bytes) -> tuple[bytes, ...]:
        number = int.from_bytes(kid, "big")
        return trust.keys_for(name, Purpose.STATUS, number, now) if len(kid) == 2 else ()

    new = open_manifest(raw, keys_of)
    check_foreign(new)
    held_raw = (folder / "manifest").read_bytes() if (folder / "manifest").exists() else None
    held = None
    if held_raw is not None:
        try:
            held = open_manifest(held_raw, keys_of)
        except UntrustedData:
            held_raw = None  # its key was burned or ended since: it bars nothing any more
    epoch = trust.issuers[name].epoch
    return new, check_newer(new, raw, held=held, held_raw=held_raw, epoch=epoch, now=now)


def _fetch_packs(manifest: Manifest, fetch: Fetch, name: str) -> dict[str, bytes]:
    if sum(size for _, size in manifest.packs) > PACKS_MAX_BYTES:
        raise Refused(Code.PASSING_FAILED, f"{name}: packs larger than {PACKS_MAX_BYTES} bytes")
    packs = {}
    for first, size in manifest.packs:
        path = f"{first}-{manifest.version}"
        packs[path] = fetch(f"packs/{path}", size)
        if len(packs[path]) != size:
            raise Refused(Code.PASSING_FAILED, f"{name}: packs/{path} is not as announced")
    return packs


def _write(folder: Path, manifest: Manifest, raw: bytes, packs: dict[str, bytes]) -> None:
    for place in (folder.parent, folder, folder / "packs"):
        make_folder(place, 0o755)
    for path, pack in packs.items():
        write_public(folder / "packs" / path, pack)
    sync_folder(folder / "packs")
    # Last: whoever reads this manifest finds everything that it names.
    write_public(folder / "manifest", raw)
    sync_folder(folder)
    # The version before stays: a reader may be between its manifest and its pack.
    keep = tuple(f"-{version}" for version in (manifest.version, manifest.version - 1))
    for old in (folder / "packs").iterdir():
        if not old.name.endswith(keep):
            old.unlink(missing_ok=True)
