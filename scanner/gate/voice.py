"""What a kiosk says aloud, first in Chinese, then in English: made offline by espeak-ng.

The voice comes after the tone, is cut off by the next verdict, and is made once for each verdict.
espeak-ng missing or failing -> the tone alone; the screen says the same anyway.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import wave
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from keys.passages import Verdict
from scanner.gate.sounds import RATE_HZ

_PROGRAM: Final = "espeak-ng"
_CHINESE: Final = "cmn-latn-pinyin"
_ENGLISH: Final = "en"
_WORDS_A_MINUTE: Final = "150"  # slower than its default: gates are loud
_PAUSE_S: Final = 0.25
_MAX_S: Final = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """One sentence. said: as the voice reads it; espeak-ng knows how Pinyin sounds, but spells
    Chinese characters out in English.
    """

    voice: str
    written: str
    said: str


def _both(written: str, pinyin: str, english: str) -> tuple[Phrase, Phrase]:
    return (
        Phrase(voice=_CHINESE, written=written, said=pinyin),
        Phrase(voice=_ENGLISH, written=english, said=english),
    )


# Short, because the next person waits: what to do, never why, and never a name.
SPOKEN: Final[dict[Verdict, tuple[Phrase, Phrase]]] = {
    Verdict.ADMIT: _both("请通过", "qing3 tong1 guo4", "Please go through"),
    Verdict.ADMIT_WITH_NOTE: _both("请通过", "qing3 tong1 guo4", "Please go through"),
    Verdict.HAND_CHECK: _both(
        "请出示证件", "qing3 chu1 shi4 zheng4 jian4", "Please show an ID document"
    ),
    Verdict.REFUSE: _both(
        "请到侧窗口", "qing3 dao4 ce4 chuang1 kou3", "Please go to the side window"
    ),
    Verdict.CANNOT_JUDGE: _both(
        "请走人工通道", "qing3 zou3 ren2 gong1 tong1 dao4", "Please use the staffed lane"
    ),
}


class Voice:
    """Speaks the phrases of a verdict, Chinese first."""

    def __init__(self, spoken: Mapping[Verdict, Sequence[Phrase]] = SPOKEN) -> None:
        self._spoken = spoken
        self._made: dict[Verdict, bytes] = {}

    @staticmethod
    def available() -> bool:
        """Return whether this machine can speak."""
        return shutil.which(_PROGRAM) is not None

    def pcm_of(self, verdict: Verdict) -> bytes:
        """Return the spoken phrases as 16-bit mono samples at 48 kHz; empty if it cannot speak."""
        if verdict not in self._made:
            parts = [_pcm_of(phrase) for phrase in self._spoken.get(verdict, ())]
            pause = bytes(2 * round(_PAUSE_S * RATE_HZ))
            self._made[verdict] = b"".join(pause + part for part in parts if part)
        return self._made[verdict]


def _pcm_of(phrase: Phrase) -> bytes:
    pace = ("-s", _WORDS_A_MINUTE)
    command = [_PROGRAM, "-v", phrase.voice, *pace, "--stdout", "--", phrase.said]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program; the text is our own table's
            command, capture_output=True, check=True, timeout=_MAX_S
        )
        return resampled(done.stdout)
    except (OSError, subprocess.SubprocessError, wave.Error, EOFError):
        return b""


def resampled(wav: bytes) -> bytes:
    """Return the samples of a 16-bit mono WAV file at 48 kHz. Raises wave.Error for others."""
    with wave.open(io.BytesIO(wav)) as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error("not 16-bit mono")
        rate = file.getframerate()
        # A stream's header says it is endless: read what is there.
        samples = array("h", _whole(file.readframes(round(_MAX_S * rate))))
    if sys.byteorder == "big":
        samples.byteswap()
    count = max(0, len(samples) - 1) * RATE_HZ // rate
    out = array("h", bytes(2 * count))
    for at in range(count):
        place, part = divmod(at * rate, RATE_HZ)
        here = samples[place]
        out[at] = here + (samples[place + 1] - here) * part // RATE_HZ
    if sys.byteorder == "big":
        out.byteswap()
    return out.tobytes()


def _whole(raw: bytes) -> bytes:
    return raw[: len(raw) // 2 * 2]
