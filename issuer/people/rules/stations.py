"""Stations: names, the life of an enrolment code, and what an enrolment attempt may do
(protocols.md).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from issuer.errors import BadInput, Code, Denied

CODE_LIFE_S: Final = 600
CODE_TRIES: Final = 5
DAY_S: Final = 86_400
_NAME: Final = re.compile(r"\w[\w .:#()-]{0,63}")


class StationState(StrEnum):
    """INVITED: has a code, never enrolled. WITHDRAWN: its rows are still taken, and marked."""

    INVITED = "invited"
    ENROLLED = "enrolled"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCode:
    """An enrolment code as the office keeps it. used_by: the key that enrolled with it; answer:
    what it was told.
    """

    code_id: bytes
    mac_key: bytes
    station: str
    expires_at: int
    tries: int
    used_by: bytes | None
    request: bytes | None
    answer: bytes | None


def place_name(text: str, *, what: str) -> str:
    """Return the one form of a station's or checkpoint's name (NFKC, 1 to 64); else BadInput
    bad_name.
    """
    name = unicodedata.normalize("NFKC", text).strip()
    if not _NAME.fullmatch(name):
        raise BadInput(Code.BAD_NAME, f"{what}: 1 to 64 letters, digits, spaces or . : # ( ) _ -")
    return name


def check_zone(zone: int) -> int:
    """Return `zone` if it is 0 (none) to 65535, else BadInput bad_arguments."""
    if not 0 <= zone < 1 << 16:
        raise BadInput(Code.BAD_ARGUMENTS, "zone is 0 to 65535")
    return zone


def repeated_answer(code: StoredCode, *, public_key: bytes) -> bytes | None:
    """Return the answer to repeat if `public_key` enrolled with this code already, None if nobody
    did.

    Another key: Denied code_used. Call only after the request proved the code.
    """
    if code.used_by is None:
        return None
    if code.used_by != public_key or code.answer is None:
        raise Denied(Code.CODE_USED)
    return code.answer


def check_open(code: StoredCode, *, now: int) -> None:
    """Return if the code may be tried: Denied code_locked after five wrong tries, code_expired
    after ten minutes.
    """
    if code.tries >= CODE_TRIES:
        raise Denied(Code.CODE_LOCKED)
    # A used code stays answerable to its own station for a day: the answer may have been lost on
    # the way.
    ends_at = code.expires_at if code.used_by is None else code.expires_at + DAY_S
    if now >= ends_at:
        raise Denied(Code.CODE_EXPIRED)
