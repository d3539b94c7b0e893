from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

import httpx
import pytest

from issuer.people.actions.stations import list_stations
from issuer.tokens.actions.status import find_pass
from issuer.tokens.store.passes import count_statuses
from keys.claims import Status
from keys.passages import Verdict
from keys.trustlist import keyring_of
from keys.verify import open_code
from tests.issuer.conftest import Served
from tests.issuer.rigs import enrolled, log_in


@pytest.fixture
def boss(served: Served) -> Iterator[httpx.Client]:
    with served.logged_in("boss") as client:
        yield client


def test_a_pass_is_minted_by_form_shown_once_and_its_status_set(
    served: Served, boss: httpx.Client
) -> None:
    fields = {"name": "张*", "id_tail": "123x", "kind": "paper", "status": "green", "hours": ""}
    page = boss.post("/office/mint", data=fields)
    assert page.status_code == 200
    assert "<svg" in page.text
    text = re.search(r"<code>(\d{200})</code>", page.text)
    assert text
    signed = open_code(text[1], keyring_of(served.office.trust_list()))
    path = f"/office/passes/{signed.identity.list_number}/{signed.identity.index}"
    assert path in page.text
    found = boss.get("/office/passes", params={"q": str(signed.identity)})
    assert found.headers["location"] == path
    assert path in boss.get("/office/passes", params={"q": "123x 张*"}).text
    page = boss.post(path, data={"status": "red", "reason": "close_contact"})
    assert page.status_code == 200
    assert find_pass(served.office, str(signed.identity)).status is Status.RED
    page = boss.post(path, data={"status": "red", "reason": "lost"})
    assert page.status_code == 409
    assert "reason_not_for_status" in page.text


def test_a_form_that_is_sent_twice_mints_once(served: Served, boss: httpx.Client) -> None:
    def sent(name: str = "张*") -> httpx.Response:
        token = re.search(r'name="form" value="([0-9a-f]{32})"', shown.text)
        assert token
        return boss.post("/office/mint", data={"name": name, "kind": "paper", "form": token[1]})

    shown = boss.get("/office/mint")
    # A slip leaves the form unused: corrected, it mints.
    slip = sent("x" * 65)
    assert slip.status_code == 400
    assert sent().status_code == 200
    again = sent()
    assert again.status_code == 409
    assert "form_used" in again.text
    # What the refusal shows is a new form.
    shown = again
    assert sent().status_code == 200
    with served.office.database.read() as connection:
        assert sum(count_statuses(connection).values()) == 2


def test_a_visitor_pass_carries_what_the_form_said(served: Served, boss: httpx.Client) -> None:
    fields = {
        "kind": "visitor", "profile": "2", "zone": "7", "day_from": "8", "day_to": "18",
        "party": "3", "starts": "2026-11-21T08:30",
    }  # fmt: skip
    page = boss.post("/office/mint", data=fields)
    text = re.search(r"<code>(\d{215})</code>", page.text)
    assert text, page.text
    site = open_code(text[1], keyring_of(served.office.trust_list())).claims.site
    # 08:30 in Shanghai.
    assert site == (1_795_221_000, 7, 8, 18, 3)


@pytest.mark.parametrize(
    "bent",
    [
        {"kind": ""},
        {"kind": "dog"},
        {"hours": "ten"},
        {"hours": "999999"},
        {"id_tail": "12"},
        {"name": "x" * 65},
        {"profile": "2", "zone": "-1"},
        {"profile": "2", "starts": "yesterday"},
        {"status": "withdrawn"},
    ],
)
def test_a_form_with_a_mistake_comes_back_with_what_was_typed(
    boss: httpx.Client, bent: dict[str, str]
) -> None:
    fields = {"name": "李*", "kind": "paper", "status": "green"} | bent
    page = boss.post("/office/mint", data=fields)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    if "name" not in bent:
        assert 'value="李*"' in page.text


def test_hostile_text_is_shown_and_not_run(boss: httpx.Client) -> None:
    evil = '"><script>alert(1)</script>'
    pages = [
        boss.post("/office/mint", data={"name": evil * 9, "kind": "dog"}),
        boss.get("/office/passes", params={"q": evil}),
        boss.get("/office/passages", params={"purpose": evil, "station": evil}),
        boss.post("/office/stations", data={"name": evil}),
        boss.get(f"/office/language?to=zh&next={evil}"),
        boss.get(f"/office/{evil}"),
    ]
    for page in pages:
        assert "<script" not in page.text


def test_a_station_is_invited_listed_and_withdrawn(served: Served, boss: httpx.Client) -> None:
    page = boss.post("/office/stations", data={"name": "东门 1", "checkpoint": "东门", "zone": "3"})
    assert re.search("([A-Z2-7]{5}-){15}[A-Z2-7]{5}", page.text)
    assert "<svg" in page.text
    enrolled(served.office, "西门")
    page = boss.post("/office/stations", data={"name": "西门", "deed": "withdraw"})
    states = {item.name: item.state for item in list_stations(served.office)}
    assert states == {"东门 1": "invited", "西门": "withdrawn"}
    assert boss.post("/office/stations", data={"name": "东门 1", "zone": "4"}).status_code == 409
    with served.logged_in("supervisor") as other:
        assert other.post("/office/stations", data={"name": "x"}).status_code == 403


