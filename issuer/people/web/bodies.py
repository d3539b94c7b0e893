"""Reading what a client sends, bounded by what it says, by what it sends, and by time."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from issuer.errors import BadInput, Code

FORM_MAX_BYTES = 16 << 10
_FIELDS_MAX = 40
_DIGITS = re.compile("[0-9]{1,15}", re.ASCII)


async def read_body(request: Request, *, max_bytes: int, timeout_s: float) -> bytes:
    """Return the body; BadInput too_large before or while it is read, too_slow when it takes
    longer.
    """
    said = request.headers.get("content-length")
    if said is not None and (not _DIGITS.fullmatch(said) or int(said) > max_bytes):
        raise BadInput(Code.TOO_LARGE, f"at most {max_bytes} bytes")
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for piece in request.stream():
                body += piece
                # A body without a length, or a lying one.
                if len(body) > max_bytes:
                    raise BadInput(Code.TOO_LARGE, f"at most {max_bytes} bytes")
    except TimeoutError:
        raise BadInput(Code.TOO_SLOW) from None
    except ClientDisconnect:
        raise BadInput(Code.TOO_SLOW, "the client went away") from None
    return bytes(body)


def read_form(body: bytes, content_type: str) -> dict[str, str]:
    """Return the fields of an urlencoded form, the first value of each; another kind of body:
    BadInput bad_form.
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise BadInput(Code.BAD_FORM, "not an urlencoded form")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_FIELDS_MAX,
            errors="strict",
        )
    except ValueError:
        raise BadInput(Code.BAD_FORM) from None
    return dict(reversed(pairs))


def count_or_none(text: str | None) -> int | None:
    """Return a whole number of up to 15 digits, None for anything else: for hints that nothing
    rests on.
    """
    return int(text) if text is not None and _DIGITS.fullmatch(text) else None
