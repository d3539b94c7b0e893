"""From a reservation to a code that a gate believes for fifteen seconds at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from issuer.errors import Code, IssuerError
from issuer.people.office import Office
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.actions.rotating import complete, read_anchor, reserve
from issuer.tokens.rules.passes import PassRequest, SiteRequest
from keys.claims import Claims, Kind
from keys.dense import write_digits
from keys.errors import RotatingCodeMissing, RotatingCodeOutOfTime
from keys.rotating import climb, salt_of, slots_of, tail_for
from keys.trustlist import keyring_of
from keys.verify import check_time, open_code
from tests.issuer.rigs import START_S
from tests.journeys.programs import call, code_of_error, run

REQUEST = PassRequest(name="王*明", id_tail="123X", kind=Kind.PHONE)
SECRET = bytes(range(16))


def anchor_of(claims: Claims, secret: bytes = SECRET) -> bytes:
    """Return x[N], as the phone computes it."""
    salt = salt_of(claims.kid, claims.list_number, claims.entry, claims.iat)
    return climb(salt, secret, 0, slots_of(claims.iat, claims.exp))


def identity(claims: Claims) -> str:
    return f"home/{claims.list_number}/{claims.entry}"


def refusal(office: Office, text: str, anchor: bytes) -> Code:
    with pytest.raises(IssuerError) as refused:
        complete(office, text=text, anchor=anchor, by="li")
    return refused.value.code


def test_a_phone_that_reserved_shows_codes_that_live_for_their_slot(any_office: Office) -> None:
    claims = reserve(any_office, REQUEST, by="li")
    minted = complete(any_office, text=identity(claims), anchor=anchor_of(claims), by="li")
    assert minted.carrier is not None
    keyring = keyring_of(any_office.trust_list())
    slot = (START_S - claims.iat) // 15
    text = write_digits(minted.carrier, tail_for(minted.claims, SECRET, slot))
    signed = open_code(text, keyring)
    check_time(signed, START_S)
    assert signed.identity == minted.identity
    with pytest.raises(RotatingCodeOutOfTime):
        check_time(signed, START_S + 60)
    assert (minted.full, minted.dense) == ("", None)


def test_the_same_anchor_again_gives_the_same_pass_and_another_is_refused(
    any_office: Office,
) -> None:
    claims = reserve(any_office, REQUEST, by="li")
    text = identity(claims)
    first = complete(any_office, text=text, anchor=anchor_of(claims), by="li")
    assert complete(any_office, text=text, anchor=anchor_of(claims), by="li") == first
    assert refusal(any_office, text, anchor_of(claims, bytes(16))) is Code.ALREADY_SIGNED


def test_an_ordinary_pass_cannot_be_turned_into_a_rotating_one(any_office: Office) -> None:
    minted = mint_passes(any_office, [REQUEST], by="li")[0]
    assert refusal(any_office, str(minted.identity), bytes(16)) is Code.ALREADY_SIGNED


def test_a_pass_that_nobody_reserved_is_unknown(any_office: Office) -> None:
    assert refusal(any_office, "home/0/1", bytes(16)) is Code.UNKNOWN_PASS


@pytest.mark.parametrize("hours", [0, 169, -1])
def test_a_rotating_pass_lives_a_week_at_most(any_office: Office, hours: int) -> None:
    request = PassRequest(name="", id_tail="", kind=Kind.PHONE, hours=hours)
    with pytest.raises(IssuerError) as refused:
        reserve(any_office, request, by="li")
    assert refused.value.code is Code.BAD_TIME


def test_a_rotating_pass_has_no_site(any_office: Office) -> None:
    request = PassRequest(name="", id_tail="", kind=Kind.PHONE, site=SiteRequest())
    with pytest.raises(IssuerError) as refused:
        reserve(any_office, request, by="li")
    assert refused.value.code is Code.BAD_CLAIMS


@pytest.mark.parametrize("text", ["", "00" * 15, "00" * 17, "zz" * 16, "００" * 16, " " * 32])
def test_an_anchor_is_sixteen_bytes_in_hexadecimal(text: str) -> None:
    with pytest.raises(IssuerError) as refused:
        read_anchor(text)
    assert refused.value.code is Code.BAD_ANCHOR


def test_a_rotating_carrier_without_its_tail_is_no_code(any_office: Office) -> None:
    claims = reserve(any_office, REQUEST, by="li")
    minted = complete(any_office, text=identity(claims), anchor=anchor_of(claims), by="li")
    assert minted.carrier is not None
    with pytest.raises(RotatingCodeMissing):
        open_code(write_digits(minted.carrier), keyring_of(any_office.trust_list()))


def test_the_command_line_reserves_and_completes(tmp_path: Path) -> None:
    data = tmp_path / "office"
    call("issuer", data, "init", "--offline", str(tmp_path / "offline"))
    reserved = call("issuer", data, "rotating", "reserve", "--name", "王*明", "--hours", "1")
    place = reserved["list"], reserved["index"], reserved["iat"]
    anchor = climb(salt_of(reserved["kid"], *place), SECRET, 0, 240)
    ask = ("rotating", "complete", reserved["pass"], "--anchor")
    done = call("issuer", data, *ask, anchor.hex())
    assert len(bytes.fromhex(done["carrier"])) == 99
    assert code_of_error(run("issuer", data, *ask, "00" * 16)) == "already_signed"
    assert code_of_error(run("issuer", data, *ask, "no")) == "bad_anchor"
    assert json.dumps(reserved).isascii()
