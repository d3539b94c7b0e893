from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from issuer import audit
from issuer.database.tables import LISTS
from issuer.errors import BadInput, Code, Fault, IssuerError
from issuer.people.office import Office
from issuer.tokens.actions.mint import Minted, mint_passes
from issuer.tokens.actions.publish import changes_waiting, publish
from issuer.tokens.actions.status import find_by_tail, find_pass
from issuer.tokens.rules.passes import LIST_FULL_AT, PassRequest, SiteRequest
from keys.claims import Kind, Status
from keys.trustlist import keyring_of
from keys.verify import check_time, open_code
from tests.issuer.rigs import START_S, TestClock

REQUEST = PassRequest(name="张*", id_tail="123X", kind=Kind.PHONE)


def mint(office: Office, request: PassRequest = REQUEST) -> Minted:
    return mint_passes(office, [request], by="li")[0]


def test_a_minted_pass_is_believed_in_both_carriers_by_who_holds_the_trust_list(
    any_office: Office,
) -> None:
    minted = mint(any_office)
    keyring = keyring_of(any_office.trust_list())
    assert minted.dense is not None
    for text in (minted.dense, minted.full):
        signed = open_code(text, keyring)
        check_time(signed, START_S)
        assert signed.identity == minted.identity
        assert (signed.claims.name, signed.claims.id_tail) == ("张*", "123X")


def test_what_is_stored_of_a_person_is_what_the_pass_shows(any_office: Office) -> None:
    minted = mint(any_office)
    found = find_pass(any_office, str(minted.identity))
    assert (found.name, found.id_tail, found.kind) == ("张*", "123X", "phone")
    assert (found.status, found.minted_by) == (Status.GREEN, "li")
    assert found.exp - found.iat == 7 * 24 * 3600


def test_a_site_pass_carries_zone_hours_and_party(any_office: Office) -> None:
    site = SiteRequest(zone=7, day_from=8, day_to=18, party=3, starts_at=START_S + 600)
    minted = mint(any_office, PassRequest(name="", id_tail="", kind=Kind.VISITOR, site=site))
    claims = open_code(str(minted.dense), keyring_of(any_office.trust_list())).claims
    assert claims.site is not None
    assert claims.site == ((START_S + 600) // 60 * 60, 7, 8, 18, 3)
    found = find_pass(any_office, str(minted.identity))
    assert found.site == claims.site._asdict()


def test_a_pass_that_fits_no_small_code_is_carried_in_the_large_one_only(office: Office) -> None:
    request = PassRequest(name="Jean-Luc P******", id_tail="", kind=Kind.PAPER)
    minted = mint(office, request)
    assert minted.dense is None
    assert open_code(minted.full, keyring_of(office.trust_list())).claims.name == request.name


def test_a_pass_minted_yellow_has_its_entry_before_anybody_can_show_it(any_office: Office) -> None:
    publish(any_office)
    assert not changes_waiting(any_office)
    minted = mint(any_office, PassRequest(name="", id_tail="", kind=Kind.PAPER, status=Status.RED))
    assert find_pass(any_office, str(minted.identity)).status is Status.RED
    assert changes_waiting(any_office)
    assert publish(any_office).not_green == 1


def test_a_green_pass_in_a_known_list_needs_no_new_publication(office: Office) -> None:
    mint(office)
    publish(office)
    mint(office)
    assert not changes_waiting(office)


def test_an_issue_in_the_past_or_future_is_dated_so(office: Office) -> None:
    minted = mint(
        office, PassRequest(name="", id_tail="", kind=Kind.PAPER, issued_at=1_600_000_059, hours=5)
    )
    assert (minted.claims.iat, minted.claims.exp) == (1_600_000_020, 1_600_018_020)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (PassRequest(name="x" * 65, id_tail="", kind=Kind.PAPER), Code.BAD_CLAIMS),
        (PassRequest(name="", id_tail="12345", kind=Kind.PAPER), Code.BAD_CLAIMS),
        (PassRequest(name="a\u202eb", id_tail="", kind=Kind.PAPER), Code.BAD_CLAIMS),
        (PassRequest(name="", id_tail="", kind=Kind.PAPER, hours=0), Code.BAD_TIME),
        (PassRequest(name="", id_tail="", kind=Kind.PAPER, issued_at=-1), Code.BAD_CLAIMS),
        (
            PassRequest(name="", id_tail="", kind=Kind.PAPER, site=SiteRequest(zone=1 << 16)),
            Code.BAD_CLAIMS,
        ),
        (PassRequest(name="", id_tail="", kind=Kind.PAPER, issued_at=10), Code.KEY_NOT_IN_FORCE),
    ],
)
def test_what_a_pass_cannot_say_is_refused_and_leaves_nothing(
    office: Office, request_: PassRequest, code: Code
) -> None:
    with pytest.raises(IssuerError) as caught:
        mint_passes(office, [REQUEST, request_], by="li")
    assert caught.value.code is code
    assert find_by_tail(office, id_tail="123X", name="") == []


