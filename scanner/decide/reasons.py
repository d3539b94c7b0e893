"""Why a gate decided so, in words that everyone at the gate understands, and what to do next.

One row for every code that a passage can carry. The words never blame a person for what a machine
did, and every refusal names a place to go. docs/reasons.md is made from this table
(scanner/decide/reasons_page.py).
"""

from __future__ import annotations

from typing import Final

from keys.verdicts import Reason, Verdict
from scanner.decide.looks import LOOKS, Language, Wording
from scanner.decide.reason_rows import ReasonText, Side
from scanner.decide.reasons_hand import OF_HAND
from scanner.decide.reasons_pass import OF_PASS
from scanner.decide.reasons_place import OF_PLACE
from scanner.decide.reasons_station import OF_STATION

__all__ = ["REASONS", "UNKNOWN_AGE", "ReasonText", "Side", "next_step_of", "title_of"]

REASONS: Final[dict[Reason, ReasonText]] = {**OF_PASS, **OF_STATION, **OF_PLACE, **OF_HAND}
UNKNOWN_AGE: Final = Wording(zh="很久", en="a long time")


def title_of(reason: Reason, language: Language, age: str | None = None) -> str:
    """Return why, in one line. age: how long the list has had no news; None if unknown."""
    title = REASONS[reason].title.of(language)
    if age is None and language is Language.ZH:
        # Chinese sets a space beside figures only.
        return title.replace(" {age}", UNKNOWN_AGE.zh)
    return title.replace("{age}", age or UNKNOWN_AGE.en)


def next_step_of(reason: Reason, verdict: Verdict, language: Language) -> str:
    """Return what to do next.

    A policy may give a reason another verdict than its usual one: then the verdict's own next
    step is returned, because "please go through" must never stand under a refusal.
    """
    row = REASONS[reason]
    step = row.next_step if row.usual is verdict else LOOKS[verdict].general_step
    return step.of(language)
