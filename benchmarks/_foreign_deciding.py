"""Runs in an environment of its own, among other people's libraries only; nothing of this project.

Reads one JSON object on the first line of standard input: what to verify. Then, for every further
line, runs each library once over all of it and prints CPU seconds by name. Only benchmarks.deciding
starts it.
"""

# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import cwt
import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)


def calls(asked: dict[str, Any]) -> dict[str, Callable[[], None]]:
    """Return what is measured, by name: each verifies every pass once and reads its claims."""
    public = bytes.fromhex(asked["public"])
    kid = bytes.fromhex(asked["kid"])
    coses = [bytes.fromhex(text) for text in asked["coses"]]
    pairs = [(bytes.fromhex(message), bytes.fromhex(sign)) for message, sign in asked["pairs"]]
    cose_key = cwt.COSEKey.new({1: 1, -1: 6, -2: public, 2: kid, 3: -8})
    key = Ed25519PublicKey.from_public_bytes(public)
    signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(asked["seed"]))
    tokens = [jwt.encode(claims, signer, algorithm="EdDSA") for claims in asked["claims"]]
    cwts = [cwt.encode(claims, _signing(asked, public)) for claims in asked["claims"]]

    def bare() -> None:
        for message, sign in pairs:
            key.verify(sign, message)

    def cose() -> None:
        context = cwt.COSE.new()
        for raw in coses:
            context.decode(raw, keys=[cose_key])

    def by_cwt() -> None:
        for raw in cwts:
            cwt.decode(raw, cose_key)

    def by_jwt() -> None:
        for token in tokens:
            jwt.decode(token, key, algorithms=["EdDSA"])

    named = {name: version(name) for name in ("cwt", "PyJWT", "cryptography")}
    return {
        f"cryptography {named['cryptography']}: bare verify": bare,
        f"python-cwt {named['cwt']}: our passes as COSE": cose,
        f"python-cwt {named['cwt']}: a CWT of the same claims": by_cwt,
        f"PyJWT {named['PyJWT']}: a JWT of the same claims": by_jwt,
    }


def _signing(asked: dict[str, Any], public: bytes) -> Any:
    seed, kid = bytes.fromhex(asked["seed"]), bytes.fromhex(asked["kid"])
    return cwt.COSEKey.new({1: 1, -1: 6, -2: public, -4: seed, 2: kid, 3: -8})


def main() -> None:
    """Answer a line of figures for every line."""
    measured = calls(json.loads(sys.stdin.readline()))
    for call in measured.values():
        call()
    for _ in sys.stdin:
        seconds = {}
        for name, call in measured.items():
            begin = time.thread_time()
            call()
            seconds[name] = time.thread_time() - begin
        sys.stdout.write(json.dumps(seconds) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
