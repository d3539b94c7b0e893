"""What somebody chose for this station, remembered in its data folder; the folder itself, and what
is chosen by default.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from scanner.errors import BadSetting, StationFault

DATA_VARIABLE: Final = "KAKOU_SCANNER_DATA"
_FILE: Final = "settings.json"
_MAX_BYTES: Final = 1 << 16
_WORDS: Final = {
    "direction": ("entry", "exit"),
    "language": ("zh", "en"),
    "theme": ("night", "day", "sun"),
    "face": ("guard", "shop", "kiosk"),
    "ahead": ("up", "left", "right"),
    "camera_format": ("auto", "mjpg", "yuyv"),
}
_PLACE: Final = re.compile(
    r"(-?[0-9]{1,5},-?[0-9]{1,5},[1-9][0-9]{2,4},[1-9][0-9]{2,4})?", re.ASCII
)
_CONTROL: Final = re.compile(r"(-?[0-9]{1,6}(\.[0-9]{1,3})?)?", re.ASCII)
# Texts of a certain form, and how it is told.
_FORMS: Final = {
    "camera_size": (re.compile(r"[1-9][0-9]{2,4}x[1-9][0-9]{2,4}", re.ASCII), "1280x720"),
    "window_place": (_PLACE, "x,y,width,height, or nothing"),
    "camera_focus": (_CONTROL, "a number, or nothing for the camera's own"),
    "camera_exposure": (_CONTROL, "a number, or nothing for the camera's own"),
    "camera_gain": (_CONTROL, "a number, or nothing for the camera's own"),
}
# Every other number counts something.
_SIGNED: Final = frozenset({"thermometer_offset"})
_PORT_MOST: Final = 65_535
# More than anything here is worth; a port or a pause beyond it breaks whatever is given it.
_NUMBER_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StationSettings:
    """camera_size: pixels to ask for; camera_rate: frames a second; camera_format: `mjpg` and
    `yuyv` where `auto` chooses badly; camera_focus, _exposure, _gain: as the device counts, empty
    for its own. direction: `entry` or `exit`. language: `zh` or `en`. theme: `night`, `day` or
    `sun`. mirror: the picture, not the code. sound: whether there is a player at all; muted: F6 was
    pressed. window_place: where the window stood last (`x,y,width,height`). face: `guard`, `shop`
    or `kiosk`. allowed: people inside at once (shop), 0 for no limit. low: the kiosk at wheelchair
    height; ahead: where its arrow points. unattended: nobody stands beside the screen, so names go
    after 5 s. help_phone: the number that a refusal names. hand_scanner: a serial port
    (`usb:VID:PID:SERIAL`, a path, COMn) or an input device; keyboard wedges need none. voice: the
    kiosk speaks. exit_pin: closes the kiosk, kept hashed. lanes: tell the other stations of this
    checkpoint what passed, and listen; lane_port: 0 for any free one; lane_peers: `10.0.0.7:47800`,
    several with commas (docs/lanes.md). lock to wait_s: what hangs at the gate and where
    (docs/devices.md).
    """

    camera: str = "0"
    camera_size: str = "1280x720"
    camera_rate: int = 30
    camera_format: str = "auto"
    camera_focus: str = ""
    camera_exposure: str = ""
    camera_gain: str = ""
    direction: str = "entry"
    language: str = "zh"
    theme: str = "night"
    mirror: bool = False
    sound: bool = True
    face: str = "guard"
    muted: bool = False
    fullscreen: bool = False
    window_place: str = ""
    large_type: bool = False
    unattended: bool = False
    allowed: int = 0
    low: bool = False
    ahead: str = "up"
    help_phone: str = ""
    voice: bool = False
    hand_scanner: str = ""
    exit_pin: str = ""
    lanes: bool = False
    lane_port: int = 0
    lane_peers: str = ""
    lock: str = ""
    green: str = ""
    amber: str = ""
    red: str = ""
    buzzer: str = ""
    passage: str = ""
    fire: str = ""
    thermometer: str = ""
    thermometer_offset: int = 0
    pulse_ms: int = 500
    wait_s: int = 6


SETTING_NAMES: Final = tuple(field.name for field in fields(StationSettings))


def default_folder() -> Path:
    """Return the data folder when no --data was given."""
    if chosen := os.environ.get(DATA_VARIABLE):
        return Path(chosen)
    from platformdirs import user_data_path

    return user_data_path("kakou-scanner", appauthor=False)


def read_settings(folder: Path) -> StationSettings:
    """Return the settings kept in `folder`; what is missing, unknown or of a wrong type is as by
    default.
    """
    try:
        raw = (folder / _FILE).read_bytes()[:_MAX_BYTES]
        kept: Any = json.loads(raw)
    except (OSError, ValueError, RecursionError):
        return StationSettings()
    settings = StationSettings()
    if not isinstance(kept, dict):
        return settings
    good = {
        field.name: kept[field.name]
        for field in fields(StationSettings)
        if _is_good(field.name, kept.get(field.name), getattr(settings, field.name))
    }
    return replace(settings, **good)


def _is_good(name: str, value: Any, usual: object) -> bool:
    if type(value) is not type(usual) or value not in _WORDS.get(name, (value,)):
        return False
    if type(value) is int:
        least = -_NUMBER_MOST if name in _SIGNED else 0
        return least <= value <= (_PORT_MOST if name == "lane_port" else _NUMBER_MOST)
    # No path and no name holds what cannot be printed; a NUL breaks the call that opens it.
    if type(value) is str and not value.isprintable():
        return False
    return name not in _FORMS or _FORMS[name][0].fullmatch(str(value)) is not None


def parsed_setting(name: str, text: str, usual: object) -> bool | int | str:
    """Return the value that `text` means for the setting `name`; BadSetting if it means none."""
    value: bool | int | str = text
    if isinstance(usual, bool):
        value = {"on": True, "true": True, "off": False, "false": False}.get(text.lower(), text)
    elif isinstance(usual, int) and text.isascii():
        digits = text.removeprefix("-") if name in _SIGNED else text
        value = int(text) if digits.isdigit() else text
    if not _is_good(name, value, usual):
        form = (_FORMS[name][1],) if name in _FORMS else None
        wanted = (
            form or _WORDS.get(name) or {bool: ("on", "off"), int: ("a number",)}.get(type(usual))
        )
        raise BadSetting(f"{name} takes {' or '.join(wanted or ('text',))}")
    return value


def write_settings(folder: Path, settings: StationSettings) -> None:
    """Keep `settings`; StationFault if the disk does not take them."""
    aside = folder / f".{_FILE}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(asdict(settings), indent=1))
        aside.replace(folder / _FILE)
    except OSError as error:
        raise StationFault(f"{folder}: {error.strerror}", code="disk_unusable") from None
