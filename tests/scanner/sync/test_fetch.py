"""Exchange over real sockets: bounded, never redirected, every way of failing named."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.proxy import free_port
from scanner.errors import (
    BatchRefused,
    IssuerTrouble,
    NetworkDown,
    NotPublished,
    ScannerError,
    StationFault,
)
from scanner.sync.fetch import RETRY_AFTER_MAX_S, HttpExchange
from tests.fakes.office import Refusal
from tests.fakes.office_server import OfficeServer, Trouble, serving
from tests.scanner.sync.rigs import enrolled_office, exchange_with


@pytest.fixture
def server() -> Iterator[OfficeServer]:
    with serving(enrolled_office()) as running:
        yield running


@pytest.fixture
def exchange(server: OfficeServer) -> Iterator[HttpExchange]:
    with exchange_with(server.url) as made:
        yield made


def test_a_published_file_comes_as_it_is(server: OfficeServer, exchange: HttpExchange) -> None:
    assert exchange.fetch("trust/list", 1 << 20) == server.office.published["trust/list"]
    assert exchange.fetch("manifest", 8192) == server.office.published["manifest"]


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(
    server: OfficeServer, exchange: HttpExchange
) -> None:
    server.office.published["file"] = bytes(100)

    assert exchange.fetch("file", 100) == bytes(100)
    with pytest.raises(IssuerTrouble) as caught:
        exchange.fetch("file", 99)
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    ("trouble", "kind", "code"),
    [
        (Trouble.PORTAL_PAGE, IssuerTrouble, "captive_portal"),
        (Trouble.PORTAL_BIG_PAGE, IssuerTrouble, "captive_portal"),
        (Trouble.PORTAL_REDIRECT, IssuerTrouble, "captive_portal"),
        (Trouble.PORTAL_511, IssuerTrouble, "captive_portal"),
        (Trouble.BAD_REQUEST_PAGE, IssuerTrouble, "issuer_error"),
        (Trouble.TOO_MANY, IssuerTrouble, "issuer_error"),
        (Trouble.UNAVAILABLE, IssuerTrouble, "issuer_error"),
        (Trouble.UNAVAILABLE_DATE, IssuerTrouble, "issuer_error"),
        (Trouble.SERVER_ERROR, IssuerTrouble, "issuer_error"),
        (Trouble.NOT_FOUND, NotPublished, "not_published"),
        (Trouble.ENDLESS, IssuerTrouble, "too_large"),
        (Trouble.PACKED, IssuerTrouble, "packed_answer"),
        (Trouble.CUT, NetworkDown, "no_route"),
        (Trouble.SILENT, NetworkDown, "no_route"),
    ],
)
@pytest.mark.parametrize("method", ["fetch", "post"])
def test_every_trouble_on_the_line_has_its_kind_and_code(
    server: OfficeServer,
    exchange: HttpExchange,
    trouble: Trouble,
    kind: type[ScannerError],
    code: str,
    method: str,
) -> None:
    server.troubles["manifest"] = trouble

    asks = {
        "fetch": lambda: exchange.fetch("manifest", 8192),
        "post": lambda: exchange.post("manifest", b"body", 8192),
    }
    with pytest.raises(ScannerError) as caught:
        asks[method]()

    assert (type(caught.value), caught.value.code) == (kind, code)
    del server.troubles["manifest"]
    assert exchange.fetch("manifest", 8192)  # and the line is good again


@pytest.mark.parametrize(
    ("trouble", "wait_s"),
    [
        (Trouble.TOO_MANY, 7.0),
        (Trouble.UNAVAILABLE, 11.0),
        (Trouble.UNAVAILABLE_DATE, None),
        (Trouble.SERVER_ERROR, None),
    ],
)
def test_how_long_to_wait_is_taken_from_the_issuer(
    server: OfficeServer, exchange: HttpExchange, trouble: Trouble, wait_s: float | None
) -> None:
    server.troubles["*"] = trouble

    with pytest.raises(IssuerTrouble) as caught:
        exchange.fetch("manifest", 8192)
    assert caught.value.retry_after_s == wait_s


def test_nobody_is_told_to_wait_longer_than_an_hour(
    server: OfficeServer, exchange: HttpExchange
) -> None:
    server.office.bends.refusal = Refusal(503, "overloaded", retry_after_s=10**9)

    with pytest.raises(IssuerTrouble) as caught:
        exchange.post("sync/passages", _batch(), 8192)
    assert (caught.value.code, caught.value.retry_after_s) == ("overloaded", RETRY_AFTER_MAX_S)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BatchRefused),
        (413, BatchRefused),
        (422, BatchRefused),
        (403, IssuerTrouble),
        (409, IssuerTrouble),
        (500, IssuerTrouble),
        (507, IssuerTrouble),
    ],
)
def test_only_some_refusals_of_the_office_itself_are_about_the_rows(
    server: OfficeServer, exchange: HttpExchange, status: int, kind: type[ScannerError]
) -> None:
    server.office.bends.refusal = Refusal(status, "its_word")

    with pytest.raises(ScannerError) as caught:
        exchange.post("sync/passages", _batch(), 8192)
    assert (type(caught.value), caught.value.code) == (kind, "its_word")


def _batch() -> bytes:
    from tests.keys.makers import batch_bytes
    from tests.scanner.sync.rigs import BOX_KEY

    return batch_bytes(key=BOX_KEY)


@pytest.mark.parametrize("trouble", [Trouble.DRIP, Trouble.DRIP_HEAD])
def test_a_line_that_drips_for_ever_has_an_end(server: OfficeServer, trouble: Trouble) -> None:
    server.troubles["*"] = trouble

    with exchange_with(server.url, longest_s=0.2) as exchange, pytest.raises(NetworkDown) as caught:
        exchange.fetch("manifest", 1 << 20)
    assert caught.value.code == "too_slow"


def test_a_port_where_nobody_listens_is_no_route() -> None:
    with (
        exchange_with(f"http://127.0.0.1:{free_port()}") as exchange,
        pytest.raises(NetworkDown) as caught,
    ):
        exchange.fetch("manifest", 10)
    assert caught.value.code == "no_route"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "issuer",
        "http://",
        "http://[",
        "ftp://host",
        "file:///etc/passwd",
        "http://a b",
        "http://..",
        "http://a..example",
        f"http://{'a' * 64}.example",
        "http://xn--",
        "x" * 70_000,
    ],
)
def test_what_is_no_address_is_told_before_anything_is_sent(address: str) -> None:
    with pytest.raises(StationFault) as caught:
        HttpExchange(address)
    assert caught.value.code == "issuer_address"


@given(st.text(max_size=40))
def test_no_text_as_an_address_is_more_than_a_fault(text: str) -> None:
    # Any other exception would fail the test.
    with contextlib.suppress(StationFault):
        HttpExchange(text).close()


@given(st.binary(max_size=200))
def test_no_answer_of_the_office_is_more_than_one_of_our_errors(raw: bytes) -> None:
    import httpx

    from scanner.sync.fetch import problem_code

    answer = httpx.Response(400, headers={"content-type": "application/problem+json"})
    code = problem_code(answer, raw)
    assert code is None or (code.isascii() and len(code) <= 40)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"code": "bad_row"}', "bad_row"),
        (b'{"code": 5}', None),
        (b'{"code": "' + b"x" * 41 + b'"}', None),
        ('{"code": "不"}'.encode(), None),
        (b"[]", None),
        (b"[" * 100_000, None),
        (b"", None),
    ],
)
def test_a_problem_names_its_code_or_none(raw: bytes, code: str | None) -> None:
    import httpx

    from scanner.sync.fetch import problem_code

    answer = httpx.Response(400, headers={"content-type": "application/problem+json"})
    assert problem_code(answer, raw) == code
    assert problem_code(httpx.Response(400), raw) is None
