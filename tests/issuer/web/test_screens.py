"""Every page in a real browser, on a phone and on a desk, in both languages.

With KAKOU_WRITE_SCREENS=1 the pictures in docs/screens are made anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from issuer.people.office import Office
from issuer.tokens.actions.mint import Minted, mint_passes
from issuer.tokens.actions.status import set_status
from issuer.tokens.rules.passes import PassRequest
from keys.bodies import PassageBody, encode_body
from keys.claims import Kind, Status
from keys.passages import PassIdentity, Reason, Verdict
from tests.issuer.conftest import Served
from tests.issuer.rigs import PASSWORD, START_S, StationRig, enrolled, invited

CHROMIUM = Path("/usr/bin/chromium")
SCREENS = Path(__file__).parents[3] / "docs" / "screens"
SCREEN_MAX_BYTES = 150_000
SIZES = {"zh": (360, 780), "en": (1280, 800)}
PEOPLE = (
    ("张*", "123X", Kind.PHONE, Status.GREEN),
    ("李*", "0042", Kind.PAPER, Status.YELLOW),
    ("王*明", "7781", Kind.EMPLOYEE, Status.RED),
    ("欧*阳", "1203", Kind.PAPER, Status.GREEN),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("no chromium here (Debian: chromium)")
    with sync_playwright() as playwright:
        # A container's root has no sandbox of its own; the pages are ours and on loopback.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield started
        started.close()


class Visit:
    """One browser window: goes to pages, checks what every page must keep to, takes pictures."""

    def __init__(self, browser: Browser, url: str, language: str) -> None:
        self.language = language
        width, height = SIZES[language]
        locale = {"zh": "zh-CN", "en": "en-GB"}[language]
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale=locale, base_url=url
        )
        context.set_default_timeout(60_000)
        self.page: Page = context.new_page()
        self.mistakes: list[str] = []
        self.page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        self.page.on("requestfailed", self._failed)
        self.page.on(
            "console",
            lambda said: self.mistakes.append(said.text) if "Policy" in said.text else None,
        )

    def _failed(self, request: Request) -> None:
        # What the browser itself gave up because the next page was asked for is no mistake of ours.
        if request.failure != "net::ERR_ABORTED":
            self.mistakes.append(request.url)

    def check(self, name: str, *, keep: bool = True) -> None:
        """Check the page that is shown, and keep its picture where asked to."""
        page = self.page
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[self.language][0], f"{name} is wider than the screen"
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select')]"
            ".filter(field => !field.labels.length).map(field => field.name)"
        )
        assert unnamed == []
        small = page.evaluate(
            "[...document.querySelectorAll('button, .button, nav a, select, input[type=text]')]"
            ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 43)"
            ".map(one => one.outerHTML)"
        )
        assert small == []
        assert self.mistakes == []
        if keep and os.environ.get("KAKOU_WRITE_SCREENS"):
            path = SCREENS / f"issuer-{name}-{self.language}.png"
            height = page.evaluate("document.documentElement.scrollHeight")
            clip = {
                "x": 0,
                "y": 0,
                "width": width,
                "height": min(height, 1_400 if width < 500 else 900),
            }
            page.screenshot(path=str(path), full_page=True, clip=clip)  # type: ignore[arg-type]
            assert path.stat().st_size < SCREEN_MAX_BYTES

    def log_in(self) -> None:
        """Log in by the form as the admin."""
        self.page.goto("/office/login")
        self.page.fill("[name=name]", "boss")
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("main button")
        self.page.wait_for_url("**/office")


@pytest.fixture(params=["zh", "en"])
def visit(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Visit]:
    made = Visit(browser, served.url, request.param)
    yield made
    made.page.context.close()


def fill_office(office: Office) -> list[Minted]:
    """Put passes, stations and passages into the office; one station's log has a gap."""
    requests = [
        PassRequest(name=name, id_tail=tail, kind=kind, status=status)
        for name, tail, kind, status in PEOPLE * 3
    ]
    minted = mint_passes(office, requests, by="issuer")
    text = str(minted[0].identity)
    set_status(office, text=text, status=Status.WITHDRAWN, reason="lost", by="issuer")
    verdicts = (
        (Verdict.ADMIT, "green"), (Verdict.ADMIT, "green"), (Verdict.HAND_CHECK, "yellow"),
        (Verdict.ADMIT_WITH_NOTE, "list_late"), (Verdict.REFUSE, "red"), (Verdict.ADMIT, "green"),
        (Verdict.REFUSE, "bad_signature"), (Verdict.CANNOT_JUDGE, "list_missing"),
    )  # fmt: skip
    for number, name in enumerate(("东门 1", "东门 2", "North lane")):
        station = enrolled(office, name)
        for count, (verdict, reason) in enumerate(verdicts):
            chosen = count + number
            name_shown, tail, _, _ = PEOPLE[chosen % len(PEOPLE)]
            identity = minted[chosen].identity
            body = PassageBody(identity=identity, name=name_shown, id_tail=tail, carrier="dense")
            is_read = reason != "bad_signature"
            station.write(
                verdict=verdict,
                reason=reason,
                seen_at_ms=(START_S - 47 * count - 13 * number) * 1000,
                body=encode_body(body if is_read else PassageBody()),
            )
        if number == 0:
            add_what_a_guard_does(station)
        if number == 1:
            station.send(station.batch(station.rows[:3]))
            station.send(station.batch(station.rows[5:]))
        else:
            station.send(station.batch(station.rows))
    invited(office, "仓库")
    return minted


