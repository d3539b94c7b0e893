"""Write the vectors of this folder anew, from keys of their own: `python -m tests.vectors.write`.

tokens.json and packs.json have the form that formats.md's outside vectors have, so one test reads
both. protocols.json holds one worked example of everything that docs/protocols.md defines.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from keys.batches import open_batch, seal_receipt, station_kid
from keys.bodies import PassageBody, encode_body
from keys.certificate import seal_certificate
from keys.claims import Claims, encode_payload
from keys.dense import HOUR, write_digits
from keys.encoding import base45_encode, cbor_encode, digits_encode
from keys.enrolment import (
    LastHead,
    code_id,
    mac_key,
    open_request,
    seal_answer,
    seal_request,
    write_code,
)
from keys.envelope import seal_envelope
from keys.heads import Head, LogRecord, Taken, left_of, row_signer, seal_head, seal_record
from keys.lane import LaneMessage, join_datagram, make_hello, seal_lane
from keys.manifest import manifest_hash, seal_manifest
from keys.passages import FIRST_HASH, Direction, PassIdentity, encode_row
from keys.readmission import encode_readmission
from keys.roster import RosterEntry, StationState, encode_roster
from keys.rotating import SLOT_S, tail_for
from keys.sealing import (
    encode_passage_key,
    passage_key,
    passage_kid,
    passage_public,
    seal_body,
)
from keys.statusarray import Packed, counts_of, state_of
from keys.statuspack import encode_pack
from keys.tags import (
    FIRST_DAY,
    advance,
    day_keys,
    encode_checkpoint_keys,
    split_secret,
    tag_of,
)
from keys.token import mint
from keys.trustlist import encode_trust_list, seal_trust_list
from tests.keys import makers

FOLDER = Path(__file__).resolve().parent
OTHER_KID = 65535
OTHER_KEY = makers.signing_key("another pass key")
IDENTITY = PassIdentity(makers.ISSUER, 3, 777_777)
SECRET = bytes(range(32))


def token(claims: Claims, slot: int | None = None) -> dict[str, Any]:
    """Return one pass in all its forms; a rotating one as shown in `slot`."""
    key = OTHER_KEY if claims.kid == OTHER_KID else makers.PASS_KEY
    minted = mint(key, claims)
    vector: dict[str, Any] = {"claims": claims.as_json(), "cose": minted.cose.hex()}
    vector |= {"carrier": minted.carrier and minted.carrier.hex(), "full": minted.full}
    if slot is None:
        return vector | {"dense": minted.dense}
    tail = tail_for(claims, makers.X0, slot)
    return vector | {
        "dense": write_digits(minted.carrier or b"", tail),
        "slot": slot,
        "slot_starts": claims.iat + slot * SLOT_S,
        "tail": tail.hex(),
        "x0": makers.X0.hex(),
    }


def tokens() -> dict[str, Any]:
    """Return passes of every profile, and texts that are none with the code of their refusal."""
    plain, site, rotating = makers.pass_claims(), makers.site_claims(), makers.rotating_claims()
    week = makers.rotating_claims(exp=plain.iat + 168 * HOUR, name="J.SMITH")
    accept = [
        token(plain),
        token(plain._replace(name="", id_tail="", kind=2, status=3)),
        token(plain._replace(kid=OTHER_KID, name="***", id_tail="0000", kind=1)),
        token(plain._replace(name="Ünïcödé 王", exp=plain.iat + 61)),
        token(site),
        token(site._replace(name="ABCDEFG", status=2)),
        token(rotating, 0),
        token(week, 168 * 240 - 1),
    ]
    dense, full = accept[0]["dense"], accept[0]["full"]
    carrier = bytes.fromhex(accept[0]["carrier"])
    refuse = [
        (dense[:-1], "malformed_code", "one digit short"),
        ("+" + dense[1:], "malformed_code", "plus sign"),
        ("9" * 200, "malformed_code", "value past the last byte"),
        (digits_encode(b"\x40" + carrier[1:]), "malformed_code", "profile 4"),
        (digits_encode(carrier[:-1] + bytes([carrier[-1] ^ 128])), "bad_signature", "bit flipped"),
        (full.lower(), "malformed_code", "lower case"),
        (full + "00", "malformed_code", "trailing byte"),
        ("https://example.org/pay", "not_a_pass", "a payment poster"),
        (mint(makers.THIEF, plain).full, "bad_signature", "forged by another key"),
        (token(plain._replace(kid=400))["dense"], "unknown_key", "a key that nobody named"),
        (write_digits(bytes.fromhex(accept[6]["carrier"])), "rotating_code_missing", "no tail"),
        (accept[6]["full"], "rotating_code_missing", "a pass with an anchor in FULL"),
        (_signed(cbor_encode({4: 2, 6: 1})), "malformed_code", "claims missing"),
        (_signed(encode_payload(plain) + b"\x00"), "malformed_code", "bytes after the claims"),
    ]
    return {
        "keys": {
            str(makers.PASS_KID): makers.PASS_KEY.public_key.hex(),
            str(OTHER_KID): OTHER_KEY.public_key.hex(),
        },
        "accept": accept,
        "refuse": [{"text": text, "code": code, "why": why} for text, code, why in refuse],
    }


def _signed(payload: bytes) -> str:
    kid = makers.PASS_KID.to_bytes(2, "big")
    return "KK1:" + base45_encode(
        seal_envelope(makers.PASS_KEY, kid=kid, typ=None, payload=payload)
    )


def packs() -> dict[str, Any]:
    """Return packs between small states, and packs that leave the old state untouched."""
    nothing = np.zeros(0, np.uint8)
    small, other = makers.universe(4096, 0.01, 1), makers.universe(4096, 0.02, 2)
    grown = makers.universe(8192, 0.3, 3)
    accept = [pack(*states) for states in ((nothing, small), (small, other), (small, grown))]
    raw = bytes.fromhex(accept[1]["pack"])
    refuse = [
        (raw + b"\x00", "malformed_pack", "trailing byte"),
        (raw[:-1], "malformed_pack", "cut short"),
        (b"\x02" + raw[1:], "malformed_pack", "unknown version"),
        (bytes.fromhex(accept[2]["pack"]), "pack_wrong_size", "n_to is not the n told"),
        (bytes.fromhex(accept[0]["pack"]), "pack_wrong_base", "n_from is not the n held"),
    ]
    start = accept[1]["snapshot_of_old"]
    return {
        "accept": accept,
        "refuse": [
            {"snapshot_of_old": start, "pack": pack.hex(), "code": code, "why": why}
            for pack, code, why in refuse
        ],
    }


def pack(old: Packed, new: Packed) -> dict[str, Any]:
    """Return the pack from one state to another with both states' digests."""
    return {
        "n_from": len(old) * 4,
        "n_to": len(new) * 4,
        "snapshot_of_old": encode_pack(np.zeros(0, np.uint8), old).hex(),
        "old_state": state_of(old).hex(),
        "pack": encode_pack(old, new).hex(),
        "new_state": state_of(new).hex(),
        "new_counts": counts_of(new),
    }


