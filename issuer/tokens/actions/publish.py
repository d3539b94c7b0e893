"""Publishing: one new version of lists, packs and manifest, as static files that any web server can
serve.

What may happen, and what then: two processes publish at once: one waits. A crash before the version
is stored: nothing happened. After, but before the manifest is renamed: readers keep the version
they have, and the next publication names this one as its previous. A damaged snapshot in the
history: that delta is left out, stations take the snapshot.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from issuer.database.facts import read_counter
from issuer.errors import Fault
from issuer.people.office import Office
from issuer.tokens.actions.files import (
    file_faults,
    held_lock,
    make_folder,
    sync_folder,
    write_public,
)
from issuer.tokens.rules.publishing import (
    KEEP_S,
    packed_array,
    versions_to_keep,
    versions_with_delta,
)
from issuer.tokens.store import passes, publications
from issuer.tokens.store.publications import Publication
from issuer.trust.actions.repository import refresh_repository, show_repository
from keys.claims import LIST_ENTRIES
from keys.errors import UntrustedData
from keys.manifest import NO_PREVIOUS, Manifest, manifest_hash, seal_manifest
from keys.statusarray import Packed, state_of
from keys.statuslist import LIST_BYTES, seal_status_list
from keys.statuspack import apply_pack, encode_pack
from keys.trustlist import Purpose

CHANGES = "status_changes"
_LOG = logging.getLogger(__name__)
_NOTHING = np.zeros(0, np.uint8)
# How many of the newest versions keep their packs on the web.
SERVED_VERSIONS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What one publication wrote. entries: n of the universe; not_green: how many of them are not
    green.
    """

    version: int
    entries: int
    not_green: int
    packs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    changes: int
    new: Packed
    not_green: int
    last: Publication | None
    past: list[Publication]


def publish(office: Office) -> Published:
    """Publish a new version, also when nothing changed: its date is what tells gates that the list
    is fresh.
    """
    with held_lock(office.folder.publish_lock), file_faults():
        # Before the entries are read: gates take the manifest's word for all passes of before its
        # date, and one minted red while they are read must not be among those.
        begun = office.now()
        content = _read_content(office, begun)
        version = 1 if content.last is None else content.last.version + 1
        # A clock that went back must not make a manifest look older than the one before.
        now = begun if content.last is None else max(begun, content.last.at)
        packs = _packs(office, content, now)
        manifest = _manifest(office, content, version, now, packs)
        publication = Publication(
            version=version,
            at=now,
            entries=len(content.new) * 4,
            state=state_of(content.new),
            manifest=manifest,
            changes=content.changes,
        )
        with office.database.write() as connection:
            publications.insert_publication(connection, publication)
        _write_history(office, content, publication, packs[0])
        _write_files(office, content, publication, packs)
    return Published(
        version=version,
        entries=publication.entries,
        not_green=content.not_green,
        packs=tuple((first, len(pack)) for first, pack in sorted(packs.items())),
    )


def _read_content(office: Office, now: int) -> _Content:
    with office.database.read() as connection:
        # The count first: what changes while the rest is read will be published once more.
        changes = read_counter(connection, CHANGES)
        lists = max((number + 1 for number in passes.lists_used(connection)), default=1)
        entries = passes.all_entries(connection)
        last = publications.newest_publication(connection)
        past = publications.publications_since(connection, now - KEEP_S)
    new = packed_array(lists, entries)
    return _Content(changes=changes, new=new, not_green=len(entries), last=last, past=past)


def _packs(office: Office, content: _Content, now: int) -> dict[int, bytes]:
    """Return pack bytes by the version they start from; 0 is the snapshot."""
    packs = {0: encode_pack(_NOTHING, content.new)}
    chosen = versions_with_delta([(item.version, item.at) for item in content.past], now=now)
    by_state: dict[bytes, bytes | None] = {}
    for past in content.past:
        if past.version not in chosen:
            continue
        if past.state not in by_state:
            by_state[past.state] = _delta(office, past, content.new)
        delta = by_state[past.state]
        # A delta of nothing is a few bytes longer than a snapshot of nothing: both are fine.
        if delta is not None and len(delta) <= len(packs[0]) + 8:
            packs[past.version] = delta
    return packs


