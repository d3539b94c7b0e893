"""Is this camera, in this light, good enough for a gate? Measured with the printed card.

Nothing that the camera saw is kept: only the figures of this report.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

import numpy as np

from scanner.capture.camera_card import module_mm_of
from scanner.capture.codes import CodeReader, SeenCode
from scanner.capture.codes_effort import size_of, window_of
from scanner.capture.source import Camera, Frame, Grey, SourceState


class Light(StrEnum):
    """The three lights of a gate's day."""

    OFFICE = "office"
    SUN = "sun"
    DARK = "dark"


class Advice(StrEnum):
    """What to change. The words are in ADVICE."""

    NO_PICTURE = "no_picture"
    CARD_NOT_READ = "card_not_read"
    TOO_FAR = "too_far"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    PALE = "pale"
    FEW_FRAMES = "few_frames"
    LATE = "late"


ADVICE: Final[dict[Advice, tuple[str, str]]] = {
    Advice.NO_PICTURE: (
        "摄像头没有画面：请检查连接线，并关闭占用摄像头的程序。",
        "The camera gives no picture: check the cable, close other programs that use it.",
    ),
    Advice.CARD_NOT_READ: (
        "读不到测试卡：请把卡片平放在镜头前 20 至 40 厘米处，整张入镜。",
        "The card was not read: hold it flat, 20 to 40 cm before the lens, whole in the picture.",
    ),
    Advice.TOO_FAR: (
        "码太小：请靠近一些，或提高摄像头分辨率。",
        "The code is too small: come nearer, or set a higher resolution.",
    ),
    Advice.BLURRED: (
        "画面模糊：请擦拭镜头并重新对焦。",
        "The picture is blurred: wipe the lens and focus it again.",
    ),
    Advice.TOO_DARK: ("太暗：请加灯，或延长曝光。", "Too dark: add a lamp, or expose longer."),
    Advice.TOO_BRIGHT: (
        "太亮：请避开直射光，或缩短曝光。",
        "Too bright: keep off direct light, or expose shorter.",
    ),
    Advice.PALE: (
        "对比度低：请擦拭镜头，避免逆光和反光。",
        "Low contrast: wipe the lens, avoid light from behind and reflections.",
    ),
    Advice.FEW_FRAMES: (
        "帧率低：请加光，降低分辨率，或更换接口。",
        "Few frames a second: add light, set a lower resolution, or use another port.",
    ),
    Advice.LATE: (
        "识别太慢：请关闭其他程序，或降低分辨率。",
        "Reading takes long: close other programs, or set a lower resolution.",
    ),
}


class Fitness(StrEnum):
    """The plain verdict."""

    GOOD = "good"
    USABLE = "usable"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """One light's figures.

    read_share: frames in which the card was read. smallest_mm: smallest module that was read.
    module_px: pixels a module of the largest code. edge_px: pixels from dark to light, 2 is sharp.
    dark, light: levels of the print, 0 to 255. clipped: share of its pixels that are full white.
    latency_ms: from a frame's arrival to its texts.
    """

    light: Light
    fitness: Fitness
    advice: tuple[Advice, ...]
    frames: int
    read_share: float
    smallest_mm: float | None = None
    module_px: float = 0.0
    edge_px: float = 0.0
    dark: float = 0.0
    bright: float = 0.0
    clipped: float = 0.0
    frames_per_s: float = 0.0
    latency_ms: float = 0.0

    def row(self) -> dict[str, Any]:
        """Return the report for JSON."""
        return asdict(self)


