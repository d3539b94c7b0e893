"""A USB keyboard of the box that types what it is told, as a hand scanner does."""

from __future__ import annotations

import time
from typing import Any, Final

from tests.machine.box import Box

_SIGNS: Final = {
    " ": "spc", "-": "minus", "=": "equal", ".": "dot", "/": "slash", ";": "semicolon",
}  # fmt: skip
_SHIFTED: Final = {
    "$": "4", "%": "5", "*": "8", "+": "equal", ":": "semicolon", "_": "minus", "?": "slash",
    "&": "7", "#": "3", "~": "grave_accent",
}  # fmt: skip
# The model of the keyboard keeps 16 strokes, and a slow box empties it slowly.
_PAUSE_S: Final = 0.03


def _stroke(key: str, *, down: bool) -> dict[str, Any]:
    return {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": key}}}


def strokes_of(text: str) -> list[tuple[str, bool]]:
    """Return the keys of a US keyboard that write `text`, and whether each needs Shift; KeyError
    for a sign that no carrier has.
    """
    keys = []
    for sign in text:
        if sign in _SHIFTED:
            keys.append((_SHIFTED[sign], True))
        elif sign in _SIGNS:
            keys.append((_SIGNS[sign], False))
        elif sign.isascii() and sign.isalnum():
            keys.append((sign.lower(), sign.isupper()))
        else:
            raise KeyError(sign)
    return keys


def type_text(box: Box, text: str, end: str = "ret") -> None:
    """Type `text` and the key `end` on the box's keyboard."""
    for key, with_shift in [*strokes_of(text), (end, False)]:
        around = ["shift"] if with_shift else []
        down = [_stroke(name, down=True) for name in [*around, key]]
        up = [_stroke(name, down=False) for name in [key, *around]]
        for event in [*down, *up]:
            box.monitor("input-send-event", events=[event])
            time.sleep(_PAUSE_S)
