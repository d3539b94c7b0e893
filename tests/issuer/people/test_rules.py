from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import BadInput, Code, Denied
from issuer.people.rules import limits, passwords, roles, stations
from tests.issuer.rigs import START_S, refusal


def test_only_an_admin_manages_operators_and_nobody_else_has_everything() -> None:
    for role in roles.Role:
        allowed = {p for p in roles.Permission if roles.may(role, p)}
        assert (roles.Permission.MANAGE_OPERATORS in allowed) == (role is roles.Role.ADMIN)
        assert (allowed == set(roles.Permission)) == (role is roles.Role.ADMIN)


def test_what_a_role_may_not_is_denied() -> None:
    roles.check_may(roles.Role.REVIEWER, roles.Permission.SET_STATUS)
    with pytest.raises(Denied) as caught:
        roles.check_may(roles.Role.REVIEWER, roles.Permission.MINT)
    assert caught.value.code is Code.NOT_ALLOWED


@pytest.mark.parametrize("text", ["li", "王丽", "Li Wei", " li ", "a.b-c_d@e", "ｌｉ", "x" * 32])
def test_a_name_has_one_form(text: str) -> None:
    name = roles.operator_name(text)
    assert roles.operator_name(name) == name
    assert roles.operator_name("ｌｉ") == "li"


@pytest.mark.parametrize("text", ["", " ", "x" * 33, "console:li", "-li", "a\nb", "a\x00", "<b>"])
def test_a_name_that_could_be_taken_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        roles.operator_name(text)
    assert caught.value.code is Code.BAD_NAME


@given(st.binary(min_size=passwords.ONE_TIME_BYTES, max_size=passwords.ONE_TIME_BYTES))
def test_a_one_time_password_is_all_of_its_chance(drawn: bytes) -> None:
    password = passwords.one_time_password(drawn)
    assert len(password.replace("-", "")) == 24
    assert password == password.lower()


@given(st.text(max_size=40))
def test_any_typed_password_has_bytes(text: str) -> None:
    assert isinstance(passwords.password_bytes(text), bytes)


@pytest.mark.parametrize(
    ("new", "holds"),
    [
        ("correct horse 88", True),
        ("一二三四五六七八九十", True),
        ("short", False),
        ("x" * 600, False),
        ("aaaaaaaaaaaa", False),
        ("my name is Wang 1", False),
        ("the old password", False),
    ],
)
def test_a_new_password_must_be_better_than_a_guess(new: str, holds: bool) -> None:
    wanted = None if holds else Code.WEAK_PASSWORD
    check = passwords.check_new_password
    assert refusal(lambda: check(new, operator="wang", old="the old password")) is wanted


@given(st.lists(st.integers(0, 2_000), max_size=30), st.integers(1, 10))
def test_after_the_wait_one_more_try_may_come_and_not_a_second_before(
    ages: list[int], allowed: int
) -> None:
    tries = [START_S - age for age in ages]
    wait = limits.wait_s(tries_at=tries, allowed=allowed, now=START_S)
    assert 0 <= wait <= limits.WINDOW_S
    assert limits.wait_s(tries_at=tries, allowed=allowed, now=START_S + wait) == 0
    if wait > 1:
        assert limits.wait_s(tries_at=tries, allowed=allowed, now=START_S + wait - 1) == 1


@pytest.mark.parametrize(
    ("began", "seen", "lives"),
    [(-10, -10, True), (-10, -60, False), (-600, 0, False), (-10, 5, False), (5, 0, False)],
)
def test_a_session_ends_by_idling_by_age_and_by_a_clock_that_went_back(
    began: int, seen: int, lives: bool
) -> None:
    assert lives == limits.session_lives(
        began_at=START_S + began, seen_at=START_S + seen, now=START_S, idle_s=60, life_s=600
    )


@pytest.mark.parametrize("text", ["东门 1", "North lane (left)", "gate#3", "k8s:7", "x" * 64])
def test_places_have_names_that_people_use(text: str) -> None:
    assert stations.place_name(f" {text} ", what="station") == text


@pytest.mark.parametrize("text", ["", "x" * 65, "../etc", "a/b", "a\tb", "=cmd()", "\u202ea"])
def test_names_that_could_be_paths_or_formulas_are_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        stations.place_name(text, what="station")
    assert caught.value.code is Code.BAD_NAME


def test_a_zone_has_sixteen_bits() -> None:
    assert stations.check_zone(65_535) == 65_535
    for zone in (-1, 65_536):
        with pytest.raises(BadInput):
            stations.check_zone(zone)


def stored(*, tries: int = 0, used_by: bytes | None = None) -> stations.StoredCode:
    return stations.StoredCode(
        code_id=bytes(8),
        mac_key=bytes(32),
        station="gate",
        expires_at=START_S,
        tries=tries,
        used_by=used_by,
        request=used_by and b"asked",
        answer=used_by and b"answered",
    )


@pytest.mark.parametrize(
    ("code", "now", "wanted"),
    [
        (stored(), START_S - 1, None),
        (stored(), START_S, Code.CODE_EXPIRED),
        (stored(tries=4), START_S - 1, None),
        (stored(tries=5), START_S - 1, Code.CODE_LOCKED),
        (stored(used_by=b"k"), START_S + stations.DAY_S - 1, None),
        (stored(used_by=b"k"), START_S + stations.DAY_S, Code.CODE_EXPIRED),
    ],
)
def test_a_code_lives_ten_minutes_and_answers_its_own_station_for_a_day(
    code: stations.StoredCode, now: int, wanted: Code | None
) -> None:
    assert refusal(lambda: stations.check_open(code, now=now)) is wanted


def test_only_the_key_that_used_a_code_hears_its_answer() -> None:
    assert stations.repeated_answer(stored(), public_key=b"k") is None
    assert stations.repeated_answer(stored(used_by=b"k"), public_key=b"k") == b"answered"
    with pytest.raises(Denied) as caught:
        stations.repeated_answer(stored(used_by=b"k"), public_key=b"other")
    assert caught.value.code is Code.CODE_USED
