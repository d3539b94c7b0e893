"""What a search of passages may ask, and how it is asked again page by page."""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from typing import Final

from issuer.errors import BadInput, Code
from keys.passages import Direction, PassIdentity, Verdict

PURPOSE_MIN: Final = 3
PURPOSE_MAX: Final = 200
PAGE_ROWS: Final = 100
_TIME_END_S: Final = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page of results ends: the next one begins below it."""

    seen_at_ms: int
    station: str
    passage_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for. from_s, to_s: seconds, half open; None: no limit."""

    purpose: str
    from_s: int | None = None
    to_s: int | None = None
    station: str = ""
    verdict: Verdict | None = None
    reason: str = ""
    direction: Direction | None = None
    identity: PassIdentity | None = None

    def as_logged(self) -> dict[str, object]:
        """Return what the audit keeps of the search: everything that was asked."""
        asked = {
            "from": self.from_s,
            "to": self.to_s,
            "station": self.station or None,
            "verdict": self.verdict and self.verdict.value,
            "reason": self.reason or None,
            "direction": self.direction and self.direction.value,
            "pass": self.identity and str(self.identity),
        }
        return {"purpose": self.purpose} | {k: v for k, v in asked.items() if v is not None}


def checked_purpose(text: str) -> str:
    """Return the purpose in one line; too short to say anything: BadInput purpose_missing."""
    purpose = " ".join(text.split())[:PURPOSE_MAX]
    if len(purpose) < PURPOSE_MIN:
        raise BadInput(Code.PURPOSE_MISSING)
    return purpose


def check_range(from_s: int | None, to_s: int | None) -> None:
    """Return if the two times can bound a search, else BadInput bad_time."""
    for limit in (from_s, to_s):
        if limit is not None and not 0 <= limit < _TIME_END_S:
            raise BadInput(Code.BAD_TIME)
    if from_s is not None and to_s is not None and to_s <= from_s:
        raise BadInput(Code.BAD_TIME, "the range ends before it begins")


def verdict_of(word: str) -> Verdict | None:
    """Return the verdict that `word` names, None for the empty one; else BadInput."""
    try:
        return Verdict(word) if word else None
    except ValueError:
        raise BadInput(Code.BAD_ARGUMENTS, f"verdict is one of {', '.join(Verdict)}") from None


def direction_of(word: str) -> Direction | None:
    """Return the direction that `word` names, None for the empty one; else BadInput."""
    try:
        return Direction(word) if word else None
    except ValueError:
        raise BadInput(Code.BAD_ARGUMENTS, "direction is entry or exit") from None


def write_place(place: Place) -> str:
    """Return a place as text for a link to the next page."""
    raw = struct.pack(">Q", place.seen_at_ms) + place.passage_id + place.station.encode()
    return base64.urlsafe_b64encode(raw).decode()


def read_place(text: str) -> Place | None:
    """Return the place that a link names, None for the empty text; else BadInput bad_arguments."""
    if not text:
        return None
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        if not 24 < len(raw) < 512:
            raise ValueError(text)
        station = raw[24:].decode()
    except (ValueError, binascii.Error):
        raise BadInput(Code.BAD_ARGUMENTS, "not a place in a list") from None
    at = int(struct.unpack(">Q", raw[:8])[0])
    if at >= 1 << 53:
        raise BadInput(Code.BAD_ARGUMENTS, "not a place in a list")
    return Place(seen_at_ms=at, station=station, passage_id=raw[8:24])