def _delta(office: Office, past: Publication, new: Packed) -> bytes | None:
    if past.entries > len(new) * 4:
        return None
    try:
        snapshot = _history_file(office, past.version).read_bytes()
        old = apply_pack(_NOTHING, snapshot, n_to=past.entries, state=past.state)
    except (OSError, UntrustedData):
        _LOG.warning("no usable snapshot of version %d; its delta is left out", past.version)
        return None
    return encode_pack(old, new)


def _manifest(
    office: Office, content: _Content, version: int, now: int, packs: dict[int, bytes]
) -> bytes:
    key = office.keys.of(Purpose.STATUS)
    manifest = Manifest(
        version=version,
        epoch=office.trust_list().issuers[office.settings.issuer].epoch,
        n=len(content.new) * 4,
        state=state_of(content.new),
        previous=NO_PREVIOUS if content.last is None else manifest_hash(content.last.manifest),
        packs=tuple((first, len(pack)) for first, pack in sorted(packs.items())),
        iat=now,
        exp=now + office.settings.manifest_life_s,
    )
    return seal_manifest(key.key, key.kid, manifest)


def _history_file(office: Office, version: int) -> Path:
    return office.folder.history / f"{version}.pack"


def _write_history(
    office: Office, content: _Content, publication: Publication, snapshot: bytes
) -> None:
    make_folder(office.folder.history, 0o700)
    path = _history_file(office, publication.version)
    aside = path.with_suffix(".new")
    aside.write_bytes(snapshot)
    aside.replace(path)
    past = [(item.version, item.at) for item in [*content.past, publication]]
    keep = {f"{version}.pack" for version in versions_to_keep(past, now=publication.at)}
    for old in office.folder.history.glob("*.pack"):
        if old.name not in keep:
            old.unlink(missing_ok=True)


def _write_files(
    office: Office, content: _Content, publication: Publication, packs: dict[int, bytes]
) -> None:
    top = office.folder.published
    for folder in (top, top / "trust", top / "packs", top / "status"):
        make_folder(folder, 0o755)
    _publish_trust(office)
    for first, pack in packs.items():
        write_public(top / "packs" / f"{first}-{publication.version}", pack)
    for number in range(publication.entries // LIST_ENTRIES):
        part = content.new[number * LIST_BYTES : (number + 1) * LIST_BYTES].tobytes()
        write_public(top / "status" / str(number), _status_list(office, number, part, publication))
    for folder in (top / "packs", top / "status"):
        sync_folder(folder)
    # Last: whoever reads this manifest finds everything that it names.
    write_public(top / "manifest", publication.manifest)
    sync_folder(top)
    # The versions before stay: a reader may be between its manifest and its pack, and changes in a
    # burst are published every second.
    served = tuple(f"-{publication.version - back}" for back in range(SERVED_VERSIONS))
    for old in (top / "packs").iterdir():
        if not old.name.endswith(served):
            old.unlink(missing_ok=True)


def _publish_trust(office: Office) -> None:
    try:
        refresh_repository(office)
    except Fault:
        # Statuses must go out whatever is wrong with the keys of the trust repository: what was
        # signed last stays good for days.
        _LOG.exception("the trust repository could not be signed anew")
    show_repository(office)


def _status_list(office: Office, number: int, part: bytes, publication: Publication) -> bytes:
    key = office.keys.of(Purpose.STATUS)
    return seal_status_list(
        key.key,
        key.kid,
        list_number=number,
        packed=part,
        iat=publication.at,
        exp=publication.at + office.settings.manifest_life_s,
        ttl=office.settings.publish_every_s,
    )


def changes_waiting(office: Office) -> bool:
    """Return whether a status changed, or a list began, since the newest publication."""
    with office.database.read() as connection:
        last = publications.newest_publication(connection)
        return last is None or read_counter(connection, CHANGES) != last.changes


def etag_of(raw: bytes) -> str:
    """Return the ETag of a published file."""
    return f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
