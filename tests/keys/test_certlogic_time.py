"""Date-times of CertLogic: every allowed format, and arithmetic as ECMAScript does it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.certlogic_error import CertLogicError
from keys.certlogic_time import UNITS, parse_date_time, plus_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021", "2021-12-31T00:00:00.000Z"),
        ("2021-04", "2021-04-30T00:00:00.000Z"),
        ("2020-02", "2020-02-29T00:00:00.000Z"),
        ("2021-05-04", "2021-05-04T00:00:00.000Z"),
        ("2021-05-04T13:37:42", "2021-05-04T13:37:42.000Z"),
        ("2021-05-04T13:37:42Z", "2021-05-04T13:37:42.000Z"),
        ("2021-05-04T13:37:42+1", "2021-05-04T12:37:42.000Z"),
        ("2021-05-04T13:37:42-01", "2021-05-04T14:37:42.000Z"),
        ("2021-05-04T13:37:42+130", "2021-05-04T12:07:42.000Z"),
        ("2021-05-04T13:37:42+0130", "2021-05-04T12:07:42.000Z"),
        ("2021-05-04T13:37:42-1:30", "2021-05-04T15:07:42.000Z"),
        ("2021-05-04T13:37:42+08:00", "2021-05-04T05:37:42.000Z"),
        ("2021-05-04T13:37:42.1", "2021-05-04T13:37:42.100Z"),
        ("2021-05-04T13:37:42.1239Z", "2021-05-04T13:37:42.123Z"),
        ("2021-05-04T13:37:42.999999999Z", "2021-05-04T13:37:42.999Z"),
        ("2021-05-04T13:37:42.5+1", "2021-05-04T12:37:42.500Z"),
        ("2021-05-04T13:37:42.5-0130", "2021-05-04T15:07:42.500Z"),
        ("2021-05-04T00:00:00+08:00", "2021-05-03T16:00:00.000Z"),
        ("9999-12-31", "9999-12-31T00:00:00.000Z"),
        ("0001-01-01", "0001-01-01T00:00:00.000Z"),
    ],
)
def test_every_allowed_format_is_read(text: str, expected: str) -> None:
    assert str(parse_date_time(text)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_format"),
        ("21-05-04", "date_format"),
        ("2021-5-4", "date_format"),
        ("2021-13", "date_format"),
        ("2021-00", "date_format"),
        ("2021-02-30", "date_format"),
        ("2021-05-04T", "date_format"),
        ("2021-05-04T13:37", "date_format"),
        ("2021-05-04 13:37:42", "date_format"),
        ("2021-05-04T24:00:00", "date_format"),
        ("2021-05-04T13:60:00", "date_format"),
        ("2021-05-04T13:37:60", "date_format"),
        ("2021-05-04T13:37:42.Z", "date_format"),
        ("2021-05-04T13:37:42+24", "date_format"),
        ("2021-05-04T13:37:42+01:60", "date_format"),
        ("2021-05-04T13:37:42z", "date_format"),
        ("2021-05-04\n", "date_format"),
        ("２０２１-05-04", "date_format"),
        ("2021-05-04T13:37:42." + "0" * 64, "date_format"),
        ("0000", "date_range"),
        ("0000-01-01", "date_range"),
        ("0001-01-01T00:00:00+1", "date_range"),
        ("9999-12-31T23:59:59-1", "date_range"),
    ],
)
def test_every_other_text_is_refused(text: str, code: str) -> None:
    with pytest.raises(CertLogicError) as caught:
        parse_date_time(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("text", "amount", "unit", "expected"),
    [
        ("2020-02-29", 1, "day", "2020-03-01"),
        ("2020-02-29", 1, "month", "2020-03-29"),
        ("2020-02-29", 1, "year", "2021-03-01"),
        ("2020-02-29", 4, "year", "2024-02-29"),
        ("2021-01-31", 1, "month", "2021-03-03"),
        ("2021-03-31", -1, "month", "2021-03-03"),
        ("2021-01-15", -1, "month", "2020-12-15"),
        ("2021-12-15", 1, "month", "2022-01-15"),
        ("2021-01-15", -25, "month", "2018-12-15"),
        ("2021-01-01", -1, "hour", "2020-12-31T23:00:00"),
        ("2021-06-23T05:06:07.890Z", 0, "year", "2021-06-23T05:06:07.890Z"),
        ("2021-06-23T05:06:07.890Z", -18, "year", "2003-06-23T05:06:07.890Z"),
        ("2021-10-30T22:00:00Z", 24, "hour", "2021-10-31T22:00:00Z"),
    ],
)
def test_adding_follows_ecmascript(text: str, amount: int, unit: str, expected: str) -> None:
    assert plus_time(text, amount, unit) == parse_date_time(expected)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("amount", [-(1 << 52), 1 << 52])
def test_a_move_beyond_the_calendar_is_an_error(unit: str, amount: int) -> None:
    with pytest.raises(CertLogicError) as caught:
        plus_time("2021-01-01", amount, unit)
    assert caught.value.code == "date_range"


@given(
    start=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    days=st.integers(-20_000, 20_000),
    unit=st.sampled_from(["day", "hour"]),
)
def test_days_and_hours_are_those_of_the_calendar(start: datetime, days: int, unit: str) -> None:
    moved = start.replace(tzinfo=UTC) + timedelta(**{f"{unit}s": days})
    wanted = moved.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moved.microsecond // 1000:03}Z"

    assert str(plus_time(start.isoformat(timespec="microseconds"), days, unit)) == wanted
