"""Times as people read and type them: in the office's zone, to the minute."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, tzinfo

from issuer.errors import BadInput, Code
from issuer.settings import Settings

_END_S = 253_402_214_400  # 9999-12-31: what no calendar holds is shown as this


def zone_of(settings: Settings) -> tzinfo | None:
    """Return the zone that pages show times in, None for the machine's own."""
    return zoneinfo.ZoneInfo(settings.time_zone) if settings.time_zone else None


def shown_time(seconds: int | None, zone: tzinfo | None, *, to_second: bool = False) -> str:
    """Return `2026-11-21 22:38`, empty for None."""
    if seconds is None:
        return ""
    at = datetime.fromtimestamp(min(seconds, _END_S), UTC).astimezone(zone)
    return at.strftime("%Y-%m-%d %H:%M:%S" if to_second else "%Y-%m-%d %H:%M")


def typed_time(text: str, zone: tzinfo | None) -> int | None:
    """Return the seconds of what a datetime-local field holds, None for nothing; else BadInput
    bad_time.
    """
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return int((at if at.tzinfo else at.replace(tzinfo=zone)).timestamp())
    except (ValueError, OverflowError, OSError):
        raise BadInput(Code.BAD_TIME, text[:40]) from None


def asked_time(text: str, zone: tzinfo | None) -> int | None:
    """Return the seconds of a time that is typed like that (a day is its first moment), or is given
    as unix seconds; None for nothing; else BadInput bad_time.
    """
    # Eight digits are a day, 20261121: as seconds they would lie in 1970 to 1973.
    if text.isascii() and text.isdigit() and len(text) < 12 and len(text) != 8:
        return int(text)
    return typed_time(text, zone)


def typed_number(text: str, what: str) -> int | None:
    """Return the whole number that a field holds, None for nothing; else BadInput bad_arguments."""
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise BadInput(Code.BAD_ARGUMENTS, f"{what}: a whole number")
    return int(text)


def ago(seconds: int, language: str) -> str:
    """Return how long ago something was, in one unit."""
    for size, zh, en in ((86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {zh}前" if language == "zh" else f"{count} {en} ago"
    return "刚刚" if language == "zh" else "just now"
