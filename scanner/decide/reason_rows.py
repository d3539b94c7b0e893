"""One row of the table of reasons: whose side the cause lies on, why, and what next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from keys.verdicts import Verdict
from scanner.decide.looks import Wording


class Side(StrEnum):
    """On whose side the cause lies, and so who can put it right. Never shown as blame.

    PLACE: a rule of this checkpoint, put right by nobody at the gate.
    """

    NOBODY = "nobody"
    HOLDER = "holder"
    ISSUER = "issuer"
    STATION = "station"
    NETWORK = "network"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """One row of the table.

    usual: the verdict that the reason normally leads to; sign and sound are that verdict's. title
    may hold one `{age}`: how long the list has been without news.
    """

    side: Side
    usual: Verdict
    title: Wording
    next_step: Wording


def row(side: Side, usual: Verdict, zh: tuple[str, str], en: tuple[str, str]) -> ReasonText:
    """Return a row. zh, en: why, and what next."""
    return ReasonText(
        side=side,
        usual=usual,
        title=Wording(zh=zh[0], en=en[0]),
        next_step=Wording(zh=zh[1], en=en[1]),
    )
