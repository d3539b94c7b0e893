"""The web edge: how errors are told to machines and to people, what every answer carries, and how
many may ask at once.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from issuer.errors import BadInput, Busy, Code, Fault, IssuerError
from issuer.people.web.ask import Explanation, Shell, language_of
from issuer.problems.table import PROBLEMS

AT_ONCE: Final = 128
# One address cannot take every place, and a district behind one address still has many.
AT_ONCE_FROM_ONE: Final = 64
_RETRY_AFTER_S: Final = 10
_LOG = logging.getLogger(__name__)
# No script at all: every page works without. Forms go nowhere else, nothing frames us.
_HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


def explain(error: IssuerError, language: str) -> Explanation:
    """Return an error in words of `language`."""
    problem = PROBLEMS[error.code]
    return Explanation(
        code=error.code.value,
        status=problem.status,
        title=problem.title(language),
        next=problem.next(language),
        # Details of a fault are for the log: they name paths and tables. The others are English.
        detail="" if isinstance(error, Fault) or language == "zh" else error.detail,
        retry_after_s=error.retry_after_s,
    )


async def tell(request: Request, error: Exception) -> Response:
    """Return the answer for an IssuerError: a page under /office, else application/problem+json."""
    known = error if isinstance(error, IssuerError) else Fault(Code.INTERNAL)
    if isinstance(known, Fault):
        _LOG.error("%s: %s", known.code, known.detail or "-")
    told = explain(known, language_of(request))
    headers = {"Cache-Control": "no-store"}
    if told.retry_after_s is not None:
        headers["Retry-After"] = str(told.retry_after_s)
    if request.url.path.startswith("/office"):
        return await run_in_threadpool(_page, request, known, told, headers)
    told = explain(known, "en")
    return _problem(told, headers)


def _problem(told: Explanation, headers: dict[str, str]) -> Response:
    value = {
        "type": f"urn:kakou:problem:{told.code}",
        "title": told.title,
        "status": told.status,
        "code": told.code,
        "next": told.next,
    }
    if told.detail:
        value["detail"] = told.detail
    return JSONResponse(
        value, status_code=told.status, media_type="application/problem+json", headers=headers
    )


def _page(
    request: Request, error: IssuerError, told: Explanation, headers: dict[str, str]
) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if error.code is Code.LOGIN_NEEDED:
        after = f"?next={quote(here)}" if request.method == "GET" and here != "/office" else ""
        return RedirectResponse(f"/office/login{after}", status_code=303, headers=headers)
    if error.code is Code.PASSWORD_MUST_CHANGE:
        return RedirectResponse("/office/password", status_code=303, headers=headers)
    shell: Shell = request.app.state.shell
    language = language_of(request)
    text = shell.templates.get_template("problem.html").render(
        t=lambda zh, en: zh if language == "zh" else en, language=language, told=told, ask=None
    )
    return Response(text, status_code=told.status, media_type="text/html", headers=headers)


async def tell_http(request: Request, error: Exception) -> Response:
    """Return the answer where no route fits: not_found or method_not_allowed."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    code = Code.METHOD_NOT_ALLOWED if status == 405 else Code.NOT_FOUND
    answer = await tell(request, BadInput(code))
    allowed = getattr(error, "headers", None) or {}
    if "Allow" in allowed:
        answer.headers["Allow"] = allowed["Allow"]
    return answer


class Edge:
    """The outermost layer: counts who is inside, adds headers to every answer, lets no exception
    out.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = False

        async def send_with_headers(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        address = (scope.get("client") or ("?", 0))[0]
        if self._inside.total() >= AT_ONCE or self._inside[address] >= AT_ONCE_FROM_ONE:
            error = Busy(Code.OVERLOADED, retry_after_s=_RETRY_AFTER_S)
            await _problem_of(error)(scope, receive, send_with_headers)
            return
        self._inside[address] += 1
        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:  # noqa: BLE001 - the web edge: told, logged, and the next request lives
            _LOG.exception("a request ended in a mistake of ours")
            if not began:
                await _problem_of(Fault(Code.INTERNAL))(scope, receive, send_with_headers)
        finally:
            self._inside[address] -= 1
            if not self._inside[address]:
                del self._inside[address]


def _problem_of(error: IssuerError) -> Response:
    headers = {"Cache-Control": "no-store"}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return _problem(explain(error, "en"), headers)
