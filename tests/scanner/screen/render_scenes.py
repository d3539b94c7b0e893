"""What there is to draw: every face and verdict, every page, both languages, day and night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from keys.claims import Status
from keys.passages import ClockGrade, PassIdentity, Reason, Verdict
from scanner.decide.judgement import TraceStep
from scanner.decide.looks import Language
from scanner.decide.outlook import LaneOutlook, Outlook, SetAsideRow, TaskOutlook
from scanner.screen.options import Face
from scanner.screen.themes import ThemeName
from scanner.station import Freshness, ScanResult
from tests.scanner.screen.scenes import freshness, result

LARGE, SMALL, UPRIGHT = (1280, 800), (800, 480), (600, 1024)

WELL = freshness()

OFFLINE = freshness(online=False, offline_reason="no_route", list_age_s=9 * 3600, waiting_rows=1204)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture: what the station says, and how the window looks."""

    name: str
    results: tuple[ScanResult, ...] = ()
    state: Freshness = WELL
    camera_fault: str | None = None
    hint: str | None = None
    language: Language = Language.ZH
    theme: ThemeName = ThemeName.NIGHT
    size: tuple[int, int] = LARGE
    large: bool = False
    face: Face = Face.GUARD
    low: bool = False
    inside: int = 22
    page: str = ""
    before: tuple[ScanResult, ...] = ()
    outward: bool = False


def scenes() -> Iterator[Scene]:
    """Yield every picture of the guard's face."""
    yield from _verdicts()
    for language, size in product(Language, (LARGE, SMALL)):
        end = f"{language}-night-{size[0]}x{size[1]}"
        yield Scene(name=f"guard-start-{end}", language=language, size=size)
        yield Scene(name=f"guard-hint-{end}", hint="not_a_pass", language=language, size=size)
        yield Scene(
            name=f"guard-camera-{end}", camera_fault="unplugged", language=language, size=size
        )
    both = (result(Verdict.ADMIT, number=8), result(Verdict.REFUSE, number=9))
    yield Scene(name="guard-two-people-zh-night-1280x800", results=both)
    yield Scene(
        name="guard-refuse-zh-night-large-800x480",
        results=(result(Verdict.REFUSE),),
        size=SMALL,
        large=True,
    )
    yield Scene(
        name="guard-start-zh-day-1280x800", theme=ThemeName.DAY, state=freshness(set_aside_rows=3)
    )


def _verdicts() -> Iterator[Scene]:
    for verdict, language, theme, size in product(
        Verdict, Language, (ThemeName.NIGHT, ThemeName.DAY), (LARGE, SMALL)
    ):
        if theme is ThemeName.DAY and size == SMALL:
            continue
        state = OFFLINE if verdict in {Verdict.HAND_CHECK, Verdict.ADMIT_WITH_NOTE} else freshness()
        if verdict is Verdict.CANNOT_JUDGE:
            state = freshness(clock=ClockGrade.ROLLED_BACK)
        name = f"guard-{verdict}-{language}-{theme}-{size[0]}x{size[1]}"
        yield Scene(
            name=name,
            results=(result(verdict),),
            state=state,
            language=language,
            theme=theme,
            size=size,
        )
    for verdict in Verdict:
        yield Scene(
            name=f"guard-{verdict}-zh-sun-1280x800", results=(result(verdict),), theme=ThemeName.SUN
        )


def desk_scenes() -> Iterator[Scene]:
    """Yield the pages of the guard's desk, in both languages, and some of them beside an answer."""
    pages = (
        "hand_list",
        "more",
        "party",
        "register",
        "look_up",
        "incident",
        "shift",
        "station",
        "measure",
    )
    for page, language in product(pages, Language):
        yield Scene(name=f"guard-{page}-{language}-night-1280x800", page=page, language=language)
        yield Scene(
            name=f"guard-{page}-{language}-day-800x480",
            page=page,
            language=language,
            theme=ThemeName.DAY,
            size=SMALL,
        )
        yield Scene(
            name=f"guard-{page}-{language}-day-large-800x480",
            page=page,
            language=language,
            theme=ThemeName.DAY,
            size=SMALL,
            large=True,
        )
        yield from restarted(language) if page == "hand_list" else ()
    yield Scene(name="guard-hand_list-zh-sun-1280x800", page="hand_list", theme=ThemeName.SUN)
    for page in ("hand_list", "register", "measure"):
        yield Scene(
            name=f"guard-{page}-beside-zh-night-800x480",
            page=page,
            results=(result(Verdict.HAND_CHECK, reason=Reason.TEMPERATURE_AGAIN),),
            size=SMALL,
        )
    yield from _desk_answers()


