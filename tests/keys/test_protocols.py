"""docs/protocols.md: each worked example is read by the code, holds what the page says, and stands
in the page itself, in words or by its digest.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from nacl.bindings import crypto_box_seal_open, crypto_scalarmult_base

from keys.batches import open_batch, open_receipt, station_kid
from keys.bodies import decode_body
from keys.certificate import open_certificate
from keys.encoding import cbor_decode, cbor_encode
from keys.enrolment import LastHead, check_request_mac, open_answer, open_request, read_code
from keys.envelope import open_envelope
from keys.heads import open_head, open_record
from keys.keyfile import read_key, write_key
from keys.lane import is_hello, open_lane, split_datagram
from keys.manifest import manifest_hash, open_manifest
from keys.passages import FIRST_HASH, decode_row, row_hash
from keys.readmission import decode_readmission
from keys.roster import decode_roster
from keys.sealing import decode_passage_key, open_body
from keys.tags import day_keys, decode_checkpoint_keys
from keys.trustlist import decode_trust_list, open_trust_list
from tests.conftest import ROOT
from tests.keys import makers
from tests.keys.makers import BOX_KEY, PASS_KEY, PASS_KID, ROOT_KEY, STATION_KEY, STATUS_KEY, only

VECTORS: dict[str, Any] = json.loads(
    (ROOT / "tests" / "vectors" / "protocols.json").read_text("utf-8")
)
# Sealed anew each time they are made, or shown in another form.
NOT_SHOWN = {"seeds", "key_file", "enrol_answer", "enrol_answer_behind", "sealed_body"}
PAGE = (ROOT / "docs" / "protocols.md").read_text("utf-8")


def raw(name: str) -> bytes:
    return bytes.fromhex(VECTORS[name])


def payload_of(name: str, typ: str, public_key: bytes) -> Any:
    payload, _ = open_envelope(raw(name), typ=typ, max_bytes=1 << 20, keys_of=only(public_key))
    return cbor_decode(payload, max_bytes=1 << 20)


def test_a_body_and_a_row_read_as_the_page_says() -> None:
    assert cbor_decode(raw("body"), max_bytes=4096) == {
        1: makers.ISSUER,
        2: 3,
        3: 777_777,
        4: "王*明",
        5: "dense",
        6: "123X",
    }
    assert str(decode_body(raw("body")).identity) == "hangzhou/3/777777"
    row = decode_row(raw("row"))
    assert row == makers.rows(1)[0]
    fields = cbor_decode(raw("row"), max_bytes=4096)
    hashed = ["kakou-passage-1", "st-1", 1, bytes(32), *fields[1:9]]
    digest = hashlib.sha256(cbor_encode([*hashed, hashlib.sha256(fields[9]).digest()])).digest()
    assert digest == raw("row_hash") == row.hash == row_hash("st-1", 1, FIRST_HASH, row.passage)


def test_a_batch_and_its_receipt_read_as_the_page_says() -> None:
    rows = payload_of("batch", "application/kakou-passages", BOX_KEY.public_key)
    assert rows[:4] == ["st-1", bytes(16), 1, bytes(32)]
    assert rows[4][0] == raw("row")
    assert raw("batch_station_kid") == station_kid(BOX_KEY.public_key)
    assert raw("batch_station_kid") in raw("batch")[:20]
    assert list(open_batch(raw("batch"), BOX_KEY.public_key).rows) == makers.rows()
    assert open_receipt(raw("receipt"), only(STATION_KEY.public_key)) == makers.receipt()
    assert len(payload_of("receipt", "application/kakou-receipt", STATION_KEY.public_key)) == 5


def test_a_certificate_reads_as_the_page_says() -> None:
    claims = payload_of("certificate", "application/kakou-station+cwt", STATION_KEY.public_key)
    sent = makers.certificate()
    assert claims == {
        1: sent.issuer,
        2: sent.station,
        4: sent.exp,
        6: sent.iat,
        8: {1: {1: 1, -1: 6, -2: sent.public_key}},
        -65543: [sent.checkpoint, sent.zone],
    }
    assert open_certificate(raw("certificate"), only(STATION_KEY.public_key)) == sent


def test_an_enrolment_reads_as_the_page_says() -> None:
    code = read_code(VECTORS["enrol_code"])
    assert code == makers.enrol_code()
    assert raw("enrol_code_id") == hashlib.sha256(b"kakou-enrol-id" + code.secret).digest()[:8]
    assert raw("enrol_mac_key") == hashlib.sha256(b"kakou-enrol-mac" + code.secret).digest()

    request = payload_of("enrol_request", "application/kakou-enrol-request", BOX_KEY.public_key)
    proof = cbor_encode([b"request", BOX_KEY.public_key, b"n" * 16, code.root_pin])
    mac = hmac.digest(raw("enrol_mac_key"), proof, "sha256")
    assert request == [raw("enrol_code_id"), b"n" * 16, code.root_pin, mac]
    check_request_mac(open_request(raw("enrol_request")), raw("enrol_mac_key"))

    asked = hashlib.sha256(raw("enrol_request")).digest()
    answer = payload_of("enrol_answer", "application/kakou-enrol-answer", STATION_KEY.public_key)
    proof = cbor_encode([b"answer", asked, raw("certificate"), answer[2]])
    mac = hmac.digest(raw("enrol_mac_key"), proof, "sha256")
    assert answer == [asked, raw("certificate"), answer[2], mac]
    opened = open_answer(
        raw("enrol_answer"),
        key=BOX_KEY,
        code=code,
        request=raw("enrol_request"),
        keys_of=only(STATION_KEY.public_key),
    )
    assert (opened.certificate, opened.checkpoint_secret) == (raw("certificate"), bytes(range(32)))
    assert opened.last is None


def test_the_answer_to_the_new_box_of_a_station_reads_as_the_page_says() -> None:
    asked = hashlib.sha256(raw("enrol_request")).digest()
    typ = "application/kakou-enrol-answer"
    answer = payload_of("enrol_answer_behind", typ, STATION_KEY.public_key)
    chain, chained = b"chain of old box", b"h" * 32
    last = [chain, 777, chained]
    proof = cbor_encode([b"answer", asked, raw("certificate"), answer[2], last])
    mac = hmac.digest(raw("enrol_mac_key"), proof, "sha256")
    assert answer == [asked, raw("certificate"), answer[2], mac, last]
    opened = open_answer(
        raw("enrol_answer_behind"),
        key=BOX_KEY,
        code=makers.enrol_code(),
        request=raw("enrol_request"),
        keys_of=only(STATION_KEY.public_key),
    )
    assert opened.last == LastHead(chain=chain, sequence=777, hash=chained)


def test_the_trust_list_and_what_hangs_on_it_read_as_the_page_says() -> None:
    trust = open_trust_list(raw("trust_list_envelope"), ROOT_KEY.public_key)
    assert trust == decode_trust_list(raw("trust_list")) == makers.trust_list()
    assert b"\x04\x44root" in raw("trust_list_envelope")[:20]
    assert decode_readmission(raw("readmission")) == {bytes(32), b"\xff" * 32}
    assert [entry.station for entry in decode_roster(raw("roster"))] == ["st-1"]
    assert open_manifest(raw("manifest"), only(STATUS_KEY.public_key)) == makers.manifest()
    assert raw("manifest_hash") == manifest_hash(raw("manifest"))


def hmac_of(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def test_checkpoint_keys_tags_and_lane_messages_read_as_the_page_says() -> None:
    secret, hello_key = bytes(range(32)), hmac_of(bytes(range(32)), b"kakou-lane-hello")
    today = chain = hmac_of(secret, b"kakou-day-chain")
    keys = []
    for _ in range(3):
        keys.append(hmac_of(chain, b"kakou-day-key"))
        today, chain = chain, hmac_of(chain, b"kakou-day-next")
    assert keys[1:] == [raw("day_key_before"), raw("day_key")]
    assert cbor_decode(raw("checkpoint_keys"), max_bytes=4096) == [
        *("kakou-checkpoint-keys-1", 18264, today),
        *([[18263, keys[1]]], hello_key),
    ]
    assert day_keys(decode_checkpoint_keys(raw("checkpoint_keys")))[0].key == keys[2]
    assert raw("tag") == hmac_of(keys[2], cbor_encode(["hangzhou", 3, 777_777]))[:16]

    lane = payload_of("lane", "application/kakou-lane", BOX_KEY.public_key)
    assert lane == [raw("tag"), "entry", makers.NOW * 1000, 1]
    certificate, message = split_datagram(raw("lane_datagram"))
    assert (certificate, message) == (raw("certificate"), raw("lane"))
    opened = open_certificate(certificate, only(STATION_KEY.public_key))
    assert open_lane(message, opened).tag == raw("tag")
    proof = hmac_of(hello_key, b"nonce..." + (47_474).to_bytes(2, "big"))[:16]
    assert raw("lane_hello") == b"nonce..." + proof
    assert is_hello(hello_key, 47_474, raw("lane_hello"))


def test_a_sealed_body_and_its_key_read_as_the_page_says() -> None:
    secret = bytes(range(32))
    _, kid, public = cbor_decode(raw("passage_key"), max_bytes=256)
    assert public == crypto_scalarmult_base(secret)
    assert kid == raw("passage_kid") == hashlib.sha256(public).digest()[:8]
    assert decode_passage_key(raw("passage_key")).kid == kid
    sealed = raw("sealed_body")
    assert (sealed[:1], sealed[1:9]) == (b"\x01", kid)
    padded = crypto_box_seal_open(sealed[9:], public, secret)
    plain = makers.rows(1)[0].passage.body
    assert padded == plain + b"\x80" + bytes(127 - len(plain))
    assert open_body(sealed, {kid: secret}) == plain


def test_a_head_and_a_record_of_the_log_read_as_the_page_says() -> None:
    row = makers.rows(1)[0]
    head = payload_of("head", "application/kakou-head", BOX_KEY.public_key)
    assert head == ["st-1", bytes(16), 1, row.hash, makers.NOW]
    assert raw("row_signature") == raw("head")[-64:]
    record = payload_of("log_record", "application/kakou-log-record", BOX_KEY.public_key)
    fields = cbor_decode(raw("row"), max_bytes=4096)
    body_hash = hashlib.sha256(row.passage.body).digest()
    left = cbor_encode([*fields[:7], fields[8], body_hash, row.hash])
    assert record == [
        *("emptied", "st-1", bytes(16), 1, 1, FIRST_HASH, row.hash),
        *(hashlib.sha256(left).digest(), makers.NOW, "retention"),
    ]
    assert open_head(raw("head"), BOX_KEY.public_key).sequence == 1
    assert open_record(raw("log_record"), BOX_KEY.public_key).last == 1


def test_a_key_file_reads_as_the_page_says(tmp_path: Path) -> None:
    path = tmp_path / "pass.key"
    write_key(path, PASS_KEY, purpose="pass", kid=PASS_KID)
    assert json.loads(path.read_text("utf-8")) == VECTORS["key_file"]
    assert read_key(path, purpose="pass").key == PASS_KEY


@pytest.mark.parametrize("name", sorted(set(VECTORS) - NOT_SHOWN))
def test_the_page_shows_every_example(name: str) -> None:
    shown = VECTORS[name] if len(VECTORS[name]) <= 160 else hashlib.sha256(raw(name)).hexdigest()
    assert f"`{name}`" in PAGE
    assert shown in PAGE, f"{name}: {shown}"
