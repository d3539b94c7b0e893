"""A policy that the office publishes is obeyed by the gate after its next pull, over restarts, with
what the gate itself wrote down before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from issuer.trust.actions.policies import publish_policy, read_policy, withdraw_policy
from keys.policies import PlaceType
from keys.policyjson import policy_to_json
from keys.policypresets import PRESETS
from scanner.commands import everyday
from tests.journeys.in_process import ServedOffice, served_office
from tests.journeys.programs import scan, show

pytestmark = pytest.mark.usefixtures("uncounted")


def publish(office: ServedOffice, place: PlaceType) -> None:
    """Publish the preset of a place for every checkpoint that has no own."""
    policy = read_policy(policy_to_json(PRESETS[place]), "gate", ())
    publish_policy(office.office, policy, by="test")


def told(data: Path, pictures: Path) -> list[tuple[Any, Any]]:
    """Run the station on pictures and return what it told."""
    return [(line["verdict"], line["reason"]) for line in scan(data, pictures)]


def test_a_published_policy_is_obeyed_after_a_pull_and_gone_when_it_is_withdrawn(
    tmp_path: Path,
) -> None:
    with served_office(tmp_path) as office:
        codes = office.mint(2, hours=24)
        office.publish()
        data, pictures = tmp_path / "gate", show(tmp_path / "pictures", codes)
        everyday.enrol(data, office.station_code("north"), office.url)
        assert told(data, pictures) == [("admit", "green")] * 2

        publish(office, PlaceType.STATION)
        assert everyday.sync(data)["pull"]["ok"]
        # Both came in a moment ago, by the gate's own log of before the restart.
        assert told(data, pictures) == [("refuse", "passed_already")] * 2

        publish(office, PlaceType.FACTORY)
        assert everyday.sync(data)["pull"]["ok"]
        assert told(data, pictures) == [("refuse", "kind_not_here")] * 2

        withdraw_policy(office.office, "gate", by="test")
        assert everyday.sync(data)["pull"]["ok"]
        assert told(data, pictures) == [("admit", "green")] * 2