def _desk_answers() -> Iterator[Scene]:
    looked_up = result(
        Verdict.HAND_CHECK,
        reason=Reason.LOOKED_UP,
        identity=PassIdentity("hz", 3, 777_777),
        name="",
        id_tail="",
        kind=None,
        status=Status.GREEN,
    )
    yield Scene(name="guard-looked-up-zh-night-1280x800", results=(replace(looked_up, seen=None),))
    trace = (TraceStep("seen_on_lane", "west-2"), TraceStep("seen_age_s", 14))
    copied = result(Verdict.HAND_CHECK, reason=Reason.SEEN_ELSEWHERE, trace=trace)
    for language in Language:
        name = f"guard-seen-elsewhere-{language}-night-1280x800"
        yield Scene(name=name, results=(copied,), language=language)
    yield Scene(
        name="guard-disk-full-zh-night-1280x800",
        state=freshness(fault="disk_full"),
        results=(result(Verdict.CANNOT_JUDGE, reason=Reason.STATION_FAULT),),
        outward=True,
    )
    yield Scene(
        name="guard-disk-full-en-day-800x480",
        state=freshness(fault="disk_full"),
        language=Language.EN,
        theme=ThemeName.DAY,
        size=SMALL,
    )


def restarted(language: Language) -> Iterator[Scene]:
    """Yield the list of hand checks after a start: those of before it are sealed."""
    asked = result(
        Verdict.HAND_CHECK, reason=Reason.YELLOW, name="", id_tail="", identity=None, kind=None
    )
    before = tuple(
        replace(
            asked,
            seen=None,
            seen_at=asked.seen_at - timedelta(minutes=7 * number),
            passage_id=bytes([number]) * 16,
            sequence=3090 - 4 * number,
        )
        for number in (1, 2)
    )
    name = f"guard-hand_list-restarted-{language}-night-1280x800"
    yield Scene(name=name, page="hand_list", language=language, before=before)


def past() -> Iterator[ScanResult]:
    """Yield the people who passed before, oldest first."""
    rows = (
        (Verdict.REFUSE, "周*", "3305", Reason.EXPIRED),
        (Verdict.HAND_CHECK, "钱*文", "2093", Reason.CONDITION_NOT_MET),
        (Verdict.ADMIT, "刘*洋", "1184", Reason.GREEN),
        (Verdict.REFUSE, "张*华", "8820", Reason.RED),
        (Verdict.ADMIT, "陈*", "0917", Reason.GREEN),
        (Verdict.HAND_CHECK, "李*", "4471", Reason.YELLOW),
        (Verdict.ADMIT, "赵*敏", "662X", Reason.GREEN),
    )
    for number, (verdict, name, tail, reason) in enumerate(rows):
        one = result(verdict, number=20 + number, name=name, id_tail=tail, reason=reason)
        at = one.seen_at - timedelta(seconds=151 - 21 * number)
        yield replace(one, seen_at=at, passage_id=bytes(15) + bytes((20 + number,)))


def outlook() -> Outlook:
    """Return what a usual station says of itself."""
    return Outlook(
        station="west-1",
        issuer="hz",
        trust_age_s=7200,
        pull=TaskOutlook(success_ago_s=41, error=None, next_try_in_s=19),
        push=TaskOutlook(success_ago_s=1203, error="no_route", next_try_in_s=7),
        policy="estate 3",
        lanes=(LaneOutlook(lane="west-2", heard_ago_s=4),),
        set_aside=(SetAsideRow(sequence=3071, seen_at_ms=0, code="malformed_row"),),
        sealed=True,
    )
