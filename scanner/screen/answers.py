"""What the screen says of one judged code, line by line, and who comes first of several.

Every line can be made again in the other language at any moment, so an answer keeps the result and
not its text. No Qt in here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from keys.verdicts import Reason, Verdict
from scanner.decide.looks import LOOKS, MACHINE_AT_FAULT, Language, Look
from scanner.decide.reasons import next_step_of, title_of
from scanner.screen.words import KINDS, age_words, date_words

if TYPE_CHECKING:
    from scanner.decide.judgement import Judgement
    from scanner.station import ScanResult

# Most severe first: who may not pass is answered before who may.
SEVERITY: Final = (
    Verdict.REFUSE,
    Verdict.HAND_CHECK,
    Verdict.CANNOT_JUDGE,
    Verdict.ADMIT_WITH_NOTE,
    Verdict.ADMIT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the words need to know of the place. zone: the gate's, None for the machine's."""

    help_phone: str = ""
    zone: tzinfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One result as it is shown. place, of: first of two people, and so on.

    personal: False once name and ID tail are no longer to be shown. look_only: nothing was logged.
    """

    result: ScanResult
    place: int = 1
    of: int = 1
    personal: bool = True
    look_only: bool = False

    @property
    def verdict(self) -> Verdict:
        """The verdict."""
        return self.result.judgement.verdict

    @property
    def look(self) -> Look:
        """How the verdict looks."""
        return LOOKS[self.verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The text beside the sign and the word; empty where there is nothing to say."""

    headline: str
    why: str
    next_step: str
    remark: str


def answers_of(
    results: Iterable[ScanResult], *, look_only: bool = False, personal: bool = True
) -> tuple[Answer, ...]:
    """Return the answers for people who came at once, most severe first and numbered."""
    ranked = sorted(results, key=lambda result: SEVERITY.index(result.judgement.verdict))
    return numbered(
        tuple(Answer(result=one, look_only=look_only, personal=personal) for one in ranked)
    )


def numbered(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the same answers with their places counted anew."""
    count = len(answers)
    return tuple(replace(answer, place=n, of=count) for n, answer in enumerate(answers, 1))


def merged(shown: tuple[Answer, ...], new: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Return the answers of two moments that belong together, most severe first and numbered."""
    ranked = sorted((*shown, *new), key=lambda answer: SEVERITY.index(answer.verdict))
    return numbered(tuple(ranked))


def person_of(answer: Answer) -> str:
    """Return masked name and ID tail: `王*明 · 123X`, or the number that was asked for; empty if
    unknown or no longer to be shown.
    """
    if not answer.personal:
        return ""
    judgement = answer.result.judgement
    if judgement.reason is Reason.LOOKED_UP and judgement.identity is not None:
        return f"{judgement.identity.list_number}-{judgement.identity.index}"
    return " · ".join(part for part in (judgement.name, judgement.id_tail) if part)


def lines_of(answer: Answer, language: Language, site: Site) -> Lines:
    """Return the text beside the word, in `language`."""
    person = person_of(answer)
    if answer.verdict is Verdict.CANNOT_JUDGE:
        headline, why = MACHINE_AT_FAULT.of(language), why_of(answer, language, site)
        return Lines(
            headline=headline,
            why=why,
            next_step=_next_step(answer, language, site),
            remark=_joined(person, _remark(answer, language)),
        )
    return Lines(
        headline=person,
        why=why_of(answer, language, site),
        next_step=_next_step(answer, language, site),
        remark=_remark(answer, language),
    )


def why_of(answer: Answer, language: Language, site: Site) -> str:
    """Return the reason in one line, with the kind of pass and, for an old pass, its last day."""
    judgement = answer.result.judgement
    age_s = judgement.list_age_s
    title = title_of(
        judgement.reason, language, None if age_s is None else age_words(age_s, language)
    )
    if judgement.reason is Reason.EXPIRED and judgement.ends_at is not None:
        return _joined(title, date_words(judgement.ends_at, site.zone, language))
    if judgement.reason is Reason.LOOKED_UP and judgement.status is not None:
        # Not before the window's first paint: what is below it takes 4 ms to load.
        from scanner.decide.policy import REASON_OF_STATUS

        return _joined(title_of(REASON_OF_STATUS[judgement.status], language), title)
    if judgement.reason is Reason.SEEN_ELSEWHERE:
        return _joined(title, _where_seen(judgement, language))
    kind = KINDS.get(judgement.kind) if judgement.kind is not None else None
    return _joined(title, kind.of(language) if kind else "")


def _where_seen(judgement: Judgement, language: Language) -> str:
    """Return which lane saw the pass, and when: `west-2，14 秒前`."""
    said = {step.rule: step.value for step in judgement.trace}
    lane, age_s = said.get("seen_on_lane", ""), said.get("seen_age_s")
    if age_s is None:
        return str(lane)
    return f"{lane}，{age_s} 秒前" if language is Language.ZH else f"{lane}, {age_s} s ago"


def _next_step(answer: Answer, language: Language, site: Site) -> str:
    step = next_step_of(answer.result.judgement.reason, answer.verdict, language)
    if answer.verdict is not Verdict.REFUSE or not site.help_phone:
        return step
    return f"{step} · {'电话' if language is Language.ZH else 'call'} {site.help_phone}"


def temperature_of(answer: Answer) -> str:
    """Return the temperature that was judged: `36.5 °C`; empty if none was, or to nobody's eyes."""
    trace = answer.result.judgement.trace if answer.personal else ()
    tenths = [step.value for step in trace if step.rule == "temperature"]
    return f"{tenths[-1] / 10:.1f} °C" if tenths and isinstance(tenths[-1], int) else ""


def _remark(answer: Answer, language: Language) -> str:
    zh = language is Language.ZH
    degrees = temperature_of(answer)
    logged = ""
    if answer.look_only:
        logged = "只查询，不记录" if zh else "Look only, not logged"
    elif not answer.result.counted:
        logged = "刚才已经记录过" if zh else "Already logged a moment ago"
    return _joined(f"体温 {degrees}" if zh and degrees else degrees, logged)


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
