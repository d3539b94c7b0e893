"""Gate policies from the office to a station."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from issuer import audit
from issuer.errors import BadInput, Code
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.policies import (
    find_policy,
    policies,
    publish_policy,
    read_policy,
    withdraw_policy,
)
from issuer.trust.actions.rotation import rotate
from issuer.trust.actions.signers import Media
from keys.policies import PlaceType, Policy
from keys.policyfile import policy_for
from keys.policyjson import policy_to_json
from keys.policypresets import PRESETS
from tests.issuer.rigs import enrolled
from tests.issuer.trust.rigs import BY, Station, refused, run


def preset(place: PlaceType, name: str, *checkpoints: str) -> Policy:
    return read_policy(policy_to_json(PRESETS[place]), name, checkpoints)


@pytest.mark.parametrize("place", PlaceType)
def test_every_preset_can_be_published_and_reaches_a_station(
    office: Office, station: Station, place: PlaceType
) -> None:
    done = publish_policy(office, preset(place, "the-gate", "东门"), by=BY)
    assert (done.version, done.changed, done.beside) == (1, True, ())
    station.sync()
    held = policy_for(station.held.files, "东门")
    assert held is not None
    assert (held.name, held.place, held.version) == ("the-gate", place, 1)
    assert policy_for(station.held.files, "西门") is None


def test_the_same_policy_again_changes_nothing_and_another_is_the_next_version(
    office: Office, station: Station
) -> None:
    publish_policy(office, preset(PlaceType.SHOP, "door"), by=BY)
    assert not publish_policy(office, preset(PlaceType.SHOP, "door"), by=BY).changed
    done = publish_policy(office, preset(PlaceType.EVENT, "door"), by=BY)
    assert (done.version, done.changed) == (2, True)
    station.sync()
    held = policy_for(station.held.files, "anywhere")
    assert held is not None
    assert held.place is PlaceType.EVENT


def test_policies_outlast_new_stations_and_a_rotation_of_the_offices_key(
    office: Office, station: Station, media: Media
) -> None:
    publish_policy(office, preset(PlaceType.SHOP, "door"), by=BY)
    enrolled(office)
    publish(office)
    rotate(office, "office", media=media, by=BY)
    station.sync()
    assert policy_for(station.held.files, "anywhere") == find_policy(office, "door")


def test_a_withdrawn_policy_leaves_the_gates(office: Office, station: Station) -> None:
    publish_policy(office, preset(PlaceType.SHOP, "door"), by=BY)
    station.sync()
    withdraw_policy(office, "door", by=BY)
    station.sync()
    assert policy_for(station.held.files, "anywhere") is None
    assert policies(office) == []
    assert refused(lambda: withdraw_policy(office, "door", by=BY), BadInput) is Code.UNKNOWN_POLICY


def test_two_policies_for_one_place_are_said(office: Office) -> None:
    publish_policy(office, preset(PlaceType.SHOP, "a", "east", "west"), by=BY)
    publish_policy(office, preset(PlaceType.SHOP, "b"), by=BY)
    assert publish_policy(office, preset(PlaceType.ROAD, "c", "west"), by=BY).beside == ("a",)
    assert publish_policy(office, preset(PlaceType.ROAD, "d"), by=BY).beside == ("b",)


def test_what_was_published_and_withdrawn_is_in_the_audit(office: Office) -> None:
    publish_policy(office, preset(PlaceType.SHOP, "door"), by=BY)
    withdraw_policy(office, "door", by=BY)
    with office.database.read() as connection:
        found = audit.newest(connection, before=None, limit=2)
    assert [entry.action for entry in found] == ["policy.withdraw", "policy.publish"]
    assert {(entry.operator, entry.subject) for entry in found} == {(BY, "door")}


def fault_of(text: str, name: str = "door") -> str:
    with pytest.raises(BadInput) as caught:
        read_policy(text, name, None)
    assert caught.value.code is Code.BAD_POLICY
    return caught.value.detail


def test_a_condition_that_is_no_certlogic_is_refused_before_it_is_signed() -> None:
    text = '{"place": "shop", "conditions": [{"name": "wrong", "logic": {"sqrt": [4]}}]}'
    assert "wrong: unknown_operation" in fault_of(text)


@pytest.mark.parametrize(
    ("text", "name", "named"),
    [
        ("{}", "door", "place"),
        ("no", "door", "JSON"),
        ('{"place": "shop", "zones": [0]}', "door", "zone"),
        ('{"place": "shop"}', "The Door", "name"),
    ],
)
def test_a_policy_with_a_slip_is_refused_and_named(text: str, name: str, named: str) -> None:
    assert named in fault_of(text, name)


def settled(office: Office) -> Office:
    """Give the office its settings file, which commands read."""
    office.folder.settings_file.write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n', encoding="utf-8"
    )
    return office


def test_policies_by_command(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*words: str) -> Any:
        assert run(office, "trust", "policy", *words) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    settled(office)
    assert said("list") == []
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(said("preset", "factory") | {"checkpoints": ["南门"]}), "utf-8")
    assert said("check", str(file))["checkpoints"] == ["南门"]
    assert said("list") == []
    assert said("publish", "works", "--file", str(file), "--operator", "li")["version"] == 1
    assert said("publish", "estate", "--preset", "estate", "--checkpoint", "b", "--checkpoint", "a")
    assert [(p["name"], p["checkpoints"]) for p in said("list")] == [
        ("estate", ["a", "b"]),
        ("works", ["南门"]),
    ]
    assert said("show", "works")["conditions"][0]["name"] == "visitors-by-day"
    said("withdraw", "works")
    assert [p["name"] for p in said("list")] == ["estate"]
    assert run(office, "trust", "policy", "show", "works") == 1
    file.write_bytes(b"\xff{}")
    assert run(office, "trust", "policy", "publish", "x", "--file", str(file)) == 1
    assert run(office, "trust", "policy", "publish", "x") == 2
