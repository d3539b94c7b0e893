"""What a guard decides by hand: hand checks, parties, people without a pass or a phone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from keys.claims import Kind
from keys.passages import PassIdentity, Reason, Verdict
from keys.policies import (
    PartyLimit,
)
from scanner.decide.actions import (
    CountParty,
    Decide,
    LookUp,
    Register,
)
from tests.fakes.publisher import ISSUER, Publisher
from tests.scanner.rigs import World
from tests.scanner.scan.acting import (
    GREEN,
    NOBODYS,
    RED,
    YELLOW,
    gate,
    refused,
    rows,
    scan,
    scanned,
)


def family(office: Publisher, people: int) -> str:
    """Return a visitors' pass for so many people."""
    text = office.mint(GREEN, kind=int(Kind.VISITOR), site=office.site(party=people)).full
    assert text is not None
    return text


def test_a_family_on_one_pass_is_counted_and_let_through_together(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path, party=PartyLimit(most=3)) as station:
        first = scan(station, world, family(office, 4))
        result = station.act(CountParty(people=3))
        assert result is not None
        assert (result.judgement.verdict, result.about) == (Verdict.ADMIT, first.passage_id)
        assert station.freshness().inside == 3
        # One went through at the scan, the other two now.
        assert world.gate.shown == [(Verdict.ADMIT, 1), (Verdict.ADMIT, 2)]
        many = station.act(CountParty(people=4))
        assert many is not None
        assert (many.judgement.verdict, many.judgement.reason) == (
            Verdict.HAND_CHECK,
            Reason.PARTY_TOO_LARGE,
        )
        assert station.freshness().inside == 0
        assert many.passage_id is not None
        station.act(Decide(passage_id=many.passage_id, admitted=True, papers_seen=True))
        assert station.freshness().inside == 4
    assert [body.party for _, body in rows(tmp_path)][-1] == 4


def test_without_a_rule_a_pass_is_for_as_many_as_it_says(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        assert refused(station, CountParty(people=2)) == "nobody_there"
        scan(station, world, office.mint(GREEN).dense)
        assert refused(station, CountParty(people=2)) == "party_too_large"
        scan(station, world, family(office, 2), after_s=20)
        assert station.act(CountParty(people=2)) is not None
        for people in (0, 3, 17):
            assert refused(station, CountParty(people=people)) == "party_too_large"


# --- hand checks


def test_a_guard_decides_a_hand_check_once(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        asked = scanned(station, world, office.mint(YELLOW, name="欧阳*").full)
        decide = Decide(passage_id=asked, admitted=True, papers_seen=True)
        result = station.act(decide)
        assert result is not None
        assert (result.judgement.verdict, result.judgement.reason, result.about) == (
            Verdict.ADMIT,
            Reason.HAND_CHECKED,
            asked,
        )
        assert result.judgement.name == "欧阳*"
        assert refused(station, decide) == "already_decided"
        still = scan(station, world, office.mint(YELLOW).dense, after_s=2)
        assert (still.judgement.reason, still.counted) == (Reason.HAND_CHECKED, False)
        assert station.freshness().inside == 1
    (first, _), (second, body) = rows(tmp_path)
    assert (second.tag, body.about, body.papers_seen) == (first.tag, first.passage_id, True)
    assert body.identity == PassIdentity(ISSUER, 0, YELLOW)
    assert world.gate.shown == [(Verdict.HAND_CHECK, 0), (Verdict.ADMIT, 1)]


def test_a_guard_who_refuses_lets_nobody_through(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        asked = scanned(station, world, office.mint(YELLOW).dense)
        result = station.act(Decide(passage_id=asked, admitted=False, papers_seen=True))
    assert result is not None
    assert result.judgement.verdict is Verdict.REFUSE
    assert world.gate.shown[-1] == (Verdict.REFUSE, 0)


def test_a_refusal_is_no_hand_check(office: Publisher, world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        red = scanned(station, world, office.mint(RED).dense)
        green = scanned(station, world, office.mint(GREEN).dense)
        for passage_id in (red, green):
            decide = Decide(passage_id=passage_id, admitted=True, papers_seen=True)
            assert refused(station, decide) == "not_a_hand_check"
        decide = Decide(passage_id=NOBODYS, admitted=True, papers_seen=True)
        assert refused(station, decide) == "unknown_passage"


def test_a_hand_check_of_before_a_restart_is_decided_without_its_name(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        asked = scanned(station, world, office.mint(YELLOW, name="王*").full)
    with gate(world, tmp_path) as station:
        result = station.act(Decide(passage_id=asked, admitted=True, papers_seen=True))
    assert result is not None
    assert (result.judgement.verdict, result.judgement.name) == (Verdict.ADMIT, "")
    (first, _), (second, body) = rows(tmp_path)
    assert (second.tag, body.about) == (first.tag, asked)


# --- people without a pass


def test_a_person_without_a_pass_is_registered_by_hand(world: World, tmp_path: Path) -> None:
    with gate(world, tmp_path) as station:
        known = Register(name=" 王小明 ", id_tail="123X", note="lost the phone", admitted=True)
        result = station.act(known)
        assert result is not None
        assert result.judgement.reason is Reason.REGISTERED_BY_HAND
        assert station.freshness().inside == 1
        turned = station.act(replace(known, admitted=False))
        assert turned is not None
        assert turned.judgement.verdict is Verdict.REFUSE
        assert refused(station, replace(known, name=" ")) == "name_missing"
        assert refused(station, replace(known, name="A" * 65)) == "text_too_long"
        assert refused(station, replace(known, id_tail="12345")) == "text_too_long"
        assert refused(station, replace(known, note="n" * 201)) == "text_too_long"
    (passage, body), _ = rows(tmp_path)
    assert (passage.tag, body.name, body.id_tail, body.note) == (
        None,
        "王小明",
        "123X",
        "lost the phone",
    )


def test_a_number_that_was_said_is_a_hand_check_at_most(
    office: Publisher, world: World, tmp_path: Path
) -> None:
    with gate(world, tmp_path) as station:
        green = station.act(LookUp(number=f"0-{GREEN}"))
        red = station.act(LookUp(number=f"0-{RED}"))
        assert green is not None
        assert red is not None
        assert (green.judgement.verdict, green.judgement.reason) == (
            Verdict.HAND_CHECK,
            Reason.LOOKED_UP,
        )
        assert red.judgement.verdict is Verdict.REFUSE
        assert refused(station, LookUp(number="abc")) == "unknown_number"
        assert green.passage_id is not None
        done = station.act(Decide(passage_id=green.passage_id, admitted=True, papers_seen=True))
        assert done is not None
        assert done.judgement.verdict is Verdict.ADMIT
    (looked, body), *_ = rows(tmp_path)
    assert looked.tag is not None
    assert body.identity == PassIdentity(ISSUER, 0, GREEN)
    assert world.others.told == []
