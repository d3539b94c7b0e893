"""What pages do so that a slip or a silence is seen."""

from __future__ import annotations

import re

from issuer.people.rules.stations import DAY_S
from tests.issuer.conftest import Served
from tests.issuer.rigs import PASSWORD, TestClock, enrolled


def test_who_has_changed_the_password_is_told_to_log_in_with_it(served: Served) -> None:
    with served.logged_in("boss") as client:
        page = client.get("/office/password")
        token = re.search('name="csrf" value="([0-9a-f]+)"', page.text)
        assert token
        fields = {"csrf": token[1], "old": PASSWORD, "new": f"{PASSWORD}+", "again": f"{PASSWORD}+"}
        answer = client.post("/office/password", data=fields)
        assert 'role="status"' in client.get(answer.headers["location"]).text
        assert 'role="status"' not in client.get("/office/login").text


def test_a_new_operator_is_no_admin_by_a_forgotten_choice(served: Served) -> None:
    with served.logged_in("boss") as client:
        page = client.get("/office/operators").text
        first = re.search(r'<select name="role" required><option value="([^"]*)"', page)
        assert first
        assert first[1] == ""


def test_a_station_that_was_not_heard_for_a_day_stands_out(
    served: Served, clock: TestClock
) -> None:
    station = enrolled(served.office)
    station.write(1)
    station.send(station.batch(station.rows))
    with served.logged_in("boss") as client:
        assert "quiet-for" not in client.get("/office/stations").text
    clock.at += DAY_S + 1
    with served.logged_in("boss") as client:
        assert client.get("/office/stations").text.count("quiet-for") == 1


def test_stations_are_offered_by_name_and_one_that_nobody_knows_is_told(served: Served) -> None:
    name = enrolled(served.office).name
    with served.logged_in("supervisor") as client:
        assert f'<option value="{name}">' in client.get("/office/passages").text
        asked = {"purpose": "the morning", "station": f"{name}0"}
        answer = client.get("/office/passages", params=asked)
        assert answer.status_code == 404
        assert "unknown_station" in answer.text


def test_a_printed_search_says_whose_and_why(served: Served) -> None:
    with served.logged_in("boss") as client:
        page = client.get("/office/passages", params={"purpose": "the lost child"}).text
        line = re.search(r'<p class="onlyprint">(.*?)</p>', page)
        assert line
        assert "the lost child" in line[1]
        assert "boss" in line[1]
