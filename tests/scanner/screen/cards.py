"""A scan loop whose camera looks at the printed test card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import cycle
from threading import Event
from typing import Any, Final

from scanner.capture.codes import CodeReader
from scanner.capture.source import Frame, SourceState
from scanner.station import ScanStep
from tests.scanner.capture.test_camera_check import photograph

# A camera's.
_PACE_S: Final = 0.02


@cache
def card_steps(**how: Any) -> tuple[ScanStep, ...]:
    """Return a few looks at the card, read by the real reader. how: scale, blur, gain."""
    reader = CodeReader()
    looks = []
    for number in range(4):
        grey = photograph(
            how.get("scale", 0.21), number, **{k: how[k] for k in how if k != "scale"}
        )
        codes = tuple(reader.read(grey))
        seen = Frame(grey=grey, bgr=None, seen_mono_s=0, number=number, state=SourceState.LIVE)
        looks.append(ScanStep(frame=seen, seen=codes, results=(), hint=None))
    return tuple(looks)


def card_film(**how: Any) -> Iterator[ScanStep]:
    """Return looks at the card without end, some fifty a second; the first is ready at once."""
    return _played(card_steps(**how))


class FilmClock:
    """The clock that the frames of films carry: a busy machine makes no slow camera of them."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        """Return when the newest frame came, in seconds."""
        return self.now_s


FILM_CLOCK: Final = FilmClock()


def _played(steps: tuple[ScanStep, ...]) -> Iterator[ScanStep]:
    pause = Event()
    for number, step in enumerate(cycle(steps)):
        pause.wait(_PACE_S)
        FILM_CLOCK.now_s += _PACE_S
        assert step.frame is not None
        fresh = replace(step.frame, number=number, seen_mono_s=FILM_CLOCK.now_s)
        yield replace(step, frame=fresh)
