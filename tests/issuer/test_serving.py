from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from issuer.app import open_office
from issuer.passages.actions.search import export
from issuer.passages.rules.searching import Search
from issuer.people.office import Office
from issuer.settings import Folder, read_settings, write_settings
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.status import set_status
from issuer.tokens.rules.passes import PassRequest
from keys.claims import Kind, Status
from keys.ed25519 import SigningKey
from keys.keyfile import write_key
from keys.manifest import open_manifest
from keys.trustlist import Purpose
from tests.issuer.rigs import MadeOffice, TestClock, invite_station, invited, open_copy, wait_until

PROGRAM = [sys.executable, "-m", "issuer"]


@pytest.fixture
def folder(made_office: MadeOffice, tmp_path: Path) -> Path:
    open_copy(made_office, tmp_path / "data", "", TestClock()).database.close()
    return tmp_path / "data"


@contextmanager
def program(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run `serve`; gives the process and its address once it answers."""
    command = [*PROGRAM, "serve", "--port", "0", "--data", str(folder), "--json", *more]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.wait(180)
        if process.stdout is not None:
            process.stdout.close()


def version_at(url: str, office: Office) -> int:
    trust = office.trust_list()
    raw = httpx.get(f"{url}/manifest").content
    keys = lambda kid: trust.keys_for("home", Purpose.STATUS, int.from_bytes(kid, "big"))  # noqa: E731
    return open_manifest(raw, keys).version


def test_a_status_set_by_another_process_is_published_within_seconds(folder: Path) -> None:
    office = open_office(Folder(folder))
    with program(folder) as (process, url):
        before = version_at(url, office)
        request = PassRequest(name="", id_tail="", kind=Kind.PAPER, status=Status.YELLOW)
        text = str(mint_passes(office, [request], by="test")[0].identity)
        wait_until(lambda: version_at(url, office) > before)
        set_status(office, text=text, status=Status.WITHDRAWN, reason="lost", by="test")
        wait_until(lambda: version_at(url, office) > before + 1)
        # The invitation names where serve answers.
        assert invite_station(office, "gate").url == url
        process.send_signal(signal.SIGTERM)
        assert process.wait(180) == 0
    with office.database.read() as connection:
        from issuer.tokens.store.passes import all_entries

        assert [entry[2] for entry in all_entries(connection)] == [Status.WITHDRAWN]
    office.database.close()


def test_it_publishes_by_itself_again_and_again(folder: Path) -> None:
    settings = read_settings(Folder(folder))
    from dataclasses import replace

    write_settings(Folder(folder), replace(settings, publish_every_s=1))
    office = open_office(Folder(folder))
    with program(folder) as (_, url):
        first = version_at(url, office)
        wait_until(lambda: version_at(url, office) >= first + 2)
    office.database.close()


def test_a_root_key_in_reach_keeps_it_from_starting(folder: Path) -> None:
    (folder / "published" / "deep").mkdir()
    key = SigningKey(os.urandom(32))
    write_key(folder / "published" / "deep" / "harmless.txt", key, purpose="root")
    done = subprocess.run(
        [*PROGRAM, "serve", "--port", "0", "--data", str(folder), "--json"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 3
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert error["code"] == "root_key_in_reach"
    assert "harmless.txt" in error["detail"]


def test_a_port_in_use_is_told(folder: Path) -> None:
    with program(folder) as (_, url):
        port = url.rpartition(":")[2]
        done = subprocess.run(
            [*PROGRAM, "serve", "--port", port, "--data", str(folder), "--json"],
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert json.loads(done.stderr.splitlines()[-1])["error"]["code"] == "port_in_use"


def test_killed_in_the_middle_of_batches_it_loses_and_doubles_nothing(folder: Path) -> None:
    office = open_office(Folder(folder))
    with program(folder) as (process, url):
        station = invited(office, "gate")
        asked = station.request()
        station.read_answer(asked, httpx.post(f"{url}/enrol", content=asked).content)
        batches = [station.batch(station.write(200)) for _ in range(10)]
        confirmed: set[bytes] = set()
        begun = threading.Event()

        def deliver() -> None:
            try:
                for batch in batches:
                    answer = httpx.post(f"{url}/sync/passages", content=batch)
                    confirmed.update(station.read_receipt(answer.content).stored)
                    begun.set()
            except httpx.HTTPError:
                begun.set()

        thread = threading.Thread(target=deliver)
        thread.start()
        assert begun.wait(180)
        process.kill()
        process.wait(180)
        thread.join(180)
    stored = {bytes.fromhex(line["passage_id"]) for line in exported(office)}
    assert stored >= confirmed
    with program(folder) as (_, url):
        for batch in batches:
            answer = httpx.post(f"{url}/sync/passages", content=batch)
            assert len(station.read_receipt(answer.content).stored) == 200
    lines = exported(office)
    assert len(lines) == 2000
    assert {bytes.fromhex(line["passage_id"]) for line in lines} == {
        row.passage.passage_id for row in station.rows
    }
    assert {tuple(line["marks"]) for line in lines} == {()}
    office.database.close()


def exported(office: Office) -> list[dict[str, Any]]:
    pieces = export(office, Search(purpose="test"), kind="jsonl", by="test")
    return [json.loads(piece) for piece in pieces]
