"""What the office reads in the body of a row: opened where it holds the key, cleaned of what could
break a line, a page or a database.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from issuer.passages.rules.sorting import Mark, shown_text
from keys.bodies import PassageBody, decode_body
from keys.errors import MalformedBytes, UntrustedData
from keys.sealing import open_body

_MISSING_KEY: Final = "passage_key_missing"
_EMPTY: Final = PassageBody()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBody:
    """What a body says, all empty where it could not be read. marks: why not."""

    body: PassageBody = _EMPTY
    marks: tuple[Mark, ...] = ()


def opened(raw: bytes, secrets: Mapping[bytes, bytes]) -> OpenedBody:
    """Return what the body `raw` says. secrets: X25519 secrets by key id.

    Never fails: a passage that happened is stored all the same, marked SEALED where a key may come
    later, UNREADABLE where none will help.
    """
    try:
        body = decode_body(open_body(raw, secrets))
    except UntrustedData as error:
        mark = Mark.SEALED if error.code == _MISSING_KEY else Mark.UNREADABLE
        return OpenedBody(marks=(mark,))
    except MalformedBytes:
        return OpenedBody(marks=(Mark.UNREADABLE,))
    return OpenedBody(
        body=replace(
            body,
            name=shown_text(body.name),
            id_tail=shown_text(body.id_tail),
            carrier=shown_text(body.carrier),
            operator=shown_text(body.operator),
            note=shown_text(body.note),
            cause=shown_text(body.cause),
        )
    )


def observed_text(body: PassageBody) -> str:
    """Return what a guard added, as JSON without what is empty; empty for nothing."""
    said = {
        "operator": body.operator,
        "temperatures": list(body.temperatures),
        "note": body.note,
        "cause": body.cause,
        "papers_seen": body.papers_seen,
        "party": body.party if body.party != 1 else 0,
    }
    kept = {name: value for name, value in said.items() if value}
    return json.dumps(kept, ensure_ascii=False) if kept else ""