def protocols() -> dict[str, Any]:
    """Return one worked example of each object of docs/protocols.md; all bytes in hex."""
    code = makers.enrol_code()
    objects = {
        **log_objects(),
        **enrolment_objects(),
        **trust_objects(),
        **lane_objects(),
        **kept_objects(),
    }
    return {
        "seeds": {
            "pass": makers.PASS_KEY.seed.hex(),
            "status": makers.STATUS_KEY.seed.hex(),
            "station": makers.STATION_KEY.seed.hex(),
            "the box at the gate": makers.BOX_KEY.seed.hex(),
            "root": makers.ROOT_KEY.seed.hex(),
        },
        "enrol_code": write_code(code),
        "key_file": {
            "kakou_key": 1,
            "purpose": "pass",
            "kid": makers.PASS_KID,
            "public": makers.PASS_KEY.public_key.hex(),
            "seed": makers.PASS_KEY.seed.hex(),
        },
        **{name: raw.hex() for name, raw in objects.items()},
    }


def log_objects() -> dict[str, bytes]:
    """Return a body, a row, a batch and its receipt."""
    body = PassageBody(identity=IDENTITY, name="王*明", id_tail="123X", carrier="dense")
    batch = makers.batch_bytes()
    assert len(open_batch(batch, makers.BOX_KEY.public_key).rows) == 3
    return {
        "body": encode_body(body),
        "row": encode_row(makers.rows(1)[0]),
        "row_hash": makers.rows(1)[0].hash,
        "batch": batch,
        "batch_station_kid": station_kid(makers.BOX_KEY.public_key),
        "receipt": seal_receipt(makers.STATION_KEY, _kid(makers.STATION_KID), makers.receipt()),
    }


