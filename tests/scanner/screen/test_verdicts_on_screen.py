"""Every verdict as a guard sees, hears and reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from keys.passages import Reason, Verdict
from scanner.decide.looks import LOOKS, MACHINE_AT_FAULT, Language
from scanner.decide.reasons import REASONS, next_step_of
from scanner.gate.sounds import pcm_of
from scanner.gate.sounds_player import RecordingPlayer
from scanner.screen.answer_painting import Setting, word_lines, word_pixels
from scanner.screen.answers import Answer, lines_of
from scanner.screen.gate_window import GateWindow
from scanner.screen.guard_window import GuardWindow
from scanner.screen.themes import ThemeName
from tests.scanner.screen.conftest import OpenGuard, colour_at, share_of
from tests.scanner.screen.scenes import HANGZHOU, result, step

SIZES = [(1280, 800), (800, 480)]


def _panel(window: GateWindow) -> QImage:
    return window.panel.grab().toImage()


def _heard(window: GateWindow) -> list[Verdict]:
    assert isinstance(window.player, RecordingPlayer)
    return [verdict for verdict, _ in window.player.played]


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("theme", ThemeName)
def test_a_verdict_always_has_sign_word_colour_and_sound(
    open_guard: OpenGuard, verdict: Verdict, language: Language, theme: ThemeName
) -> None:
    window = open_guard(language, theme=theme)
    window.show_step(step(result(verdict)))
    image, look = _panel(window), LOOKS[verdict]
    # Colour: the ground fills the panel from edge to edge.
    assert {colour_at(image, x, 0.02) for x in (0.001, 0.25, 0.5, 0.75, 0.998)} == {look.ground}
    # Sign: where it stands there are strokes in the text's colour.
    sign = image.copy(0, 0, int(image.width() * 0.19), int(image.height() * 0.68))
    assert share_of(sign, look.text) > 0.04
    # Word: so much of the text's colour is letters.
    word = image.copy(
        int(image.width() * 0.2), 0, int(image.width() * 0.3), int(image.height() * 0.68)
    )
    assert share_of(word, look.text) > 0.08
    # Sound: exactly once, the samples of this verdict.
    assert isinstance(window.player, RecordingPlayer)
    assert window.player.played == [(verdict, pcm_of(verdict))]
    # A screen reader hears both words.
    assert look.word.zh in window.panel.accessibleName()
    assert look.word.en in window.panel.accessibleName()


def test_the_note_lies_on_an_amber_band(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_step(step(result(Verdict.ADMIT_WITH_NOTE)))
    image = _panel(window)
    assert colour_at(image, 0.999, 0.97) == LOOKS[Verdict.ADMIT_WITH_NOTE].band_ground
    assert colour_at(image, 0.999, 0.3) == LOOKS[Verdict.ADMIT_WITH_NOTE].ground


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("large", [False, True])
def test_the_answer_is_wide_high_and_its_word_an_eighth_of_the_screen(
    open_guard: OpenGuard,
    size: tuple[int, int],
    verdict: Verdict,
    language: Language,
    large: bool,
) -> None:
    window = open_guard(language, size=size, large_type=large)
    window.show_step(step(result(verdict)))
    assert window.size().toTuple() == size
    panel = window.panel.geometry()
    assert panel.width() == window.width()
    assert panel.height() >= 0.4 * window.height()
    setting = Setting(language=language, large=large, screen_height=size[1], site=HANGZHOU)
    pixels = word_pixels(LOOKS[verdict], QRectF(panel), setting)
    # A capital is 0.73 of the font's size, a Chinese character 0.92.
    ink = pixels * (0.92 if language is Language.ZH else 0.735)
    assert ink >= size[1] / 8 - 0.01


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("language", Language)
def test_no_letter_touches_the_edge_of_the_panel(
    open_guard: OpenGuard, verdict: Verdict, language: Language
) -> None:
    for size in SIZES:
        window = open_guard(language, size=size, large_type=True)
        window.show_step(step(result(verdict)))
        image, look = _panel(window), LOOKS[verdict]
        right = image.copy(image.width() - 8, 0, 8, image.height())
        top = image.copy(0, 0, image.width(), 3)
        assert share_of(right, look.text) == 0
        assert share_of(top, look.text) == 0


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", Language)
def test_every_reason_fits_beside_its_word_on_a_small_screen(
    open_guard: OpenGuard, reason: Reason, language: Language
) -> None:
    window = open_guard(language, size=(800, 480))
    row = REASONS[reason]
    window.show_step(step(result(row.usual, reason=reason)))
    image, look = _panel(window), LOOKS[row.usual]
    foot = image.copy(0, image.height() - 3, image.width(), 3)
    assert share_of(foot, look.band_text or look.text) == 0
    described = window.panel.accessibleDescription()
    assert next_step_of(reason, row.usual, language) in described


def test_a_refusal_names_the_next_step_and_the_number_to_call() -> None:
    lines = lines_of(Answer(result=result(Verdict.REFUSE)), Language.ZH, HANGZHOU)
    assert next_step_of(Reason.RED, Verdict.REFUSE, Language.ZH) in lines.next_step
    assert "12345" in lines.next_step


def test_when_the_machine_cannot_judge_it_says_that_it_is_not_the_person() -> None:
    lines = lines_of(Answer(result=result(Verdict.CANNOT_JUDGE)), Language.EN, HANGZHOU)
    assert lines.headline == MACHINE_AT_FAULT.en


def test_the_name_stands_masked_with_the_tail_of_the_id(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_step(step(result(Verdict.ADMIT)))
    assert "王*明 · 123X" in window.panel.accessibleDescription()


def test_words_stand_whole_over_band_and_line() -> None:
    note = LOOKS[Verdict.ADMIT_WITH_NOTE]
    assert word_lines(note, Language.ZH) == ["放行"]
    assert word_lines(note, Language.EN) == ["ADMIT"]
    assert word_lines(LOOKS[Verdict.REFUSE], Language.EN) == ["PLEASE", "STOP"]
    assert word_lines(LOOKS[Verdict.REFUSE], Language.ZH) == ["请止步"]


def test_a_muted_window_shows_and_stays_silent(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.sound_button.click()
    window.show_step(step(result(Verdict.REFUSE)))
    assert window.panel.answer is not None
    assert _heard(window) == []
    window.stand.clear()
    window.sound_button.click()
    window.show_step(step(result(Verdict.ADMIT, number=8)))
    assert _heard(window) == [Verdict.ADMIT]


def test_the_answer_can_be_read_in_the_other_language_at_once(open_guard: OpenGuard) -> None:
    window = open_guard()
    window.show_step(step(result(Verdict.REFUSE)))
    zh = window.panel.accessibleDescription()
    window.language_button.click()
    assert window.language is Language.EN
    assert window.panel.accessibleDescription() != zh
    assert LOOKS[Verdict.REFUSE].word.zh in window.panel.accessibleName()
    window.language_button.click()
    assert window.panel.accessibleDescription() == zh


def _open_twice(open_guard: Callable[..., GuardWindow]) -> tuple[GuardWindow, GuardWindow]:
    return open_guard(Language.ZH), open_guard(Language.EN)


def test_a_window_speaks_only_its_own_language(open_guard: OpenGuard) -> None:
    first, second = _open_twice(open_guard)
    first.close()
    second.set_language(Language.EN)
    assert second.look_only_button.text().isascii()
    second.set_language(Language.ZH)
    assert not second.look_only_button.text().isascii()
