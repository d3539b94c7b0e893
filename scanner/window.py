"""The station with its window: what the guard's face is told of place, language, theme and
sound.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from scanner.decide.action_names import ActionName
from scanner.decide.looks import Language, Wording
from scanner.decide.place_code import place_text
from scanner.errors import StationFault
from scanner.gate.sounds_player import Player, RecordingPlayer, open_player
from scanner.latestation import LateStation
from scanner.screen.answer_stand import Pace
from scanner.screen.answers import Site
from scanner.screen.options import Ahead, Face, WindowOptions
from scanner.screen.run import run_window
from scanner.screen.themes import ThemeName
from scanner.settings import StationSettings, read_settings, write_settings

log = logging.getLogger(__name__)


def run_station_window(station: LateStation, settings: StationSettings, *, once: bool) -> int:
    """Show the window of the face that `settings` name until it is closed, or with `once` until the
    source ends; exit status.
    """
    options = window_options(station, settings, once=once)
    player = _player(settings) if settings.sound else RecordingPlayer()
    return run_window(lambda: station.loop(lasting=not once), options, player)


def _player(settings: StationSettings) -> Player:
    if not settings.voice:
        return open_player()
    from scanner.gate.voice import Voice

    return open_player(voice=Voice() if Voice.available() else None)


def window_options(station: LateStation, settings: StationSettings, *, once: bool) -> WindowOptions:
    """Return what the window of this station is told."""
    place = station.record.checkpoint
    return WindowOptions(
        now=lambda: datetime.now().astimezone(),
        place=Wording(zh=place, en=place),
        direction=station.switches.direction_now(),
        language=Language(settings.language),
        theme=ThemeName(settings.theme),
        face=Face(settings.face),
        large_type=settings.large_type,
        fullscreen=settings.fullscreen,
        mirrored=settings.mirror,
        once=once,
        look_only=station.switches.look_only,
        site=Site(help_phone=settings.help_phone),
        pace=Pace(unattended=settings.unattended),
        allowed=settings.allowed or None,
        low=settings.low,
        ahead=Ahead(settings.ahead),
        exit_pin=settings.exit_pin,
        actions=frozenset(ActionName),
        outward=station.switches.outward,
        devices=station.devices,
        place_code=place_text(place, station.record.zone),
        data=station.folder,
        alive=station.alive,
        muted=settings.muted,
        window_place=settings.window_place,
        remember=partial(remember, station.folder),
    )


def remember(folder: Path, name: str, value: str | bool) -> None:
    """Keep one choice among the settings of `folder`, and none that a command line made for one
    run. A disk that does not take it costs the choice at the next start, and no more.
    """
    change: dict[str, Any] = {name: value}
    try:
        write_settings(folder, replace(read_settings(folder), **change))
    except StationFault as fault:
        log.warning("%s is not remembered: %s", name, fault.code)
