"""Searching and exporting passages: the page and the calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from issuer.errors import BadInput, Code, IssuerError
from issuer.passages.actions.search import Page, export, passage_json, search
from issuer.passages.rules.searching import (
    Search,
    check_range,
    checked_purpose,
    direction_of,
    read_place,
    verdict_of,
)
from issuer.passages.web.said import said_texts
from issuer.people.actions.stations import list_stations
from issuer.people.rules.roles import Permission
from issuer.people.web.ask import Ask, call, json_answer, page, render
from issuer.people.web.times import asked_time, shown_time, zone_of
from issuer.tokens.rules.passes import read_identity
from keys.passages import Direction, Reason, Verdict

_FILTERS: Final = ("purpose", "from", "to", "station", "verdict", "reason", "direction", "pass")
# More names help nobody to choose one.
_NAMES_MOST: Final = 500
_MEDIA_TYPES: Final = {"csv": "text/csv", "jsonl": "application/jsonl"}


def _search_of(ask: Ask) -> Search:
    """Return the search that the query asks for; times as a page types them, or as unix seconds."""
    query = ask.query
    zone = zone_of(ask.office.settings)

    from_s, to_s = (asked_time(query.get(name, ""), zone) for name in ("from", "to"))
    check_range(from_s, to_s)
    pass_text = query.get("pass", "").strip()
    return Search(
        purpose=checked_purpose(query.get("purpose", "")),
        from_s=from_s,
        to_s=to_s,
        station=query.get("station", "").strip()[:64],
        verdict=verdict_of(query.get("verdict", "")),
        reason=query.get("reason", "")[:40],
        direction=direction_of(query.get("direction", "")),
        identity=read_identity(pass_text, issuer=ask.office.settings.issuer) if pass_text else None,
    )


def _passages(ask: Ask) -> Response:
    told, found = None, None
    if "purpose" in ask.query:
        try:
            place = read_place(ask.query.get("below", ""))
            found = search(ask.office, _search_of(ask), below=place, by=ask.who)
        except IssuerError as error:
            told = ask.shell.explain(error, ask.language)
    zone = zone_of(ask.office.settings)

    def shown(at_ms: int) -> str:
        return shown_time(at_ms // 1000, zone, to_second=True)

    return render(
        ask,
        "passages.html",
        status=200 if told is None else told.status,
        told=told,
        found=found,
        asked={name: ask.query.get(name, "") for name in _FILTERS},
        verdicts=[verdict.value for verdict in Verdict],
        reasons=[reason.value for reason in Reason],
        directions=[direction.value for direction in Direction],
        shown=shown,
        stations=[station.name for station in list_stations(ask.office)[:_NAMES_MOST]],
        printed=shown_time(ask.office.now(), zone),
        said=lambda passage, language: said_texts(passage, language, shown),
    )


def _export(ask: Ask) -> Response:
    kind = ask.query.get("format", "")
    if kind not in _MEDIA_TYPES:
        raise BadInput(Code.BAD_ARGUMENTS, "format is csv or jsonl")
    pieces = export(ask.office, _search_of(ask), kind=kind, by=ask.who)
    name = f"passages-{ask.office.now()}.{kind}"
    return StreamingResponse(
        _encoded(pieces, kind),
        media_type=f"{_MEDIA_TYPES[kind]}; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _encoded(pieces: Iterator[str], kind: str) -> Iterator[bytes]:
    if kind == "csv":
        # Without this mark spreadsheets read Chinese names as something else.
        yield b"\xef\xbb\xbf"
    gathered: list[str] = []
    for count, piece in enumerate(pieces):
        gathered.append(piece)
        if count % 200 == 199:
            yield "".join(gathered).encode()
            gathered.clear()
    yield "".join(gathered).encode()


def _found_json(found: Page) -> dict[str, object]:
    return {
        "passages": [passage_json(passage) for passage in found.passages],
        "total": found.total,
        "notes": found.notes,
        "verdicts": found.verdicts,
        "below": found.next_place or None,
    }


def _call(ask: Ask) -> Response:
    place = read_place(ask.query.get("below", ""))
    return json_answer(_found_json(search(ask.office, _search_of(ask), below=place, by=ask.who)))


def routes() -> list[Route]:
    """Return the routes of the page, its export, and the same for scripts."""
    permission = Permission.SEARCH_PASSAGES
    return [
        page("/office/passages", _passages, permission=permission),
        page("/office/passages/export", _export, permission=permission),
        call("/api/passages", _call, methods=("GET",), permission=permission),
        call("/api/passages/export", _export, methods=("GET",), permission=permission),
    ]
