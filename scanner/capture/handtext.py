"""What a hand scanner or a person typed: mended where a layout bent it, checked as it grows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.encoding import BASE45_ALPHABET

FULL_PREFIX: Final = "KK1:"
FULL_MOST: Final = 700
# formats.md 1.3 and 1.4: digits of profiles 1, 2 and of a rotating code with its tail.
DENSE_LENGTHS: Final = (200, 215, 282)
GROUP: Final = 5  # digits stand in groups of so many, on paper and in the dialog
_SPACES: Final = " \t\r\n"

# What the keys 1 2 3 4 5 6 7 8 9 0 type when nobody holds Shift, or, in the last two, when
# somebody does: a scanner set to another layout than the computer presses keys, not signs.
_DIGIT_ROWS: Final = {
    "azerty": "&é\"'(-è_çà",
    "azerty_be": "&é\"'(§è!çà",
    "czech": "+ěščřžýáíé",
    "slovak": "+ľščťžýáíé",
    "shifted_us": "!@#$%^&*()",
    "shifted_de": '!"§$%&/()=',
}
_TABLES: Final = {
    name: str.maketrans(dict(zip(row, "1234567890", strict=True)))
    for name, row in _DIGIT_ROWS.items()
}


def mended(text: str) -> str:
    """Return the digits that were meant, if a digit row explains every sign; else the text.

    Only texts as long as a DENSE code are mended, and their signature says whether it was right.
    """
    bare = text.strip(_SPACES)
    if len(bare) not in DENSE_LENGTHS or (bare.isascii() and bare.isdigit()):
        return text
    for name, row in _DIGIT_ROWS.items():
        if all(sign in row for sign in bare):
            return bare.translate(_TABLES[name])
    return text


class TypedState(StrEnum):
    """How far a code has come that somebody types."""

    EMPTY = "empty"
    GOES_ON = "goes_on"
    WRONG_SIGN = "wrong_sign"  # no pass has this sign in this place
    COMPLETE = "complete"  # as long as a pass may be; the signature decides
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the dialog shows. text: without the groups' spaces, to be judged when COMPLETE.

    shown: in groups of five with a space between. wrong_at: place in shown of the first wrong sign.
    missing: signs until the next length that a pass can have, 0 where any length may end.
    """

    state: TypedState
    text: str
    shown: str
    missing: int = 0
    wrong_at: int | None = None


def check_typed(entry: str) -> Typed:
    """Return how far the entry has come; digits may be in groups, with spaces or line ends."""
    start = entry.strip(_SPACES)
    if not start:
        return Typed(state=TypedState.EMPTY, text="", shown="", missing=DENSE_LENGTHS[0])
    upper = start.upper()
    if upper.startswith(FULL_PREFIX[: len(upper)]):
        return _full(upper)
    return _dense("".join(start.split()))


def _dense(digits: str) -> Typed:
    shown = " ".join(digits[i : i + GROUP] for i in range(0, len(digits), GROUP))
    bad = next(
        (i for i, sign in enumerate(digits) if not (sign.isascii() and sign.isdigit())), None
    )
    if bad is not None:
        at = bad + bad // GROUP
        return Typed(state=TypedState.WRONG_SIGN, text=digits, shown=shown, wrong_at=at)
    if len(digits) in DENSE_LENGTHS:
        return Typed(state=TypedState.COMPLETE, text=digits, shown=shown)
    longer = next((length for length in DENSE_LENGTHS if length > len(digits)), None)
    if longer is None:
        return Typed(state=TypedState.TOO_LONG, text=digits, shown=shown)
    return Typed(state=TypedState.GOES_ON, text=digits, shown=shown, missing=longer - len(digits))


def _full(text: str) -> Typed:
    # Base45 holds spaces, so the entry is not grouped: it is shown as it is typed.
    body = text[len(FULL_PREFIX) :]
    bad = next((i for i, sign in enumerate(body) if sign not in BASE45_ALPHABET), None)
    if bad is not None:
        at = bad + len(FULL_PREFIX)
        return Typed(state=TypedState.WRONG_SIGN, text=text, shown=text, wrong_at=at)
    if len(text) > FULL_MOST:
        return Typed(state=TypedState.TOO_LONG, text=text, shown=text)
    # A COSE_Sign1 with its 64-byte signature is never under 100 bytes, 150 signs; and three signs
    # stand for two bytes, so that a rest of one is no end.
    complete = len(body) >= 150 and len(body) % 3 != 1
    state = TypedState.COMPLETE if complete else TypedState.GOES_ON
    return Typed(state=state, text=text, shown=text)
