from __future__ import annotations

import re
from pathlib import Path

import pytest

import issuer
from issuer.errors import BadInput, Code, Fault
from issuer.people.web.words import WORDS, query_text, word
from issuer.problems.table import PROBLEMS
from issuer.problems.web import explain
from keys.passages import Reason, Verdict

TOP = Path(issuer.__file__).parent


def test_every_code_is_told_in_both_languages_with_a_next_step() -> None:
    assert set(PROBLEMS) == set(Code)
    for problem in PROBLEMS.values():
        assert 400 <= problem.status < 600
        for language in ("zh", "en"):
            assert len(problem.title(language)) >= 3
            assert len(problem.next(language)) >= 5
        assert re.search("[\u4e00-\u9fff]", problem.title_zh)
        assert re.search("[\u4e00-\u9fff]", problem.next_zh)


def test_every_code_is_raised_somewhere() -> None:
    source = "".join(path.read_text() for path in TOP.rglob("*.py") if path.name != "errors.py")
    for code in Code:
        assert len(re.findall(rf"\bCode\.{code.name}\b", source)) >= 2, code


def test_details_of_a_fault_stay_in_the_log() -> None:
    assert explain(Fault(Code.KEY_FILE, "/secret/path"), "en").detail == ""
    assert explain(BadInput(Code.BAD_NAME, "too long"), "en").detail == "too long"


@pytest.mark.parametrize("group", sorted(WORDS))
def test_words_come_in_two_languages_and_unknown_ones_stand_for_themselves(group: str) -> None:
    for code, (zh, en) in WORDS[group].items():
        assert word(group, code, "zh") == zh
        assert word(group, code, "en") == en
    assert word(group, "of_tomorrow", "zh") == "of_tomorrow"


def test_every_verdict_and_reason_has_a_word() -> None:
    assert set(WORDS["verdict"]) == {verdict.value for verdict in Verdict}
    assert {reason.value for reason in Reason} <= set(WORDS["reason"])


def test_a_query_leaves_out_what_is_empty() -> None:
    assert query_text({"a": "1 2", "b": "", "c": "&"}) == "a=1+2&c=%26"
