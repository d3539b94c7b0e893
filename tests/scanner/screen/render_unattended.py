"""What there is to draw of the faces where nobody stands by: shop and kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from keys.passages import Verdict
from scanner.decide.looks import Language
from scanner.screen.options import Face
from scanner.screen.themes import ThemeName
from tests.scanner.screen.render_scenes import LARGE, SMALL, UPRIGHT, Scene
from tests.scanner.screen.scenes import freshness, result


def unattended_scenes() -> Iterator[Scene]:
    """Yield every picture of the shop's and the kiosk's face."""
    for verdict, language in product(Verdict, Language):
        results = (result(verdict),)
        name = f"{verdict}-{language}"
        yield Scene(
            name=f"shop-{name}-1280x800", results=results, language=language, face=Face.SHOP
        )
        yield Scene(
            name=f"kiosk-{name}-1280x800", results=results, language=language, face=Face.KIOSK
        )
        yield Scene(
            name=f"shop-{name}-day-800x480",
            results=results,
            language=language,
            face=Face.SHOP,
            size=SMALL,
            theme=ThemeName.DAY,
        )
        yield Scene(
            name=f"kiosk-{name}-600x1024",
            results=results,
            language=language,
            face=Face.KIOSK,
            size=UPRIGHT,
            theme=ThemeName.DAY,
        )
    yield from _empty()
    yield Scene(name="shop-full-zh-day-1280x800", face=Face.SHOP, theme=ThemeName.DAY, inside=60)
    for language in Language:
        name = f"shop-place-{language}-1280x800"
        yield Scene(name=name, language=language, face=Face.SHOP, page="place")
    yield Scene(name="kiosk-camera-zh-1280x800", face=Face.KIOSK, camera_fault="unplugged")
    yield Scene(name="kiosk-hint-zh-1280x800", face=Face.KIOSK, hint="not_a_pass")


def _empty() -> Iterator[Scene]:
    for language in Language:
        yield Scene(name=f"shop-start-{language}-1280x800", language=language, face=Face.SHOP)
        yield Scene(name=f"kiosk-start-{language}-1280x800", language=language, face=Face.KIOSK)
        for low in (False, True):
            yield Scene(
                name=f"kiosk-start-{'low-' if low else ''}{language}-600x1024",
                language=language,
                face=Face.KIOSK,
                size=UPRIGHT,
                theme=ThemeName.DAY,
                low=low,
            )
    for language in Language:
        yield Scene(
            name=f"kiosk-disk-full-{language}-1280x800",
            language=language,
            face=Face.KIOSK,
            state=freshness(fault="disk_full"),
        )


def staff_scenes() -> Iterator[Scene]:
    """Yield what staff has at shop and kiosk, and the kiosk for who sits in a wheelchair."""
    for language in Language:
        for page in ("more", "code"):
            yield Scene(
                name=f"shop-{page}-{language}-day-800x480",
                language=language,
                face=Face.SHOP,
                page=page,
                theme=ThemeName.DAY,
                size=SMALL,
            )
        kiosk = Scene(name="", language=language, face=Face.KIOSK, size=UPRIGHT)
        name = f"kiosk-supervisor-{language}-600x1024"
        yield replace(kiosk, name=name, page="supervisor")
        for page in ("station", "code"):
            name = f"kiosk-{page}-{language}-600x1024"
            yield replace(kiosk, name=name, page=page)
        for verdict in (Verdict.ADMIT_WITH_NOTE, Verdict.REFUSE):
            name = f"kiosk-{verdict}-low-{language}-600x1024"
            yield replace(kiosk, name=name, results=(result(verdict),), low=True)
        name = f"kiosk-start-low-{language}-1280x800"
        yield replace(kiosk, name=name, size=LARGE, low=True)
