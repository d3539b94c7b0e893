"""From the text of a code to a verdict, in the order of formats.md 7. Pure: bytes, beliefs and now
in, facts out.

Carrier, key, signature (keys.verify) -> life -> status -> age of list and clock -> the gate's
policy. ADMIT is reached in one place only, at the very end; every other way out is a refusal, a
hand check or "cannot judge".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from keys.claims import LIST_BITS, Claims, Status
from keys.errors import (
    ExpiredPass,
    IssuedInFuture,
    NotAPass,
    NotYetValid,
    RefusedCode,
    RotatingCodeOutOfTime,
)
from keys.passages import ClockGrade, Reason, Verdict
from keys.trustlist import Keyring
from keys.verify import SignedPass, check_time, open_code
from scanner.decide.judgement import Judgement, TraceStep
from scanner.decide.policy import (
    REASON_OF_CLOCK,
    REASON_OF_STATUS,
    Rules,
    clock_verdict,
    list_age_verdict,
    site_reason,
)

# iat is rounded to the minute, so only a whole minute's distance says which of pass and list is the
# newer.
NEWER_BY_S: Final = 60
_SEVERITY: Final = (0, 3, 1, 2)  # of green, withdrawn, yellow, red
_TIME_REFUSALS: Final = (ExpiredPass, IssuedInFuture, NotYetValid, RotatingCodeOutOfTime)
_REASON_OF_CODE: Final = {reason.value: reason for reason in Reason}
_NO_KEYS: Final = Keyring({})
# Made once: a step and the value of a Reason cost a hundredth of a whole decision each.
_VERDICT_STEP: Final = {reason: TraceStep("verdict", reason.value) for reason in Reason}
_STATUS_STEP: Final = tuple(TraceStep("status", status) for status in range(4))


@dataclass(frozen=True, slots=True)
class Universe:
    """All statuses of one issuer at one moment. packed: 2 bits an entry (keys.statusarray).
    made_at_s: manifest iat.
    """

    packed: bytes | memoryview
    made_at_s: int
    version: int


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What the station believes right now; replaced as a whole by a sync, never changed. None: no
    trust list yet.

    trust_made_at_s: iat of the trust repository's timestamp in force, None where none is dated.
    """

    keyring: Keyring | None
    universes: Mapping[str, Universe]
    status_maps: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    trust_made_at_s: int | None = None

    def age_s(self, issuer: str, now_s: int) -> int | None:
        """Return how old the older of trust and the list of `issuer` is, None where there is no
        list.
        """
        universe = self.universes.get(issuer)
        if universe is None:
            return None
        made_at_s = universe.made_at_s
        # Fresh lists beside an old trust list: somebody may be holding back that a key was burned.
        if self.trust_made_at_s is not None and self.trust_made_at_s < made_at_s:
            made_at_s = self.trust_made_at_s
        return max(0, now_s - made_at_s)


class Moment(NamedTuple):
    """When a scan is judged. now_s: trusted unix seconds; bound_s: certainly not earlier;
    local_hour: 0..23 here.
    """

    now_s: int
    grade: ClockGrade
    bound_s: int
    local_hour: int


def judge(text: str, beliefs: Beliefs, rules: Rules, moment: Moment) -> Judgement | None:
    """Return the judgement of `text`; None if it is no pass at all (a payment poster): a hint, no
    passage.
    """
    try:
        signed = open_code(text, beliefs.keyring or _NO_KEYS)
    except NotAPass:
        return None
    except RefusedCode as refusal:
        # A station without a trust list can say nothing of any pass, not even that it is damaged.
        return _unverified(Reason.TRUST_MISSING if beliefs.keyring is None else refusal.code)
    try:
        check_time(signed, moment.now_s)
    except RefusedCode as refusal:
        return _outside_its_time(refusal, signed, beliefs, rules, moment)
    return _judge_status(signed, beliefs, rules, moment)


def _outside_its_time(
    refusal: RefusedCode, signed: SignedPass, beliefs: Beliefs, rules: Rules, moment: Moment
) -> Judgement:
    verdict, reason = _time_verdict(refusal, signed, rules, moment)
    if verdict is not Verdict.REFUSE:
        # A clock in doubt must not hide what needs no clock: a tail that leads nowhere, a status
        # that admits nobody.
        try:
            check_time(signed, None)
        except RefusedCode as wrong:
            verdict, reason = Verdict.REFUSE, _REASON_OF_CODE[wrong.code]
        else:
            known = _judge_status(signed, beliefs, rules, moment)
            if known.verdict is Verdict.REFUSE:
                return known
    return _of(signed, verdict, reason, None, ())


def _unverified(code: str) -> Judgement:
    reason = _REASON_OF_CODE[code]
    verdict = Verdict.CANNOT_JUDGE if reason is Reason.TRUST_MISSING else Verdict.REFUSE
    return Judgement(verdict, reason, trace=(TraceStep("code", reason.value),))


