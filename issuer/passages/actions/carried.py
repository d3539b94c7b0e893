"""Batches that came on a stick from a station without a network, and the receipts that go back.

The same path as over HTTP: the station's signature says whose rows they are, so a stick may be
lost, copied or carried twice. No link is followed, no file is read beyond what a batch may have,
nothing is executed, and a file that is no batch keeps no other one from being taken.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from issuer.errors import BadInput, Busy, Code, Fault, IssuerError
from issuer.passages.actions.ingest import StationSays, receive_batch
from issuer.people.office import Office
from issuer.tokens.actions.files import file_faults, sync_folder
from keys.batches import BATCH_MAX_BYTES

FOLDER: Final = "kakou"
BATCHES: Final = "passages"
RECEIPTS: Final = "receipts"
FILES_MAX: Final = 10_000
_NAME: Final = re.compile(r"\w[\w.-]{0,120}")
_READ: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtIn:
    """What a stick brought. stored: rows that the receipts confirm, new or known. refused: name of
    a file and the code why it was not taken.
    """

    batches: int
    stored: int
    set_aside: int
    refused: tuple[tuple[str, str], ...]


def bring_in(office: Office, chosen: Path, *, purpose: str, by: str) -> BroughtIn:
    """Take in every batch in `kakou/passages` of a stick, and put its receipt into `kakou/receipts`
    under the same name. Logged before the first is read; the same stick again changes nothing.

    Fault disk_full, folder_unusable where receipts cannot be written: rows that were stored stay
    stored, and their receipt is made again the next time. Busy, Fault of the database end it too.
    """
    folder = _kakou_folder(chosen)
    names = _names(folder / BATCHES)
    office.log(by, "passages.import", "", purpose=purpose, files=len(names))
    stored = aside = batches = 0
    refused: list[tuple[str, str]] = []
    for name in names:
        try:
            raw = _read(folder / BATCHES, name)
            done = receive_batch(office, raw, StationSays())
        except (Busy, Fault):
            raise
        except IssuerError as error:
            refused.append((name, error.code.value))
            continue
        _write(folder / RECEIPTS, name, done.raw)
        batches += 1
        stored += len(done.receipt.stored)
        aside += len(done.receipt.set_aside)
    return BroughtIn(batches=batches, stored=stored, set_aside=aside, refused=tuple(refused))


def _kakou_folder(chosen: Path) -> Path:
    folder = chosen if chosen.name == FOLDER else chosen / FOLDER
    if not (folder / BATCHES).is_dir():
        raise BadInput(
            Code.BAD_ARGUMENTS,
            f"no folder {folder / BATCHES}: at the gate `kakou-scanner log export` makes it",
        )
    for place in (folder, folder / BATCHES, folder / RECEIPTS):
        if place.is_symlink():
            raise BadInput(Code.BAD_ARGUMENTS, f"{place} is a link")
    return folder


def _names(folder: Path) -> list[str]:
    with file_faults(), os.scandir(folder) as entries:
        names = [entry.name for entry in islice(entries, FILES_MAX + 1)]
    if len(names) > FILES_MAX:
        raise BadInput(Code.TOO_LARGE, f"more than {FILES_MAX} files in {folder}")
    return sorted(names)


def _read(folder: Path, name: str) -> bytes:
    """Return a file's bytes; BadInput malformed_batch (odd name, link, no plain file, unreadable),
    too_large.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(Code.MALFORMED_BATCH, "an odd name")
    try:
        with os.fdopen(os.open(folder / name, _READ), "rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise BadInput(Code.MALFORMED_BATCH, "no plain file")
            raw = source.read(BATCH_MAX_BYTES + 1)
    except OSError as error:
        raise BadInput(Code.MALFORMED_BATCH, error.strerror or "unreadable") from None
    if len(raw) > BATCH_MAX_BYTES:
        raise BadInput(Code.TOO_LARGE, f"more than {BATCH_MAX_BYTES} bytes")
    return raw


def _write(folder: Path, name: str, raw: bytes) -> None:
    with file_faults():
        folder.mkdir(exist_ok=True)
        aside = folder / f".{name}.part"
        # Made anew: through a link left here somebody could have us write over another file.
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, _WRITE, 0o644), "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        aside.replace(folder / name)
        sync_folder(folder)
