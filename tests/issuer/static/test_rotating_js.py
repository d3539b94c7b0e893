"""The phone's module and the Python reference agree: the same anchor, links and digits, in a real
browser.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = Path("/usr/bin/chromium")

SHOW = """async ({claims, x0, carrier, slot, slot_starts}) => {
  const m = await import('/rotating.js');
  const bytes = hex => Uint8Array.from(hex.match(/../g) ?? [], pair => parseInt(pair, 16));
  const hex = raw => Array.from(raw, byte => byte.toString(16).padStart(2, '0')).join('');
  const chain = new m.Chain(claims, bytes(x0));
  return {
    anchor: hex(chain.anchor),
    slot: chain.slotAt(slot_starts),
    before: chain.slotAt(claims.iat - 1),
    after: chain.slotAt(claims.exp),
    digits: m.digitsOf(bytes(carrier), chain.tail(slot)),
  };
}"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without telling the terminal."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Return an empty page of a real browser beside the module."""
    if not CHROMIUM.exists():
        pytest.skip("no chromium on this machine")
    handler = partial(Quiet, directory=str(ROOT / "issuer" / "static"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
            )
            opened = browser.new_page()
            opened.goto(f"http://127.0.0.1:{server.server_port}/rotating.js")
            yield opened
            browser.close()
        server.shutdown()
        thread.join()


def rotating(file: Path) -> list[dict[str, Any]]:
    """Return the accepted rotating codes of a vector file."""
    accepted = json.loads(file.read_text())["accept"]
    return [vector for vector in accepted if "slot" in vector]


def check(page: Page, vectors: list[dict[str, Any]]) -> None:
    """Compare what the browser shows with what the vectors say."""
    assert vectors
    for vector in vectors:
        shown = page.evaluate(SHOW, vector)
        assert shown == {
            "anchor": vector["claims"]["anchor"],
            "slot": vector["slot"],
            "before": None,
            "after": None,
            "digits": vector["dense"],
        }


def test_the_phone_shows_what_our_own_vectors_say(page: Page) -> None:
    check(page, rotating(ROOT / "tests" / "vectors" / "tokens.json"))


def test_the_phone_shows_what_the_shared_vectors_say(page: Page, shared_dir: Path) -> None:
    check(page, rotating(shared_dir / "vectors" / "tokens.json"))
