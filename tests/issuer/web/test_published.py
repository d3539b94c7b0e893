from __future__ import annotations

import hashlib

import httpx
import pytest

from issuer.settings import DEFAULT_PORT
from keys.enrolment import check_root, read_code
from tests.issuer.conftest import Served
from tests.issuer.rigs import StationRig, invite_station

NAMES = (
    "trust/root",
    "trust/1.root.json",
    "trust/timestamp.json",
    "manifest",
    "packs/0-2",
    "status/0",
)


@pytest.mark.parametrize("name", NAMES)
def test_published_files_are_open_to_all_and_served_as_they_stand_on_disk(
    served: Served, name: str
) -> None:
    answer = httpx.get(f"{served.url}/{name}")
    assert answer.status_code == 200
    assert answer.content == (served.office.folder.published / name).read_bytes()
    again = httpx.get(
        f"{served.url}/{name}", headers={"If-None-Match": f'"x", {answer.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    head = httpx.head(f"{served.url}/{name}")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/packs/0-99999",
        "/packs/../../keys/pass.key",
        "/packs/..%2f..%2fkeys%2fpass.key",
        "/status/-1",
        "/status/00x",
        "/status/99999999999999999999999",
        "/trust/../settings.toml",
        "/static/../serving.py",
        "/static/%2e%2e/serving.py",
        "/static/none.css",
        "/trust/key",
        "/trust/targets",
        "/trust/%2e%2e/%2e%2e/keys/pass.key",
        "/trust/.ready/timestamp.json",
        "/nothing",
    ],
)
def test_nothing_else_is_served(served: Served, path: str) -> None:
    with served.client() as client:
        request = client.build_request("GET", served.url)
        request.url = request.url.copy_with(raw_path=path.encode())
        answer = client.send(request)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_station_enrols_and_delivers_over_http(served: Served) -> None:
    invitation = invite_station(served.office, "gate", "north")
    assert invitation.url.endswith(str(DEFAULT_PORT))
    code = read_code(invitation.code)
    check_root(httpx.get(f"{served.url}/trust/root").content, code)
    station = StationRig(office=served.office, name="gate", code=code)
    asked = station.request()
    answer = httpx.post(f"{served.url}/enrol", content=asked)
    assert answer.headers["content-type"] == "application/cose"
    station.read_answer(asked, answer.content)
    batch = station.batch(station.write(250))
    answer = httpx.post(
        f"{served.url}/sync/passages",
        content=batch,
        headers={"Kakou-Waiting": "12", "Kakou-List-Version": "junk"},
    )
    receipt = station.read_receipt(answer.content)
    assert len(receipt.stored) == 250
    assert receipt.batch_hash == hashlib.sha256(batch).digest()
    with served.logged_in("station_admin") as client:
        listed = client.get("/api/stations").json()
    assert (listed[0]["waiting_rows"], listed[0]["list_version"]) == (12, None)


def test_health_is_told_without_a_log_in(served: Served) -> None:
    assert httpx.get(f"{served.url}/healthz").text == "ok\n"
