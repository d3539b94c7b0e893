"""Neighbours by their cards."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from issuer.errors import BadInput, Code
from issuer.people.office import Office
from issuer.trust.actions.neighbours import (
    add_issuer,
    burn_foreign,
    drop_issuer,
    fingerprint,
    make_card,
    read_card,
    refresh_issuer,
)
from issuer.trust.actions.signers import Media
from issuer.trustfiles import read_trust
from keys.trustlist import Purpose
from tests.issuer.rigs import TestClock
from tests.issuer.trust.rigs import BY, Station, mint, recognise, refused


def test_a_recognised_neighbours_passes_are_known_and_its_statuses_are_mapped(
    office: Office, media: Media, station: Station, neighbour: Office
) -> None:
    recognise(office, make_card(neighbour), media)
    station.sync()
    text = mint(neighbour)
    assert station.says(text) == "believed"
    entry = station.held.trust_list().issuers["ningbo"]
    assert entry.status_map == ((0, 0), (2, 3))
    assert station.held.files["issuers/ningbo/place"] == b"https://ningbo.example"
    purposes = {k.purpose for k in station.held.trust_list().keys if k.issuer == "ningbo"}
    assert Purpose.STATION not in purposes
    burn_foreign(office, "ningbo", neighbour.keys.of(Purpose.PASS).kid, media=media, by=BY)
    station.sync()
    assert station.says(text) == "key_burned"
    drop_issuer(office, "ningbo", media=media, by=BY)
    station.sync()
    assert station.says(text) == "unknown_key"
    assert "issuers/ningbo/place" not in station.held.files
    neighbour.database.close()


def test_a_newer_card_is_taken_without_any_offline_key(
    office: Office, media: Media, station: Station, neighbour: Office, clock: TestClock
) -> None:
    recognise(office, make_card(neighbour), media)
    shutil.rmtree(media.folders[0])
    later = replace(
        neighbour,
        settings=replace(neighbour.settings, public_url="https://new.example"),
        now=lambda: neighbour.now() + 60,
    )
    refresh_issuer(office, "ningbo", read_card(make_card(later), "ningbo"), by=BY)
    station.sync()
    assert station.held.files["issuers/ningbo/place"] == b"https://new.example"
    neighbour.database.close()


def test_a_card_signed_by_somebody_else_is_refused(
    office: Office, media: Media, neighbour: Office
) -> None:
    good = make_card(neighbour)
    recognise(office, good, media)
    (neighbour.folder.keys / "card-1.key").unlink()
    later = replace(neighbour, now=lambda: neighbour.now() + 60)
    other = read_card(make_card(later), "ningbo")
    held = read_trust(office.folder.trust)
    assert refused(lambda: refresh_issuer(office, "ningbo", other, by=BY)) is Code.TRUST_DAMAGED
    assert read_trust(office.folder.trust).files == held.files
    assert fingerprint(good) != fingerprint(make_card(neighbour))
    neighbour.database.close()


@pytest.mark.parametrize(
    "bend",
    [
        lambda card: b"not a card",
        lambda card: b"[" * 100_000,
        lambda card: b"x" * (1 << 19),
        lambda card: json.dumps(json.loads(card) | {"more": 1}).encode(),
        lambda card: json.dumps(json.loads(card) | {"kakou_card": 2}).encode(),
        lambda card: json.dumps(json.loads(card) | {"trust_list": "!"}).encode(),
        lambda card: json.dumps(json.loads(card) | {"trust_list": "oA=="}).encode(),
        lambda card: json.dumps(json.loads(card) | {"delegate": 1}).encode(),
        lambda card: json.dumps(json.loads(card) | {"files": []}).encode(),
    ],
)
def test_a_bent_card_is_refused(office: Office, bend: Callable[[bytes], bytes]) -> None:
    card = bend(make_card(office))
    assert refused(lambda: read_card(card, "home"), BadInput) is Code.BAD_CARD


def test_only_known_neighbours_are_refreshed_dropped_or_burned(
    office: Office, media: Media
) -> None:
    card = read_card(make_card(office), "home")
    for act in (
        lambda: read_card(make_card(office), "suzhou"),
        lambda: refresh_issuer(office, "suzhou", card, by=BY),
        lambda: drop_issuer(office, "suzhou", media=media, by=BY),
        lambda: drop_issuer(office, "home", media=media, by=BY),
        lambda: add_issuer(office, "home", card, status_map={}, media=media, by=BY),
    ):
        assert refused(act, BadInput) is Code.BAD_CARD
    unknown = lambda: burn_foreign(office, "suzhou", 1, media=media, by=BY)  # noqa: E731
    assert refused(unknown, BadInput) is Code.UNKNOWN_KEY
