"""Judgements that people make, and what a number that was said can mean."""

from __future__ import annotations

import pytest

from keys.claims import Kind, Status
from keys.passages import PassIdentity, Reason, Verdict
from keys.trustlist import Keyring
from scanner.decide.by_hand import decided, note, on_duty, registered
from scanner.decide.judge import Beliefs
from scanner.decide.judgement import Judgement
from scanner.decide.lookup import looked_up, pass_number
from scanner.decide.policy import Rules
from tests.scanner.decide import makers
from tests.scanner.decide.policymakers import base

WHO = PassIdentity(makers.ISSUER, 0, makers.INDEX)


@pytest.mark.parametrize(("admitted", "verdict"), [(True, Verdict.ADMIT), (False, Verdict.REFUSE)])
def test_a_guards_decision_keeps_what_was_asked(admitted: bool, verdict: Verdict) -> None:
    asked = base(Verdict.HAND_CHECK, Reason.YELLOW)
    found = decided(asked, admitted=admitted, papers_seen=True)
    assert (found.verdict, found.reason, found.identity) == (
        verdict,
        Reason.HAND_CHECKED,
        asked.identity,
    )
    assert found.trace[: len(asked.trace)] == asked.trace
    assert ("instead_of", "yellow") in found.trace
    assert ("papers_seen", 1) in found.trace


def test_a_decision_on_a_row_alone_names_nobody() -> None:
    found = decided(None, admitted=True, papers_seen=False)
    assert (found.verdict, found.identity, found.name) == (Verdict.ADMIT, None, "")


def test_a_registered_person_has_a_name_and_no_pass() -> None:
    found = registered("王小明", "123X", admitted=True)
    assert (found.name, found.id_tail, found.identity) == ("王小明", "123X", None)
    assert found.verdict is Verdict.ADMIT
    assert registered("A", "", admitted=False).verdict is Verdict.REFUSE


def test_a_note_repeats_the_verdict_of_its_row() -> None:
    assert note(Reason.INCIDENT, Verdict.REFUSE).verdict is Verdict.REFUSE
    assert note(Reason.INCIDENT, None).verdict is Verdict.HAND_CHECK


@pytest.mark.parametrize(
    ("judged", "begins"),
    [
        (base(kind=Kind.STAFF), True),
        (base(Verdict.ADMIT_WITH_NOTE, Reason.LIST_LATE, kind=Kind.STAFF), True),
        (base(Verdict.HAND_CHECK, Reason.YELLOW, kind=Kind.STAFF), False),
        (base(Verdict.REFUSE, Reason.RED, kind=Kind.STAFF), False),
        (base(kind=Kind.PHONE), False),
        (Judgement(Verdict.REFUSE, Reason.BAD_SIGNATURE), False),
        (None, False),
    ],
)
def test_a_shift_begins_with_an_admitted_staff_pass(judged: Judgement | None, begins: bool) -> None:
    assert (on_duty(judged) is not None) is begins


@pytest.mark.parametrize(
    ("text", "place"),
    [("3-777777", (3, 777777)), (" 0/5 ", (0, 5)), ("4095-1048575", (4095, 1048575))],
)
def test_a_number_is_list_and_place(text: str, place: tuple[int, int]) -> None:
    assert pass_number(text, "hangzhou") == PassIdentity("hangzhou", *place)


@pytest.mark.parametrize(
    "text", ["", "5", "-5", "3-", "4096-1", "0-1048576", "0-12345678", "٣-5", "1-2-3", "a-1"]
)
def test_what_is_no_number_names_nobody(text: str) -> None:
    assert pass_number(text, "hangzhou") is None


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.GREEN, Verdict.HAND_CHECK),
        (Status.YELLOW, Verdict.HAND_CHECK),
        (Status.RED, Verdict.REFUSE),
        (Status.WITHDRAWN, Verdict.REFUSE),
    ],
)
def test_a_number_is_never_admitted(status: Status, verdict: Verdict) -> None:
    held = makers.beliefs(universes={makers.ISSUER: makers.universe(status)})
    found = looked_up(WHO, held, Rules(), makers.NOW)
    assert (found.verdict, found.reason, found.status) == (verdict, Reason.LOOKED_UP, status)


def test_the_most_lenient_rules_admit_no_number() -> None:
    lenient = Rules(by_status=dict.fromkeys(Status, Verdict.ADMIT))
    found = looked_up(WHO, makers.beliefs(), lenient, makers.NOW)
    assert found.verdict is Verdict.HAND_CHECK


@pytest.mark.parametrize(
    ("held", "who", "reason"),
    [
        (Beliefs(None, {}), WHO, Reason.LIST_MISSING),
        (Beliefs(None, {makers.ISSUER: makers.universe()}), WHO, Reason.LIST_MISSING),
        (Beliefs(Keyring({}), {}), WHO, Reason.LIST_MISSING),
        (makers.beliefs(), WHO._replace(list_number=9), Reason.INDEX_BEYOND_LIST),
        (makers.beliefs(), WHO._replace(issuer="ningbo"), Reason.LIST_MISSING),
        (
            makers.beliefs(universes={makers.ISSUER: makers.universe(made_at_s=1)}),
            WHO,
            Reason.LIST_CLOSED,
        ),
    ],
)
def test_where_no_list_can_say_the_machine_is_at_fault(
    held: Beliefs, who: PassIdentity, reason: Reason
) -> None:
    found = looked_up(who, held, Rules(), makers.NOW)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_JUDGE, reason)
