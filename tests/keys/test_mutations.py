"""A million bent or wrongly signed codes: none believed as another pass, none without a code."""

from __future__ import annotations

import random

import pytest

from keys.errors import UntrustedData
from keys.manifest import Manifest, check_newer, open_manifest, seal_manifest
from keys.trustlist import Purpose
from keys.verify import open_code
from tests.keys import mutations
from tests.keys.makers import NOW, manifest
from tests.keys.mutations import Tally

KNOWN = {
    *("not_a_pass", "malformed_code", "unknown_key", "wrong_key_purpose", "key_burned"),
    *("key_not_in_force", "bad_signature", "issued_in_future", "not_yet_valid", "expired"),
    *("rotating_code_missing", "rotating_code_wrong", "rotating_code_out_of_time"),
}


def held(tally: Tally, cases: int) -> None:
    assert tally.holes[:3] == []
    assert tally.strangers[:3] == []
    assert tally.same + sum(tally.codes.values()) == tally.cases == cases
    assert set(tally.codes) <= KNOWN


def run_manifests(count: int, seed: int = 1) -> Tally:
    """Return what became of manifests signed again by a wrong key, purpose or issuer, for a wrong
    epoch or with a wrong value. None may be taken.
    """
    rng, tally = random.Random(seed), Tally()
    held = manifest(version=5, previous=b"p" * 32)
    held_raw = seal_manifest(mutations.key_of(mutations.OURS, 302), 302, held)
    for number in range(count):
        new, signer = wrong_manifest(rng)
        raw = seal_manifest(mutations.key_of(*signer), 302, new)
        if rng.random() < 0.3:
            raw = mutations.bend_bytes(rng, raw)
        tally.cases += 1
        try:
            opened = open_manifest(
                raw,
                lambda kid: mutations.TRUST.keys_for(
                    mutations.OURS, Purpose.STATUS, int.from_bytes(kid, "big")
                ),
            )
            taken = check_newer(opened, raw, held=held, held_raw=held_raw, epoch=1, now=NOW)
        except UntrustedData as error:
            tally.codes[error.code] += 1
        except Exception as error:  # noqa: BLE001 - as above
            tally.strangers.append(f"{number}: {error!r}")
        else:
            tally.holes.append(f"{number}: {opened} {taken}")
    return tally


def wrong_manifest(rng: random.Random) -> tuple[Manifest, tuple[str, int]]:
    """Return a manifest with one thing wrong, and who signs it."""
    new, right = manifest(version=6 + rng.randrange(9), previous=b"?" * 32), (mutations.OURS, 302)
    match rng.randrange(5):
        case 0:
            return new, rng.choice(
                [
                    (mutations.OURS, 256),
                    (mutations.OURS, 303),
                    (mutations.NEIGHBOUR, 1024),
                    ("thief", 302),
                ]
            )
        case 1:
            return manifest(version=9, previous=b"?" * 32, epoch=rng.choice((0, 2, 99))), right
        case 2:
            return manifest(version=rng.randrange(1, 6)), right
        case 3:
            return manifest(version=9, previous=b"?" * 32, iat=NOW - 99, exp=NOW), right
        case _:
            n = rng.choice((0, 4, 1 << 53, 4097 << 20))
            return manifest(version=9, previous=b"?" * 32, n=n), right


def test_what_is_mutated_is_believed_before() -> None:
    pool = mutations.genuine_passes(random.Random(1), 100)
    for genuine in pool:
        for text in genuine.texts:
            signed = open_code(text, mutations.RING)
            assert (signed.identity, signed.cose) == (genuine.identity, genuine.cose)


def test_twenty_thousand_mutated_codes_are_refused_each_with_a_code() -> None:
    tally = mutations.run(20_000)
    held(tally, 20_000)
    assert tally.same < 1000
    wanted = {"bad_signature", "malformed_code", "wrong_key_purpose", "key_burned", "unknown_key"}
    assert wanted <= set(tally.codes)


def test_wrongly_signed_manifests_are_refused_each_with_a_code() -> None:
    tally = run_manifests(2000)
    assert (tally.holes[:3], tally.strangers[:3]) == ([], [])
    wanted = {"bad_signature", "wrong_epoch", "rollback", "expired_manifest", "malformed_manifest"}
    assert wanted <= set(tally.codes)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10, 20))
def test_a_million_mutated_codes_are_refused_each_with_a_code(seed: int) -> None:
    held(mutations.run(100_000, seed), 100_000)


@pytest.mark.soak
def test_a_hundred_thousand_wrongly_signed_manifests_are_refused() -> None:
    tally = run_manifests(100_000, 7)
    assert (tally.holes[:3], tally.strangers[:3]) == ([], [])
