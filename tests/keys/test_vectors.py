"""Vectors of the formats: those of an independent implementation, and a small sample of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keys.claims import Claims, Site, encode_payload
from keys.command import read_line
from keys.dense import write_digits, write_fields
from keys.encoding import base45_decode, base45_encode, cbor_decode
from keys.errors import RefusedCode, UntrustedData
from keys.rotating import SLOT_S, check_tail, tail_for
from keys.statusarray import Packed, counts_of, state_of
from keys.statuspack import apply_pack, encode_pack, said_size
from keys.trustlist import Keyring
from keys.verify import check_time, open_code
from tests.conftest import ROOT
from tests.keys.makers import trusted_key
from tests.vectors import write

OWN = ROOT / "tests" / "vectors"
NOTHING = np.zeros(0, np.uint8)


@pytest.fixture(params=["own", "shared"])
def folder(request: pytest.FixtureRequest) -> Path:
    """Return the folder of our vectors, then that of the independent ones (skips where absent)."""
    if request.param == "own":
        return OWN
    shared: Path = request.getfixturevalue("shared_dir") / "vectors"
    return shared


def load(folder: Path, name: str) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
    return vectors


def keyring(vectors: dict[str, Any]) -> Keyring:
    return Keyring(
        {
            int(kid): (trusted_key(kid=int(kid), public_key=bytes.fromhex(key)),)
            for kid, key in vectors["keys"].items()
        }
    )


def claims_of(vector: dict[str, Any]) -> Claims:
    told = dict(vector["claims"])
    site = Site(*(told[name] for name in Site._fields)) if told["profile"] == 2 else None
    anchor = bytes.fromhex(told["anchor"]) if told["profile"] == 3 else None
    told |= {"list_number": told["list"], "entry": told["index"], "site": site, "anchor": anchor}
    return Claims(**{name: told[name] for name in Claims._fields})


def shown_texts(vector: dict[str, Any]) -> Iterator[str]:
    if vector["dense"]:
        yield vector["dense"]
    if vector["claims"]["profile"] != 3:
        yield vector["full"]


def test_every_pass_to_accept_reads_with_its_claims_and_bytes(folder: Path) -> None:
    vectors = load(folder, "tokens.json")
    ring = keyring(vectors)
    for vector in vectors["accept"]:
        for text in shown_texts(vector):
            answer = read_line(text.encode(), ring, at=None, json_lines=False)
            assert answer == {
                "ok": True,
                "carrier": "full" if text.startswith("KK1:") else "dense",
                "claims": vector["claims"],
                "cose": vector["cose"],
            }


def test_every_text_to_refuse_is_refused(folder: Path) -> None:
    vectors = load(folder, "tokens.json")
    ring = keyring(vectors)
    for vector in vectors["refuse"]:
        with pytest.raises(RefusedCode) as caught:
            check_time(open_code(vector["text"], ring), None)
        assert vector.get("code", caught.value.code) == caught.value.code, vector["why"]
        line = json.dumps(vector["text"]).encode()
        assert read_line(line, ring, at=None, json_lines=True)["ok"] is False


def test_our_encoder_writes_the_bytes_of_every_pass_to_accept(folder: Path) -> None:
    for vector in load(folder, "tokens.json")["accept"]:
        claims, cose = claims_of(vector), bytes.fromhex(vector["cose"])
        payload, signature = encode_payload(claims), cose[-64:]
        assert cose[-66 - len(payload) : -66] == payload
        assert base45_decode(vector["full"][4:]) == cose
        assert vector["full"] == "KK1:" + base45_encode(cose)
        fields = write_fields(claims)
        if vector["dense"] is None:
            assert fields is None
            continue
        assert fields is not None
        carrier = fields + (claims.anchor or b"") + signature
        assert carrier.hex() == vector["carrier"]
        assert write_digits(carrier, bytes.fromhex(vector.get("tail", ""))) == vector["dense"]


def test_the_chain_of_every_rotating_pass_leads_to_its_anchor(folder: Path) -> None:
    rotating = [v for v in load(folder, "tokens.json")["accept"] if "slot" in v]
    for vector in rotating:
        claims, tail = claims_of(vector), bytes.fromhex(vector["tail"])
        assert tail_for(claims, bytes.fromhex(vector["x0"]), vector["slot"]) == tail
        assert claims.iat + vector["slot"] * SLOT_S == vector["slot_starts"]
        for second in (0, SLOT_S - 1):
            check_tail(claims, tail, vector["slot_starts"] + second)
    assert rotating


def test_every_pack_to_accept_leads_to_its_state_and_ours_is_the_same_bytes(folder: Path) -> None:
    for vector in load(folder, "packs.json")["accept"]:
        old = old_of(vector, vector["n_from"])
        state = bytes.fromhex(vector["new_state"])
        pack = bytes.fromhex(vector["pack"])
        new = apply_pack(old, pack, n_to=vector["n_to"], state=state, max_bytes=len(pack))
        assert state_of(old).hex() == vector["old_state"]
        assert counts_of(new) == vector["new_counts"]
        assert encode_pack(old, new) == pack
        assert encode_pack(NOTHING, old).hex() == vector["snapshot_of_old"]


def old_of(vector: dict[str, Any], entries: int) -> Packed:
    return apply_pack(NOTHING, bytes.fromhex(vector["snapshot_of_old"]), n_to=entries)


def test_every_pack_to_refuse_leaves_the_old_state_untouched(folder: Path) -> None:
    for vector in load(folder, "packs.json")["refuse"]:
        snapshot = bytes.fromhex(vector["snapshot_of_old"])
        old = old_of(vector, said_size(snapshot))
        before = old.tobytes()
        with pytest.raises(UntrustedData) as caught:
            apply_pack(old, bytes.fromhex(vector["pack"]), n_to=len(old) * 4)
        assert vector.get("code", caught.value.code) == caught.value.code, vector["why"]
        assert old.tobytes() == before


def test_our_vectors_are_what_the_code_writes() -> None:
    assert load(OWN, "tokens.json") == write.tokens()
    assert load(OWN, "packs.json") == write.packs()
    kept, written = load(OWN, "protocols.json"), write.protocols()
    # Both are sealed with a fresh ephemeral key each time.
    for sealed in ("enrol_answer", "enrol_answer_behind", "sealed_body"):
        assert len(kept.pop(sealed)) == len(written.pop(sealed))
    assert kept == written


def test_cbor_of_the_vectors_is_deterministic(folder: Path) -> None:
    for vector in load(folder, "tokens.json")["accept"]:
        payload = encode_payload(claims_of(vector))
        cbor_decode(payload, max_bytes=len(payload))
