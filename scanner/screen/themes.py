"""The colours around the answer: day, night, and sun with no greys at all.

The answer's own ground and text never change with the theme (scanner/decide/looks.py): one glance,
one meaning. A theme only says what stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.verdicts import Verdict


class ThemeName(StrEnum):
    """The themes, in the order in which the button goes through them."""

    NIGHT = "night"
    DAY = "day"
    SUN = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours as #RRGGBB. accents: a verdict's sign on `surface`, at 4.5 to 1 or more."""

    name: ThemeName
    ground: str
    surface: str
    text: str
    quiet_text: str
    line: str
    well: str
    warning: str
    accents: dict[Verdict, str]


def _accents(admit: str, check: str, refuse: str, cannot: str) -> dict[Verdict, str]:
    return {
        Verdict.ADMIT: admit,
        Verdict.ADMIT_WITH_NOTE: admit,
        Verdict.HAND_CHECK: check,
        Verdict.REFUSE: refuse,
        Verdict.CANNOT_JUDGE: cannot,
    }


THEMES: Final[dict[ThemeName, Theme]] = {
    ThemeName.NIGHT: Theme(
        name=ThemeName.NIGHT,
        ground="#0C1015",
        surface="#141A22",
        text="#F4F7FA",
        quiet_text="#B3BEC9",
        line="#2C3541",
        well="#05070A",
        warning="#FFC533",
        accents=_accents("#3DD6A3", "#FFC533", "#FF8095", "#B4C2DE"),
    ),
    ThemeName.DAY: Theme(
        name=ThemeName.DAY,
        ground="#E9EDF1",
        surface="#FFFFFF",
        text="#12161B",
        quiet_text="#46515C",
        line="#BCC6D0",
        well="#1B222B",
        warning="#7A4F00",
        accents=_accents("#00704F", "#7A4F00", "#A30026", "#3E4C66"),
    ),
    ThemeName.SUN: Theme(
        name=ThemeName.SUN,
        ground="#FFFFFF",
        surface="#FFFFFF",
        text="#000000",
        quiet_text="#000000",
        line="#000000",
        well="#000000",
        warning="#000000",
        accents=_accents("#003D2C", "#000000", "#6B0019", "#000000"),
    ),
}


def after(name: ThemeName) -> ThemeName:
    """Return the theme that the theme button goes to next."""
    names = list(ThemeName)
    return names[(names.index(name) + 1) % len(names)]
