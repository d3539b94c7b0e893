from __future__ import annotations

import pytest

from issuer import audit
from issuer.errors import Code, IssuerError
from issuer.people.office import Office
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.publish import changes_waiting, publish
from issuer.tokens.actions.status import find_pass, set_status
from issuer.tokens.rules.passes import PassRequest
from keys.claims import Kind, Status


@pytest.fixture
def pass_text(any_office: Office) -> str:
    request = PassRequest(name="张*", id_tail="", kind=Kind.PHONE)
    return str(mint_passes(any_office, [request], by="li")[0].identity)


def test_a_status_goes_with_its_reason_into_entry_and_audit(
    any_office: Office, pass_text: str
) -> None:
    publish(any_office)
    change = set_status(
        any_office, text=pass_text, status=Status.RED, reason="close_contact", by="wang"
    )
    assert (change.old, change.new, change.changed) == (Status.GREEN, Status.RED, True)
    found = find_pass(any_office, pass_text)
    assert (found.status, found.reason) == (Status.RED, "close_contact")
    assert changes_waiting(any_office)
    with any_office.database.read() as connection:
        entry = audit.newest(connection, before=None, limit=1)[0]
    assert (entry.action, entry.operator, entry.subject) == ("pass.status", "wang", pass_text)
    assert '"reason": "close_contact"' in entry.details


def test_back_to_green_leaves_no_entry(any_office: Office, pass_text: str) -> None:
    set_status(any_office, text=pass_text, status=Status.YELLOW, reason="symptoms", by="w")
    set_status(any_office, text=pass_text, status=Status.GREEN, reason="recovered", by="w")
    assert find_pass(any_office, pass_text).status is Status.GREEN
    assert publish(any_office).not_green == 0


def test_the_same_status_again_is_logged_and_changes_nothing(
    any_office: Office, pass_text: str
) -> None:
    set_status(any_office, text=pass_text, status=Status.RED, reason="symptoms", by="w")
    publish(any_office)
    change = set_status(any_office, text=pass_text, status=Status.RED, reason="risk_area", by="w")
    assert not change.changed
    assert not changes_waiting(any_office)


def test_withdrawn_is_final(any_office: Office, pass_text: str) -> None:
    set_status(any_office, text=pass_text, status=Status.WITHDRAWN, reason="lost", by="w")
    with pytest.raises(IssuerError) as caught:
        set_status(any_office, text=pass_text, status=Status.GREEN, reason="correction", by="w")
    assert caught.value.code is Code.WITHDRAWN_IS_FINAL
    assert find_pass(any_office, pass_text).status is Status.WITHDRAWN


@pytest.mark.parametrize(
    ("text", "status", "reason", "code"),
    [
        ("", Status.RED, "lost", Code.REASON_NOT_FOR_STATUS),
        ("", Status.RED, "because", Code.UNKNOWN_REASON),
        ("home/0/1", Status.RED, "symptoms", Code.UNKNOWN_PASS),
        ("else/0/1", Status.RED, "symptoms", Code.UNKNOWN_PASS),
    ],
)
def test_what_is_not_right_is_refused(
    any_office: Office, pass_text: str, text: str, status: Status, reason: str, code: Code
) -> None:
    with pytest.raises(IssuerError) as caught:
        set_status(any_office, text=text or pass_text, status=status, reason=reason, by="w")
    assert caught.value.code is code
