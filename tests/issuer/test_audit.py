from __future__ import annotations

import contextlib

import pytest
from sqlalchemy import text

from issuer import audit
from issuer.errors import Code, Fault
from issuer.people.office import Office


@pytest.fixture
def written(any_office: Office) -> Office:
    for n in range(5):
        any_office.log("li", "test", f"thing {n}", number=n)
    return any_office


def test_the_chain_verifies_from_the_first_entry_on(written: Office) -> None:
    with written.database.read() as connection:
        head = audit.verify(connection)
        newest = audit.newest(connection, before=None, limit=1)[0]
        assert head.entries == audit.count(connection) == newest.sequence
    assert head.hash == newest.hash


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE audit SET operator = 'other' WHERE sequence = 3",
        "UPDATE audit SET details = '{}' WHERE sequence = 3",
        "UPDATE audit SET at = at + 1 WHERE sequence = 3",
        "DELETE FROM audit WHERE sequence = 3",
        "UPDATE audit SET sequence = 99 WHERE sequence = 3",
    ],
)
def test_any_later_edit_shows_and_says_where(written: Office, edit: str) -> None:
    with written.database.write() as connection:
        connection.execute(text(edit))
    with written.database.read() as connection, pytest.raises(Fault) as caught:
        audit.verify(connection)
    assert caught.value.code is Code.AUDIT_BROKEN
    assert "entry 3" in caught.value.detail


def test_pages_of_the_audit_join(written: Office) -> None:
    with written.database.read() as connection:
        first = audit.newest(connection, before=None, limit=2)
        second = audit.newest(connection, before=first[-1].sequence, limit=2)
    numbers = [entry.sequence for entry in (*first, *second)]
    assert numbers == list(range(numbers[0], numbers[0] - 4, -1))


def test_a_deed_that_fails_leaves_no_entry(written: Office) -> None:
    with contextlib.suppress(RuntimeError), written.database.write() as connection:
        audit.append(connection, at=1, operator="li", action="x", subject="", details={})
        raise RuntimeError
    with written.database.read() as connection:
        audit.verify(connection)
        assert audit.newest(connection, before=None, limit=1)[0].action == "test"
