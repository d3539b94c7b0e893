"""The order of judgement, one branch at a time: what bends, and which verdict follows."""

from __future__ import annotations

from typing import Any

import pytest

import keys.errors
from keys.claims import Status
from keys.dense import write_digits
from keys.errors import NotAPass, RefusedCode
from keys.passages import ClockGrade, PassIdentity, Reason, Verdict
from keys.rotating import tail_for
from keys.trustlist import Keyring, keyring_of
from scanner.decide.judge import Beliefs, judge
from scanner.decide.policy import Rules
from tests.keys.makers import (
    STATUS_KEY,
    STATUS_KID,
    THIEF,
    X0,
    issuer_entry,
    rotating_claims,
    signing_key,
)
from tests.scanner.decide.makers import (
    HOUR_S,
    INDEX,
    ISSUER,
    NOW,
    RULES,
    KeyState,
    Purpose,
    beliefs,
    code,
    digits,
    judged,
    moment,
    site,
    trust_list,
    trusted_key,
    universe,
)

ADMITTING = {Verdict.ADMIT, Verdict.ADMIT_WITH_NOTE}


def test_a_green_pass_is_admitted_and_the_guard_sees_whose_it_is() -> None:
    judgement = judged(digits())

    assert (judgement.verdict, judgement.reason) == (Verdict.ADMIT, Reason.GREEN)
    assert judgement.identity == PassIdentity(ISSUER, 0, INDEX)
    assert (judgement.name, judgement.id_tail, judgement.kind) == ("王*明", "123X", 0)
    assert (judgement.ends_at, judgement.list_age_s) == (NOW + 24 * HOUR_S, 60)


def test_both_carriers_of_one_pass_are_judged_alike() -> None:
    minted = code()
    assert minted.dense is not None
    dense, full = judged(minted.dense), judged(minted.full)

    assert (dense.carrier, full.carrier) == ("dense", "full")
    assert dense._replace(carrier="full") == full


@pytest.mark.parametrize("text", ["", "https://pay.example/123", "12345", "KK2:ABC", "王"])
def test_a_code_that_is_no_pass_is_nobodys_passage(text: str) -> None:
    assert judge(text, beliefs(), RULES, moment()) is None
    assert judge(text, Beliefs(None, {}), RULES, moment()) is None


@pytest.mark.parametrize("text", ["KK1:", "KK1:%%%", "1" * 199, "1" * 200])
def test_a_damaged_pass_is_refused_with_a_way_out(text: str) -> None:
    judgement = judged(text)

    assert (judgement.verdict, judgement.reason) == (Verdict.REFUSE, Reason.MALFORMED_CODE)
    assert judgement.identity is None


def test_a_station_without_a_trust_list_blames_itself() -> None:
    for text in (digits(), code().full, "KK1:broken"):
        judgement = judged(text, Beliefs(None, {}))
        assert (judgement.verdict, judgement.reason) == (
            Verdict.CANNOT_JUDGE,
            Reason.TRUST_MISSING,
        )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kid": 300}, Reason.UNKNOWN_KEY),
        ({"purpose": Purpose.STATION}, Reason.WRONG_KEY_PURPOSE),
        ({"state": KeyState.BURNED}, Reason.KEY_BURNED),
        ({"not_before": NOW}, Reason.KEY_NOT_IN_FORCE),
        ({"not_after": NOW - HOUR_S}, Reason.KEY_NOT_IN_FORCE),
        ({"public_key": THIEF.public_key}, Reason.BAD_SIGNATURE),
    ],
)
def test_a_pass_whose_key_may_not_speak_is_refused(changes: dict[str, Any], reason: Reason) -> None:
    bent = beliefs(keyring=keyring_of(trust_list(trusted_key(**changes))))

    for text in (digits(), code().full):
        judgement = judged(text, bent)
        assert (judgement.verdict, judgement.reason) == (Verdict.REFUSE, reason)
        assert judgement.identity is None


def test_a_pass_forged_with_another_key_is_refused() -> None:
    assert judged(digits(key=THIEF)).reason is Reason.BAD_SIGNATURE


