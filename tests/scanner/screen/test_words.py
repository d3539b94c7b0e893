"""Ages, dates and kinds as people say them; and the window's own words in both languages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from keys.claims import Status
from keys.passages import PassIdentity, Reason, Verdict
from scanner.decide.judgement import TraceStep
from scanner.decide.looks import Language
from scanner.decide.reasons import REASONS
from scanner.screen.answers import Answer, Site, lines_of, why_of
from scanner.screen.themes import THEMES, Theme
from scanner.screen.words import KINDS, age_words, clock_words, count_words, date_words
from tests.scanner.decide.colours import contrast
from tests.scanner.screen.scenes import NOW, result

SCREEN = Path(__file__).parents[3] / "scanner" / "screen"
HANGZHOU = timezone(timedelta(hours=8))


@pytest.mark.parametrize(
    ("age_s", "zh", "en"),
    [
        (0, "1 分钟", "1 min"),
        (119, "1 分钟", "1 min"),
        (120, "2 分钟", "2 min"),
        (7199, "119 分钟", "119 min"),
        (7200, "2 小时", "2 h"),
        (172_799, "47 小时", "47 h"),
        (172_800, "2 天", "2 days"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(age_s: int, zh: str, en: str) -> None:
    assert age_words(age_s, Language.ZH) == zh
    assert age_words(age_s, Language.EN) == en


def test_times_and_days_are_those_of_the_gate() -> None:
    at = datetime(2026, 3, 13, 23, 30, 5, tzinfo=UTC)
    assert clock_words(at, HANGZHOU) == "07:30"
    assert clock_words(at, HANGZHOU, seconds=True) == "07:30:05"
    assert date_words(int(at.timestamp()), HANGZHOU, Language.ZH) == "3 月 14 日"
    assert date_words(int(at.timestamp()), HANGZHOU, Language.EN) == "14 Mar"
    assert count_words(1204) == "1,204"


def test_an_old_pass_says_its_last_day() -> None:
    old = result(Verdict.REFUSE, reason=Reason.EXPIRED, ends_at=int(NOW.timestamp()) - 3 * 86_400)
    why = why_of(Answer(result=old), Language.EN, Site(zone=HANGZHOU))
    assert why.endswith("18 Nov")


def test_every_kind_of_pass_has_a_name() -> None:
    for kind, wording in KINDS.items():
        one = result(Verdict.ADMIT, kind=kind)
        assert wording.zh in why_of(Answer(result=one), Language.ZH, Site())


def test_a_temperature_that_was_judged_stands_beside_the_answer_for_a_guard_only() -> None:
    trace = (TraceStep("temperature", 374), TraceStep("temperature", 365))
    warm = Answer(result=result(Verdict.ADMIT, trace=trace))
    assert lines_of(warm, Language.ZH, Site()).remark == "体温 36.5 °C"
    assert lines_of(warm, Language.EN, Site()).remark == "36.5 °C"
    assert lines_of(replace(warm, personal=False), Language.EN, Site()).remark == ""
    missing = Answer(result=result(Verdict.ADMIT, trace=(TraceStep("temperature", "none"),)))
    assert lines_of(missing, Language.EN, Site()).remark == ""


def test_a_look_up_says_which_number_and_what_the_list_says_of_it() -> None:
    asked = result(
        Verdict.HAND_CHECK,
        reason=Reason.LOOKED_UP,
        identity=PassIdentity("hz", 3, 777_777),
        name="",
        id_tail="",
        kind=None,
        status=Status.YELLOW,
    )
    lines = lines_of(Answer(result=asked), Language.ZH, Site())
    assert lines.headline == "3-777777"
    assert lines.why.startswith(REASONS[Reason.YELLOW].title.zh)
    assert REASONS[Reason.LOOKED_UP].title.zh in lines.why
    assert lines_of(Answer(result=asked, personal=False), Language.ZH, Site()).headline == ""


def test_a_neighbours_word_says_which_lane_and_when() -> None:
    trace = (TraceStep("seen_on_lane", "west-2"), TraceStep("seen_age_s", 14))
    seen = result(Verdict.HAND_CHECK, reason=Reason.SEEN_ELSEWHERE, trace=trace)
    assert why_of(Answer(result=seen), Language.EN, Site()).endswith("west-2, 14 s ago")
    assert why_of(Answer(result=seen), Language.ZH, Site()).endswith("west-2，14 秒前")
    silent = result(Verdict.HAND_CHECK, reason=Reason.SEEN_ELSEWHERE)
    assert why_of(Answer(result=silent), Language.EN, Site())


def test_without_a_number_to_call_none_is_named() -> None:
    lines = lines_of(Answer(result=result(Verdict.REFUSE)), Language.EN, Site())
    assert "call" not in lines.next_step


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_everything_beside_the_answer_can_be_read(theme: Theme) -> None:
    for ground in (theme.ground, theme.surface):
        for text in (theme.text, theme.quiet_text, theme.warning):
            assert contrast(ground, text) >= 4.5
    for accent in theme.accents.values():
        assert contrast(theme.surface, accent) >= 4.5


def test_in_the_sun_there_are_no_greys() -> None:
    sun = THEMES[next(name for name in THEMES if name == "sun")]
    assert {sun.text, sun.quiet_text, sun.line, sun.warning} == {"#000000"}
    assert {sun.ground, sun.surface} == {"#FFFFFF"}


def _tool(name: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{name}")
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, timeout=180
    )
    assert done.returncode == 0, done.stderr


def test_every_word_of_the_window_is_translated(tmp_path: Path) -> None:
    fresh = tmp_path / "kakou_zh.ts"
    fresh.write_bytes((SCREEN / "kakou_zh.ts").read_bytes())
    sources = sorted(str(path) for path in SCREEN.glob("*.py"))
    _tool("lupdate", *sources, "-ts", str(fresh), "-locations", "none", "-no-obsolete")
    messages = list(ET.parse(fresh).iter("message"))  # noqa: S314 - our own file
    assert messages
    for message in messages:
        translation = message.find("translation")
        assert translation is not None
        assert translation.get("type") is None, message.findtext("source")
        assert translation.text


def test_the_compiled_words_are_those_of_the_source(tmp_path: Path) -> None:
    compiled = tmp_path / "kakou_zh.qm"
    _tool("lrelease", str(SCREEN / "kakou_zh.ts"), "-qm", str(compiled))
    assert compiled.read_bytes() == (SCREEN / "kakou_zh.qm").read_bytes()
