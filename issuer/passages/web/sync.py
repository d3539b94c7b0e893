"""POST /sync/passages: a signed batch in, a signed receipt out.

Two headers that a station may add, hints that nothing rests on: Kakou-Waiting (rows still to send),
Kakou-List-Version.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import Route

from issuer.passages.actions.ingest import StationSays, receive
from issuer.people.office import Office
from issuer.people.web.bodies import count_or_none
from issuer.people.web.machines import machine
from keys.batches import BATCH_MAX_BYTES


def _receive(office: Office, body: bytes, headers: Mapping[str, str]) -> bytes:
    says = StationSays(
        waiting_rows=count_or_none(headers.get("kakou-waiting")),
        list_version=count_or_none(headers.get("kakou-list-version")),
    )
    return receive(office, body, says)


def routes() -> list[Route]:
    """Return POST /sync/passages."""
    return [machine("/sync/passages", _receive, max_bytes=BATCH_MAX_BYTES)]
