from __future__ import annotations

import os
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuer.errors import Code, IssuerError
from issuer.people.actions.enrolment import enrol
from issuer.people.actions.stations import invite, list_stations, public_url, withdraw
from issuer.people.office import Office
from issuer.people.rules.stations import StationState
from keys.certificate import open_certificate
from keys.ed25519 import SigningKey
from keys.enrolment import EnrolCode, seal_request
from tests.issuer.rigs import TestClock, enrolled, invite_station, invited, station_keys


def refusal_of(office: Office, request: bytes) -> Code:
    with pytest.raises(IssuerError) as caught:
        enrol(office, request)
    return caught.value.code


def test_a_station_proves_key_and_code_and_gets_certificate_and_secret(any_office: Office) -> None:
    station = invited(any_office, "东门 1", "东门")
    answer = station.enrol()
    certificate = open_certificate(answer.certificate, station_keys(any_office))
    assert (certificate.station, certificate.checkpoint) == ("东门 1", "东门")
    assert certificate.public_key == station.key.public_key
    assert len(answer.checkpoint_secret) == 32
    found = list_stations(any_office)[0]
    assert (found.state, found.checkpoint) == (StationState.ENROLLED, "东门")


def test_stations_of_one_checkpoint_share_its_secret_and_others_do_not(office: Office) -> None:
    secrets = [
        invited(office, name, place).enrol().checkpoint_secret
        for name, place in (("a", "north"), ("b", "north"), ("c", "south"))
    ]
    assert secrets[0] == secrets[1] != secrets[2]


def test_a_retry_hears_the_same_answer_and_a_new_request_a_new_one(any_office: Office) -> None:
    station = invited(any_office)
    asked = station.request()
    first = enrol(any_office, asked)
    assert enrol(any_office, asked) == first
    again = station.enrol()
    assert again.checkpoint_secret == station.read_answer(asked, first).checkpoint_secret


def test_a_code_serves_one_key_only(any_office: Office) -> None:
    station = enrolled(any_office)
    thief = SigningKey(os.urandom(32))
    asked = seal_request(thief, station.code, os.urandom(16))
    assert refusal_of(any_office, asked) is Code.CODE_USED


def test_a_code_dies_after_ten_minutes(any_office: Office, clock: TestClock) -> None:
    station = invited(any_office)
    clock.at += 600
    assert refusal_of(any_office, station.request()) is Code.CODE_EXPIRED


def test_five_wrong_proofs_lock_the_code_even_for_who_has_it(any_office: Office) -> None:
    station = invited(any_office)
    good = station.request()
    # The right id with another root inside: the proof covers the root, so it does not stand.
    wrong = EnrolCode(secret=station.code.secret, root_pin=bytes(32))
    for _ in range(5):
        request = bytearray(seal_request(station.key, wrong, os.urandom(16)))
        assert refusal_of(any_office, _with_bad_mac(station.key, bytes(request), station.code))
    assert refusal_of(any_office, good) is Code.CODE_LOCKED


def _with_bad_mac(key: SigningKey, request: bytes, code: EnrolCode) -> bytes:
    from keys.encoding import cbor_encode
    from keys.enrolment import REQUEST_TYP, code_id
    from keys.envelope import seal_envelope

    payload = cbor_encode([code_id(code.secret), os.urandom(16), code.root_pin, bytes(32)])
    return seal_envelope(key, kid=key.public_key, typ=REQUEST_TYP, payload=payload)


def test_a_code_for_another_root_is_refused_and_costs_no_try(any_office: Office) -> None:
    station = invited(any_office)
    other = EnrolCode(secret=station.code.secret, root_pin=os.urandom(32))
    for _ in range(6):
        asked = seal_request(station.key, other, os.urandom(16))
        assert refusal_of(any_office, asked) is Code.WRONG_ROOT
    station.enrol()


def test_a_code_that_nobody_made_is_unknown(office: Office) -> None:
    station = invited(office)
    made_up = EnrolCode(secret=os.urandom(16), root_pin=station.code.root_pin)
    asked = seal_request(station.key, made_up, os.urandom(16))
    assert refusal_of(office, asked) is Code.UNKNOWN_CODE


def test_a_key_belongs_to_one_station(any_office: Office) -> None:
    first, second = enrolled(any_office, "a"), invited(any_office, "b")
    second.key = first.key
    assert refusal_of(any_office, second.request()) is Code.STATION_MISMATCH


def test_a_replaced_box_loses_its_key_and_cannot_come_back_with_its_old_code(
    any_office: Office,
) -> None:
    old = enrolled(any_office)
    new = invited(any_office)
    assert list_stations(any_office)[0].state is StationState.ENROLLED
    new.enrol()
    assert refusal_of(any_office, old.request()) is Code.UNKNOWN_CODE


def test_withdrawing_kills_open_codes_and_a_new_code_brings_the_station_back(
    any_office: Office,
) -> None:
    station = invited(any_office)
    withdrawn = withdraw(any_office, name="gate 1", by="test")
    assert withdrawn.state is StationState.WITHDRAWN
    assert refusal_of(any_office, station.request()) is Code.UNKNOWN_CODE
    enrolled(any_office)
    assert list_stations(any_office)[0].state is StationState.ENROLLED


def test_concurrent_requests_with_one_code_enrol_one_key(any_office: Office) -> None:
    station = invited(any_office)
    requests = [
        seal_request(SigningKey(os.urandom(32)), station.code, os.urandom(16)) for _ in range(4)
    ]
    answers: list[object] = []

    def work(request: bytes) -> None:
        try:
            answers.append(enrol(any_office, request))
        except IssuerError as error:
            answers.append(error.code)

    threads = [threading.Thread(target=work, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    assert len([answer for answer in answers if isinstance(answer, bytes)]) == 1
    assert answers.count(Code.CODE_USED) == 3


def test_a_station_does_not_move_and_a_checkpoint_keeps_its_zone(any_office: Office) -> None:
    invite_station(any_office, "a", "north")
    for name, checkpoint, zone in (("a", "south", None), ("b", "north", 5)):
        with pytest.raises(IssuerError) as caught:
            invite(any_office, name=name, checkpoint=checkpoint, zone=zone, url=None, by="test")
        assert caught.value.code is Code.CHECKPOINT_DIFFERS


def test_a_station_nobody_added_cannot_be_withdrawn(office: Office) -> None:
    with pytest.raises(IssuerError) as caught:
        withdraw(office, name="nowhere", by="test")
    assert caught.value.code is Code.UNKNOWN_STATION


def test_the_address_is_the_default_until_serve_or_a_setting_says_otherwise(
    office: Office,
) -> None:
    assert public_url(office) == "http://127.0.0.1:8020"


@given(st.binary(max_size=3000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_garbage_is_refused_with_a_code(office: Office, raw: bytes) -> None:
    assert refusal_of(office, raw) in {Code.MALFORMED_REQUEST, Code.BAD_SIGNATURE}


def test_any_flipped_bit_of_a_request_is_refused(office: Office) -> None:
    station = invited(office)
    asked = station.request()
    for place in range(0, len(asked) * 8, 7):
        bent = bytearray(asked)
        bent[place // 8] ^= 1 << place % 8
        assert refusal_of(office, bytes(bent)) in {Code.MALFORMED_REQUEST, Code.BAD_SIGNATURE}
    station.enrol()
