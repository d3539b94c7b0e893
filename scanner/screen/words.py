"""How the screen says ages, numbers, dates and kinds, in the reader's language (no Qt here)."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Final

from scanner.decide.looks import Language, Wording

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400

_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

KINDS: Final[dict[int, Wording]] = {
    0: Wording(zh="手机", en="phone"),
    1: Wording(zh="纸质", en="paper"),
    2: Wording(zh="亲属", en="dependant"),
    3: Wording(zh="员工", en="employee"),
    4: Wording(zh="访客", en="visitor"),
    5: Wording(zh="工作人员", en="staff"),
}


def age_words(age_s: int, language: Language) -> str:
    """Return an age in its largest whole unit: `9 小时` or `9 h`."""
    units = ((_DAY_S, "天", "days"), (_HOUR_S, "小时", "h"), (_MINUTE_S, "分钟", "min"))
    for size_s, zh, en in units:
        # Two of a unit before it is used: "90 min" says more than "1 h".
        if age_s >= 2 * size_s:
            return f"{age_s // size_s} {zh if language is Language.ZH else en}"
    return "1 分钟" if language is Language.ZH else "1 min"


def count_words(count: int) -> str:
    """Return a count with its thousands apart: `1,204`."""
    return f"{count:,}"


def clock_words(at: datetime, zone: tzinfo | None, *, seconds: bool = False) -> str:
    """Return the time of day in `zone` (None: the machine's): `08:41`, or `08:41:07`."""
    return at.astimezone(zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def date_words(unix_s: int, zone: tzinfo | None, language: Language) -> str:
    """Return a day in `zone`: `3 月 14 日` or `14 Mar`."""
    day = datetime.fromtimestamp(unix_s, tz=zone).astimezone(zone)
    if language is Language.ZH:
        return f"{day.month} 月 {day.day} 日"
    return f"{day.day} {_MONTHS[day.month - 1]}"
