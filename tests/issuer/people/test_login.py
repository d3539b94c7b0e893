from __future__ import annotations

import dataclasses
import threading

import pytest

from issuer import audit
from issuer.errors import Code, IssuerError
from issuer.people.actions import login, operators
from issuer.people.office import Office
from issuer.people.rules.limits import TRIES_PER_ADDRESS, TRIES_PER_NAME, WINDOW_S
from issuer.people.rules.roles import Role
from tests.issuer.rigs import PASSWORD, TestClock


@pytest.fixture
def password(any_office: Office) -> str:
    return operators.add_operator(any_office, name="li", role=Role.ISSUER, by="test")[1]


def refusal_of(office: Office, name: str, password: str, address: str = "a") -> IssuerError:
    with pytest.raises(IssuerError) as caught:
        login.log_in(office, name=name, password=password, address=address)
    return caught.value


def test_the_one_time_password_opens_and_must_be_changed(any_office: Office, password: str) -> None:
    began = login.log_in(any_office, name=" li ", password=password, address="a")
    assert began.session.operator.must_change
    assert login.session_of(any_office, began.token).operator.name == "li"
    login.change_password(any_office, name="li", old=password, new=PASSWORD, address="a")
    with pytest.raises(IssuerError) as caught:
        login.session_of(any_office, began.token)
    assert caught.value.code is Code.LOGIN_NEEDED
    again = login.log_in(any_office, name="li", password=PASSWORD, address="a")
    assert not again.session.operator.must_change


@pytest.mark.parametrize("name", ["li", "nobody", "<script>", "x" * 999, "\x00"])
def test_wrong_names_and_wrong_passwords_look_the_same(
    any_office: Office, password: str, name: str
) -> None:
    assert refusal_of(any_office, name, "wrong").code is Code.LOGIN_WRONG
    assert refusal_of(any_office, name, "x" * 9999).code is Code.LOGIN_WRONG


def test_a_name_is_locked_after_its_tries_even_for_the_right_password(
    any_office: Office, password: str, clock: TestClock
) -> None:
    for n in range(TRIES_PER_NAME):
        assert refusal_of(any_office, "li", "wrong", f"host {n}").code is Code.LOGIN_WRONG
    error = refusal_of(any_office, "li", password, "another host")
    assert error.code is Code.TOO_MANY_TRIES
    assert error.retry_after_s == WINDOW_S
    clock.at += WINDOW_S
    login.log_in(any_office, name="li", password=password, address="a")


def test_an_address_is_locked_after_its_tries_whatever_the_names(office: Office) -> None:
    cheap = dataclasses.replace(office.settings, password_cost="interactive")
    assert cheap == office.settings
    for n in range(TRIES_PER_ADDRESS):
        assert refusal_of(office, f"guess{n}", "wrong").code is Code.LOGIN_WRONG
    assert refusal_of(office, "another", "wrong").code is Code.TOO_MANY_TRIES
    assert refusal_of(office, "another", "wrong", "elsewhere").code is Code.LOGIN_WRONG