def test_a_key_number_of_lists_is_no_key_of_passes() -> None:
    assert judged(digits(kid=STATUS_KID, key=STATUS_KEY)).reason is Reason.WRONG_KEY_PURPOSE


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": NOW, "iat": NOW - HOUR_S}, Reason.EXPIRED),
        ({"iat": NOW + 180, "exp": NOW + HOUR_S + 180}, Reason.ISSUED_IN_FUTURE),
        ({"site": site(nbf=NOW + 60 - NOW % 60)}, Reason.NOT_YET_VALID),
    ],
)
def test_a_pass_outside_its_life_is_refused_by_a_sure_clock_alone(
    changes: dict[str, object], reason: Reason
) -> None:
    text = code(**changes).full
    at = moment(bound_s=NOW - HOUR_S)

    assert judged(text, at=at)[:2] == (Verdict.REFUSE, reason)
    unsure = judged(text, at=at._replace(grade=ClockGrade.NOT_CONFIRMED))
    assert unsure[:2] == (Verdict.HAND_CHECK, Reason.CLOCK_NOT_CONFIRMED)
    back = judged(text, at=at._replace(grade=ClockGrade.ROLLED_BACK))
    assert back[:2] == (Verdict.CANNOT_JUDGE, Reason.CLOCK_ROLLED_BACK)


@pytest.mark.parametrize("grade", list(ClockGrade))
def test_a_pass_that_ended_before_the_signed_bound_is_expired_whatever_the_clock_says(
    grade: ClockGrade,
) -> None:
    text = digits(iat=NOW - 5 * HOUR_S, exp=NOW - 2 * HOUR_S)

    expired = judged(text, at=moment(grade=grade, bound_s=NOW - 2 * HOUR_S))
    assert expired[:2] == (Verdict.REFUSE, Reason.EXPIRED)


def test_a_rotating_code_lives_in_its_slot_and_dies_as_a_screenshot() -> None:
    claims = rotating_claims(iat=NOW - HOUR_S, exp=NOW + 24 * HOUR_S, list_number=0, entry=INDEX)
    slot = HOUR_S // 15
    minted = code(**claims._asdict())
    assert minted.carrier is not None
    fresh = write_digits(minted.carrier, tail_for(claims, X0, slot))
    old = write_digits(minted.carrier, tail_for(claims, X0, slot - 2))
    wrong = write_digits(minted.carrier, slot.to_bytes(2, "big") + bytes(16))

    assert judged(fresh).verdict is Verdict.ADMIT
    assert judged(old)[:2] == (Verdict.REFUSE, Reason.ROTATING_CODE_OUT_OF_TIME)
    assert judged(wrong)[:2] == (Verdict.REFUSE, Reason.ROTATING_CODE_WRONG)
    assert judged(write_digits(minted.carrier)).reason is Reason.ROTATING_CODE_MISSING
    unsure = moment(grade=ClockGrade.NOT_CONFIRMED)
    assert judged(fresh, at=unsure).reason is Reason.CLOCK_NOT_CONFIRMED
    assert judged(old, at=unsure).reason is Reason.CLOCK_NOT_CONFIRMED
    # A tail that leads nowhere is forged at any time.
    assert judged(wrong, at=unsure).reason is Reason.ROTATING_CODE_WRONG
    of_another_slot = write_digits(minted.carrier, (slot - 9).to_bytes(2, "big") + bytes(16))
    assert judged(of_another_slot, at=unsure).reason is Reason.ROTATING_CODE_WRONG


@pytest.mark.parametrize("grade", [ClockGrade.NOT_CONFIRMED, ClockGrade.ROLLED_BACK])
@pytest.mark.parametrize(
    ("status", "reason"),
    [(Status.WITHDRAWN, Reason.WITHDRAWN), (Status.RED, Reason.RED)],
)
def test_a_clock_in_doubt_does_not_hide_that_a_pass_is_withdrawn(
    grade: ClockGrade, status: Status, reason: Reason
) -> None:
    claims = rotating_claims(iat=NOW - HOUR_S, exp=NOW + 24 * HOUR_S, list_number=0, entry=INDEX)
    carrier = code(**claims._asdict()).carrier
    assert carrier is not None
    of_another_slot = write_digits(carrier, tail_for(claims, X0, 9))
    ended = code(iat=NOW - 2 * HOUR_S, exp=NOW - HOUR_S).full
    believed = beliefs(universes={ISSUER: universe(status)})
    at = moment(grade=grade, bound_s=NOW - 2 * HOUR_S)

    for text in (ended, of_another_slot):
        assert judged(text, at=at).verdict in {Verdict.HAND_CHECK, Verdict.CANNOT_JUDGE}
        assert judged(text, believed, at=at)[:2] == (Verdict.REFUSE, reason)


def test_a_gate_without_a_list_of_the_issuer_cannot_judge() -> None:
    judgement = judged(digits(), beliefs(universes={}))

    assert judgement[:2] == (Verdict.CANNOT_JUDGE, Reason.LIST_MISSING)
    assert judgement.identity is not None


