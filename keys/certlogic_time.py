"""Date-times of CertLogic 1.3.2: the formats it allows, and adding years, months, days and hours.

Everything is UTC in whole milliseconds; without an offset, Z is meant. Adding follows ECMAScript's
`setUTC...`: 31 January and a month is 3 March (or 2), 29 February and a year is 1 March. Years are
1 to 9999.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from keys.certlogic_error import CertLogicError

UNITS: Final = ("year", "month", "day", "hour")
_PARTIAL: Final = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)
_FULL: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?"
    r"(?:Z|([+-])(\d{1,2}):?(\d{2})?)?",
    re.ASCII,
)
_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_TEXT_MAX: Final = 64


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A date-time. ms: milliseconds since 0001-01-01T00:00:00Z."""

    ms: int

    def __str__(self) -> str:
        days, rest = divmod(self.ms, _DAY_MS)
        seconds, ms = divmod(rest, 1000)
        day = date.fromordinal(days + 1).isoformat()
        return f"{day}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}Z"


def parse_date_time(text: str) -> Instant:
    """Return the date-time of any format that `plusTime` allows; another: CertLogicError
    `date_format`, `date_range`.
    """
    full = _FULL.fullmatch(text) if len(text) <= _TEXT_MAX else None
    if full is None:
        return parse_date_of_birth(text)
    year, month, day, hour, minute, second = (int(part) for part in full.groups()[:6])
    if hour > 23 or minute > 59 or second > 59:
        raise CertLogicError("time of day", code="date_format")
    # Decimals beyond the third are cut off, never rounded up.
    ms = int((full[7] or "").ljust(3, "0")[:3])
    offset_minutes = 0
    if full[8]:
        hours, minutes = int(full[9]), int(full[10] or 0)
        if hours > 23 or minutes > 59:
            raise CertLogicError("offset", code="date_format")
        offset_minutes = (hours * 60 + minutes) * (-1 if full[8] == "-" else 1)
    time_ms = ((hour * 60 + minute - offset_minutes) * 60 + second) * 1000 + ms
    return _checked(_days(year, month, day) * _DAY_MS + time_ms)


def parse_date_of_birth(text: str) -> Instant:
    """Return the last day that `YYYY`, `YYYY-MM` or `YYYY-MM-DD` may mean, at midnight; another
    text: CertLogicError.
    """
    match = _PARTIAL.fullmatch(text) if len(text) <= _TEXT_MAX else None
    if match is None:
        raise CertLogicError("not a date or date-time", code="date_format")
    year, month = int(match[1]), int(match[2] or 12)
    if not 1 <= month <= 12:
        raise CertLogicError("no such month", code="date_format")
    day = int(match[3]) if match[3] else calendar.monthrange(max(year, 1), month)[1]
    return Instant(_days(year, month, day) * _DAY_MS)


def plus_time(text: str, amount: int, unit: str) -> Instant:
    """Return the date-time of `text` moved by `amount` of `unit`; outside the years 1 to 9999:
    CertLogicError `date_range`.
    """
    start = parse_date_time(text)
    if amount == 0:
        return start
    if unit in {"day", "hour"}:
        return _checked(start.ms + amount * (_DAY_MS if unit == "day" else _HOUR_MS))
    days, rest = divmod(start.ms, _DAY_MS)
    at = date.fromordinal(days + 1)
    months = at.year * 12 + at.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    # The day is counted on from the first: what the month does not have runs into the next.
    return _checked((_days(year, month + 1, 1) + at.day - 1) * _DAY_MS + rest)


_END_MS: Final = date.max.toordinal() * _DAY_MS


def _checked(ms: int) -> Instant:
    if not 0 <= ms < _END_MS:
        raise CertLogicError("beyond the years 1 to 9999", code="date_range")
    return Instant(ms)


def _days(year: int, month: int, day: int) -> int:
    """Return the days from 0001-01-01 to a day of the calendar."""
    if not 1 <= year <= date.max.year:
        raise CertLogicError("beyond the years 1 to 9999", code="date_range")
    try:
        return date(year, month, day).toordinal() - 1
    except ValueError:
        raise CertLogicError("no such day", code="date_format") from None