def add_what_a_guard_does(station: StationRig) -> None:
    """Let the guard take one passage back, decide on another by hand, and note an incident."""
    first, _, asked = (row.passage for row in station.rows[:3])
    decided = PassageBody(
        identity=PassIdentity("home", 0, 7781),
        name="李*",
        id_tail="0042",
        about=asked.passage_id,
        operator="home/0/55",
        temperatures=(372, 366),
        papers_seen=True,
    )
    note = PassageBody(operator="home/0/55", note="两人争执，已劝离")
    for number, (reason, verdict, body) in enumerate(
        (
            (Reason.TAKEN_BACK, Verdict.ADMIT, PassageBody(about=first.passage_id)),
            (Reason.HAND_CHECKED, Verdict.ADMIT, decided),
            (Reason.INCIDENT, Verdict.HAND_CHECK, note),
        )
    ):
        at_ms = (START_S + 12 * number + 5) * 1000
        station.write(reason=reason, verdict=verdict, body=encode_body(body), seen_at_ms=at_ms)


def test_pages_before_the_log_in_fit_phone_and_desk(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto("/office/mint")
    visit.check("login")
    page.fill("[name=name]", "boss")
    page.fill("[name=password]", "not my password")
    page.click("main button")
    assert page.locator("[role=alert]").is_visible()
    visit.check("login-wrong", keep=False)


def test_pages_of_passes_fit_phone_and_desk(served: Served, visit: Visit) -> None:
    page = visit.page
    minted = fill_office(served.office)
    visit.log_in()
    visit.check("home")
    page.goto("/office/mint")
    visit.check("mint")
    page.fill("[name=name]", "张*")
    page.fill("[name=id_tail]", "123X")
    page.click("main form button")
    assert page.locator(".qr svg").is_visible()
    visit.check("minted")
    page.goto("/office/passes")
    page.fill("[name=q]", "7781")
    page.click("main form button")
    visit.check("passes", keep=False)
    identity = minted[2].identity
    page.goto(f"/office/passes/{identity.list_number}/{identity.index}")
    page.check("[value=green]")
    page.select_option("[name=reason]", "lost")
    page.click("main form button")
    visit.check("status-refused", keep=False)
    page.check("[value=green]")
    page.select_option("[name=reason]", "recovered")
    page.click("main form button")
    assert page.locator(".done").is_visible()
    visit.check("status")


def test_pages_of_stations_and_passages_fit_phone_and_desk(served: Served, visit: Visit) -> None:
    page = visit.page
    fill_office(served.office)
    visit.log_in()
    page.goto("/office/stations")
    visit.check("stations")
    page.fill(".form [name=name]", "西门")
    page.click(".form button")
    assert page.locator(".qr svg").is_visible()
    visit.check("station-code", keep=False)
    page.goto("/office/passages")
    visit.check("passages-asked", keep=False)
    page.fill("[name=purpose]", "核对今早东门拒绝通行")
    page.click("main form button")
    visit.check("passages")
    page.fill("[name=station]", "nowhere")
    page.click("main form button")
    assert page.locator("[role=alert]").is_visible()
    visit.check("passages-of-nobody", keep=False)
    page.fill("[name=station]", "")
    page.fill("[name=from]", "2030-01-01T00:00")
    page.click("main form button")
    assert page.locator(".empty").is_visible()
    visit.check("passages-none", keep=False)
    for name in ("operators", "audit", "nothing"):
        page.goto(f"/office/{name}")
        visit.check(name, keep=name == "audit")


def test_words_stand_beside_every_colour_and_contrast_is_enough(
    served: Served, visit: Visit
) -> None:
    fill_office(served.office)
    visit.log_in()
    for path in ("/office", "/office/stations", "/office/passages?purpose=contrast"):
        visit.page.goto(path)
        chips = visit.page.evaluate(
            "[...document.querySelectorAll('.chip')].map(one => [one.innerText.trim(),"
            " getComputedStyle(one).color, getComputedStyle(one).backgroundColor])"
        )
        assert chips
        for text, ink, ground in chips:
            assert text
            assert contrast(ink, ground) >= 4.5, (text, ink, ground)


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast of two `rgb(r, g, b)`."""
    lights = []
    for colour in (first, second):
        parts = [int(part) / 255 for part in colour.strip("rgba()").split(",")[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_everything_is_reached_and_done_by_keyboard_alone(served: Served, visit: Visit) -> None:
    page = visit.page
    page.goto("/office/login")
    page.wait_for_function("document.activeElement.name === 'name'")
    page.keyboard.type("boss")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/office")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_a_page_on_paper_shows_the_table_and_nothing_to_press(served: Served, visit: Visit) -> None:
    fill_office(served.office)
    visit.log_in()
    visit.page.goto("/office/passages?purpose=paper")
    visit.page.emulate_media(media="print")
    assert visit.page.locator("table").is_visible()
    assert visit.page.locator("nav, .noprint").filter(visible=True).count() == 0
