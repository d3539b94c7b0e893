"""The commands around the passage log: show it, open it with a key, take it along on a stick.

Each returns, or yields line by line, what `--json` prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from keys.bodies import PassageBody, decode_body
from keys.errors import MalformedBytes, UntrustedData
from keys.sealing import is_sealed, open_body
from scanner.errors import BadSetting
from scanner.record.database import open_database
from scanner.record.opening import passage_secret
from scanner.record.passages import PassageLog
from scanner.record.rows import LoggedPassage
from scanner.surroundings.earlierlogs import sending_logs
from scanner.surroundings.known import Known, open_known
from scanner.surroundings.lostlog import check_held
from scanner.surroundings.syncing import held_trust, sender_of
from scanner.sync.carried import CarriedBack, CarriedOut, SentAlong, carry_out, take_back
from scanner.sync.folder import FolderFetcher, FolderWriter, kakou_folder
from scanner.sync.receipts import KeptReceipts
from scanner.sync.upload import DAMAGED_HERE, NOT_NAMED

_PASSPHRASE_MAX_BYTES: Final = 4096
_READABLE: Final = "Name a file that holds the passphrase, in one line."
# What somebody can do about a row that was set aside, by its code.
_ASIDE_NEXT: Final[Mapping[str, str]] = {
    DAMAGED_HERE: "The row is damaged on this disk: have the disk checked, keep the folder.",
    NOT_NAMED: "The office did not answer for this row: tell the office, it has the batch.",
    "conflict": "The office holds another row under this id: tell the office, keep the folder.",
    "malformed_row": "The office could not read the row: keep the folder, tell the office.",
}
_ASIDE_USUALLY: Final = "The office does not take the row: tell the office its code."


def log_lines(
    folder: Path,
    keys: Sequence[Path] = (),
    passphrase: str | None = None,
    *,
    aside: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield every passage of the log, oldest first, as `log` prints it.

    keys: files of passage keys (under `passphrase`, if they have one): bodies are shown, which
    name people. aside: only the rows that were set aside, with what to do. KeyFileError.
    """
    known = open_known(folder)
    secrets: dict[bytes, bytes] = {}
    for path in keys:
        secrets |= passage_secret(path, passphrase)
    check_held(known)
    database = open_database(folder, known.identity.record.log)
    try:
        for entry in PassageLog(database, known.identity.record.station).entries():
            if aside and entry.code is None:
                continue
            line = _entry(entry, secrets)
            if secrets:
                line |= _body_line(entry, secrets)
            if aside:
                line["next"] = _ASIDE_NEXT.get(str(entry.code), _ASIDE_USUALLY)
            yield line
    finally:
        database.close()


def _entry(entry: LoggedPassage, secrets: Mapping[bytes, bytes]) -> dict[str, Any]:
    passage = entry.row.passage
    body, _ = _opened(passage.body, secrets)
    identity = None if body is None else body.identity
    seen_at = datetime.fromtimestamp(passage.seen_at_ms / 1000, UTC)
    return {
        "passage_id": passage.passage_id.hex(),
        "sequence": entry.row.sequence,
        "seen_at": seen_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "verdict": passage.verdict.value,
        "reason": str(passage.reason),
        "direction": passage.direction.value,
        "clock": passage.clock.value,
        "pass": None if identity is None else str(identity),
        "sealed": is_sealed(passage.body),
        "state": entry.state,
        "set_aside": entry.code,
    }


def _opened(raw: bytes, secrets: Mapping[bytes, bytes]) -> tuple[PassageBody | None, str | None]:
    """Return the body that can be read with `secrets`, or the code why it cannot."""
    try:
        return decode_body(open_body(raw, secrets)), None
    except MalformedBytes:
        return None, "no_body"
    except UntrustedData as error:
        return None, error.code


def _body_line(entry: LoggedPassage, secrets: Mapping[bytes, bytes]) -> dict[str, Any]:
    """Return what a body says beside the pass; what is empty is left out."""
    body, code = _opened(entry.row.passage.body, secrets)
    if body is None:
        return {"body": None, "body_code": "deleted" if entry.emptied else code}
    said: dict[str, Any] = {}
    for field in fields(body):
        value = getattr(body, field.name)
        # The salt says nothing; the pass stands in the line already.
        if value != field.default and field.compare and field.name != "identity":
            said[field.name] = value.hex() if isinstance(value, bytes) else value
    return {"body": said}


def export_log(folder: Path, to: Path) -> dict[str, Any]:
    """Put every waiting row on a stick, for a station that has no network, also those that were
    saved of a damaged log; nothing is marked.

    to: the stick, or its folder `kakou`. StationFault, StickFault, IssuerTrouble `odd_file`.
    """
    known = open_known(folder)
    place = kakou_folder(to)
    carried: list[CarriedOut] = []
    for one in sending_logs(known):
        with one.opened(folder) as rows:
            carried.append(
                carry_out(
                    rows,
                    sender_of(known, one.record),
                    FolderWriter(place),
                    SentAlong(folder, one.record.log),
                    sent_at=known.moment().now_s,
                )
            )
    rows_out = sum(one.rows for one in carried)
    return {
        "folder": str(place),
        "files": [name for one in carried for name in one.files],
        "rows": rows_out,
        "unreadable": sum(one.unreadable for one in carried),
        "now": "You may remove it now. Rows wait here until the office's receipts come back."
        if rows_out
        else "No row waits here: nothing was put on it, and you may remove it.",
    }


def take_receipts(known: Known, folder: Path, published: Path) -> dict[str, Any]:
    """Take in the receipts that came back on a stick, in its folder `published`. StationFault,
    IssuerTrouble; UntrustedData `trust_missing`.
    """
    back: list[CarriedBack] = []
    waiting = 0
    for one in sending_logs(known):
        with one.opened(folder) as rows:
            back.append(
                take_back(
                    rows,
                    sender_of(known, one.record),
                    held_trust(known),
                    FolderFetcher(published),
                    along=SentAlong(folder, one.record.log),
                    kept=KeptReceipts(folder, one.record.log),
                )
            )
            waiting += rows.waiting_count()
    taken = {name for one in back for name in one.receipts}
    return {
        "taken": len(taken),
        "delivered": sum(one.delivered for one in back),
        "set_aside": sum(one.set_aside for one in back),
        # What one log refuses is another's.
        "refused": [
            {"file": name, "code": code} for name, code in back[0].refused if name not in taken
        ],
        "waiting": waiting,
    }


def read_passphrase(path: Path | None) -> str | None:
    """Return the passphrase that a file holds, without its line end; None where none is named.
    BadSetting.
    """
    if path is None:
        return None
    try:
        with path.open("rb") as source:
            return source.read(_PASSPHRASE_MAX_BYTES).decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path}: {type(error).__name__}", next_step=_READABLE) from None