def _of(
    signed: SignedPass,
    verdict: Verdict,
    reason: Reason,
    age_s: int | None,
    trace: tuple[TraceStep, ...],
    status: int | None = None,
) -> Judgement:
    claims = signed.claims
    return Judgement(
        verdict,
        reason,
        signed.identity,
        claims.name,
        claims.id_tail,
        claims.kind,
        claims.exp,
        age_s,
        signed.carrier,
        (*trace, _VERDICT_STEP[reason]),
        claims,
        status,
    )


def _time_verdict(
    refusal: RefusedCode, signed: SignedPass, rules: Rules, moment: Moment
) -> tuple[Verdict, Reason]:
    """Return the verdict for a pass outside its life: the person's matter only if the station's
    time is sure.
    """
    reason = _REASON_OF_CODE[refusal.code]
    certain = not isinstance(refusal, _TIME_REFUSALS) or moment.grade is ClockGrade.CONFIRMED
    if certain or signed.claims.exp <= moment.bound_s:
        return Verdict.REFUSE, reason
    return clock_verdict(rules, moment.grade)


def _judge_status(signed: SignedPass, beliefs: Beliefs, rules: Rules, moment: Moment) -> Judgement:
    universe = beliefs.universes.get(signed.issuer)
    age_s = beliefs.age_s(signed.issuer, moment.now_s)
    if universe is None or age_s is None:
        return _of(signed, Verdict.CANNOT_JUDGE, Reason.LIST_MISSING, None, ())
    status = _status_now(signed, universe)
    if status is None:
        return _of(signed, Verdict.CANNOT_JUDGE, Reason.INDEX_BEYOND_LIST, age_s, ())
    mapping = beliefs.status_maps.get(signed.issuer)
    if mapping is not None and status != Status.WITHDRAWN:
        # What a neighbour's status means here is in the home list; a word that is not there means
        # the worst.
        status = mapping.get(status, Status.RED)
    verdict, reason = verdict_of_status(status, signed.claims, rules, moment, age_s)
    trace = (_STATUS_STEP[status], TraceStep("list_age_s", age_s))
    return _of(signed, verdict, reason, age_s, trace, status)


def verdict_of_status(
    status: int, claims: Claims, rules: Rules, moment: Moment, age_s: int
) -> tuple[Verdict, Reason]:
    """Return what a living pass is told whose status and list age (seconds) are known, before the
    policy's own questions.
    """
    answer = rules.by_status[status], REASON_OF_STATUS[status]
    if answer[0] is Verdict.REFUSE:
        return answer
    return _at_this_gate(claims, answer, rules, moment, age_s)


def _status_now(signed: SignedPass, universe: Universe) -> int | None:
    """Return the status that holds, None if the list does not know the entry (formats.md 7)."""
    claims = signed.claims
    place = claims.list_number << LIST_BITS | claims.entry
    ahead_s = claims.iat - universe.made_at_s
    if place >> 2 >= len(universe.packed):
        return claims.status if ahead_s >= NEWER_BY_S else None
    held = universe.packed[place >> 2] >> 2 * (place & 3) & 3
    if ahead_s <= -NEWER_BY_S or held == Status.WITHDRAWN:
        return held
    if ahead_s >= NEWER_BY_S:
        return claims.status
    return max(held, claims.status, key=_SEVERITY.__getitem__)


def _at_this_gate(
    claims: Claims, answer: tuple[Verdict, Reason], rules: Rules, moment: Moment, age_s: int
) -> tuple[Verdict, Reason]:
    """Return the verdict of a pass that its status does not refuse, after place, hours, clock and
    list age have had their word.
    """
    outside = None
    sure = moment.grade is ClockGrade.CONFIRMED
    if claims.site is not None:
        outside = site_reason(rules, claims.site, moment.local_hour)
        # The hour is the person's matter only if the station's time is sure.
        if outside is Reason.OUTSIDE_ZONE or (outside is not None and sure):
            return Verdict.REFUSE, outside
    # What the rules do not admit, no list makes better, however old it is.
    if answer[0] is not Verdict.ADMIT and answer[0] is not Verdict.ADMIT_WITH_NOTE:
        return answer
    if sure:
        return list_age_verdict(rules, age_s) or answer
    # A rotating code says that it is of now: an unsure clock cannot tell (formats.md 1.4).
    lenient = rules.by_clock[moment.grade] is Verdict.ADMIT_WITH_NOTE
    if not lenient or outside is not None or claims.anchor is not None:
        return clock_verdict(rules, moment.grade)
    aged = list_age_verdict(rules, age_s)
    if aged is not None and aged[0] is not Verdict.ADMIT_WITH_NOTE:
        return aged
    return Verdict.ADMIT_WITH_NOTE, REASON_OF_CLOCK[moment.grade]