@pytest.mark.parametrize(
    ("grade", "answer"),
    [
        (ClockGrade.NOT_CONFIRMED, (Verdict.HAND_CHECK, Reason.CLOCK_NOT_CONFIRMED)),
        (ClockGrade.ROLLED_BACK, (Verdict.CANNOT_JUDGE, Reason.CLOCK_ROLLED_BACK)),
    ],
)
def test_green_is_never_shown_while_the_time_is_not_sure(
    grade: ClockGrade, answer: tuple[Verdict, Reason]
) -> None:
    assert judged(digits(), at=moment(grade=grade))[:2] == answer


@pytest.mark.parametrize("grade", list(ClockGrade))
def test_a_withdrawn_pass_is_refused_whatever_the_clock(grade: ClockGrade) -> None:
    withdrawn = beliefs(universes={ISSUER: universe(Status.WITHDRAWN)})

    assert judged(digits(), withdrawn, at=moment(grade=grade)).reason is Reason.WITHDRAWN


def test_a_site_pass_holds_in_its_zone_and_nowhere_else() -> None:
    here = digits(site=site(nbf=NOW - HOUR_S))

    assert judged(here).verdict is Verdict.ADMIT
    assert judged(here, rules=Rules(zone=8))[:2] == (Verdict.REFUSE, Reason.OUTSIDE_ZONE)
    unsure = moment(grade=ClockGrade.NOT_CONFIRMED)
    assert judged(here, rules=Rules(zone=8), at=unsure).reason is Reason.OUTSIDE_ZONE


def test_hours_are_the_persons_matter_only_while_the_stations_time_is_sure() -> None:
    day = digits(site=site(day_from=8, day_to=18))

    assert judged(day).verdict is Verdict.ADMIT
    night = moment(local_hour=20)
    assert judged(day, at=night)[:2] == (Verdict.REFUSE, Reason.OUTSIDE_HOURS)
    unsure = night._replace(grade=ClockGrade.NOT_CONFIRMED)
    assert judged(day, at=unsure)[:2] == (Verdict.HAND_CHECK, Reason.CLOCK_NOT_CONFIRMED)


def _refusals(kind: type[RefusedCode]) -> list[type[RefusedCode]]:
    found = [kind]
    for below in kind.__subclasses__():
        found += _refusals(below)
    return found


def test_every_refusal_that_keys_knows_has_a_reason_here() -> None:
    concrete = set(_refusals(RefusedCode)) - {RefusedCode, NotAPass}

    assert {kind.code for kind in concrete} <= {reason.value for reason in Reason}
    assert len({kind.code for kind in concrete}) == len(concrete)
    named = [value for value in vars(keys.errors).values() if isinstance(value, type)]
    assert concrete <= set(named)


def test_a_foreign_pass_means_what_the_home_list_says_of_its_status() -> None:
    key = signing_key("neighbour's pass key")
    trusted = trusted_key(key, kid=600, issuer="ningbo")
    trust = trust_list(
        trusted, ningbo=issuer_entry(kid_ranges=((512, 767),), status_map=((0, 2), (2, 3)))
    )
    text = digits(kid=600, key=key)

    def foreign(held: Status) -> Reason:
        believed = beliefs(
            keyring=keyring_of(trust),
            universes={"ningbo": universe(held)},
            status_maps={"ningbo": {0: 2, 2: 3}},
        )
        return judged(text, believed).reason

    assert foreign(Status.GREEN) is Reason.YELLOW
    assert foreign(Status.YELLOW) is Reason.RED
    # A word that the home list does not map means the worst; withdrawn means withdrawn everywhere.
    assert foreign(Status.RED) is Reason.RED
    assert foreign(Status.WITHDRAWN) is Reason.WITHDRAWN


def test_an_unmapped_foreign_green_is_red() -> None:
    believed = beliefs(status_maps={ISSUER: {2: 2}})

    assert judged(digits(), believed)[:2] == (Verdict.REFUSE, Reason.RED)


def test_a_list_of_one_issuer_says_nothing_of_anothers_passes() -> None:
    assert judged(digits(), beliefs(universes={"ningbo": universe()})).reason is Reason.LIST_MISSING


def test_a_keyring_without_keys_knows_nobody() -> None:
    assert judged(digits(), beliefs(keyring=Keyring({}))).reason is Reason.UNKNOWN_KEY


def test_the_trace_names_rules_and_never_a_person() -> None:
    for judgement in (judged(digits()), judged(digits(key=THIEF))):
        words = {str(part) for step in judgement.trace for part in step}
        assert judgement.trace
        assert not words & {"王*明", "123X"}
