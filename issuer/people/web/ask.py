"""One request as the pages and calls of the office see it, and the way from a path to a function.

Functions get an `Ask` and run in a thread: they may use the database and hash passwords. Before
they run, the session is found, the permission checked and the CSRF token compared - here, once, for
all of them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypeVar

import msgspec
from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from issuer.errors import BadInput, Code, Denied, IssuerError
from issuer.people.actions.login import Session, session_of
from issuer.people.office import Office
from issuer.people.rules.roles import Permission, check_may, may
from issuer.people.web.bodies import FORM_MAX_BYTES, read_body, read_form

SESSION_COOKIE: Final = "kakou_session"
LANGUAGE_COOKIE: Final = "kakou_language"
LANGUAGES: Final = ("zh", "en")
API_MAX_BYTES: Final = 64 << 10
_BODY_TIMEOUT_S: Final = 20.0
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An error in one language, for a page."""

    code: str
    status: int
    title: str
    next: str
    detail: str
    retry_after_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """What every page needs beside the office; built by serving.

    explain(error, language): the error in words. draw_qr(text): an inline <svg>.
    """

    office: Office
    templates: Environment
    explain: Callable[[IssuerError, str], Explanation]
    draw_qr: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. session: None where a route needs none. token: the session cookie, if any."""

    shell: Shell
    method: str
    path: str
    params: Mapping[str, Any]
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    is_secure: bool
    language: str
    token: str
    session: Session | None

    @property
    def office(self) -> Office:
        """The office."""
        return self.shell.office

    @property
    def who(self) -> str:
        """The operator's name: what the audit says."""
        return self.known.operator.name

    @property
    def known(self) -> Session:
        """The session; Denied login_needed where there is none."""
        if self.session is None:
            raise Denied(Code.LOGIN_NEEDED)
        return self.session

    def may(self, permission: Permission) -> bool:
        """Return whether who asks has `permission`: what a page shows."""
        return self.session is not None and may(self.session.operator.role, permission)

    def json(self, kind: type[_T]) -> _T:
        """Return the JSON body as `kind`; another shape: BadInput malformed_json."""
        if not self.headers.get("content-type", "").startswith("application/json"):
            raise BadInput(Code.MALFORMED_JSON, "Content-Type must be application/json")
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.DecodeError, RecursionError) as error:
            raise BadInput(Code.MALFORMED_JSON, str(error)) from None


Answer: TypeAlias = Callable[[Ask], Response]


def render(ask: Ask, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """Return a page. In templates `t(zh, en)` chooses the words and `ask` is what was asked."""
    is_zh = ask.language == "zh"

    def t(zh: str, en: str) -> str:
        return zh if is_zh else en

    text = ask.shell.templates.get_template(template).render(
        ask=ask, t=t, language=ask.language, may=ask.may, Permission=Permission, **context
    )
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})


def see_other(path: str) -> RedirectResponse:
    """Return the answer to a form that was taken: look there."""
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def page(
    path: str,
    answer: Answer,
    *,
    methods: Sequence[str] = ("GET",),
    permission: Permission | None = None,
    is_open: bool = False,
    before_change: bool = False,
) -> Route:
    """Return the route of a page. is_open: without log-in. before_change: also with a one-time
    password.
    """

    async def endpoint(request: Request) -> Response:
        body = b""
        form: dict[str, str] = {}
        if request.method == "POST":
            body = await read_body(request, max_bytes=FORM_MAX_BYTES, timeout_s=_BODY_TIMEOUT_S)
            form = read_form(body, request.headers.get("content-type", ""))
        ask = _ask(request, body, form)
        return await run_in_threadpool(
            _checked, ask, answer, permission, is_open=is_open, before_change=before_change
        )

    return Route(path, endpoint, methods=list(methods))


def call(
    path: str,
    answer: Answer,
    *,
    methods: Sequence[str] = ("POST",),
    permission: Permission | None = None,
    is_open: bool = False,
    before_change: bool = False,
) -> Route:
    """Return the route of an API call: JSON in, JSON out, the CSRF token in the header X-CSRF."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request, max_bytes=API_MAX_BYTES, timeout_s=_BODY_TIMEOUT_S)
        ask = _ask(request, body, {})
        return await run_in_threadpool(
            _checked, ask, answer, permission, is_open=is_open, before_change=before_change
        )

    return Route(path, endpoint, methods=list(methods))


def json_answer(value: object, *, status: int = 200) -> Response:
    """Return `value` as JSON."""
    return Response(
        msgspec.json.encode(value),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _checked(
    ask: Ask,
    answer: Answer,
    permission: Permission | None,
    *,
    is_open: bool,
    before_change: bool,
) -> Response:
    if is_open:
        return answer(ask)
    session = session_of(ask.office, ask.token)
    if ask.method not in {"GET", "HEAD"}:
        _check_csrf(ask, session)
    if session.operator.must_change and not before_change:
        raise Denied(Code.PASSWORD_MUST_CHANGE)
    if permission is not None:
        check_may(session.operator.role, permission)
    return answer(_with_session(ask, session))


def _check_csrf(ask: Ask, session: Session) -> None:
    given = ask.form.get("csrf") or ask.headers.get("x-csrf", "")
    if not hmac.compare_digest(given.encode(), session.csrf.encode()):
        raise Denied(Code.CSRF_WRONG)


def _with_session(ask: Ask, session: Session) -> Ask:
    fields = {name: getattr(ask, name) for name in Ask.__dataclass_fields__}
    return Ask(**fields | {"session": session})


def _ask(request: Request, body: bytes, form: Mapping[str, str]) -> Ask:
    return Ask(
        shell=request.app.state.shell,
        method=request.method,
        path=request.url.path,
        params=request.path_params,
        query=dict(request.query_params),
        form=form,
        body=body,
        headers=request.headers,
        cookies=request.cookies,
        address=request.client.host if request.client else "?",
        is_secure=request.url.scheme == "https",
        language=language_of(request),
        token=request.cookies.get(SESSION_COOKIE, ""),
        session=None,
    )


def language_of(request: Request) -> str:
    """Return `zh` or `en`: as chosen, else as the browser prefers, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "")[:200].split(","):
        language = part.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return "zh"
