"""Enrolment: pinned from the first byte, whole or not at all, and resumed where it was cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keys.enrolment import EnrolCode, root_pin, write_code
from scanner.errors import (
    EnrolmentRefused,
    StationFault,
)
from scanner.record.cache import StatusCache
from scanner.record.identity import is_enrolled, read_identity
from scanner.sync.enrol import enrol_station
from tests.fakes.office import Office
from tests.fakes.office_server import OfficeServer, Trouble
from tests.fakes.publisher import ISSUER, ZONE, signing_key
from tests.scanner.sync.rigs import enrolling, exchange_with


def refused(folder: Path, server: OfficeServer, code: str) -> str:
    """Return the code with which enrolment is refused for good."""
    with pytest.raises(EnrolmentRefused) as caught:
        enrolling(folder, server, code)
    assert caught.value.next_step
    assert not is_enrolled(folder)
    return caught.value.code


def test_a_station_that_brings_the_code_is_enrolled(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    record = enrolling(tmp_path, server, office.add_station())

    identity = read_identity(tmp_path)
    assert identity.record == record
    assert (record.station, record.checkpoint, record.zone) == ("west-1", "west gate", ZONE)
    assert (record.issuer, record.issuer_url) == (ISSUER, server.url)
    assert identity.key.public_key == office.stations["west-1"].public_key
    assert identity.root == office.root
    assert len(identity.checkpoint_secret) == 32
    assert StatusCache(tmp_path, identity.root).trust() is not None


def test_a_code_may_be_typed_in_any_case_with_spaces_and_dashes(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station().lower().replace("-", "  ")

    assert enrolling(tmp_path, server, code).station == "west-1"


def test_an_enrolled_folder_is_not_enrolled_again(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    enrolling(tmp_path, server, code)

    with pytest.raises(StationFault) as caught:
        enrolling(tmp_path, server, code)
    assert caught.value.code == "already_enrolled"


@pytest.mark.parametrize("code", ["", "hello", "A" * 80, "-" * 500, "王" * 80, "A" * 10_000])
def test_what_is_no_code_is_told_before_anything_is_sent(
    server: OfficeServer, tmp_path: Path, code: str
) -> None:
    assert refused(tmp_path, server, code) == "malformed_code"
    assert server.asked == []


@pytest.mark.parametrize("place", [0, 5, 40, 78])
def test_a_slip_of_one_letter_is_noticed_before_anything_is_sent(
    office: Office, server: OfficeServer, tmp_path: Path, place: int
) -> None:
    code = office.add_station().replace("-", "")
    slipped = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]

    assert refused(tmp_path, server, slipped) == "malformed_code"
    assert server.asked == []


def test_a_server_with_another_root_is_refused_before_the_code_is_shown(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.published["trust/root"] = signing_key("thief").public_key

    assert refused(tmp_path, server, code) == "root_swapped"
    assert "enrol" not in server.asked


def test_a_trust_list_that_the_root_did_not_sign_is_refused(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.root_key = signing_key("thief")
    office.change_trust()

    assert refused(tmp_path, server, code) == "bad_signature"
    assert "enrol" not in server.asked


@pytest.mark.parametrize("state", ["expired", "locked"])
def test_a_code_past_its_time_is_refused_with_its_reason(
    office: Office, server: OfficeServer, tmp_path: Path, state: str
) -> None:
    code = office.add_station()
    office.stations["west-1"].code_state = state

    assert refused(tmp_path, server, code) == f"code_{state}"
    office.stations["west-1"].code_state = "open"
    assert enrolling(tmp_path, server, code).station == "west-1"


def test_a_code_that_another_box_used_is_refused(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    enrolling(tmp_path / "first", server, code)

    assert refused(tmp_path / "second", server, code) == "code_used"


def test_a_code_that_the_office_never_made_is_refused(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    unknown = write_code(EnrolCode(secret=b"x" * 16, root_pin=root_pin(office.root)))

    assert refused(tmp_path, server, unknown) == "unknown_code"


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        ({"public_key": signing_key("another box").public_key}, "wrong_certificate"),
        ({"issuer": "ningbo"}, "wrong_certificate"),
    ],
)
def test_a_certificate_for_another_is_refused(
    office: Office,
    server: OfficeServer,
    tmp_path: Path,
    bend: dict[str, object],
    code: str,
) -> None:
    office.bends.certificate = bend

    assert refused(tmp_path, server, office.add_station()) == code


def test_an_answer_by_another_key_is_refused(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    office.station_key = signing_key("thief")

    assert refused(tmp_path, server, code) == "bad_signature"


def test_a_certificate_by_another_key_is_refused(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    office.bends.certificate_signer = signing_key("thief")

    assert refused(tmp_path, server, office.add_station()) == "bad_signature"


def test_an_office_that_cannot_read_the_request_is_told_as_a_refusal(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    server.troubles["enrol"] = Trouble.OFFICE_400

    assert refused(tmp_path, server, office.add_station()) == "odd_request"


def test_an_answer_that_was_recorded_fits_no_other_request(
    office: Office, server: OfficeServer, tmp_path: Path
) -> None:
    code = office.add_station()
    recorded: list[bytes] = []
    common: dict[str, Any] = {"issuer_url": server.url, "seed": bytes(32), "chain": bytes(16)}
    with exchange_with(server.url) as exchange:
        post = exchange.post

        def replaying(path: str, body: bytes, max_bytes: int) -> bytes:
            recorded.append(post(path, body, max_bytes))
            return recorded[0]

        exchange.post = replaying  # type: ignore[assignment, method-assign]
        enrol_station(tmp_path / "a", exchange, code, nonce=b"a" * 16, **common)
        with pytest.raises(EnrolmentRefused) as caught:
            enrol_station(tmp_path / "b", exchange, code, nonce=b"b" * 16, **common)
    assert caught.value.code == "wrong_answer"
