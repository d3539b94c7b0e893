"""The Token Status List draft's long test vectors, and the vectors of the formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import deflate
import numpy as np

from keys.command import read_line
from keys.encoding import cbor_encode
from keys.envelope import seal_envelope
from keys.errors import UntrustedData
from keys.statuslist import STATUS_LIST_TYP, bounded_inflate, open_status_list
from keys.statuspack import apply_pack, encode_pack, said_size
from tests.conformance.sheet import Check, refused
from tests.keys import makers
from tests.keys.test_vectors import keyring, shown_texts

FOLDER = Path(__file__).resolve().parent
OWN = FOLDER.parent / "vectors"
ENTRIES = 1 << 20
LISTS: dict[str, Any] = json.loads((FOLDER / "token_status_list.json").read_text("utf-8"))["lists"]


def packed(bits: int) -> bytes:
    """Return the list that the draft describes for `bits`, before it is compressed."""
    values = np.zeros(ENTRIES, np.uint8)
    for index, value in LISTS[str(bits)]["set"]:
        values[index] = value
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    fours = values.reshape(-1, 8 // bits) << shifts
    return bytes(np.bitwise_or.reduce(fours, axis=1))


def token(bits: int, lst: bytes) -> bytes:
    """Return a signed status list token that holds `lst`."""
    claims = {
        2: "s:0",
        4: makers.NOW + 9,
        6: makers.NOW,
        65534: 300,
        65533: {"bits": bits, "lst": lst},
    }
    return seal_envelope(
        makers.STATUS_KEY, kid=b"\x01\x2c", typ=STATUS_LIST_TYP, payload=cbor_encode(claims)
    )


def opened(raw: bytes) -> Callable[[], bytes]:
    """Return a reading of list 0 in `raw`."""
    trusted = makers.only(makers.STATUS_KEY.public_key)
    return lambda: open_status_list(raw, list_number=0, now=None, keys_of=trusted).packed


def long_vectors() -> list[Check]:
    """Return one check a width. Only 2 bits is a list of this project; others must be refused."""
    checks = []
    for bits in (1, 2, 4, 8):
        ours = "and our reader reads it" if bits == 2 else "our reader, 2 bits only, refuses it"
        check = Check(
            source=f"Token Status List draft, {bits} bit",
            what=f"2^20 entries: the published bytes inflate to the published values; {ours}",
        )
        lst, wanted = bytes.fromhex(LISTS[str(bits)]["lst"]), packed(bits)
        check.case(bounded_inflate(lst, len(wanted)) == wanted, "published bytes")
        for size in (len(wanted) - 1, len(wanted) + 1):
            check.refuses(partial(bounded_inflate, lst, size), f"{size} bytes")
        for index, value in LISTS[str(bits)]["set"]:
            place, shift = divmod(index * bits, 8)
            found = wanted[place] >> shift & (1 << bits) - 1
            check.case(found == value, f"entry {index}")
        read = opened(token(bits, lst))
        if bits == 2:
            check.case(read() == wanted, "read by our reader")
            smaller = bytes(deflate.zlib_compress(wanted, 12))
            check.case(opened(token(2, smaller))() == wanted, "our own compression")
        else:
            check.refuses(read, "another width")
        checks.append(check)
    return checks


def shared_tokens(folder: Path, called: str = "vectors") -> Check:
    """Return the check of tokens.json: every carrier shown, every refusal."""
    vectors = json.loads((folder / "tokens.json").read_text("utf-8"))
    ring = keyring(vectors)
    counts = f"{len(vectors['accept'])} to accept, {len(vectors['refuse'])} to refuse"
    check = Check(source=f"{called}/tokens.json", what=f"passes, both carriers: {counts}")
    for vector in vectors["accept"]:
        for text in shown_texts(vector):
            answer = read_line(text.encode(), ring, at=None, json_lines=False)
            same = (answer.get("claims"), answer.get("cose")) == (vector["claims"], vector["cose"])
            check.case(answer["ok"] and same, f"accept {text[:20]}")
    for vector in vectors["refuse"]:
        line = json.dumps(vector["text"]).encode()
        answer = read_line(line, ring, at=None, json_lines=True)
        check.case(answer["ok"] is False, f"refuse: {vector['why']}")
    return check


def shared_packs(folder: Path, called: str = "vectors") -> Check:
    """Return the check of packs.json: states reached, our packs no longer, refusals."""
    vectors = json.loads((folder / "packs.json").read_text("utf-8"))
    counts = f"{len(vectors['accept'])} to accept, {len(vectors['refuse'])} to refuse"
    check = Check(source=f"{called}/packs.json", what=f"status packs: {counts}; ours no longer")
    nothing = np.zeros(0, np.uint8)
    for vector in (*vectors["accept"], *vectors["refuse"]):
        snapshot, pack = bytes.fromhex(vector["snapshot_of_old"]), bytes.fromhex(vector["pack"])
        old = apply_pack(nothing, snapshot, n_to=said_size(snapshot))
        if "why" in vector:
            holds = refused(partial(apply_pack, old, pack, n_to=len(old) * 4))
            check.case(holds, f"refuse: {vector['why']}")
            continue
        state = bytes.fromhex(vector["new_state"])
        try:
            new = apply_pack(old, pack, n_to=vector["n_to"], state=state)
        except UntrustedData:
            check.case(False, f"accept {vector['new_state'][:8]}")
        else:
            check.case(len(encode_pack(old, new)) <= len(pack), f"length {vector['new_state'][:8]}")
    return check


def all_checks(shared: Path | None) -> list[Check]:
    """Return every check of lists and formats; the shared vectors where their folder is there."""
    checks = [shared_tokens(OWN, "tests/vectors"), shared_packs(OWN, "tests/vectors")]
    checks += long_vectors()
    if shared is not None:
        checks = [shared_tokens(shared), shared_packs(shared), *checks]
    return checks
