"""Write lanes.json anew: `python -m tests.vectors.write_lanes`. Tags, datagrams and hellos of
docs/lanes.md.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from keys.certificate import seal_certificate
from keys.lane import LaneMessage, join_datagram, make_hello, seal_lane
from keys.passages import Direction, PassIdentity
from keys.tags import day_keys, day_of, split_secret, tag_of
from tests.keys import makers

FILE = Path(__file__).resolve().parent / "lanes.json"
SECRET = bytes(range(32))
TODAY = day_of(makers.NOW)


def tags() -> dict[str, Any]:
    """Return tags of some passes on some days, with the keys on the way there."""
    cases = [
        (TODAY, PassIdentity(makers.ISSUER, 3, 777_777)),
        (TODAY + 1, PassIdentity(makers.ISSUER, 3, 777_777)),
        (TODAY, PassIdentity(makers.ISSUER, 0, 0)),
        (18_262, PassIdentity("suzhou", 4095, (1 << 20) - 1)),
    ]
    accept = []
    for day, identity in cases:
        keys = split_secret(SECRET, day)
        key = day_keys(keys)[0]
        accept.append(
            {
                "day": day,
                "chain": keys.chain.hex(),
                "day_key": key.key.hex(),
                "issuer": identity.issuer,
                "list": identity.list_number,
                "index": identity.index,
                "tag": tag_of(key, identity).hex(),
            }
        )
    hello_key = split_secret(SECRET, TODAY).hello.hex()
    return {"checkpoint_secret": SECRET.hex(), "hello_key": hello_key, "accept": accept}


def datagrams() -> dict[str, Any]:
    """Return datagrams of the station st-1, and some that are none of its."""
    card = seal_certificate(makers.STATION_KEY, makers.STATION_KID, makers.certificate())
    forged = seal_certificate(makers.THIEF, makers.STATION_KID, makers.certificate())
    tag = bytes.fromhex(tags()["accept"][0]["tag"])
    accept, messages = [], []
    for sequence, way in ((1, Direction.ENTRY), (1 << 40, Direction.EXIT)):
        seen_at_ms = makers.NOW * 1000 + sequence % 1000
        sent = LaneMessage(tag=tag, direction=way, seen_at_ms=seen_at_ms, sequence=sequence)
        messages.append(seal_lane(makers.BOX_KEY, sent))
        accept.append(
            {
                "datagram": join_datagram(card, messages[-1]).hex(),
                "station": "st-1",
                "tag": tag.hex(),
                "direction": way.value,
                "seen_at_ms": seen_at_ms,
                "sequence": sequence,
            }
        )
    message = messages[0]
    thieves = seal_lane(
        makers.THIEF, LaneMessage(tag=tag, direction=Direction.ENTRY, seen_at_ms=1, sequence=1)
    )
    bent = message[:-1] + bytes([message[-1] ^ 1])
    refuse = [
        (b"\x02" + join_datagram(card, message)[1:], "malformed_lane", "another version"),
        (join_datagram(card, message)[: len(card) + 3], "malformed_lane", "no message in it"),
        (join_datagram(forged, message), "bad_signature", "a certificate by nobody we trust"),
        (join_datagram(card, thieves), "unknown_key", "a message by another key"),
        (join_datagram(card, bent), "bad_signature", "bit flipped"),
        (join_datagram(card, card), "wrong_type", "a certificate in place of the message"),
    ]
    return {
        "accept": accept,
        "refuse": [{"datagram": raw.hex(), "code": code, "why": why} for raw, code, why in refuse],
    }


def hellos() -> list[dict[str, Any]]:
    """Return hellos of this checkpoint and others."""
    key = split_secret(SECRET, TODAY).hello
    hello = make_hello(key, 47_800, b"8 bytes!")
    cases = [
        (key, 47_800, hello, True, "ours"),
        (key, 47_801, hello, False, "repeated for another port"),
        (bytes(32), 47_800, hello, False, "of another checkpoint"),
        (key, 47_800, hello[:-1], False, "cut short"),
    ]
    return [
        {"hello_key": k.hex(), "port": port, "hello": raw.hex(), "ours": ours, "why": why}
        for k, port, raw, ours, why in cases
    ]


def main() -> None:
    """Write the file; it is the same each time."""
    vectors = {
        "keys": {
            "station": makers.STATION_KEY.public_key.hex(),
            "the box at the gate": makers.BOX_KEY.public_key.hex(),
        },
        "tags": tags(),
        "datagrams": datagrams(),
        "hellos": hellos(),
    }
    FILE.write_text(json.dumps(vectors, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
