"""Texts of passes for tests, and with which refusal one is answered."""

from __future__ import annotations

import pytest

from keys.claims import Claims
from keys.dense import write_digits
from keys.ed25519 import SigningKey
from keys.errors import (
    RefusedCode,
)
from keys.rotating import tail_for
from keys.token import mint
from keys.trustlist import Keyring
from keys.verify import check_time, open_code
from tests.keys.makers import (
    PASS_KEY,
    X0,
    keyring,
    trusted_key,
)

USUAL = keyring()


def ring_of(kid: int, key: SigningKey = PASS_KEY) -> Keyring:
    """Return a keyring of one pass key under this number."""
    return Keyring({kid: (trusted_key(key, kid=kid),)})


def shown(claims: Claims, slot: int = 0, x0: bytes = X0) -> str:
    """Return the digits that the phone of a rotating pass shows in this slot."""
    carrier = mint(PASS_KEY, claims).carrier
    assert carrier is not None
    return write_digits(carrier, tail_for(claims, x0, slot))


def texts(claims: Claims, key: SigningKey = PASS_KEY) -> list[str]:
    """Return both carriers of a pass, signed by `key`."""
    minted = mint(key, claims)
    assert minted.dense is not None
    return [minted.dense, minted.full]


def refusal(text: str, ring: Keyring = USUAL, now: int | None = None) -> type[RefusedCode]:
    """Return the kind of refusal that a text meets; `now` None: its time is not looked at."""
    with pytest.raises(RefusedCode) as caught:
        check_time(open_code(text, ring), now)
    return caught.type