def test_parallel_tries_are_all_counted(any_office: Office, password: str) -> None:
    codes: list[Code] = []

    def work(n: int) -> None:
        try:
            login.log_in(any_office, name="li", password="wrong", address=f"host {n}")
        except IssuerError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(TRIES_PER_NAME + 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert codes.count(Code.LOGIN_WRONG) == TRIES_PER_NAME
    assert codes.count(Code.TOO_MANY_TRIES) == 6


def test_a_good_login_forgets_the_tries_before_it(any_office: Office, password: str) -> None:
    for _ in range(2):
        for _ in range(TRIES_PER_NAME - 1):
            refusal_of(any_office, "li", "wrong")
        login.log_in(any_office, name="li", password=password, address="a")


def test_a_session_ends_by_idling_and_by_age(
    any_office: Office, password: str, clock: TestClock
) -> None:
    began = login.log_in(any_office, name="li", password=password, address="a")
    settings = any_office.settings
    for _ in range(settings.session_life_s // (settings.session_idle_s - 1) - 1):
        clock.at += settings.session_idle_s - 1
        login.session_of(any_office, began.token)
    clock.at += settings.session_idle_s
    with pytest.raises(IssuerError) as caught:
        login.session_of(any_office, began.token)
    assert caught.value.code is Code.LOGIN_NEEDED
    # It does not come back when the clock does.
    clock.at -= settings.session_idle_s
    with pytest.raises(IssuerError):
        login.session_of(any_office, began.token)


def test_logging_out_ends_that_session_and_no_other(any_office: Office, password: str) -> None:
    first, second = (
        login.log_in(any_office, name="li", password=password, address="a") for _ in range(2)
    )
    login.log_out(any_office, first.token)
    login.session_of(any_office, second.token)
    with pytest.raises(IssuerError):
        login.session_of(any_office, first.token)


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 5000])
def test_no_made_up_token_is_a_session(office: Office, token: str) -> None:
    with pytest.raises(IssuerError) as caught:
        login.session_of(office, token)
    assert caught.value.code is Code.LOGIN_NEEDED


def test_closing_an_account_ends_its_sessions_at_once(any_office: Office, password: str) -> None:
    began = login.log_in(any_office, name="li", password=password, address="a")
    operators.set_disabled(any_office, name="li", disabled=True, by="test")
    with pytest.raises(IssuerError):
        login.session_of(any_office, began.token)
    assert refusal_of(any_office, "li", password).code is Code.LOGIN_WRONG
    operators.set_disabled(any_office, name="li", disabled=False, by="test")
    login.log_in(any_office, name="li", password=password, address="a")


def test_a_new_one_time_password_replaces_the_old_one(any_office: Office, password: str) -> None:
    new = operators.reset_password(any_office, name="li", by="test")
    assert refusal_of(any_office, "li", password).code is Code.LOGIN_WRONG
    assert login.log_in(any_office, name="li", password=new, address="a").token


def test_changing_needs_the_old_password_and_a_good_new_one(
    any_office: Office, password: str
) -> None:
    for old, new, code in (
        ("wrong", PASSWORD, Code.LOGIN_WRONG),
        (password, "short", Code.WEAK_PASSWORD),
    ):
        with pytest.raises(IssuerError) as caught:
            login.change_password(any_office, name="li", old=old, new=new, address="a")
        assert caught.value.code is code


def test_the_last_admin_stays(any_office: Office) -> None:
    with pytest.raises(IssuerError) as caught:
        operators.set_disabled(any_office, name="admin", disabled=True, by="test")
    assert caught.value.code is Code.LAST_ADMIN
    operators.add_operator(any_office, name="second", role=Role.ADMIN, by="test")
    operators.set_disabled(any_office, name="admin", disabled=True, by="test")


def test_a_name_is_given_once_and_unknown_names_are_told(any_office: Office) -> None:
    with pytest.raises(IssuerError) as caught:
        operators.add_operator(any_office, name="ａdmin", role=Role.REVIEWER, by="test")
    assert caught.value.code is Code.NAME_TAKEN
    for deed in (
        lambda: operators.reset_password(any_office, name="nobody", by="test"),
        lambda: operators.set_disabled(any_office, name="nobody", disabled=True, by="test"),
    ):
        with pytest.raises(IssuerError) as caught:
            deed()
        assert caught.value.code is Code.UNKNOWN_OPERATOR


def test_what_is_done_to_accounts_is_in_the_audit_and_no_password_is(
    any_office: Office, password: str
) -> None:
    login.log_in(any_office, name="li", password=password, address="a")
    with any_office.database.read() as connection:
        entries = audit.newest(connection, before=None, limit=10)
        audit.verify(connection)
    assert [entry.action for entry in entries][:2] == ["login", "operator.add"]
    assert all(password not in entry.details for entry in entries)
