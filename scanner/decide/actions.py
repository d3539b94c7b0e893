"""What a guard can do besides scanning: open for an emergency, say why, take back, measure, decide
a hand check, register somebody without a pass, look a number up, note an incident, change shifts.

Each is a fact of its own in the log that names the passage it belongs to; a passage never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from scanner.decide.looks import Wording

# Tenths of a degree Celsius that a living person can have; anything else is a slip of the thumb.
TEMPERATURES: Final = range(300, 451)


class EmergencyCause(StrEnum):
    """Why somebody opened without a verdict; asked after the door is open, never before."""

    MEDICAL = "medical"
    CHILDBIRTH = "childbirth"
    FIRE = "fire"
    RESCUE = "rescue"
    OTHER = "other"


CAUSES: Final[dict[EmergencyCause, Wording]] = {
    EmergencyCause.MEDICAL: Wording(zh="急病受伤", en="Illness, injury"),
    EmergencyCause.CHILDBIRTH: Wording(zh="孕产", en="Childbirth"),
    EmergencyCause.FIRE: Wording(zh="火情险情", en="Fire, danger"),
    EmergencyCause.RESCUE: Wording(zh="救援执勤", en="Rescue on duty"),
    EmergencyCause.OTHER: Wording(zh="其他", en="Other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenForEmergency:
    """Open now, whatever the machine thinks; why comes after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCause:
    """Why the emergency passage of that id (16 bytes) was opened."""

    passage_id: bytes
    cause: EmergencyCause


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """The passage of that id (16 bytes) did not happen; within 30 s of it."""

    passage_id: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The temperature of the person judged last, in tenths of a degree Celsius."""

    tenths: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountParty:
    """So many people (1 to 16) stand there on the pass judged last."""

    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """What the guard decided of the hand check that the passage of that id (16 bytes) asked for."""

    passage_id: bytes
    admitted: bool
    papers_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A person without a pass, by hand. name: as said or as on the document, at most 64 characters.
    id_tail: the last four of its number, or empty. note: why, at most 200 characters.
    """

    name: str
    id_tail: str
    note: str
    admitted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """The status of the pass whose number was said or stands on a paper: `list-index`, as
    `3-777777`, of the home issuer. No signature is seen, so nobody is admitted by it.
    """

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteIncident:
    """What happened at the gate, at most 200 characters. about: passage_id of the row that it
    belongs to, None for none.
    """

    text: str
    about: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginShift:
    """The guard on duty is the holder of the staff pass that was scanned. text: what the code
    held.
    """

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndShift:
    """Nobody is on duty any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInside:
    """So many people are inside, as somebody at the door counted."""

    count: int


Action = (
    OpenForEmergency
    | GiveCause
    | TakeBack
    | Measured
    | CountParty
    | Decide
    | Register
    | LookUp
    | NoteIncident
    | BeginShift
    | EndShift
    | SetInside
)


def tenths_of(typed: str) -> int | None:
    """Return the tenths of a degree that `36.5`, `36,5` or `365` says; None if it says none."""
    digits = typed.replace(".", "").replace(",", "")
    if len(typed) - len(digits) > 1 or not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) != 3 or (len(typed) == 4 and typed[2] not in ".,"):
        return None
    tenths = int(digits)
    return tenths if tenths in TEMPERATURES else None
