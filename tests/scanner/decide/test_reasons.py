"""The table of reasons: whole, kind, and never without a next step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keys.passages import Reason, Verdict
from scanner.decide.looks import LOOKS, Language
from scanner.decide.notices import (
    CAMERA,
    CAMERA_OTHER,
    HINT_OTHER,
    HINTS,
    OFFLINE,
    OFFLINE_OTHER,
    SOUND,
    SOUND_OTHER,
    Notice,
    camera_notice,
    hint_notice,
    offline_notice,
    sound_notice,
    trouble_notice,
)
from scanner.decide.notices_desk import (
    ACTION_FAULTS,
    ACTION_OTHER,
    ASIDE,
    ASIDE_OTHER,
    DEVICE_OTHER,
    DEVICES,
    EARLIER_LOGS,
    GATE,
    LOG_FAULT_OTHER,
    LOG_FAULTS,
    action_notice,
    aside_notice,
    device_notice,
    earlier_log_notice,
    log_notice,
)
from scanner.decide.reasons import REASONS, Side, next_step_of, title_of
from scanner.decide.reasons_hand import OF_HAND
from scanner.decide.reasons_page import reasons_page
from scanner.decide.reasons_pass import OF_PASS
from scanner.decide.reasons_place import OF_PLACE
from scanner.decide.reasons_station import OF_STATION

_PAGE = Path(__file__).parents[3] / "docs" / "reasons.md"
_BLAME = re.compile(
    r"invalid|illegal|fake|forged|cheat|denied|无效|非法|伪造|假码|禁止|违规", re.IGNORECASE
)


def _notices() -> list[Notice]:
    tables = [*OFFLINE.values(), *CAMERA.values(), *SOUND.values(), *HINTS.values()]
    of_desk = [
        row
        for table in (LOG_FAULTS, EARLIER_LOGS, DEVICES, GATE, ACTION_FAULTS, ASIDE)
        for row in table.values()
    ]
    others = [OFFLINE_OTHER, CAMERA_OTHER, SOUND_OTHER, HINT_OTHER]
    return [
        *(*tables, *of_desk, *others),
        *(LOG_FAULT_OTHER, DEVICE_OTHER, ACTION_OTHER, ASIDE_OTHER),
    ]


def test_every_reason_has_a_row() -> None:
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", Language)
def test_every_row_says_why_and_what_next_without_blame(reason: Reason, language: Language) -> None:
    title = title_of(reason, language)
    step = next_step_of(reason, REASONS[reason].usual, language)
    for text in (title, step):
        assert text.strip() == text != ""
        assert "{" not in text
        assert not _BLAME.search(text), text
        # Longer texts do not fit beside the word on a small screen.
        assert len(text) <= (26 if language is Language.ZH else 80), text


@pytest.mark.parametrize("reason", Reason)
def test_chinese_and_english_are_not_mixed_up(reason: Reason) -> None:
    row = REASONS[reason]
    for wording in (row.title, row.next_step):
        assert re.search("[一-鿿]", wording.zh)
        assert not re.search("[一-鿿]", wording.en)


@pytest.mark.parametrize("reason", [r for r in Reason if REASONS[r].usual is Verdict.REFUSE])
def test_every_refusal_names_a_place_or_a_time_to_go_to(reason: Reason) -> None:
    step = REASONS[reason].next_step
    assert "侧窗口" in step.zh
    assert "side window" in step.en


@pytest.mark.parametrize("reason", Reason)
def test_where_the_machine_cannot_judge_the_cause_is_not_the_holders(reason: Reason) -> None:
    row = REASONS[reason]
    if row.usual is Verdict.CANNOT_JUDGE:
        assert row.side in {Side.STATION, Side.NETWORK}


def test_only_a_green_pass_and_an_emergency_are_admitted_without_a_word() -> None:
    admitted = {reason for reason, row in REASONS.items() if row.usual is Verdict.ADMIT}
    assert admitted == {
        Reason.GREEN,
        Reason.EMERGENCY,
        Reason.FIRE_RELEASE,
        Reason.HAND_CHECKED,
        Reason.REGISTERED_BY_HAND,
    }


def test_no_reason_stands_in_two_tables() -> None:
    assert sum(len(table) for table in (OF_PASS, OF_STATION, OF_PLACE, OF_HAND)) == len(REASONS)


def test_the_age_of_the_list_stands_in_the_title_when_it_is_known() -> None:
    assert "9 小时" in title_of(Reason.LIST_STALE, Language.ZH, "9 小时")
    assert "9 h" in title_of(Reason.LIST_STALE, Language.EN, "9 h")
    assert title_of(Reason.LIST_STALE, Language.ZH) == "名单已很久未更新"
    assert "a long time" in title_of(Reason.LIST_STALE, Language.EN)


@pytest.mark.parametrize("language", Language)
def test_an_unusual_verdict_brings_its_own_next_step(language: Language) -> None:
    step = next_step_of(Reason.LIST_LATE, Verdict.REFUSE, language)
    assert step == LOOKS[Verdict.REFUSE].general_step.of(language)
    assert next_step_of(Reason.GREEN, Verdict.HAND_CHECK, language) != next_step_of(
        Reason.GREEN, Verdict.ADMIT, language
    )


def test_every_notice_says_what_is_the_matter_and_what_to_do() -> None:
    for notice in _notices():
        for wording in (notice.title, notice.next_step):
            assert re.search("[一-鿿]", wording.zh)
            assert wording.en.isascii()


def test_codes_that_no_table_knows_get_the_general_words() -> None:
    assert offline_notice("no_route") is OFFLINE["no_route"]
    assert offline_notice("gremlins") is offline_notice(None) is OFFLINE_OTHER
    assert camera_notice("busy") is CAMERA["busy"]
    assert camera_notice("gremlins") is CAMERA_OTHER
    assert trouble_notice("camera_gremlins") is CAMERA_OTHER
    assert sound_notice("no_player") is SOUND["no_player"]
    assert sound_notice("gremlins") is SOUND_OTHER
    assert hint_notice("not_a_pass") is HINTS["not_a_pass"]
    assert hint_notice("gremlins") is HINT_OTHER
    assert log_notice("disk_full") is action_notice("disk_full") is LOG_FAULTS["disk_full"]
    assert log_notice("gremlins") is LOG_FAULT_OTHER
    assert earlier_log_notice("log_missing") is EARLIER_LOGS["log_missing"]
    assert earlier_log_notice("gremlins") is EARLIER_LOGS["log_damaged"]
    assert device_notice("device_silent") is DEVICES["device_silent"]
    assert device_notice("gremlins") is DEVICE_OTHER
    assert action_notice("too_late") is ACTION_FAULTS["too_late"]
    assert action_notice("gremlins") is ACTION_OTHER
    assert aside_notice("conflict") is ASIDE["conflict"]
    assert aside_notice("gremlins") is ASIDE_OTHER


def test_the_page_in_docs_is_made_from_the_tables_as_they_are() -> None:
    assert _PAGE.read_text(encoding="utf-8") == reasons_page(), (
        "write it anew: python -m tests.scanner.decide.write_reasons_page"
    )


def test_the_page_names_every_code() -> None:
    page = reasons_page()
    of_desk = (*LOG_FAULTS, *EARLIER_LOGS, *DEVICES, *GATE, *ACTION_FAULTS, *ASIDE)
    for code in (*Reason, *Verdict, *OFFLINE, *CAMERA, *SOUND, *HINTS, *of_desk):
        assert f"`{code}`" in page


@pytest.mark.parametrize("code", ["unplugged", "already_running", "camera_source_not_found"])
def test_a_gate_that_cannot_scan_says_its_own_trouble(code: str) -> None:
    assert trouble_notice(code) is CAMERA[code]


@pytest.mark.parametrize("code", LOG_FAULTS)
def test_a_gate_without_its_log_does_not_blame_the_camera(code: str) -> None:
    assert trouble_notice(code) is LOG_FAULTS[code]


def test_trouble_that_no_table_knows_is_the_gates_and_not_the_cameras() -> None:
    assert trouble_notice("key_file_locked") is CAMERA["station_fault"]
