"""Seals made ahead of time: each used once, none for a key that is no longer in force."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from keys.sealing import (
    PassageKey,
    finish_seal,
    open_body,
    passage_key,
    passage_public,
    ready_seal,
    seal_body,
    sealed_kid,
)
from scanner.record.sealer import READY_MOST, BodySealer

SECRET, OTHER = bytes(range(32)), bytes(range(32, 64))
KEY, OTHER_KEY = passage_key(passage_public(SECRET)), passage_key(passage_public(OTHER))
RING = {KEY.kid: SECRET, OTHER_KEY.kid: OTHER}
BODY = b"\xa1\x05edense"


@given(plain=st.binary(max_size=400))
def test_a_seal_finished_later_is_opened_like_one_made_at_once(plain: bytes) -> None:
    sealed = finish_seal(plain, ready_seal(KEY))

    assert open_body(sealed, RING) == plain
    assert len(sealed) == len(seal_body(plain, KEY))
    assert sealed_kid(sealed) == KEY.kid


def test_a_seal_that_is_ready_shows_no_secret_of_its_own() -> None:
    ready = ready_seal(KEY)

    assert repr(ready.shared) not in repr(ready)
    assert ready.shared not in ready.begins


def test_every_body_has_a_seal_of_its_own_whether_ready_or_not() -> None:
    sealer = BodySealer(lambda: KEY)
    for _ in range(2 * READY_MOST):
        sealer.get_ready()

    sealed = [sealer(BODY) for _ in range(3 * READY_MOST)]

    assert len({one[9:41] for one in sealed}) == 3 * READY_MOST
    assert all(open_body(one, RING) == BODY for one in sealed)


def test_a_new_key_is_used_at_once_and_without_one_bodies_stay_plain() -> None:
    key: PassageKey | None = KEY
    sealer = BodySealer(lambda: key)
    sealer.get_ready()
    sealer.get_ready()

    key = OTHER_KEY
    assert sealed_kid(sealer(BODY)) == OTHER_KEY.kid
    sealer.get_ready()
    assert sealed_kid(sealer(BODY)) == OTHER_KEY.kid
    key = None
    sealer.get_ready()
    assert sealer(BODY) == BODY


def test_threads_that_seal_at_once_never_share_a_seal() -> None:
    sealer = BodySealer(lambda: KEY)
    sealed: list[bytes] = []

    def work() -> None:
        for _ in range(200):
            sealer.get_ready()
            sealed.append(sealer(BODY))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one[9:41] for one in sealed}) == 800