def test_passages_are_searched_with_a_purpose_and_exported(
    served: Served, boss: httpx.Client
) -> None:
    station = enrolled(served.office)
    station.write(120)
    station.write(3, verdict=Verdict.REFUSE, reason="red")
    station.send(station.batch(station.rows))
    assert "purpose_missing" in boss.get("/office/passages", params={"purpose": ""}).text
    asked = {"purpose": "why not", "verdict": "refuse"}
    page = boss.get("/office/passages", params=asked)
    assert len(re.findall("home/0/12[123]<", page.text)) == 3
    page = boss.get("/office/passages", params={"purpose": "all of them"})
    more = re.search(r'href="(/office/passages\?[^"]*below=[^"]*)"', page.text)
    assert more
    older = boss.get(more[1].replace("&amp;", "&"))
    assert older.text.count("<tr>") == 24
    text = boss.get("/office/passages/export", params=asked | {"format": "csv"})
    assert "attachment" in text.headers["content-disposition"]
    assert len(list(csv.reader(io.StringIO(text.content.decode("utf-8-sig"))))) == 4
    lines = boss.get("/api/passages/export", params={"purpose": "all", "format": "jsonl"}).text
    assert len([json.loads(line) for line in lines.splitlines()]) == 123
    audit = boss.get("/api/audit").json()
    assert [entry["action"] for entry in audit[:4]] == [
        "passages.export",
        "passages.export",
        "passages.search",
        "passages.search",
    ]
    assert audit[1]["details"]["purpose"] == "why not"


def test_operators_are_added_reset_and_closed_by_form(served: Served, boss: httpx.Client) -> None:
    page = boss.post("/office/operators", data={"deed": "add", "name": "王丽", "role": "reviewer"})
    given = re.search(r'class="secret">([a-z2-7-]+)<', page.text)
    assert given
    with served.client() as other:
        log_in(other, "王丽", given[1])
    page = boss.post("/office/operators", data={"deed": "reset", "name": "王丽"})
    assert given[1] not in page.text
    boss.post("/office/operators", data={"deed": "disable", "name": "王丽"})
    listed = {item["operator"]: item["disabled"] for item in boss.get("/api/operators").json()}
    assert listed["王丽"] is True
    boss.post("/office/operators", data={"deed": "enable", "name": "王丽"})
    for fields, status in (
        ({"deed": "add", "name": "王丽", "role": "reviewer"}, 409),
        ({"deed": "add", "name": "x", "role": "king"}, 400),
        ({"deed": "burn", "name": "x"}, 400),
        ({"deed": "reset", "name": "nobody"}, 404),
    ):
        assert boss.post("/office/operators", data=fields).status_code == status


def test_pages_speak_the_language_that_was_chosen_or_the_browser_prefers(
    served: Served,
) -> None:
    with served.client() as client:
        assert 'lang="zh-CN"' in client.get("/office/login").text
        english = {"Accept-Language": "fr, en;q=0.8"}
        assert '<html lang="en">' in client.get("/office/login", headers=english).text
        client.get("/office/language", params={"to": "en"})
        assert '<html lang="en">' in client.get("/office/login").text
        client.get("/office/language", params={"to": "xx"})
        assert '<html lang="en">' in client.get("/office/login").text


def test_scripts_mint_set_and_publish(served: Served) -> None:
    with served.logged_in("issuer") as client:
        minted = client.post("/api/passes", json={"name": "张*", "kind": "paper"})
        assert minted.status_code == 201
        _, number, entry = minted.json()["pass"].split("/")
        path = f"/api/passes/{number}/{entry}"
        changed = client.post(f"{path}/status", json={"status": "red", "reason": "symptoms"})
        assert changed.json()["changed"] is True
        assert client.get(path).json()["status"] == "red"
        site = {"site": {"zone": 3, "party": 2}}
        batch = client.post("/api/passes/batch", json=[{}, site, {"status": "yellow"}])
        assert len(batch.json()) == 3
        assert client.post("/api/passes/batch", json=[]).json()["code"] == "bad_arguments"
        assert client.post("/api/publish").json()["not_green"] == 2
        reasons = {item["reason"] for item in client.get("/api/reasons").json()}
        assert "close_contact" in reasons
        for body, code in (
            (b"{", "malformed_json"),
            (b"[]", "malformed_json"),
            (b'{"colour": 1}', "malformed_json"),
            (b'{"kind": "dog"}', "bad_arguments"),
            (b'{"hours": 0}', "bad_time"),
            (b"[" * 50_000, "malformed_json"),
        ):
            answer = client.post(
                "/api/passes", content=body, headers={"Content-Type": "application/json"}
            )
            assert (answer.status_code, answer.json()["code"]) == (400, code)
        plain = client.post("/api/passes", content=b"{}", headers={"Content-Type": "text/plain"})
        assert plain.json()["code"] == "malformed_json"


def test_scripts_invite_and_withdraw_stations_and_add_operators(boss: httpx.Client) -> None:
    invited = boss.post("/api/stations", json={"name": "gate", "zone": 2, "url": "https://x"})
    assert (invited.status_code, invited.json()["url"]) == (201, "https://x")
    assert boss.post("/api/stations/withdraw", json={"name": "gate"}).json()["state"] == "withdrawn"
    added = boss.post("/api/operators", json={"name": "li", "role": "issuer"})
    assert added.status_code == 201
    assert boss.post("/api/operators", json={"name": "x", "role": "king"}).status_code == 400
    assert boss.get("/api/me").json()["role"] == "admin"


def test_scripts_page_through_passages(served: Served, boss: httpx.Client) -> None:
    station = enrolled(served.office)
    station.send(station.batch(station.write(130)))
    seen: list[str] = []
    below = ""
    while True:
        asked = {"purpose": "count them", "below": below}
        page = boss.get("/api/passages", params=asked).json()
        seen += [item["passage_id"] for item in page["passages"]]
        below = page["below"]
        if below is None:
            break
    assert len(set(seen)) == len(seen) == page["total"] == 130


def test_the_first_page_counts_and_says_when_the_list_is_late(served: Served) -> None:
    with served.logged_in("boss") as client:
        assert "第 2 版" in client.get("/office").text
