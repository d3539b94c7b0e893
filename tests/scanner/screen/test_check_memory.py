"""Hand checks of before the start: asked of the log, shown behind the others, and decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from keys.passages import Reason, Verdict
from scanner.decide.action_names import ActionName
from scanner.decide.actions import Action, Decide
from scanner.decide.looks import Language
from scanner.screen.answer_stand import Pace
from scanner.screen.check_memory import CheckMemory
from scanner.screen.hand_checks import HandChecks
from scanner.screen.hand_list_page import HandListPage
from scanner.station import ScanResult
from tests.scanner.screen.conftest import OpenGuard
from tests.scanner.screen.scenes import NOW, result

ALL = frozenset(ActionName)


def asked(number: int, **bent: Any) -> ScanResult:
    """Return a hand check as the log tells it after a start: sealed, with its number."""
    told = result(Verdict.HAND_CHECK, reason=Reason.YELLOW, name="", id_tail="", identity=None)
    told = replace(told, judgement=told.judgement._replace(kind=None), seen=None)
    at = NOW - timedelta(minutes=12)
    return replace(told, passage_id=bytes([number]) * 16, seen_at=at, sequence=number, **bent)


class KeptLoop:
    """A loop whose log says what the test says; counts how often it was asked."""

    def __init__(self) -> None:
        self.says: tuple[ScanResult, ...] | None = None
        self.asked = 0

    def undecided(self) -> tuple[ScanResult, ...] | None:
        """Return what the log says."""
        self.asked += 1
        return self.says


def test_a_log_that_cannot_say_yet_is_asked_again_and_then_left_alone() -> None:
    memory, loop = CheckMemory(), KeptLoop()
    assert memory.news(loop) is None
    loop.says = (asked(2), asked(1))
    assert memory.news(loop) == loop.says
    assert memory.news(loop) is None
    assert loop.asked == 2


def test_whoever_was_decided_about_goes_and_nobody_new_comes_from_the_log() -> None:
    memory, loop = CheckMemory(), KeptLoop()
    loop.says = (asked(2), asked(1))
    memory.news(loop)
    loop.says = (asked(9), asked(1))
    memory.somebody_came()
    assert memory.news(loop) == (asked(1),)
    loop.says = (asked(9),)
    memory.somebody_came()
    assert memory.news(loop) == ()
    memory.somebody_came()
    assert memory.news(loop) is None
    assert loop.asked == 3


def test_an_empty_list_is_no_news_and_asked_for_once() -> None:
    memory, loop = CheckMemory(), KeptLoop()
    loop.says = ()
    assert memory.news(loop) is None
    memory.somebody_came()
    assert memory.news(loop) is None
    assert loop.asked == 1


def test_a_loop_that_keeps_no_log_is_not_asked() -> None:
    assert CheckMemory().news(object()) is None


def test_who_waited_before_the_start_stands_behind_who_came_since() -> None:
    checks = HandChecks()
    new = replace(result(Verdict.HAND_CHECK), passage_id=b"n" * 16)
    checks.note(new)
    checks.remember((asked(2), asked(1), replace(asked(3), passage_id=new.passage_id)))
    ids = [answer.result.passage_id for answer in checks.waiting]
    assert ids == [b"n" * 16, b"\x02" * 16, b"\x01" * 16]
    checks.drop(b"\x02" * 16)
    checks.note(replace(result(Verdict.ADMIT, identity=None), about=b"\x01" * 16))
    assert [answer.result.passage_id for answer in checks.waiting] == [b"n" * 16]


def test_of_more_than_the_list_holds_the_newest_stand_there() -> None:
    checks = HandChecks()
    checks.remember(tuple(asked(number) for number in range(200, 130, -1)))
    assert len(checks.waiting) == 50


@pytest.mark.parametrize(
    ("language", "line"),
    [
        (Language.ZH, "08:29 · 第 7 条，姓名已封存   12 分钟"),
        (Language.EN, "08:29 · row 7, name sealed   12 min"),
    ],
)
def test_a_sealed_row_says_its_time_and_number_and_is_decided_like_any_other(
    open_guard: OpenGuard, language: Language, line: str
) -> None:
    window = open_guard(language, actions=ALL)
    actions: list[Action] = []
    window.action_asked.connect(actions.append)
    window.show_undecided((asked(7),))
    assert window.desk.buttons["hand_list"].text().endswith(" 1")
    window.desk.open_hand_list()
    page = window.questions.current
    assert isinstance(page, HandListPage)
    assert page.rows.item(0).text().replace("\xa0·", " ·").splitlines()[0] == line
    page.buttons["admit"].click()
    assert actions == [Decide(passage_id=b"\x07" * 16, admitted=True, papers_seen=False)]
    window.show_undecided(())
    assert window.desk.checks.waiting == ()


def test_where_nobody_stands_by_even_a_plain_row_says_no_name(open_guard: OpenGuard) -> None:
    window = open_guard(Language.EN, actions=ALL, pace=Pace(unattended=True))
    named = asked(7)
    named = replace(named, judgement=named.judgement._replace(name="王*明", id_tail="123X"))
    window.show_undecided((named,))
    window.desk.open_hand_list()
    page = window.questions.current
    assert isinstance(page, HandListPage)
    assert page.rows.item(0).text().replace("\xa0·", " ·").startswith("08:29 · row 7   ")
