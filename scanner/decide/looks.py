"""How each verdict looks and sounds: sign, word, colour and sound say the same thing at once.

The grounds differ by at least 26 CIELAB units for protan, deutan and tritan sight, the signs by
their outline, and the words stand in two languages, so no signal carries the meaning alone.
tests/scanner/decide/test_looks.py computes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.verdicts import Verdict


class Language(StrEnum):
    """The languages that people at a gate read."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One sentence in every language of the gate."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.zh if language is Language.ZH else self.en


class Sign(StrEnum):
    """The drawings; each has an outline of its own, so that it is told apart without its colour."""

    CHECK_CIRCLE = "check_circle"
    CHECK_CIRCLE_BAND = "check_circle_band"
    BANG_TRIANGLE = "bang_triangle"
    CROSS_OCTAGON = "cross_octagon"
    QUESTION_SQUARE = "question_square"


class Tone(StrEnum):
    """The sounds; scanner/gate/sounds.py plays one for each verdict."""

    HIGH = "high"
    HIGH_THEN_TICK = "high_then_tick"
    TWO_MIDDLE = "two_middle"
    LONG_LOW = "long_low"
    THREE_LOW_TICKS = "three_low_ticks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a verdict shows. Colours are #RRGGBB.

    hold_s: seconds until the start view comes back by itself. second_word: what stands in the band
    below (ADMIT_WITH_NOTE only). general_step: what comes next when the reason's own next step
    belongs to another verdict.
    """

    word: Wording
    ground: str
    text: str
    sign: Sign
    tone: Tone
    hold_s: float
    general_step: Wording
    second_word: Wording | None = None
    band_ground: str | None = None
    band_text: str | None = None


_AMBER: Final = "#FFC533"
_INK: Final = "#111111"
_WHITE: Final = "#FFFFFF"

LOOKS: Final[dict[Verdict, Look]] = {
    Verdict.ADMIT: Look(
        word=Wording(zh="放行", en="ADMIT"),
        ground="#008560",
        text=_WHITE,
        sign=Sign.CHECK_CIRCLE,
        tone=Tone.HIGH,
        hold_s=3.0,
        general_step=Wording(zh="请通过", en="Please go through"),
    ),
    Verdict.ADMIT_WITH_NOTE: Look(
        word=Wording(zh="放行，请看提示", en="ADMIT, SEE NOTE"),
        ground="#008560",
        text=_WHITE,
        sign=Sign.CHECK_CIRCLE_BAND,
        tone=Tone.HIGH_THEN_TICK,
        hold_s=8.0,
        general_step=Wording(
            zh="请通过；值守人员请看提示", en="Please go through; staff, see the note"
        ),
        second_word=Wording(zh="请看提示", en="SEE NOTE"),
        band_ground=_AMBER,
        band_text=_INK,
    ),
    Verdict.HAND_CHECK: Look(
        word=Wording(zh="人工核验", en="HAND CHECK"),
        ground=_AMBER,
        text=_INK,
        sign=Sign.BANG_TRIANGLE,
        tone=Tone.TWO_MIDDLE,
        hold_s=8.0,
        general_step=Wording(
            zh="请出示证件，由值守人员核对", en="Please show the guard an ID document"
        ),
    ),
    Verdict.REFUSE: Look(
        word=Wording(zh="请止步", en="PLEASE STOP"),
        ground="#84001F",
        text=_WHITE,
        sign=Sign.CROSS_OCTAGON,
        tone=Tone.LONG_LOW,
        hold_s=8.0,
        general_step=Wording(
            zh="请到侧窗口，工作人员会帮您办理",
            en="Please go to the side window; staff will help you",
        ),
    ),
    Verdict.CANNOT_JUDGE: Look(
        word=Wording(zh="无法判断", en="CANNOT JUDGE"),
        ground="#3E4C66",
        text=_WHITE,
        sign=Sign.QUESTION_SQUARE,
        tone=Tone.THREE_LOW_TICKS,
        hold_s=8.0,
        general_step=Wording(
            zh="请按人工流程办理，并通知维护人员",
            en="Staff: use the paper procedure and call maintenance",
        ),
    ),
}


MACHINE_AT_FAULT: Final = Wording(
    zh="设备问题，不是来人的问题", en="The machine is at fault, not the person"
)