def certificate_bytes() -> bytes:
    """Return the certificate of the station at the west gate."""
    return seal_certificate(makers.STATION_KEY, makers.STATION_KID, makers.certificate())


def enrolment_objects() -> dict[str, bytes]:
    """Return a certificate, and an enrolment from code to answer."""
    code = makers.enrol_code()
    request = seal_request(makers.BOX_KEY, code, b"n" * 16)
    certificate = certificate_bytes()
    answer = seal_answer(
        makers.STATION_KEY,
        makers.STATION_KID,
        open_request(request),
        mac_key(code.secret),
        certificate=certificate,
        checkpoint_secret=SECRET,
    )
    answer_behind = seal_answer(
        makers.STATION_KEY,
        makers.STATION_KID,
        open_request(request),
        mac_key(code.secret),
        certificate=certificate,
        checkpoint_secret=SECRET,
        last=LastHead(chain=b"chain of old box", sequence=777, hash=b"h" * 32),
    )
    return {
        "certificate": certificate,
        "enrol_code_id": code_id(code.secret),
        "enrol_mac_key": mac_key(code.secret),
        "enrol_request": request,
        "enrol_answer": answer,
        "enrol_answer_behind": answer_behind,
    }


def trust_objects() -> dict[str, bytes]:
    """Return a trust list and what hangs on it."""
    station = RosterEntry(
        station="st-1",
        checkpoint="west gate",
        public_key=makers.BOX_KEY.public_key,
        exp=makers.certificate().exp,
        state=StationState.ENROLLED,
    )
    first = seal_manifest(makers.STATUS_KEY, makers.STATUS_KID, makers.manifest())
    return {
        "trust_list": encode_trust_list(makers.trust_list()),
        "trust_list_envelope": seal_trust_list(makers.ROOT_KEY, makers.trust_list()),
        "readmission": encode_readmission([bytes(32), b"\xff" * 32]),
        "roster": encode_roster([station]),
        "manifest": first,
        "manifest_hash": manifest_hash(first),
    }


def lane_objects() -> dict[str, bytes]:
    """Return a checkpoint's keys two days after it began, a tag under them, and a lane message."""
    kept = advance(split_secret(SECRET, FIRST_DAY), FIRST_DAY + 2, days_back=1)
    today, yesterday = day_keys(kept)
    tag = tag_of(today, IDENTITY)
    message = LaneMessage(
        tag=tag, direction=Direction.ENTRY, seen_at_ms=makers.NOW * 1000, sequence=1
    )
    sealed = seal_lane(makers.BOX_KEY, message)
    return {
        "checkpoint_keys": encode_checkpoint_keys(kept),
        "day_key": today.key,
        "day_key_before": yesterday.key,
        "tag": tag,
        "lane": sealed,
        "lane_datagram": join_datagram(certificate_bytes(), sealed),
        "lane_hello": make_hello(kept.hello, 47_474, b"nonce..."),
    }


def kept_objects() -> dict[str, bytes]:
    """Return what a station's kept log holds beside its rows: sealed bodies, heads, records."""
    row = makers.rows(1)[0]
    public = passage_public(SECRET)
    head = Head(station="st-1", chain=bytes(16), sequence=1, hash=row.hash, signed_at=makers.NOW)
    body_hash = hashlib.sha256(row.passage.body).digest()
    record = LogRecord(
        kind=Taken.EMPTIED,
        station="st-1",
        chain=bytes(16),
        first=1,
        last=1,
        hash_before=FIRST_HASH,
        hash_last=row.hash,
        digest=hashlib.sha256(left_of(Taken.EMPTIED, row, body_hash)).digest(),
        made_at=makers.NOW,
        why="retention",
    )
    return {
        "passage_key": encode_passage_key(public),
        "passage_kid": passage_kid(public),
        "sealed_body": seal_body(row.passage.body, passage_key(public)),
        "head": seal_head(makers.BOX_KEY, head),
        "row_signature": row_signer(makers.BOX_KEY, "st-1", bytes(16))(1, row.hash, makers.NOW),
        "log_record": seal_record(makers.BOX_KEY, record),
    }


def _kid(number: int) -> bytes:
    return number.to_bytes(2, "big")


def main() -> None:
    """Write the three files. The enrolment answer and the sealed body are
    others each time (sealed anew)."""
    for name, vectors in (("tokens", tokens()), ("packs", packs()), ("protocols", protocols())):
        text = json.dumps(vectors, ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
