"""Neighbours' lists, passed on to our own stations."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from issuer.errors import BadInput, Code, Refused
from issuer.people.office import Office
from issuer.tokens.actions.publish import publish
from issuer.trust.actions.fetching import fetching, pass_on_all
from issuer.trust.actions.neighbours import (
    make_card,
)
from issuer.trust.actions.passing import pass_on
from issuer.trust.actions.signers import Media
from keys.claims import LIST_ENTRIES
from keys.clock import ClockReading
from keys.manifest import FOREIGN_ENTRIES_MAX, open_manifest, seal_manifest
from keys.passages import ClockGrade, Verdict
from keys.trustlist import Purpose
from scanner.decide.judge import Moment, judge
from scanner.decide.policy import Rules
from scanner.record.cache import StatusCache
from scanner.sync.folder import FolderFetcher
from scanner.sync.refresh import beliefs_from, pull_once
from tests.issuer.rigs import TestClock
from tests.issuer.trust.rigs import mint, recognise, refused, run, serving_folder


def test_a_neighbours_lists_are_passed_on_and_a_station_judges_by_them(
    office: Office, media: Media, neighbour: Office, tmp_path: Path, clock: TestClock
) -> None:
    recognise(office, make_card(neighbour), media)
    text = mint(neighbour)
    publish(neighbour)
    with fetching(str(neighbour.folder.published)) as fetch:
        first = pass_on(office, "ningbo", fetch)
        assert pass_on(office, "ningbo", fetch) == replace(first, changed=False)
    root = (office.folder.published / "trust" / "root").read_bytes()
    cache = StatusCache(tmp_path / "gate", root)
    report = pull_once(
        FolderFetcher(office.folder.published),
        cache,
        home="home",
        root=root,
        reading=ClockReading(wall_s=office.now(), boot_s=9.0, boot_id="b"),
    )
    assert report.left_out == ()
    beliefs = beliefs_from(cache, "home")
    judged = judge(text, beliefs, Rules(), Moment(office.now(), ClockGrade.CONFIRMED, 0, 12))
    assert judged is not None
    assert judged.verdict is Verdict.ADMIT
    publish(neighbour)
    publish(neighbour)
    with fetching(str(neighbour.folder.published)) as fetch:
        assert pass_on(office, "ningbo", fetch).version == first.version + 2
    packs = {path.name for path in (office.folder.published / "issuers/ningbo/packs").iterdir()}
    assert f"0-{first.version + 2}" in packs
    assert f"0-{first.version}" not in packs
    neighbour.database.close()


@pytest.mark.parametrize(
    "fault",
    [
        "older",
        "thief",
        "pack missing",
        "pack large",
        "pack short",
        "link",
        "pipe",
        "endless",
        "unknown",
    ],
)
def test_what_is_wrong_is_not_passed_on(
    office: Office, media: Media, neighbour: Office, fault: str
) -> None:
    recognise(office, make_card(neighbour), media)
    published = neighbour.folder.published
    before = (published / "manifest").read_bytes()
    publish(neighbour)
    name, kind, code = "ningbo", Refused, Code.PASSING_FAILED
    pack = published / "packs" / f"0-{2}"
    match fault:
        case "older":
            with fetching(str(published)) as fetch:
                pass_on(office, name, fetch)
            (published / "manifest").write_bytes(before)
        case "thief":
            (published / "manifest").write_bytes(
                (office.folder.published / "manifest").read_bytes()
            )
        case "pack missing":
            pack.unlink()
        case "pack large":
            pack.write_bytes(bytes(5000))
        case "pack short":
            pack.write_bytes(b"x")
        case "link":
            (published / "manifest").rename(published / "elsewhere")
            (published / "manifest").symlink_to("elsewhere")
        case "pipe":
            (published / "manifest").unlink()
            os.mkfifo(published / "manifest")
        case "endless":
            key = neighbour.keys.of(Purpose.STATUS)
            huge = replace(
                open_manifest(before, lambda _: (key.key.public_key,)),
                n=FOREIGN_ENTRIES_MAX + LIST_ENTRIES,
            )
            (published / "manifest").write_bytes(seal_manifest(key.key, key.kid, huge))
        case _:
            name, code = "suzhou", Code.BAD_CARD

    def act() -> object:
        with fetching(str(published)) as fetch:
            return pass_on(office, name, fetch)

    assert refused(act, BadInput if fault == "unknown" else kind) is code
    neighbour.database.close()


def test_a_neighbour_is_fetched_from_the_address_on_its_card(
    office: Office, media: Media, neighbour: Office
) -> None:
    with serving_folder(neighbour.folder.published) as url:
        there = replace(neighbour, settings=replace(neighbour.settings, public_url=url))
        recognise(office, make_card(there), media)
        assert pass_on_all(office) == {}
        assert (office.folder.published / "issuers/ningbo/manifest").exists()
        (neighbour.folder.published / "manifest").unlink()
        assert set(pass_on_all(office)) == {"ningbo"}
        (neighbour.folder.published / "manifest").write_bytes(bytes(9000))
        assert set(pass_on_all(office)) == {"ningbo"}
    assert set(pass_on_all(office)) == {"ningbo"}
    neighbour.database.close()


@pytest.mark.parametrize("address", ["http://..", "http://\x7f", "https://xn--", "http://["])
def test_an_odd_address_on_a_card_is_that_neighbours_own_failure(
    office: Office, media: Media, neighbour: Office, address: str
) -> None:
    there = replace(neighbour, settings=replace(neighbour.settings, public_url=address))
    recognise(office, make_card(there), media)
    assert set(pass_on_all(office)) == {"ningbo"}
    neighbour.database.close()


@pytest.mark.parametrize("begins", [b"HTTP/1.1 200 OK\r\nX-More: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_neighbour_that_drips_for_ever_holds_up_nobody(begins: bytes) -> None:
    with dripping(begins) as url, fetching(url, longest_s=0.3) as fetch:
        assert refused(lambda: fetch("manifest", 8192), Refused) is Code.PASSING_FAILED


@contextmanager
def dripping(begins: bytes) -> Iterator[str]:
    """Serve one answer that never ends, a byte at a time."""
    let_go = threading.Event()

    class Dripping(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(begins)
                while not let_go.wait(0.02):
                    self.request.sendall(b"a")

    server = ThreadingTCPServer(("127.0.0.1", 0), Dripping)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        let_go.set()
        server.shutdown()
        server.server_close()
        thread.join(60)


def test_a_neighbour_without_an_address_is_left_to_the_stick(
    office: Office, media: Media, neighbour: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = replace(neighbour, settings=replace(neighbour.settings, public_url=""))
    recognise(office, make_card(nowhere), media)
    assert pass_on_all(office) == {}
    (office.folder.settings_file).write_text(
        'issuer = "home"\nname_zh = "本地"\nname_en = "Home"\n'
    )
    assert run(office, "trust", "pass-on", "ningbo") == 1
    folder = str(neighbour.folder.published)
    # Commands go by the machine's own clock.
    publish(replace(neighbour, now=lambda: int(time.time())))
    assert run(office, "trust", "pass-on", "ningbo", "--from", folder) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["changed"]
    neighbour.database.close()