def test_two_concurrent_minters_never_share_an_entry(any_office: Office) -> None:
    # Few different entries are drawn, so that both want the same ones again and again.
    drawn = iter(range(10_000))
    lock = threading.Lock()

    def draw(size: int) -> bytes:
        with lock:
            return (next(drawn) // 4 % 64).to_bytes(size, "big")

    crowded = _with_draw(any_office, draw)
    minted: list[Minted] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(12):
                found = mint(crowded)
                minted.append(found)
        except IssuerError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert len({item.identity for item in minted}) == len(minted) == 48


def _with_draw(office: Office, draw: object) -> Office:
    fields = {name: getattr(office, name) for name in Office.__dataclass_fields__}
    return Office(**fields | {"draw": draw})


def test_chance_that_never_gives_a_free_entry_is_a_fault_and_not_a_loop(office: Office) -> None:
    stuck = _with_draw(office, bytes)
    mint(stuck)
    with pytest.raises(Fault) as caught:
        mint(stuck)
    assert caught.value.code is Code.DATABASE_FAULT


def test_the_next_list_begins_when_one_is_three_quarters_full(office: Office) -> None:
    first = mint(office)
    with office.database.write() as connection:
        connection.execute(update(LISTS).values(used=LIST_FULL_AT))
    second = mint(office)
    assert (first.identity.list_number, second.identity.list_number) == (0, 1)
    assert publish(office).entries == 2 << 20


def test_every_pass_is_in_the_audit_without_a_name(any_office: Office) -> None:
    minted = mint(any_office)
    with any_office.database.read() as connection:
        entry = audit.newest(connection, before=None, limit=1)[0]
        audit.verify(connection)
    assert (entry.action, entry.subject, entry.operator) == (
        "pass.mint",
        str(minted.identity),
        "li",
    )
    assert "张" not in entry.details


def test_passes_are_found_by_id_tail_and_masked_name(any_office: Office, clock: TestClock) -> None:
    first = mint(any_office)
    clock.at += 60
    second = mint(any_office, PassRequest(name="李*", id_tail="123X", kind=Kind.PAPER))
    both = find_by_tail(any_office, id_tail="123X", name="")
    assert [item.entry for item in both] == [second.identity.index, first.identity.index]
    assert len(find_by_tail(any_office, id_tail="123X", name="李*")) == 1


@pytest.mark.parametrize(
    "text", ["home/0/5", "other/0/5", "home/0", "home/4096/0", "home/0/1048576", "x" * 5000, ""]
)
def test_a_pass_that_was_never_minted_is_unknown(office: Office, text: str) -> None:
    with pytest.raises(BadInput) as caught:
        find_pass(office, text)
    assert caught.value.code is Code.UNKNOWN_PASS
