"""What a password must be, and what one-time passwords look like. Hashing is
issuer.people.hashing's.
"""

from __future__ import annotations

import base64
import unicodedata
from typing import Final

from issuer.errors import BadInput, Code

MIN_CHARACTERS: Final = 10
MAX_BYTES: Final = 512
ONE_TIME_BYTES: Final = 15


def one_time_password(drawn: bytes) -> str:
    """Return a password of letters and digits out of 15 random bytes, in groups of six."""
    text = base64.b32encode(drawn).decode().lower()
    return "-".join(text[i : i + 6] for i in range(0, len(text), 6))


def password_bytes(password: str) -> bytes:
    """Return what is hashed: NFKC, so that every keyboard gives the same bytes, cut at nothing."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def check_new_password(password: str, *, operator: str, old: str) -> None:
    """Return if `password` may replace `old`, else BadInput weak_password."""
    raw = password_bytes(password)
    if len(password) < MIN_CHARACTERS or len(raw) > MAX_BYTES:
        raise BadInput(Code.WEAK_PASSWORD, f"at least {MIN_CHARACTERS} characters")
    if operator.casefold() in password.casefold() or len(set(password)) < 5:
        raise BadInput(Code.WEAK_PASSWORD, "too easy to guess")
    if password == old:
        raise BadInput(Code.WEAK_PASSWORD, "the same as before")
