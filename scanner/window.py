"""The station with its window: what the guard's face is told of place, language, theme and
sound.
"""

from __future__ import annotations

from datetime import datetime

from scanner.decide.actions import ActionName
from scanner.decide.looks import Language, Wording
from scanner.gate.sounds_player import RecordingPlayer, open_player
from scanner.gate.voice import Voice
from scanner.screen.answer_stand import Pace
from scanner.screen.answers import Site
from scanner.screen.options import Ahead, Face, WindowOptions
from scanner.screen.run import run_window
from scanner.screen.themes import ThemeName
from scanner.settings import StationSettings
from scanner.wiring import Running


def run_station_window(
    running: Running, source: str, settings: StationSettings, *, once: bool
) -> int:
    """Show the window of the face that `settings` name until it is closed, or with `once` until the
    source ends; exit status.
    """
    options = window_options(running, settings, once=once)
    voice = Voice() if settings.voice and Voice.available() else None
    player = open_player(voice=voice) if settings.sound else RecordingPlayer()
    return run_window(lambda: running.loop(source, colour=True, lasting=not once), options, player)


def window_options(running: Running, settings: StationSettings, *, once: bool) -> WindowOptions:
    """Return what the window of this station is told."""
    place = running.place
    return WindowOptions(
        now=lambda: datetime.now().astimezone(),
        place=Wording(zh=place, en=place),
        direction=running.direction_now(),
        language=Language(settings.language),
        theme=ThemeName(settings.theme),
        face=Face(settings.face),
        large_type=settings.large_type,
        fullscreen=settings.fullscreen,
        mirrored=settings.mirror,
        once=once,
        look_only=running.look_only,
        site=Site(help_phone=settings.help_phone),
        pace=Pace(unattended=settings.unattended),
        allowed=settings.allowed or None,
        low=settings.low,
        ahead=Ahead(settings.ahead),
        exit_pin=settings.exit_pin,
        actions=frozenset(ActionName),
        outward=running.outward,
        devices=running.devices,
        data=running.folder,
        alive=running.window_lives,
    )
