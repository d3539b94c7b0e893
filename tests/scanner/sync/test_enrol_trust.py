"""Enrolment where the root that the code names is a trust repository's."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.clock import ClockState
from scanner.errors import EnrolmentRefused, IssuerTrouble
from scanner.record.cache import StatusCache
from scanner.record.identity import read_identity
from scanner.sync.fetch import HttpExchange
from scanner.sync.refresh import beliefs_from, pull_once
from tests.fakes.office_server import OfficeServer, Trouble
from tests.fakes.publisher import DAY_S, ISSUER
from tests.fakes.trust_office import TrustOffice
from tests.keys.makers import NOW
from tests.keys.trustmakers import root_bytes
from tests.scanner.sync.rigs import enrolling, reading


@pytest.fixture
def office() -> TrustOffice:
    office = TrustOffice(NOW)
    office.publish()
    return office


def test_a_station_is_enrolled_by_the_pinned_root_file(
    office: TrustOffice, server: OfficeServer, tmp_path: Path
) -> None:
    folder = tmp_path / "gate"
    enrolling(folder, server, office.add_station(), NOW)
    identity = read_identity(folder)
    assert identity.root == office.root
    exchange = HttpExchange(server.url)
    cache = StatusCache(folder, identity.root)
    assert cache.clock() == ClockState()
    pull_once(exchange, cache, home=ISSUER, root=identity.root, reading=reading())
    exchange.close()
    assert beliefs_from(cache, ISSUER).keyring is not None


def test_another_root_than_the_code_names_is_refused(
    office: TrustOffice, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.published["trust/root"] = root_bytes(expires=NOW + 5)
    with pytest.raises(EnrolmentRefused) as caught:
        enrolling(tmp_path / "gate", server, code, NOW)
    assert caught.value.code == "root_swapped"


def test_an_old_repository_is_refused_at_enrolment(
    office: TrustOffice, server: OfficeServer, tmp_path: Path
) -> None:
    with pytest.raises(EnrolmentRefused) as caught:
        enrolling(tmp_path / "gate", server, office.add_station(), NOW + 8 * DAY_S)
    assert caught.value.code == "expired_trust"


def test_a_portal_in_place_of_the_repository_can_be_tried_again(
    office: TrustOffice, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    server.troubles["trust/timestamp.json"] = Trouble.PORTAL_PAGE
    with pytest.raises(IssuerTrouble) as caught:
        enrolling(tmp_path / "gate", server, code, NOW)
    assert caught.value.code == "captive_portal"
    server.troubles.clear()
    enrolling(tmp_path / "gate", server, code, NOW)
