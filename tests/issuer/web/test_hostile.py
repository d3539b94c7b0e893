from __future__ import annotations

import contextlib
import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from issuer.errors import Code
from issuer.people.office import Office
from issuer.problems.web import AT_ONCE_FROM_ONE
from issuer.serving import _routes, build_app
from keys.batches import BATCH_MAX_BYTES
from keys.enrolment import REQUEST_MAX_BYTES
from tests.issuer.conftest import Served
from tests.issuer.rigs import wait_until

PATHS = sorted({getattr(route, "path", "") for route in _routes()} - {""})
CODES = {code.value for code in Code}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
GARBAGE = b"\x00\xff{]" * 300


def concrete(path: str) -> str:
    for name in ("list", "entry", "number", "first", "last"):
        path = path.replace(f"{{{name}:int}}", "0")
    return path


def check_told(answer: httpx.Response) -> None:
    """Assert that no answer is a mistake of ours, and every refusal names a code and what next."""
    assert answer.status_code != 500, answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "script" not in answer.headers["content-security-policy"].replace("'none'", "")
    if answer.headers.get("content-type") == "application/problem+json" and answer.content:
        told = answer.json()
        assert told["code"] in CODES
        assert told["status"] == answer.status_code
        assert told["next"]
        assert told["type"] == f"urn:kakou:problem:{told['code']}"


@pytest.mark.parametrize("who", ["nobody", "boss"])
def test_every_address_survives_every_method_with_garbage(served: Served, who: str) -> None:
    with served.client() if who == "nobody" else served.logged_in(who) as client:
        for path in PATHS:
            for method in METHODS:
                if "logout" in path or "login" in path or "password" in path:
                    continue
                for kind in ("application/json", "application/x-www-form-urlencoded", "x/y"):
                    answer = client.request(
                        method, concrete(path), content=GARBAGE, headers={"Content-Type": kind}
                    )
                    check_told(answer)
                    # Publishing takes no body, and reads none.
                    if method not in {"GET", "HEAD"} and path != "/api/publish":
                        assert answer.status_code not in {200, 201}


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/enrol", REQUEST_MAX_BYTES + 1),
        ("/sync/passages", BATCH_MAX_BYTES + 1),
        ("/api/login", 70_000),
        ("/office/login", 20_000),
    ],
)
def test_too_much_is_refused_before_and_while_it_is_read(
    served: Served, path: str, size: int
) -> None:
    with served.client() as client:
        said = client.post(path, content=b"x" * size)
        assert said.status_code == 413
        chunked = client.post(path, content=iter([b"x" * 65_536] * (size // 65_536 + 1)))
        assert chunked.status_code == 413


def test_a_length_that_lies_or_is_none_is_refused(served: Served) -> None:
    for length in ("-1", "1e9", "9" * 30, "0x10", "5, 6"):
        answer = raw_request(
            served, f"POST /sync/passages HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        )
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")), answer[:60]


def raw_request(served: Served, text: str) -> bytes:
    parts = urlsplit(served.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as line:
        received = b""
        # Who has heard enough may hang up before everything was said.
        with contextlib.suppress(ConnectionError):
            line.sendall(text.encode("latin-1"))
            line.shutdown(socket.SHUT_WR)
            while piece := line.recv(65_536):
                received += piece
        return received


@pytest.mark.parametrize(
    "text",
    [
        "\x00\xff\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "POST /enrol HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        "GET /office?" + "a" * 60_000 + " HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_http_does_not_stop_the_office(served: Served, text: str) -> None:
    raw_request(served, text)
    assert httpx.get(f"{served.url}/healthz").status_code == 200


_COOKIES: dict[tuple[Path, str], tuple[httpx.Cookies, str]] = {}


def kept_client(served: Served, role: str) -> httpx.Client:
    """Return a client with the log-in of an earlier drawn case: hashing a password is dear."""
    kept = served.office.folder.path, role
    if kept not in _COOKIES:
        with served.logged_in(role) as first:
            _COOKIES[kept] = (first.cookies, first.headers["X-CSRF"])
    cookies, csrf = _COOKIES[kept]
    client = served.client()
    client.cookies = cookies
    client.headers["X-CSRF"] = csrf
    return client


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ("name", "role", "password", "id_tail", "kind", "status", "hours", "issued_at", "site")
)
ASKED = st.sampled_from(
    (
        "purpose",
        "from",
        "to",
        "station",
        "verdict",
        "reason",
        "direction",
        "pass",
        "below",
        "format",
    )
)


@given(body=st.dictionaries(FIELDS, VALUES, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_json_makes_a_call_fail_in_another_way_than_told(
    served: Served, body: dict[str, object]
) -> None:
    with kept_client(served, "boss") as client:
        for path in ("/api/passes", "/api/passes/0/0/status", "/api/stations", "/api/operators"):
            check_told(client.post(path, json=body))


@given(query=st.dictionaries(ASKED, TEXTS))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_no_query_makes_a_search_fail_in_another_way_than_told(
    served: Served, query: dict[str, str]
) -> None:
    with kept_client(served, "supervisor") as client:
        for path in ("/api/passages", "/api/passages/export", "/office/passages", "/office/audit"):
            check_told(client.get(path, params=query))


def test_slow_senders_from_one_place_are_told_to_wait_and_the_office_lives(
    served: Served,
) -> None:
    parts = urlsplit(served.url)
    head = "POST /sync/passages HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"
    with contextlib.ExitStack() as lines:
        for _ in range(AT_ONCE_FROM_ONE):
            line = socket.create_connection((parts.hostname, parts.port), timeout=60)
            lines.enter_context(line)
            line.sendall(head.encode())
        wait_until(lambda: httpx.get(f"{served.url}/healthz").status_code == 503)
        told = httpx.get(f"{served.url}/healthz")
        assert told.json()["code"] == "overloaded"
        assert int(told.headers["retry-after"]) > 0
    wait_until(lambda: httpx.get(f"{served.url}/healthz").status_code == 200)


@pytest.mark.parametrize("path", ["/api/me", "/office"])
def test_a_mistake_of_ours_is_told_like_every_fault(office: Office, path: str) -> None:
    def broken() -> int:
        raise ZeroDivisionError

    client = TestClient(build_app(replace(office, now=broken)), raise_server_exceptions=False)
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 500
    if path.startswith("/office"):
        assert answer.headers["content-type"].startswith("text/html")
    else:
        assert answer.json()["code"] == Code.INTERNAL
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "ZeroDivision" not in answer.text