@dataclass(slots=True, kw_only=True)
class _Print:
    """What one frame told of the card."""

    module_px: float
    edge_px: float
    dark: float
    bright: float
    clipped: float
    module_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One frame: when it came, how long reading took, and the card if it was read."""

    seen_s: float
    latency_s: float
    print: _Print | None


@dataclass(slots=True, kw_only=True)
class CameraCheck:
    """Gathers the frames of one light: all, or only so many of the newest. One thread takes frames,
    any may ask for the report.
    """

    light: Light
    newest: int = 0
    _reader: CodeReader | None = None
    _looks: list[_Look] = field(default_factory=list)

    def add(self, frame: Frame, mono_s: Callable[[], float]) -> bool:
        """Read one frame; return whether the card was read in it. mono_s: the frames' clock."""
        self._reader = self._reader or CodeReader()
        return self.take(frame, self._reader.read(frame.grey), mono_s())

    def take(self, frame: Frame, codes: Iterable[SeenCode], now_s: float) -> bool:
        """Take one frame and the codes that were read in it until now_s, by the frames' clock;
        return whether the card was among them.
        """
        cards = [code for code in codes if module_mm_of(code.text)]
        seen = _measured(frame.grey, cards) if cards else None
        came_s = frame.seen_mono_s
        self._looks.append(_Look(seen_s=came_s, latency_s=now_s - came_s, print=seen))
        if self.newest:
            del self._looks[: -self.newest]
        return seen is not None

    def report(self) -> CheckReport:
        """Return the figures, the verdict and what to change."""
        looks = list(self._looks)
        if not looks:
            return self._unfit(Advice.NO_PICTURE)
        prints = [look.print for look in looks if look.print is not None]
        rate = _rate([look.seen_s for look in looks])
        latency_ms = round(statistics.median(look.latency_s for look in looks) * 1000, 1)
        pace = _pace(rate, latency_ms)
        if not prints:
            unread = self._unfit(Advice.CARD_NOT_READ, *pace)
            return replace(unread, frames=len(looks), frames_per_s=rate, latency_ms=latency_ms)
        share = len(prints) / len(looks)
        print_ = _middle(prints)
        advice = (*_optics(print_), *pace)
        return CheckReport(
            light=self.light,
            fitness=_fitness(share, advice),
            advice=advice,
            frames=len(looks),
            read_share=round(share, 3),
            smallest_mm=min(p.module_mm for p in prints),
            module_px=print_.module_px,
            edge_px=print_.edge_px,
            dark=print_.dark,
            bright=print_.bright,
            clipped=print_.clipped,
            frames_per_s=rate,
            latency_ms=latency_ms,
        )

    def _unfit(self, *advice: Advice) -> CheckReport:
        return CheckReport(
            light=self.light, fitness=Fitness.UNFIT, advice=advice, frames=0, read_share=0.0
        )


def check_camera(
    camera: Camera, light: Light, seconds: float, mono_s: Callable[[], float]
) -> Iterator[dict[str, Any]]:
    """Watch the card for some seconds; yield {"read", "state"} a frame, the report at last."""
    check = CameraCheck(light=light)
    ends_s = mono_s() + seconds
    while mono_s() < ends_s and not camera.ended:
        frame = camera.newest(0.5)
        if frame is None:
            yield {"read": False, "state": camera.health().state}
        elif frame.state in (SourceState.LIVE, SourceState.FROZEN):
            yield {"read": check.add(frame, mono_s), "state": frame.state}
        else:
            yield {"read": False, "state": frame.state}
    yield check.report().row()


def _measured(grey: Grey, cards: list[SeenCode]) -> _Print:
    largest = max(cards, key=lambda code: module_mm_of(code.text) or 0.0)
    part = window_of(largest.quad, grey.shape, room=0.9).of(grey)
    dark, bright = (float(v) for v in np.percentile(part, (5, 95)))
    # A step that the lens smears over n pixels rises by a share of 1/n from one to the next.
    rises = np.abs(part[:, 2:].astype(np.float32) - part[:, :-2]) / 2
    steepest = max(float(np.percentile(rises, 98)), 0.5)
    return _Print(
        module_px=size_of(largest.quad) / largest.modules if largest.modules else 0.0,
        edge_px=(bright - dark) / steepest,
        dark=dark,
        bright=bright,
        clipped=float(np.mean(part >= 254)),
        module_mm=min(module_mm_of(code.text) or 9.9 for code in cards),
    )


def _middle(prints: list[_Print]) -> _Print:
    def middle(name: str) -> float:
        return round(statistics.median(float(getattr(p, name)) for p in prints), 2)

    names = ("module_px", "edge_px", "dark", "bright", "clipped", "module_mm")
    return _Print(**{name: middle(name) for name in names})


def _optics(seen: _Print) -> list[Advice]:
    rules = (
        (Advice.TOO_FAR, 0 < seen.module_px < 2.2),
        (Advice.BLURRED, seen.edge_px > max(4.0, seen.module_px)),
        (Advice.TOO_DARK, seen.bright < 55),
        (Advice.TOO_BRIGHT, seen.clipped > 0.45 and seen.dark > 40),
        (Advice.PALE, seen.bright >= 55 and seen.bright - seen.dark < 45),
    )
    return [advice for advice, holds in rules if holds]


def _pace(frames_per_s: float, latency_ms: float) -> list[Advice]:
    rules = ((Advice.FEW_FRAMES, 0 < frames_per_s < 10), (Advice.LATE, latency_ms > 200))
    return [advice for advice, holds in rules if holds]


def _fitness(share: float, advice: tuple[Advice, ...]) -> Fitness:
    if share >= 0.8 and not advice:
        return Fitness.GOOD
    return Fitness.USABLE if share >= 0.3 else Fitness.UNFIT


def _rate(seen_s: list[float]) -> float:
    span_s = seen_s[-1] - seen_s[0]
    return round((len(seen_s) - 1) / span_s, 1) if span_s > 0 else 0.0
