from __future__ import annotations

import re

import httpx
import pytest

from issuer.people.actions.operators import add_operator
from issuer.people.rules.limits import TRIES_PER_NAME
from issuer.people.rules.roles import Role
from tests.issuer.conftest import Served
from tests.issuer.rigs import PASSWORD, TestClock

PAGES = {
    "/office": {"boss", "issuer", "reviewer", "supervisor", "station_admin"},
    "/office/mint": {"boss", "issuer"},
    "/office/passes": {"boss", "issuer", "reviewer"},
    "/office/stations": {"boss", "supervisor", "station_admin"},
    "/office/passages": {"boss", "supervisor"},
    "/office/operators": {"boss"},
    "/office/audit": {"boss", "supervisor"},
}
CALLS = {
    ("POST", "/api/passes"): {"boss", "issuer"},
    ("POST", "/api/passes/batch"): {"boss", "issuer"},
    ("GET", "/api/passes/0/1"): {"boss", "issuer", "reviewer"},
    ("POST", "/api/passes/0/1/status"): {"boss", "issuer", "reviewer"},
    ("POST", "/api/publish"): {"boss", "issuer"},
    ("GET", "/api/stations"): {"boss", "supervisor", "station_admin"},
    ("POST", "/api/stations"): {"boss", "station_admin"},
    ("POST", "/api/stations/withdraw"): {"boss", "station_admin"},
    ("GET", "/api/passages"): {"boss", "supervisor"},
    ("GET", "/api/passages/export"): {"boss", "supervisor"},
    ("GET", "/api/operators"): {"boss"},
    ("POST", "/api/operators"): {"boss"},
    ("GET", "/api/audit"): {"boss", "supervisor"},
}
ROLES = ("boss", "issuer", "reviewer", "supervisor", "station_admin")


def form_login(client: httpx.Client, name: str, password: str) -> httpx.Response:
    page = client.get("/office/login")
    token = re.search('name="form_token" value="([0-9a-f]+)"', page.text)
    assert token
    fields = {"name": name, "password": password, "form_token": token[1], "next": "/office"}
    return client.post("/office/login", data=fields)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_it_may_and_nothing_else(served: Served, role: str) -> None:
    with served.logged_in(role) as client:
        for path, allowed in PAGES.items():
            status = client.get(path).status_code
            assert status == (200 if role in allowed else 403), path
        for (method, path), allowed in CALLS.items():
            answer = client.request(method, path, json={} if method == "POST" else None)
            is_refused = "not_allowed" in answer.text
            assert is_refused == (role not in allowed), (method, path, answer.text)


def test_without_a_log_in_pages_lead_to_it_and_calls_are_refused(served: Served) -> None:
    with served.client() as client:
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 303
            assert answer.headers["location"].startswith("/office/login")
        for method, path in CALLS:
            answer = client.request(method, path, json={} if method == "POST" else None)
            assert (answer.status_code, answer.json()["code"]) == (401, "login_needed")


def test_the_way_back_after_the_log_in_is_never_elsewhere(served: Served) -> None:
    for after in ("https://evil", "//evil", "/office/../..//evil", "/\\evil", "/office\\@evil"):
        with served.client() as client:
            page = client.get("/office/login", params={"next": after})
            assert 'name="next" value="/office"' in page.text
            answer = client.get("/office/language", params={"to": "en", "next": after})
            assert answer.headers["location"] == "/office"


def test_the_log_in_form_sets_a_cookie_that_scripts_and_other_sites_do_not_get(
    served: Served,
) -> None:
    with served.client() as client:
        answer = form_login(client, "boss", PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/office")
        cookie = answer.headers["set-cookie"].lower()
        assert "kakou_session=" in cookie
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/office").status_code == 200


def test_a_log_in_form_from_another_site_is_refused(served: Served) -> None:
    fields = {"name": "boss", "password": PASSWORD, "form_token": "0" * 32, "next": ""}
    with served.client() as client:
        answer = client.post("/office/login", data=fields)
        assert answer.status_code == 403
        assert "csrf_wrong" in answer.text
        assert "kakou_session" not in client.cookies


@pytest.mark.parametrize("token", ["", "0" * 32, "x", "\u4e00"])
def test_no_form_and_no_call_is_taken_without_its_token(served: Served, token: str) -> None:
    with served.logged_in("boss") as client:
        del client.headers["X-CSRF"]
        fields = {"name": "x", "role": "admin", "deed": "add", "csrf": token}
        assert "csrf_wrong" in client.post("/office/operators", data=fields).text
        headers = {"X-CSRF": token.encode("ascii", "replace").decode()}
        answer = client.post("/api/publish", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_wrong")
    with served.logged_in("boss") as client:
        names = [item["operator"] for item in client.get("/api/operators").json()]
    assert "x" not in names


def test_tries_are_limited_and_the_time_to_wait_is_told(served: Served) -> None:
    with served.client() as client:
        for _ in range(TRIES_PER_NAME):
            assert "login_wrong" in form_login(client, "boss", "wrong").text
        answer = form_login(client, "boss", PASSWORD)
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        answer = client.post("/api/login", json={"name": "boss", "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_tries")
        assert int(answer.headers["retry-after"]) > 0


def test_a_one_time_password_opens_only_the_page_that_changes_it(served: Served) -> None:
    _, given = add_operator(served.office, name="new", role=Role.ADMIN, by="test")
    with served.client() as client:
        form_login(client, "new", given)
        answer = client.get("/office/mint")
        assert (answer.status_code, answer.headers["location"]) == (303, "/office/password")
        page = client.get("/office/password")
        token = re.search('name="csrf" value="([0-9a-f]+)"', page.text)
        assert token
        fields = {"csrf": token[1], "old": given, "new": PASSWORD, "again": "different"}
        assert "weak_password" in client.post("/office/password", data=fields).text
        fields["again"] = PASSWORD
        assert client.post("/office/password", data=fields).status_code == 303
        assert form_login(client, "new", PASSWORD).status_code == 303
        assert client.get("/office/mint").status_code == 200
    _, given = add_operator(served.office, name="script", role=Role.ISSUER, by="test")
    with served.client() as client:
        began = client.post("/api/login", json={"name": "script", "password": given}).json()
        client.headers["X-CSRF"] = began["csrf"]
        assert client.post("/api/passes", json={}).json()["code"] == "password_must_change"
        assert client.get("/api/me").json()["must_change"] is True
        fields = {"old": given, "new": PASSWORD}
        assert client.post("/api/password", json=fields).status_code == 200


def test_logging_out_ends_the_session_on_both_sides(served: Served) -> None:
    with served.logged_in("boss") as client:
        kept = dict(client.cookies)
        assert client.post("/api/logout").status_code == 200
        assert client.get("/api/me").status_code == 401
        client.cookies.update(kept)
        assert client.get("/api/me").status_code == 401
    with served.logged_in("boss") as client:
        answer = client.post("/office/logout", data={"csrf": client.headers["X-CSRF"]})
        assert (answer.status_code, answer.headers["location"]) == (303, "/office/login")
        assert client.get("/api/me").status_code == 401


def test_an_idle_session_leads_back_to_the_log_in(served: Served, clock: TestClock) -> None:
    with served.logged_in("boss") as client:
        clock.at += served.office.settings.session_idle_s
        assert client.get("/office/mint").headers["location"].startswith("/office/login")
