"""The status of a pass whose number was said, or stands on a paper that no camera reads.

No signature was seen: whoever knows a number could say it. So this never admits; a guard who has
compared a document decides.
"""

from __future__ import annotations

import re
from typing import Final

from keys.claims import LIST_BITS, LIST_ENTRIES, LISTS_MAX
from keys.passages import PassIdentity, Reason, Verdict
from scanner.decide.judge import Beliefs
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.policy import Rules

_NUMBER: Final = re.compile(r"([0-9]{1,4})[-/ ]([0-9]{1,7})", re.ASCII)


def pass_number(text: str, issuer: str) -> PassIdentity | None:
    """Return the pass of `issuer` that `3-777777` names, None if it can name none."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    list_number, index = int(found[1]), int(found[2])
    if list_number >= LISTS_MAX or index >= LIST_ENTRIES:
        return None
    return PassIdentity(issuer, list_number, index)


def looked_up(named: PassIdentity, beliefs: Beliefs, rules: Rules, now_s: int) -> Judgement:
    """Return what the list held says of `named`: REFUSE where its status refuses here, CANNOT_JUDGE
    where no list can say, else HAND_CHECK with the reason `looked_up`.
    """
    universe = beliefs.universes.get(named.issuer)
    age_s = beliefs.age_s(named.issuer, now_s)
    if universe is None or age_s is None or beliefs.keyring is None:
        return _answer(named, Verdict.CANNOT_JUDGE, Reason.LIST_MISSING)
    place = named.list_number << LIST_BITS | named.index
    if place >> 2 >= len(universe.packed):
        return _answer(named, Verdict.CANNOT_JUDGE, Reason.INDEX_BEYOND_LIST, age_s)
    status = universe.packed[place >> 2] >> 2 * (place & 3) & 3
    if rules.by_status[status] is Verdict.REFUSE:
        return _answer(named, Verdict.REFUSE, Reason.LOOKED_UP, age_s, status)
    if age_s >= rules.closed_after_s:
        return _answer(named, Verdict.CANNOT_JUDGE, Reason.LIST_CLOSED, age_s, status)
    return _answer(named, Verdict.HAND_CHECK, Reason.LOOKED_UP, age_s, status)


def _answer(
    named: PassIdentity,
    verdict: Verdict,
    reason: Reason,
    age_s: int | None = None,
    status: int | None = None,
) -> Judgement:
    seen = () if status is None else (TraceStep("status", status),)
    aged = () if age_s is None else (TraceStep("list_age_s", age_s),)
    trace = (TraceStep("asked_by", "number"), *seen, *aged, TraceStep("verdict", reason.value))
    return Judgement(verdict, reason, identity=named, list_age_s=age_s, trace=trace, status=status)
