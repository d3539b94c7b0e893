from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuer.errors import BadInput, Code, Fault
from issuer.people.office import Office
from issuer.tokens.rules import passes, publishing, reasons
from keys.claims import LIST_ENTRIES, LISTS_MAX, Kind, Status
from keys.passages import PassIdentity
from keys.trustlist import KeyState, Purpose
from tests.issuer.rigs import START_S, refusal

REQUEST = passes.PassRequest(name="张*", id_tail="123X", kind=Kind.PHONE)


def test_every_reason_leads_somewhere_and_withdrawn_has_reasons_of_its_own() -> None:
    wanted = {"lost", "replaced", "cancelled", "close_contact", "risk_area", "symptoms"}
    assert wanted | {"recovered", "correction"} <= set(reasons.REASONS)
    for code, reason in reasons.REASONS.items():
        assert reason.code == code
        assert reason.statuses
        assert reason.zh
        assert reason.en
        if Status.WITHDRAWN in reason.statuses:
            assert reason.statuses == (Status.WITHDRAWN,)


@given(old=st.sampled_from(Status), new=st.sampled_from(Status), code=st.text(max_size=12))
def test_a_change_is_allowed_only_by_its_reason_and_never_out_of_withdrawn(
    old: Status, new: Status, code: str
) -> None:
    for reason in [*reasons.REASONS, code]:
        refused = refusal(lambda: reasons.check_change(old=old, new=new, reason=reason))  # noqa: B023
        if reason not in reasons.REASONS:
            assert refused is Code.UNKNOWN_REASON
        elif old is Status.WITHDRAWN and new is not Status.WITHDRAWN:
            assert refused is Code.WITHDRAWN_IS_FINAL
        else:
            fits = new in reasons.REASONS[reason].statuses
            assert refused is (None if fits else Code.REASON_NOT_FOR_STATUS)


def test_words_name_statuses_and_kinds_and_nothing_else() -> None:
    for status in Status:
        assert reasons.status_of(reasons.STATUS_WORDS[status]) is status
    for kind in Kind:
        assert reasons.kind_of(reasons.KIND_WORDS[kind]) is kind
    for read in (reasons.status_of, reasons.kind_of):
        with pytest.raises(BadInput) as caught:
            read("purple")
        assert caught.value.code is Code.BAD_ARGUMENTS


def test_times_are_on_whole_minutes_and_hours() -> None:
    claims = passes.claims_for(REQUEST, kid=1, now=START_S + 37)
    assert claims.iat % 60 == 0
    assert START_S - 23 <= claims.iat <= START_S + 37
    assert (claims.exp - claims.iat) == passes.DEFAULT_HOURS[Kind.PHONE] * 3600


@pytest.mark.parametrize("hours", [0, -1, passes.HOURS_MAX + 1])
def test_a_life_outside_its_range_is_refused(hours: int) -> None:
    with pytest.raises(BadInput) as caught:
        passes.claims_for(dataclasses.replace(REQUEST, hours=hours), kid=1, now=START_S)
    assert caught.value.code is Code.BAD_TIME


def test_a_site_begins_with_the_pass_unless_told() -> None:
    request = dataclasses.replace(REQUEST, site=passes.SiteRequest(party=2))
    claims = passes.claims_for(request, kid=1, now=START_S)
    assert claims.site == (claims.iat, 0, 0, 0, 2)


def test_a_day_that_is_empty_is_refused() -> None:
    request = dataclasses.replace(REQUEST, site=passes.SiteRequest(day_from=9, day_to=9))
    with pytest.raises(BadInput) as caught:
        passes.claims_for(request, kid=1, now=START_S)
    assert caught.value.code is Code.BAD_CLAIMS


def test_the_pass_key_must_be_live_and_in_force(office: Office) -> None:
    trust = office.trust_list()
    key = next(key for key in trust.keys if key.purpose is Purpose.PASS)
    passes.check_key_in_force(trust, issuer="home", kid=1, iat=START_S)
    bent = [
        (trust, key.not_before - 1, 1),
        (trust, key.not_after, 1),
        (trust, START_S, 9),
        (
            dataclasses.replace(
                trust, keys=(dataclasses.replace(key, state=KeyState.BURNED), *trust.keys[1:])
            ),
            START_S,
            1,
        ),
    ]
    for listed, iat, kid in bent:
        with pytest.raises(Fault) as caught:
            passes.check_key_in_force(listed, issuer="home", kid=kid, iat=iat)
        assert caught.value.code is Code.KEY_NOT_IN_FORCE


def test_the_first_list_with_room_is_filled() -> None:
    full = passes.LIST_FULL_AT
    assert passes.filling_list({}) == 0
    assert passes.filling_list({0: full - 1}) == 0
    assert passes.filling_list({0: full, 1: full}) == 2
    with pytest.raises(Fault) as caught:
        passes.filling_list(dict.fromkeys(range(LISTS_MAX), full))
    assert caught.value.code is Code.LISTS_FULL


@given(st.integers(0, LISTS_MAX - 1), st.integers(0, LIST_ENTRIES - 1))
def test_an_identity_reads_back(number: int, index: int) -> None:
    identity = PassIdentity("home", number, index)
    assert passes.read_identity(f" {identity}\n", issuer="home") == identity


@given(st.text(max_size=40) | st.from_regex("[a-z]{1,4}/[0-9]{1,8}/[0-9]{1,9}", fullmatch=True))
def test_any_other_text_names_no_pass(text: str) -> None:
    assert refusal(lambda: passes.read_identity(text, issuer="home")) in {None, Code.UNKNOWN_PASS}


def test_entries_stand_at_their_bits() -> None:
    entries = [(0, 0, 1), (0, 5, 3), (1, LIST_ENTRIES - 1, 2)]
    packed = publishing.packed_array(2, entries)
    assert packed.dtype == np.uint8
    assert len(packed) == LIST_ENTRIES // 2
    assert (packed[0], packed[1], packed[-1]) == (1, 3 << 2, 2 << 6)
    assert int(packed.astype(int).sum()) == 1 + 12 + 128
    assert not publishing.packed_array(1, []).any()


HOUR = 3600
AGES = st.lists(st.integers(0, 100 * HOUR), min_size=1, max_size=60)


@given(AGES)
def test_deltas_cover_the_newest_versions_and_every_age_of_a_day(ages: list[int]) -> None:
    now = START_S
    past = [(n, now - age) for n, age in enumerate(sorted(ages, reverse=True), 1)]
    chosen = publishing.versions_with_delta(past, now=now)
    assert chosen == sorted(set(chosen))
    assert len(chosen) <= publishing.RECENT + len(publishing.AGES_H)
    young = [(version, at) for version, at in past if at > now - publishing.KEEP_S]
    assert set(chosen) <= {version for version, _ in young}
    assert {version for version, _ in young[-publishing.RECENT :]} <= set(chosen)
    for hours in range(1, 25):
        old = [version for version, at in young if at <= now - hours * HOUR]
        if old:
            assert old[-1] in chosen


@given(AGES)
def test_whatever_a_later_publication_may_choose_is_kept(ages: list[int]) -> None:
    now = START_S
    past = [(n, now - age) for n, age in enumerate(sorted(ages, reverse=True), 1)]
    keep = publishing.versions_to_keep(past, now=now)
    assert {version for version, _ in past[-publishing.RECENT :]} <= keep
    hours = {at // HOUR for _, at in past if at > now - publishing.KEEP_S}
    kept_hours = {at // HOUR for version, at in past if version in keep}
    assert hours <= kept_hours
