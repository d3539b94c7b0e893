"""What a window is started with; nothing in here changes while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from keys.verdicts import Direction
from scanner.decide.action_names import ActionName
from scanner.decide.looks import Language, Wording
from scanner.screen.answer_stand import Pace
from scanner.screen.answers import Site
from scanner.screen.themes import ThemeName

if TYPE_CHECKING:
    from scanner.gate.devices import GateDevices


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
    actions: what the scan loop can do besides scanning; a guard gets a button for each. outward:
    the switch that says which way people pass (set: they leave); None: `direction` stays.
    devices: what hangs at the gate; a panel is shown for those of air. place_code: what the code
    for the door says (decide.place_code.place_text), empty for none. data: the station's folder,
    for results of the camera's check and recordings for support; None: neither is offered.
    alive: called once a second while the window lives. window_place: where it stood last, as
    `x,y,width,height`; empty: `size`, wherever the desktop likes. remember: called with the name of
    a setting and what somebody chose for it at the window.
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
    outward: Event | None = None
    devices: GateDevices | None = None
    place_code: str = ""
    data: Path | None = None
    alive: Callable[[], None] = lambda: None
    muted: bool = False
    window_place: str = ""
    remember: Callable[[str, str | bool], None] = lambda _name, _value: None

    def way(self) -> Direction:
        """Return which way people pass now."""
        if self.outward is None:
            return self.direction
        return Direction.EXIT if self.outward.is_set() else Direction.ENTRY
