"""Cross-reading: other people's libraries read what we sign, and we read what they sign.

They live in `.venv-conformance`, made from lock/conformance.txt: their pins clash with ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import numpy as np

from keys.claims import Claims, encode_payload
from keys.encoding import base45_encode
from keys.envelope import open_envelope
from keys.errors import KeysError
from keys.statuslist import STATUS_LIST_TYP, seal_status_list
from keys.token import mint
from keys.verify import open_code
from tests.conformance.lists import LISTS
from tests.conformance.sheet import Check
from tests.conftest import ROOT
from tests.keys import makers

PLACE = ROOT / ".venv-conformance"
LOCK = ROOT / "lock" / "conformance.txt"
KID = makers.PASS_KID.to_bytes(2, "big")
NAMES = {"pycose": "pycose", "cwt": "python-cwt"}


def set_up() -> Path:
    """Return the Python of the foreign environment, made anew when the lock has changed."""
    python, stamp = PLACE / "bin" / "python", PLACE / "kakou.lock"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return python
    sys.stderr.write(f"conformance: installing {LOCK.name} into {PLACE.name}\n")
    venv.create(PLACE, clear=True, with_pip=True)
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*install, "--require-hashes", "--no-deps", "-r", str(LOCK)], check=True)
    stamp.write_bytes(LOCK.read_bytes())
    return python


def ask(python: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the answers of the foreign libraries."""
    script = Path(__file__).with_name("foreign.py")
    ended = subprocess.run(
        [python, "-W", "ignore", script],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: dict[str, Any] = json.loads(ended.stdout)
    return answers


def passes() -> list[Claims]:
    """Return passes of every profile, kind, status and kind of name."""
    plain = makers.pass_claims()
    found = [plain._replace(kind=kind, status=status) for kind in range(6) for status in (0, 2, 3)]
    names = ("", "*", "王*", "J.SMITH", "Ünïcödé 王", "𠮷" * 16, "王" * 64)
    found += [plain._replace(name=name, id_tail="") for name in names]
    found += [makers.site_claims(), makers.rotating_claims()]
    found += [plain._replace(iat=1, exp=2), plain._replace(list_number=4095, entry=(1 << 20) - 1)]
    return found


def bent(cose: bytes) -> bytes:
    return cose[:-1] + bytes([cose[-1] ^ 1])


def asked() -> dict[str, Any]:
    """Return everything that is put to the foreign libraries."""
    key = makers.PASS_KEY
    signed = [mint(key, claims).cose for claims in passes()]
    known = {"key": key.public_key.hex(), "kid": KID.hex()}
    made = [
        {"payload": encode_payload(claims).hex(), "seed": key.seed.hex(), "kid": KID.hex()}
        for claims in passes()
        if claims.anchor is None
    ]
    lists = [
        {"bits": int(bits), "lst": one["lst"], "set": one["set"]} for bits, one in LISTS.items()
    ]
    return {
        "read": [{"cose": cose.hex(), **known} for c in signed for cose in (c, bent(c))],
        "make": made,
        "lists": [*lists, own_list()],
    }


def own_list() -> dict[str, Any]:
    """Return a list of ours as signed, with every entry that is not green."""
    packed = makers.universe(1 << 20, 0.01)
    sealed = seal_status_list(
        makers.STATUS_KEY, 300, list_number=3, packed=packed.tobytes(), iat=1, exp=2, ttl=3
    )
    trusted = makers.only(makers.STATUS_KEY.public_key)
    payload, _ = open_envelope(sealed, typ=STATUS_LIST_TYP, max_bytes=1 << 19, keys_of=trusted)
    values = makers.values_of(packed)
    entries = [[int(n), int(values[n])] for n in np.flatnonzero(values)]
    return {"bits": 2, "payload": payload.hex(), "set": entries}


def read_by_others(put: dict[str, Any], answers: dict[str, Any], library: str) -> Check:
    """Return the check of our passes, and of the same with one bit bent, by one library."""
    check = Check(source=NAMES[library], what="reads our passes; refuses them with a bit bent")
    for number, (one, answer) in enumerate(zip(put["read"], answers["read"], strict=True)):
        got = answer[library]
        if number % 2:
            check.case(got["ok"] is False, f"bent pass {number // 2}")
        else:
            payload = encode_payload(passes()[number // 2]).hex()
            holds = got["ok"] and got["payload"] == payload and payload in one["cose"]
            check.case(holds, f"pass {number // 2}: {got.get('why')}")
    return check


def made_by_others(answers: dict[str, Any], library: str) -> Check:
    """Return the check of passes that one library has signed: the same bytes, read by us."""
    check = Check(source=NAMES[library], what="signs our claims: the same bytes, read by us")
    shown = [claims for claims in passes() if claims.anchor is None]
    for number, (claims, answer) in enumerate(zip(shown, answers["made"], strict=True)):
        cose = bytes.fromhex(answer[library])
        check.case(cose == mint(makers.PASS_KEY, claims).cose, f"bytes of pass {number}")
        try:
            read = open_code("KK1:" + base45_encode(cose), makers.keyring()).claims
        except KeysError as error:
            check.case(False, f"pass {number}: {error.code}")
        else:
            check.case(read == claims, f"pass {number}")
    return check


def lists_by_others(put: dict[str, Any], answers: dict[str, Any]) -> Check:
    """Return the check of the draft's long lists and one of ours by an independent library."""
    check = Check(
        source="token-status-list", what="reads the draft's lists of 1, 2, 4, 8 bit and one of ours"
    )
    for one, got in zip(put["lists"], answers["lists"], strict=True):
        name = "ours" if "payload" in one else f"{one['bits']} bit"
        check.case(got["size"] == 1 << 20, f"{name}: size")
        check.case(got["sum"] == sum(value for _, value in one["set"]), f"{name}: all others 0")
        for (index, value), read in zip(one["set"], got["values"], strict=True):
            check.case(read == value, f"{name}: entry {index}")
    return check


def all_checks() -> tuple[list[Check], str]:
    """Return every check with foreign libraries, and a line that names them."""
    put = asked()
    answers = ask(set_up(), put)
    checks = [read_by_others(put, answers, library) for library in NAMES]
    checks += [made_by_others(answers, library) for library in NAMES]
    checks.append(lists_by_others(put, answers))
    named = ", ".join(f"{name} {number}" for name, number in answers["versions"].items())
    return checks, f"Foreign libraries (lock/conformance.txt): {named}."
