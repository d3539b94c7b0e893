"""Enrolment cut anywhere: by the line, the office or the disk, the same command goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.enrolment import read_code, root_pin
from scanner.errors import (
    BatchRefused,
    IssuerTrouble,
    NetworkDown,
    ScannerError,
    StationFault,
)
from scanner.record.identity import is_enrolled, read_identity
from scanner.sync import enrol
from scanner.sync.enrol import enrol_station
from tests.fakes.disks import power_cut
from tests.fakes.office import Office
from tests.fakes.office_server import SHORT_TROUBLES, OfficeServer, Trouble
from tests.scanner.sync.rigs import enrolling, exchange_with


@pytest.mark.parametrize("trouble", SHORT_TROUBLES)
@pytest.mark.parametrize("path", ["trust/root", "trust/list", "enrol"])
def test_after_any_trouble_on_the_line_the_same_command_enrols(
    office: Office, server: OfficeServer, tmp_path: Path, path: str, trouble: Trouble
) -> None:
    code = office.add_station()
    server.troubles[path] = trouble
    with pytest.raises(ScannerError) as caught:
        enrolling(tmp_path, server, code)
    assert not isinstance(caught.value, BatchRefused)
    assert not is_enrolled(tmp_path)

    server.troubles.clear()
    assert enrolling(tmp_path, server, code).station == "west-1"


def test_an_answer_lost_on_the_way_is_given_again_to_the_same_key(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    with exchange_with(server.url) as exchange:
        post = exchange.post

        def lost(path: str, body: bytes, max_bytes: int) -> bytes:
            post(path, body, max_bytes)
            raise NetworkDown("after the office had answered")

        exchange.post = lost  # type: ignore[assignment, method-assign]
        with pytest.raises(NetworkDown):
            enrol_station(
                tmp_path,
                exchange,
                code,
                issuer_url=server.url,
                seed=bytes(32),
                nonce=bytes(16),
                chain=bytes(16),
            )
    key = office.stations["west-1"].public_key

    assert enrolling(tmp_path, server, code).station == "west-1"
    assert office.stations["west-1"].public_key == key


def test_a_crash_at_any_write_leaves_a_folder_that_the_same_code_enrols(
    office: Office, server: OfficeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = 0
    while True:
        name, folder = f"west-{cut}", tmp_path / str(cut)
        code = office.add_station(name)
        try:
            with power_cut(monkeypatch, cut):
                enrolling(folder, server, code)
            break
        except StationFault as fault:
            told = fault.code
        assert told in {"disk_unusable", "key_file_unwritable"}
        # The last wait of all is for the record's name: cut there, the folder may be enrolled.
        if not is_enrolled(folder):
            assert enrolling(folder, server, code).station == name
        assert read_identity(folder).key.public_key == office.stations[name].public_key
        cut += 1
    assert cut >= 10


def test_an_office_in_trouble_may_be_asked_again(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    server.troubles["enrol"] = Trouble.UNAVAILABLE

    with pytest.raises(IssuerTrouble) as caught:
        enrolling(tmp_path, server, code)
    assert caught.value.retry_after_s == 11
    assert read_code(code).root_pin == root_pin(office.root)
    assert enrol.ENROL_PATH == "enrol"
