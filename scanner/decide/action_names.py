"""Which actions a station may offer, by name: what a window needs to lay out its buttons, before
anything is done (scanner.decide.actions).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

UNDO_WITHIN_S: Final = 30.0


class ActionName(StrEnum):
    """The actions that a station may offer."""

    EMERGENCY = "emergency"
    UNDO = "undo"
    TEMPERATURE = "temperature"
    HAND_LIST = "hand_list"
    REGISTER = "register"
    LOOK_UP = "look_up"
    INCIDENT = "incident"
    SHIFT = "shift"
    COUNT = "count"
    PARTY = "party"
