"""The key ceremony: root and targets keys onto their own media, working keys into the data folder,
the first trust list, first operator.

Run once. What fails half-way leaves files behind on purpose: keys are never written over, so the
message says to take both folders away and begin again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from issuer.database.engine import Database
from issuer.database.facts import read_fact, start_counter, write_fact
from issuer.database.migrate import migrate
from issuer.errors import Code, Fault
from issuer.passages.actions.passagekeys import make_passage_key
from issuer.people.actions.operators import add_operator
from issuer.people.office import Office, OfficeKeys, key_path
from issuer.people.rules.roles import Role
from issuer.settings import Folder, Settings, write_settings
from issuer.tokens.actions.files import file_faults, make_folder
from issuer.tokens.actions.publish import CHANGES, Published, publish
from issuer.trust.actions.repository import found_repository
from issuer.trust.actions.signers import Media
from keys.ed25519 import SEED_BYTES, SigningKey
from keys.enrolment import root_pin
from keys.errors import KeyFileError
from keys.keyfile import write_key
from keys.sealing import encode_passage_key, passage_key_path
from keys.trustlist import (
    IssuerEntry,
    KeyState,
    Purpose,
    TrustedKey,
    TrustList,
)

FIRST_OPERATOR = "admin"
FIRST_NAME = "home"
_KIDS = {Purpose.PASS: 1, Purpose.STATUS: 2, Purpose.STATION: 3}
_KIDS_OF_ONE = 255
# 2020-01-01: passes may be dated back (a paper pass re-issued for the day it was asked for).
_NOT_BEFORE = 1_577_836_800
_LIFE_S = 5 * 365 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """What `init` is told. offline: the media for the offline keys, one folder or one for each of
    three people. passphrase: seals them, None for none; passage_passphrase: as much for what opens
    passages.
    """

    folder: Folder
    offline: tuple[Path, ...]
    settings: Settings
    passphrase: str | None
    passage_passphrase: str | None = None
    now: Callable[[], int]
    draw: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Initialised:
    """What `init` made. password: the first operator's, shown once. root_pin: SHA-256 of the root
    file, which enrolment codes carry.
    """

    offline: tuple[Path, ...]
    root_pin: bytes
    operator: str
    password: str
    published: Published


def initialise(asked: Ceremony) -> Initialised:
    """Make an office; Fault already_initialised, offline_inside_data, key_file, folder_unusable."""
    folder = asked.folder
    data = folder.path.resolve()
    for medium in asked.offline:
        if medium.resolve().is_relative_to(data):
            raise Fault(Code.OFFLINE_INSIDE_DATA, f"{medium} is inside {folder.path}")
    if folder.settings_file.exists() or folder.keys.exists():
        raise Fault(Code.ALREADY_INITIALISED, str(folder.path))
    with file_faults():
        # Others may pass through to `published`, and see nothing else.
        make_folder(folder.path, 0o711)
        for medium in asked.offline:
            medium.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = _make_keys(asked)
    return _open_office(asked, root)


def _make_keys(asked: Ceremony) -> bytes:
    """Make every key and the trust repository; return the root file."""
    make_folder(asked.folder.keys, 0o700)
    working = {purpose: SigningKey(asked.draw(SEED_BYTES)) for purpose in _KIDS}
    try:
        for purpose, key in working.items():
            path = key_path(asked.folder.keys, purpose)
            write_key(path, key, purpose=purpose.value, kid=_kid(asked, purpose))
    except KeyFileError as error:
        raise Fault(Code.KEY_FILE, f"{error.code}: {error}") from None
    make_folder(asked.folder.trust, 0o700)
    held = found_repository(
        asked.folder.trust,
        asked.folder.keys,
        Media(folders=asked.offline, passphrase=asked.passphrase),
        _first_trust_list(asked, working),
        _first_passage_key(asked),
        now=asked.now(),
        draw=asked.draw,
    )
    return held.root.raw


def kid_base(issuer: str) -> int:
    """Return the number before an office's first key number: one of 256 blocks, by its name.

    A gate tries four keys of one number (formats.md 1.1): if all offices began at 1, the fourth
    neighbour's passes would be refused. An office under the name that `init` gives by itself has no
    neighbours.
    """
    return 0 if issuer == FIRST_NAME else hashlib.sha256(issuer.encode()).digest()[0] << 8


def _kid(asked: Ceremony, purpose: Purpose) -> int:
    return kid_base(asked.settings.issuer) + _KIDS[purpose]


def _first_passage_key(asked: Ceremony) -> dict[str, bytes]:
    key = make_passage_key(asked.folder.keys, asked.draw, passphrase=asked.passage_passphrase)
    return {passage_key_path(): encode_passage_key(key.public)}


def _first_trust_list(asked: Ceremony, working: dict[Purpose, SigningKey]) -> TrustList:
    settings, base = asked.settings, kid_base(asked.settings.issuer)
    entry = IssuerEntry(
        epoch=1,
        kid_ranges=((base + 1, base + _KIDS_OF_ONE),),
        status_map=None,
        name_zh=settings.name_zh,
        name_en=settings.name_en,
    )
    keys = tuple(
        TrustedKey(
            kid=_kid(asked, purpose),
            public_key=key.public_key,
            issuer=settings.issuer,
            purpose=purpose,
            not_before=_NOT_BEFORE,
            not_after=asked.now() + _LIFE_S,
            state=KeyState.LIVE,
        )
        for purpose, key in working.items()
    )
    return TrustList(version=1, issuers={settings.issuer: entry}, keys=keys)


def _open_office(asked: Ceremony, root: bytes) -> Initialised:
    database = Database(asked.settings.database_address(asked.folder))
    try:
        migrate(database)
        office = Office(
            folder=asked.folder,
            settings=asked.settings,
            keys=OfficeKeys(asked.folder.keys),
            database=database,
            now=asked.now,
            draw=asked.draw,
        )
        with database.write() as connection:
            if read_fact(connection, "issuer") is not None:
                raise Fault(Code.ALREADY_INITIALISED, "the database holds an office")
            for counter in ("audit", "tries", CHANGES):
                start_counter(connection, counter)
            write_fact(connection, "issuer", asked.settings.issuer)
        office.log("console:init", "office.init", asked.settings.issuer)
        name, password = add_operator(
            office, name=FIRST_OPERATOR, role=Role.ADMIN, by="console:init"
        )
        published = publish(office)
    finally:
        database.close()
    # Last: from here on the folder counts as an office.
    write_settings(asked.folder, asked.settings)
    return Initialised(
        offline=asked.offline,
        root_pin=root_pin(root),
        operator=name,
        password=password,
        published=published,
    )
