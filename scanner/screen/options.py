"""What a window is started with; nothing in here changes while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from threading import Event

from keys.passages import Direction
from scanner.decide.actions import ActionName
from scanner.decide.looks import Language, Wording
from scanner.screen.answer_stand import Pace
from scanner.screen.answers import Site
from scanner.screen.themes import ThemeName


class Face(StrEnum):
    """The faces of the one engine."""

    GUARD = "guard"
    SHOP = "shop"
    KIOSK = "kiosk"


class Ahead(StrEnum):
    """Which way the arrow of an admission points."""

    UP = "up"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOptions:
    """now: the aware present, for the clock in the corner. place: the checkpoint's name.

    once: close when the source ends. mirrored: the camera faces the person, so the picture is
    shown as a mirror would. look_only: the switch that the scan loop reads before it logs; None
    where the loop cannot look only, then there is no button for it. allowed: how many people may
    be inside at once (shop), None for no limit. low: the kiosk's layout for wheelchair height, the
    parts to look at and touch below. ahead: where the way in is, seen from the kiosk's screen.
    exit_pin: the hash of the number that closes a kiosk (pin_lock.hash_pin); empty: nothing there
    closes it. mono_s: monotonic seconds, of the clock that frames carry.
    actions: what the scan loop can do besides scanning; a guard gets a button for each.
    """

    now: Callable[[], datetime]
    place: Wording
    direction: Direction = Direction.ENTRY
    operator: str = ""
    face: Face = Face.GUARD
    language: Language = Language.ZH
    theme: ThemeName = ThemeName.NIGHT
    large_type: bool = False
    fullscreen: bool = False
    mirrored: bool = False
    once: bool = False
    site: Site = field(default_factory=Site)
    pace: Pace = field(default_factory=Pace)
    look_only: Event | None = None
    size: tuple[int, int] = (1280, 800)
    allowed: int | None = None
    low: bool = False
    ahead: Ahead = Ahead.UP
    exit_pin: str = ""
    mono_s: Callable[[], float] = time.monotonic
    actions: frozenset[ActionName] = frozenset()
