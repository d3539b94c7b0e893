"""A station that follows an office, and what the tests of its trust repository share."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from issuer.app import main
from issuer.errors import Code, Fault, IssuerError
from issuer.people.office import Office
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.rules.passes import PassRequest
from issuer.trust.actions.neighbours import (
    add_issuer,
    read_card,
)
from issuer.trust.actions.signers import Media
from keys.claims import Kind
from keys.errors import RefusedCode
from keys.trustset import TrustSet, first_trust_set
from keys.verify import open_code
from scanner.sync.folder import FolderFetcher
from scanner.sync.trustpull import fetch_trust_set

BY = "li"


class Station:
    """What a station believes of an office's published folder."""

    def __init__(self, office: Office) -> None:
        self.office = office
        root = (office.folder.published / "trust" / "root").read_bytes()
        self.held: TrustSet = first_trust_set(root)
        self.sync()

    def sync(self) -> None:
        now_s = self.office.now()
        self.held = fetch_trust_set(
            FolderFetcher(self.office.folder.published),
            self.held,
            now_s,
            take_root=lambda _: now_s,
        ).held

    def says(self, text: str) -> str:
        try:
            open_code(text, self.held.keyring())
        except RefusedCode as refusal:
            return refusal.code
        return "believed"


def mint(office: Office) -> str:
    request = PassRequest(name="*", id_tail="", kind=Kind.PAPER)
    return mint_passes(office, [request], by=BY)[0].full


def refused(act: Callable[[], Any], kind: type[IssuerError] = Fault) -> Code:
    with pytest.raises(kind) as caught:
        act()
    return caught.value.code


def recognise(office: Office, card: bytes, media: Media) -> None:
    card_read = read_card(card, "ningbo")
    add_issuer(office, "ningbo", card_read, status_map={0: 0, 2: 3}, media=media, by=BY)


def run(office: Office, *words: str) -> int:
    return main([*words, "--data", str(office.folder.path), "--json"])


@contextmanager
def serving_folder(folder: Path) -> Iterator[str]:
    """Serve a folder as any plain web server would."""
    handler = partial(QuietHandler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)


class QuietHandler(SimpleHTTPRequestHandler):
    """A web server that says nothing."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
