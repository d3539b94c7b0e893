"""The tables of docs/policies.md: the presets side by side, and the numbers of the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from keys.claims import Kind
from keys.passages import Verdict
from keys.policies import DAY_S, HOUR_S, Policy, StatusVerdicts
from keys.policyfile import FIELD_NUMBERS
from keys.policypresets import PRESETS

_NOT_ASKED: Final = "-"


def presets_table() -> str:
    """Return the Markdown table of the presets: a row for each question, a column for each kind of
    place.
    """
    places = list(PRESETS)
    head = ["| question |" + "".join(f" {place} |" for place in places)]
    head.append("| --- |" + " --- |" * len(places))
    rows = [
        f"| {question} |" + "".join(f" {tell(PRESETS[place])} |" for place in places)
        for question, tell in _QUESTIONS.items()
    ]
    return "\n".join([*head, *rows])


def fields_table() -> str:
    """Return the Markdown table of field numbers."""
    rows = [f"| {number} | `{name}` |" for name, number in FIELD_NUMBERS.items()]
    return "\n".join(["| number | field |", "| --- | --- |", *rows])


def _word(verdict: Verdict) -> str:
    return verdict.value.replace("_", " ")


def _statuses(statuses: StatusVerdicts | None) -> str:
    if statuses is None:
        return "as on entry"
    every = (statuses.green, statuses.yellow, statuses.red, statuses.withdrawn)
    return " / ".join(map(_word, every))


def _span(seconds: int) -> str:
    if seconds % DAY_S == 0:
        return f"{seconds // DAY_S} d"
    return f"{seconds // HOUR_S} h" if seconds % HOUR_S == 0 else f"{seconds} s"


def _ages(policy: Policy) -> str:
    ages = policy.ages
    return " / ".join(map(_span, (ages.late_s, ages.stale_s, ages.closed_s)))


def _hours(policy: Policy) -> str:
    hours = policy.hours
    return _NOT_ASKED if hours is None else f"{hours.start} to {hours.end}"


def _party(policy: Policy) -> str:
    rule = policy.party
    return _NOT_ASKED if rule is None else f"at most {rule.most}, else {_word(rule.verdict)}"


def _temperature(policy: Policy) -> str:
    rule = policy.temperature
    if rule is None:
        return _NOT_ASKED
    asked = "required" if rule.required else "if taken"
    limit = f"{rule.limit_tenths // 10}.{rule.limit_tenths % 10}"
    return f"{asked}; from {limit} after {rule.remeasures} re-measures {_word(rule.verdict)}"


def _capacity(policy: Policy) -> str:
    rule = policy.capacity
    if rule is None:
        return _NOT_ASKED
    hard = "never closed" if rule.hard is None else f"closed above {rule.hard}"
    return hard if rule.soft is None else f"told above {rule.soft}, {hard}"


def _passback(policy: Policy) -> str:
    rule = policy.passback
    if rule is None:
        return _NOT_ASKED
    return rule.mode.value + (f", {_span(rule.window_s)}" if rule.window_s else "")


def _kinds(policy: Policy) -> str:
    return ", ".join(Kind(kind).name.lower() for kind in policy.kinds) or "all"


def _quota(policy: Policy) -> str:
    rule = policy.quota
    return _NOT_ASKED if rule is None else f"{rule.a_day}, then {_word(rule.verdict)}"


def _companions(policy: Policy) -> str:
    told = [
        f"{', '.join(Kind(kind).name.lower() for kind in rule.kinds)} within "
        f"{_span(rule.within_s)}, else {_word(rule.verdict)}"
        for rule in policy.companions
    ]
    return "; ".join(told) or _NOT_ASKED


def _conditions(policy: Policy) -> str:
    told = [f"`{rule.name}`, else {_word(rule.verdict)}" for rule in policy.conditions]
    return "; ".join(told) or _NOT_ASKED


_QUESTIONS: Final[Mapping[str, Callable[[Policy], str]]] = {
    "entry: green / yellow / red / withdrawn": lambda policy: _statuses(policy.entry),
    "exit: green / yellow / red / withdrawn": lambda policy: _statuses(policy.exit),
    "list late / stale / closed after": _ages,
    "clock not confirmed": lambda policy: _word(policy.clocks.not_confirmed),
    "clock set back": lambda policy: _word(policy.clocks.rolled_back),
    "open": _hours,
    "party": _party,
    "temperature": _temperature,
    "capacity": _capacity,
    "anti-passback": _passback,
    "kinds": _kinds,
    "entries a day": _quota,
    "needs a companion": _companions,
    "conditions": _conditions,
    "a refusal becomes": lambda policy: _word(policy.refusal),
}
