"""Results of the camera's self-test, one file a light, kept in the data folder: figures only.

A file that is damaged counts as a check that was not made: making it again mends it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from scanner.errors import StationFault
from scanner.record.files import read_whole, write_whole

FOLDER: Final = "camera-check"
LIGHTS: Final = ("office", "sun", "dark")
_FITNESS: Final = frozenset({"good", "usable", "unfit"})
_MOST_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCheck:
    """One light's result. fitness: good, usable or unfit. advice: codes of what to change.
    checked_at: aware UTC, None if the file does not say. row: all figures.
    """

    light: str
    fitness: str
    advice: tuple[str, ...]
    checked_at: datetime | None
    row: Mapping[str, Any]


def keep_check(folder: Path, light: str, row: Mapping[str, Any], now: datetime) -> None:
    """Keep the figures of one light in the data folder, instead of those before. StationFault."""
    stamp = now.astimezone(UTC).isoformat(timespec="seconds")
    text = json.dumps({**row, "light": light, "checked_at": stamp}, ensure_ascii=False)
    write_whole(folder / FOLDER / f"{light}.json", text.encode())


def kept_checks(folder: Path) -> dict[str, KeptCheck]:
    """Return the results that are kept, by light, in the order of a day."""
    found = ((light, _read(folder / FOLDER / f"{light}.json", light)) for light in LIGHTS)
    return {light: check for light, check in found if check is not None}


def _read(path: Path, light: str) -> KeptCheck | None:
    try:
        raw = read_whole(path, _MOST_BYTES)
    except StationFault:
        return None
    return None if raw is None else parse_check(raw, light)


def parse_check(raw: bytes, light: str) -> KeptCheck | None:
    """Return the result in the bytes of a file, None if they hold none."""
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("fitness"), str):
        return None
    advice = row.get("advice", [])
    if row["fitness"] not in _FITNESS or not isinstance(advice, list):
        return None
    return KeptCheck(
        light=light,
        fitness=row["fitness"],
        advice=tuple(code for code in advice if isinstance(code, str)),
        checked_at=_moment(row.get("checked_at")),
        row=row,
    )


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
