"""Why a status may be changed: a closed list, and which statuses each reason can lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from issuer.errors import BadInput, Code, Refused
from keys.claims import Kind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReason:
    """One reason: its permanent code, the statuses it may set, and its words."""

    code: str
    statuses: tuple[Status, ...]
    zh: str
    en: str


_ADVERSE: Final = (Status.YELLOW, Status.RED)
REASONS: Final = {
    reason.code: reason
    for reason in (
        StatusReason(code="lost", statuses=(Status.WITHDRAWN,), zh="凭证遗失", en="pass lost"),
        StatusReason(
            code="replaced",
            statuses=(Status.WITHDRAWN,),
            zh="已换发新证",
            en="replaced by a new pass",
        ),
        StatusReason(code="cancelled", statuses=(Status.WITHDRAWN,), zh="已注销", en="cancelled"),
        StatusReason(code="close_contact", statuses=_ADVERSE, zh="密切接触者", en="close contact"),
        StatusReason(
            code="risk_area", statuses=_ADVERSE, zh="来自风险地区", en="comes from a risk area"
        ),
        StatusReason(code="symptoms", statuses=_ADVERSE, zh="有症状", en="symptoms"),
        StatusReason(code="recovered", statuses=(Status.GREEN,), zh="已康复", en="recovered"),
        StatusReason(
            code="period_ended",
            statuses=(Status.GREEN, Status.YELLOW),
            zh="观察期满",
            en="observation period ended",
        ),
        StatusReason(
            code="correction",
            statuses=(Status.GREEN, Status.YELLOW, Status.RED),
            zh="更正错误",
            en="correction of a mistake",
        ),
    )
}
STATUS_WORDS: Final = {status: status.name.lower() for status in Status}
KIND_WORDS: Final = {kind: kind.name.lower() for kind in Kind}
_STATUSES: Final = {word: status for status, word in STATUS_WORDS.items()}
_KINDS: Final = {word: kind for kind, word in KIND_WORDS.items()}


def status_of(word: str) -> Status:
    """Return the status that `word` names, else BadInput bad_arguments."""
    if word not in _STATUSES:
        raise BadInput(Code.BAD_ARGUMENTS, f"status is one of {', '.join(_STATUSES)}")
    return _STATUSES[word]


def kind_of(word: str) -> Kind:
    """Return the kind that `word` names, else BadInput bad_arguments."""
    if word not in _KINDS:
        raise BadInput(Code.BAD_ARGUMENTS, f"kind is one of {', '.join(_KINDS)}")
    return _KINDS[word]


def check_change(*, old: Status, new: Status, reason: str) -> StatusReason:
    """Return the reason if it may turn `old` into `new`.

    BadInput unknown_reason; Refused reason_not_for_status, withdrawn_is_final (its holder gets a
    new pass: what was reported lost must never open a gate again, whoever says so).
    """
    if reason not in REASONS:
        raise BadInput(Code.UNKNOWN_REASON, f"no reason {reason!r}")
    if old is Status.WITHDRAWN and new is not Status.WITHDRAWN:
        raise Refused(Code.WITHDRAWN_IS_FINAL)
    found = REASONS[reason]
    if new not in found.statuses:
        words = ", ".join(STATUS_WORDS[status] for status in found.statuses)
        raise Refused(Code.REASON_NOT_FOR_STATUS, f"{reason} may set {words}")
    return found
