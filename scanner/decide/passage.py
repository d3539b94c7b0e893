"""The fact that is written down of one judged scan."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final

from keys.bodies import PassageBody, encode_body
from keys.encoding import cbor_encode
from keys.passages import ClockGrade, Direction, Passage
from scanner.decide.judgement import Judgement

NOTHING_ADDED: Final = PassageBody()


def passage_for(
    judgement: Judgement,
    *,
    passage_id: bytes,
    salt: bytes,
    seen_at: datetime,
    clock: ClockGrade,
    direction: Direction,
    tag: bytes | None = None,
    added: PassageBody = NOTHING_ADDED,
) -> Passage:
    """Return the passage of one judgement. passage_id: 16 random bytes; seen_at: aware UTC, kept to
    the millisecond. tag: 16 bytes. added: what the body says beside the pass itself.

    The body holds what may say who a person is; everything else is in clear. The digest fixes the
    trace of rules, and says nothing to who has not the body: a trace may hold a temperature, and
    there are few of those to try. salt: 16 random bytes, others than the id.
    """
    body = replace(
        added,
        identity=judgement.identity,
        name=judgement.name,
        id_tail=judgement.id_tail,
        carrier=judgement.carrier,
        salt=salt,
    )
    trace = cbor_encode([salt, *(list(step) for step in judgement.trace)])
    return Passage(
        passage_id=passage_id,
        seen_at_ms=round(seen_at.timestamp() * 1000),
        clock=clock,
        verdict=judgement.verdict,
        reason=judgement.reason,
        direction=direction,
        tag=tag,
        trace_digest=hashlib.sha256(trace).digest(),
        body=encode_body(body),
    )
