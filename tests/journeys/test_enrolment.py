"""A one-time code that is replayed, late, for another server, or cut off in the middle."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from scanner.errors import EnrolmentRefused, NetworkDown
from scanner.sync.enrol import ENROL_PATH, enrol_station
from scanner.sync.fetch import HttpExchange
from tests.journeys.in_process import served_office
from tests.journeys.programs import Issuer, call, code_of_error, run

NONCE, CHAIN = bytes(16), bytes(range(16))


def test_a_code_works_once_and_for_one_station_only(issuer: Issuer, tmp_path: Path) -> None:
    code = issuer.station_code()
    first = call("scanner", tmp_path / "one", "enrol", code, "--issuer", issuer.url)
    assert first["station"] == "north"
    again = run("scanner", tmp_path / "two", "enrol", code, "--issuer", issuer.url)
    assert code_of_error(again) == "code_used"
    assert code_of_error(run("scanner", tmp_path / "two", "run")) == "not_enrolled"


def test_a_code_is_refused_when_the_server_shows_another_root(
    issuer: Issuer, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    impostor = Issuer.made(tmp_path / "elsewhere")
    impostor.start()
    try:
        done = run(
            "scanner", tmp_path / "gate", "enrol", issuer.station_code(), "--issuer", impostor.url
        )
    finally:
        impostor.kill()
    assert code_of_error(done) == "root_swapped"


def test_a_mistyped_code_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    code = "-".join(["AAAAA"] * 16)
    done = run("scanner", tmp_path, "enrol", code, "--issuer", "http://127.0.0.1:9")
    assert code_of_error(done) == "malformed_code"


def test_a_code_older_than_ten_minutes_is_refused(tmp_path: Path) -> None:
    with served_office(tmp_path) as office:
        code = office.station_code("north")
        office.clock.advance(601)
        with pytest.raises(EnrolmentRefused) as refused:
            _enrol(tmp_path / "gate", HttpExchange(office.url), code, office.url)
    assert refused.value.code == "code_expired"


class CutAfterAsking(HttpExchange):
    """A real exchange whose network goes away after the office answered and before the answer
    arrives.
    """

    def post(
        self, path: str, body: bytes, max_bytes: int, says: Mapping[str, str] | None = None
    ) -> bytes:
        super().post(path, body, max_bytes)
        assert path == ENROL_PATH
        raise NetworkDown("cut")


def test_an_enrolment_cut_off_after_the_office_agreed_is_resumed_with_the_same_code(
    tmp_path: Path,
) -> None:
    with served_office(tmp_path) as office:
        code = office.station_code("north")
        gate = tmp_path / "gate"
        with pytest.raises(NetworkDown):
            _enrol(gate, CutAfterAsking(office.url), code, office.url)
        assert not (gate / "station.json").exists()
        exchange = HttpExchange(office.url)
        record = _enrol(gate, exchange, code, office.url)
    assert record == "north"


def _enrol(gate: Path, exchange: HttpExchange, code: str, url: str) -> str:
    try:
        record = enrol_station(
            gate, exchange, code, issuer_url=url, seed=bytes(32), nonce=NONCE, chain=CHAIN
        )
    finally:
        exchange.close()
    return record.station
