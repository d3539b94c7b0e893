"""The presets: sound, compilable, documented, and what each promises."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from keys.claims import Kind, Status
from keys.passages import ClockGrade, Direction, Reason, Verdict
from keys.policies import PlaceType, Policy
from keys.policyfile import decode_policy, encode_policy
from keys.policylogic import condition_faults
from keys.policypresets import PRESETS
from scanner.decide.judge import Beliefs, judge
from scanner.decide.judgement import Judgement
from scanner.decide.override import Release, released
from scanner.decide.policy_prepared import prepare, settle
from scanner.decide.presets_page import _span, presets_table
from scanner.decide.scene import Facts, Observation
from tests.keys.makers import THIEF
from tests.scanner.decide.makers import (
    HOUR_S,
    ISSUER,
    NOW,
    beliefs,
    digits,
    moment,
    universe,
)
from tests.scanner.decide.policymakers import base, claims, settled
from tests.scanner.decide.write_policies_page import PAGE, with_tables

FRESH = Facts(inside=0, entry_ago_s=-1, exit_ago_s=-1, entries_today=0)
WARM = Observation(temperatures=(365,))
HELPING = (PlaceType.HOSPITAL, PlaceType.SHELTER)


@pytest.fixture(params=list(PlaceType), ids=str)
def preset(request: pytest.FixtureRequest) -> Policy:
    return PRESETS[request.param]


def test_there_is_one_for_every_kind_of_place() -> None:
    assert set(PRESETS) == set(PlaceType)
    assert all(preset.place is place for place, preset in PRESETS.items())


def test_every_preset_can_be_signed_and_asks_only_what_can_be_answered(preset: Policy) -> None:
    assert decode_policy(encode_policy(preset)) == preset
    assert condition_faults(preset) == ()


def test_a_green_pass_on_a_quiet_day_is_admitted_everywhere(preset: Policy) -> None:
    said = claims(kind=Kind.EMPLOYEE)
    for direction in Direction:
        judgement = settled(preset, base(said=said), facts=FRESH, seen=WARM, direction=direction)
        assert judgement[:2] == (Verdict.ADMIT, Reason.GREEN)


def test_no_preset_holds_anybody_back_on_the_way_out_by_machine(preset: Policy) -> None:
    if preset.exit is None:
        assert preset.place is PlaceType.ROAD
        return
    prepared = prepare(preset)
    by_status = prepared.exit.rules.by_status
    assert set(by_status.values()) <= {
        Verdict.ADMIT,
        Verdict.ADMIT_WITH_NOTE,
        Verdict.HAND_CHECK,
    }


def every_judgement(preset: Policy) -> list[Judgement]:
    """Return what a gate says of good, forged, ended, listed and unknown passes on a bad day."""
    way = prepare(preset).entry
    old = universe(made_at_s=NOW - 300 * 24 * HOUR_S)
    worlds = [
        *[beliefs(universes={ISSUER: universe(status)}) for status in Status],
        beliefs(universes={}),
        beliefs(universes={ISSUER: old}),
        Beliefs(None, {}),
    ]
    texts = [
        digits(),
        digits(key=THIEF),
        digits(iat=NOW - 9 * HOUR_S, exp=NOW - HOUR_S),
        digits(kid=9),
        "1" * 200,
    ]
    found = []
    for world in worlds:
        for text in texts:
            for grade in ClockGrade:
                at = moment(grade=grade)
                judged = judge(text, world, way.rules, at)
                assert judged is not None
                for facts in (Facts(), Facts(inside=10**6, entry_ago_s=1, exit_ago_s=-1)):
                    seen = Observation(temperatures=(400, 400, 400), party=20)
                    found.append(
                        settle(judged, way, at, Direction.ENTRY, facts=facts, observation=seen)
                    )
    return found


@pytest.mark.parametrize("place", HELPING)
def test_where_help_is_given_no_machine_refuses_anybody(place: PlaceType) -> None:
    verdicts = {judgement.verdict for judgement in every_judgement(PRESETS[place])}
    assert Verdict.REFUSE not in verdicts
    assert Verdict.HAND_CHECK in verdicts


def test_no_preset_blocks_an_emergency(preset: Policy) -> None:
    for judgement in every_judgement(preset):
        for release in Release:
            assert released(judgement, release).verdict is Verdict.ADMIT


def test_a_factory_takes_its_own_people_and_announced_visitors_by_day() -> None:
    factory = PRESETS[PlaceType.FACTORY]

    def says(kind: Kind, hour: int) -> Reason:
        judgement = settled(
            factory,
            base(said=claims(kind=kind)),
            facts=FRESH,
            seen=WARM,
            at=moment(local_hour=hour),
        )
        return judgement.reason

    assert says(Kind.PHONE, 12) is Reason.KIND_NOT_HERE
    assert says(Kind.VISITOR, 12) is Reason.GREEN
    assert says(Kind.VISITOR, 20) is Reason.CONDITION_NOT_MET
    assert says(Kind.EMPLOYEE, 20) is Reason.GREEN


def test_the_page_in_docs_shows_the_presets_and_fields_as_they_are() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_tables(page), (
        "write it anew: python -m tests.scanner.decide.write_policies_page"
    )
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|$", page, re.MULTILINE)
    assert [name for _, name in rows] == [field.name for field in fields(Policy)]


def test_the_table_has_a_cell_for_every_question_of_every_preset() -> None:
    lines = presets_table().splitlines()
    assert {line.count("|") for line in lines} == {len(PRESETS) + 2}
    assert "||" not in presets_table().replace(" ", "")


def test_spans_of_time_are_told_in_their_largest_whole_unit() -> None:
    assert [_span(seconds) for seconds in (86400, 3600, 7200, 90)] == ["1 d", "1 h", "2 h", "90 s"]
