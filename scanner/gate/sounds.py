"""The sounds of the five verdicts, as samples: told apart with closed eyes, none a siren.

Each differs in pitch, length and rhythm at once, because at a loud gate only one of them may come
through. Low notes carry overtones: the small speakers of a gate lose everything below 300 Hz.
Worked out without NumPy, whose import would hold up the window's first paint by 0.2 s.
"""

from __future__ import annotations

import io
import math
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from keys.verdicts import Verdict

RATE_HZ: Final = 48_000
_RAMP_S: Final = 0.006  # shorter ramps click
_PEAK: Final = 0.8 * 32767  # head room: cheap amplifiers distort at full scale
_OVERTONES: Final = (1.0, 0.45, 0.25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, or a pause where `hertz` is 0."""

    hertz: float
    seconds: float


SCORES: Final[dict[Verdict, tuple[Note, ...]]] = {
    Verdict.ADMIT: (Note(hertz=1319, seconds=0.16),),
    Verdict.ADMIT_WITH_NOTE: (
        Note(hertz=1319, seconds=0.16),
        Note(hertz=0, seconds=0.09),
        Note(hertz=880, seconds=0.04),
    ),
    Verdict.HAND_CHECK: (
        Note(hertz=659, seconds=0.15),
        Note(hertz=0, seconds=0.07),
        Note(hertz=659, seconds=0.15),
    ),
    Verdict.REFUSE: (Note(hertz=220, seconds=0.7),),
    Verdict.CANNOT_JUDGE: (
        Note(hertz=330, seconds=0.05),
        Note(hertz=0, seconds=0.1),
        Note(hertz=330, seconds=0.05),
        Note(hertz=0, seconds=0.1),
        Note(hertz=330, seconds=0.05),
    ),
}


@cache
def pcm_of(verdict: Verdict, volume: float = 1.0) -> bytes:
    """Return the sound as 16-bit little-endian mono samples at 48 kHz. volume: 0 to 1."""
    peak = _PEAK * min(1.0, max(0.0, volume))
    samples = array("h", (round(peak * part) for note in SCORES[verdict] for part in _shape(note)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def wav_of(pcm: bytes) -> bytes:
    """Return a WAV file of `pcm` (16-bit mono, 48 kHz)."""
    import wave

    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(pcm)
    return out.getvalue()


def _shape(note: Note) -> Iterator[float]:
    """Yield the note's samples, -1 to 1, rising and falling softly at its ends."""
    count = round(note.seconds * RATE_HZ)
    step = 2 * math.pi * note.hertz / RATE_HZ
    whole, ramp = sum(_OVERTONES), _RAMP_S * RATE_HZ
    for at in range(count):
        tone = sum(share * math.sin(step * order * at) for order, share in enumerate(_OVERTONES, 1))
        yield tone / whole * min(1.0, at / ramp, (count - 1 - at) / ramp)
