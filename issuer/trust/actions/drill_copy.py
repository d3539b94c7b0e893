"""The compromise drill on a copy of this very office: its passes, statuses, stations and working
keys in a scratch folder, burned there.

The copy has offline keys of its own, made for the drill: the real ones are not needed, and nothing
that the copy signs for its trust repository would be believed by a real gate. Names, passages and
log-ins are not copied. The original is only read.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from issuer.database.copying import copy_rows
from issuer.database.engine import Database
from issuer.database.tables import (
    CHECKPOINTS,
    COUNTERS,
    ENTRIES,
    FACTS,
    LISTS,
    PASSES,
    STATION_KEYS,
    STATIONS,
)
from issuer.people.office import Office, OfficeKeys, key_path
from issuer.settings import Folder
from issuer.tokens.actions.files import file_faults, make_folder
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.burning import genuine
from issuer.trust.actions.drill import ScratchSettings, Step, drill
from issuer.trust.actions.repository import found_repository
from issuer.trust.actions.signers import Media
from issuer.trustfiles import read_trust
from keys.readmission import encode_readmission
from keys.trustlist import Purpose
from keys.trustset import TrustSet

_TABLES: Final = (
    FACTS,
    COUNTERS,
    LISTS,
    PASSES,
    ENTRIES,
    CHECKPOINTS,
    STATIONS,
    STATION_KEYS,
)
_READMITTED: Final = "readmit/"
_BLANKED: Final[Mapping[str, Mapping[str, Any]]] = {
    "passes": {"name": "", "id_tail": "", "minted_by": ""},
    "checkpoints": {"secret": b""},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyDrill:
    """What the drill on the copy said. living: passes that the burned key had signed and that have
    not ended: so many holders would stand at a gate. readmitted: how many of them the re-admission
    list brought back. list_bytes: what it adds to every gate's next sync.
    """

    kid: int
    living: int
    readmitted: int
    list_bytes: int
    trust_before: int
    trust_after: int
    steps: list[Step]


def drill_on_copy(real: Office, top: Path, *, by: str) -> CopyDrill:
    """Copy the office into the empty folder `top`, burn its pass key there, and return what a gate
    said at every step. The caller removes `top`: copies of working keys are in it.
    """
    held = read_trust(real.folder.trust)
    copy, offline = _copy(real, held, top)
    try:
        kid = copy.keys.of(Purpose.PASS).kid
        living = genuine(copy, kid)
        publish(copy)
        steps = drill(copy, offline, by=by)
        after = read_trust(copy.folder.trust)
        readmitted = after.keyring().readmitted.get((real.settings.issuer, kid), frozenset())
        return CopyDrill(
            kid=kid,
            living=len(living),
            readmitted=len(readmitted & set(living)),
            list_bytes=len(encode_readmission(readmitted)),
            trust_before=held.trust_list().version,
            trust_after=after.trust_list().version,
            steps=steps,
        )
    finally:
        copy.database.close()


def _copy(real: Office, held: TrustSet, top: Path) -> tuple[Office, Path]:
    """Return the copy and where its own offline keys are."""
    folder, offline = Folder(top / "data"), top / "offline"
    with file_faults():
        for path in (folder.path, folder.keys, folder.trust, offline):
            make_folder(path, 0o700)
        for purpose in Purpose:
            shutil.copy2(key_path(real.folder.keys, purpose), key_path(folder.keys, purpose))
        found_repository(
            folder.trust,
            folder.keys,
            Media(folders=(offline,)),
            held.trust_list(),
            {path: raw for path, raw in held.files.items() if path.startswith(_READMITTED)},
            now=real.now(),
            draw=real.draw,
            epoch=held.epoch,
        )
    chosen = {field.name: getattr(real.settings, field.name) for field in fields(real.settings)}
    settings = ScratchSettings(**chosen)
    database = _database(real, settings.database_address(folder))
    copied = replace(
        real, folder=folder, settings=settings, keys=OfficeKeys(folder.keys), database=database
    )
    return copied, offline


def _database(real: Office, address: str) -> Database:
    # Alembic takes longer to import than most commands to run.
    from issuer.database.migrate import migrate  # noqa: PLC0415 - as said

    database = Database(address)
    try:
        migrate(database)
        copy_rows(real.database, database, _TABLES, blanked=_BLANKED)
    except BaseException:
        database.close()
        raise
    return database
