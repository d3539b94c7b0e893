"""Runs in an environment of its own, among other people's libraries only; nothing of this project.

Reads one JSON object on standard input, prints one on standard output: what pycose and python-cwt
make of our passes and lists, and passes that these two have made. Not imported by the project.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import base64
import json
import sys
from importlib.metadata import version
from typing import Any

import cbor2
import cwt
import token_status_list
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pycose.algorithms import EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys import OKPKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage, Sign1Message


def by_pycose(cose: bytes, public_key: bytes) -> dict[str, Any]:
    """Return whether pycose verifies, and the payload it holds."""
    try:
        message = CoseMessage.decode(cose)
        message.key = OKPKey(crv=Ed25519, x=public_key, optional_params={"ALG": EdDSA})
        return {"ok": bool(message.verify_signature()), "payload": message.payload.hex()}
    except Exception as error:  # noqa: BLE001 - a foreign library raises what it likes
        return {"ok": False, "why": repr(error)}


def by_cwt(cose: bytes, public_key: bytes, kid: bytes) -> dict[str, Any]:
    """Return whether python-cwt verifies, and the claims it reads, encoded again."""
    key = cwt.COSEKey.new({1: 1, -1: 6, -2: public_key, 2: kid, 3: -8})
    try:
        payload = cwt.COSE.new().decode(cose, keys=[key])
        return {"ok": True, "payload": payload.hex()}
    except Exception as error:  # noqa: BLE001 - as above
        return {"ok": False, "why": repr(error)}


def made_by_pycose(payload: bytes, seed: bytes, kid: bytes) -> bytes:
    """Return a COSE_Sign1 of `payload` that pycose has signed."""
    message = Sign1Message(phdr={Algorithm: EdDSA, KID: kid}, payload=payload)
    message.key = OKPKey(crv=Ed25519, x=public(seed), d=seed, optional_params={"ALG": EdDSA})
    return bytes(message.encode())


def made_by_cwt(payload: bytes, seed: bytes, kid: bytes) -> bytes:
    """Return a COSE_Sign1 of `payload` that python-cwt has signed."""
    key = cwt.COSEKey.new({1: 1, -1: 6, -2: public(seed), -4: seed, 2: kid, 3: -8})
    return bytes(
        cwt.COSE.new().encode_and_sign(payload, key=key, protected={1: -8, 4: kid}, unprotected={})
    )


def public(seed: bytes) -> bytes:
    """Return the public key of a seed."""
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return bytes(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def by_status_library(bits: int, lst: bytes, entries: list[list[int]]) -> dict[str, Any]:
    """Return what token-status-list reads at these entries, and the sum of all values."""
    text = base64.urlsafe_b64encode(lst).rstrip(b"=").decode()
    held = token_status_list.BitArray.load({"bits": bits, "lst": text})
    values = [held[index] for index, _ in entries]
    return {"size": len(held), "values": values, "sum": sum(held[n] for n in range(len(held)))}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the answers to everything asked."""
    read = []
    for one in asked["read"]:
        cose, key = bytes.fromhex(one["cose"]), bytes.fromhex(one["key"])
        kid = bytes.fromhex(one["kid"])
        read.append({"pycose": by_pycose(cose, key), "cwt": by_cwt(cose, key, kid)})
    made = []
    for one in asked["make"]:
        parts = [bytes.fromhex(one[name]) for name in ("payload", "seed", "kid")]
        pair = {"pycose": made_by_pycose(*parts), "cwt": made_by_cwt(*parts)}
        made.append({name: cose.hex() for name, cose in pair.items()})
    lists = []
    for one in asked["lists"]:
        claims = cbor2.loads(bytes.fromhex(one["payload"])) if "payload" in one else {}
        lst = claims[65533]["lst"] if claims else bytes.fromhex(one["lst"])
        lists.append(by_status_library(one["bits"], lst, one["set"]))
    names = ("pycose", "cwt", "token-status-list", "cbor2", "cryptography")
    return {"read": read, "made": made, "lists": lists, "versions": {n: version(n) for n in names}}


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
