"""The forty people at the gate: what each carries, and what the office knows of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from demo.programs import call

HOUR_S: Final = 3600
PAYMENT_CODE: Final = "https://pay.example/qr/8f2c11?amount=12.00"

# What a status means at this gate: the verdict that a station must give. The rest is in the
# office's records.
VERDICT_OF_STATUS: Final = {
    "green": "admit",
    "yellow": "hand_check",
    "red": "refuse",
    "withdrawn": "refuse",
}
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹"
_GIVEN: Final = "明华芳娜敏静丽强磊军洋勇艳杰娟涛超兰霞平"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person in the queue. story: what is special; text: the code; carried: `phone` or `paper`;
    pass_: identity.
    """

    story: str
    name: str
    text: str
    carried: str
    pass_: str | None


# One letter a person, in the order in which they come: g green, y yellow, r red, w withdrawn, e
# expired, f forged, p a payment code. Every third of the reel holds some of each kind that the list
# must catch.
QUEUE: Final = "ggygrgwgpgegfgygg" + "ggrgygwgegggyg" + "gfrggewgy"
_SET_LATER: Final = {
    "y": ("yellow", "close_contact"),
    "r": ("red", "risk_area"),
    "w": ("withdrawn", "lost"),
}
_STORY: Final = {
    "g": "green",
    "y": "yellow",
    "r": "red",
    "w": "withdrawn",
    "e": "expired",
    "f": "forged",
    "p": "payment code",
}


def _request(place: int, letter: str) -> dict[str, Any]:
    surname, given = _SURNAMES[place % len(_SURNAMES)], _GIVEN[place * 7 % len(_GIVEN)]
    paper = place % 3 == 2
    request: dict[str, Any] = {
        "name": f"{surname}*{given}" if place % 2 else f"{surname}*",
        "id_tail": f"{(place * 577 + 104) % 1000:03}{'0123456789X'[place % 11]}",
        "kind": "paper" if paper else "phone",
        "hours": 24,
    }
    if letter == "e":
        request |= {"issued_at": int(time.time()) - 30 * HOUR_S}
    return request


def issue_passes(office: Path, forger: Path) -> list[Person]:
    """Mint everybody's pass at the office (and the forged ones elsewhere), set statuses, and return
    the queue.
    """
    requests = [_request(place, letter) for place, letter in enumerate(QUEUE)]
    genuine = _minted(office, [r for r, k in zip(requests, QUEUE, strict=True) if k not in "fp"])
    forged = _minted(forger, [r for r, k in zip(requests, QUEUE, strict=True) if k == "f"])
    people: list[Person] = []
    for request, letter in zip(requests, QUEUE, strict=True):
        minted = None if letter == "p" else next(forged if letter == "f" else genuine)
        identity = minted["pass"] if minted and letter != "f" else None
        people.append(
            Person(
                story=_STORY[letter],
                name=request["name"] if minted else "-",
                text=(minted["dense"] or minted["full"]) if minted else PAYMENT_CODE,
                carried=request["kind"],
                pass_=identity,
            )
        )
        if letter in _SET_LATER:
            status, reason = _SET_LATER[letter]
            call("issuer", office, "status", "set", str(identity), status, "--reason", reason)
    return people


def _minted(data: Path, requests: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    lines = "\n".join(json.dumps(request) for request in requests)
    return iter(call("issuer", data, "mint", "--batch", "-", stdin=lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the office's records ask of a gate for one pass."""

    status: str
    expires_at: int

    def answer_at(self, seen_at_s: float) -> tuple[str, str]:
        """Return the verdict and the reason that are right at that moment."""
        if seen_at_s >= self.expires_at:
            return "refuse", "expired"
        return VERDICT_OF_STATUS[self.status], self.status


def expected_of(office: Path, people: list[Person]) -> dict[str, Expected]:
    """Return what the office's own records say of everybody's pass, asked now."""
    passes = [person.pass_ for person in people if person.pass_ is not None]
    records = call("issuer", office, "status", "show", *passes)
    return {
        record["pass"]: Expected(status=record["status"], expires_at=record["expires_at"])
        for record in records
    }
