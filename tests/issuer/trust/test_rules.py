"""What the next trust list and the next publication are, before anybody signs on a disk."""

from __future__ import annotations

from dataclasses import replace

import pytest

from issuer.errors import BadInput, Code, Refused
from issuer.tokens.actions.ceremony import kid_base
from issuer.trust.rules.publication import (
    DAY_S,
    LIFE_S,
    OFFICE,
    Change,
    Files,
    Foreign,
    Signers,
    first_files,
    next_files,
)
from issuer.trust.rules.trustlists import (
    NewKey,
    find_key,
    live_key,
    next_kid,
    with_burned,
    with_epoch,
    with_issuer,
    with_new_key,
    without_issuer,
)
from issuer.trustfiles import paths_of, trust_of
from keys.roster import encode_roster
from keys.trustlist import KeyState, Purpose, TrustList, encode_trust_list, keyring_of
from keys.trustmeta import ROOT, SNAPSHOT, TARGETS
from keys.trustrepo import Delegation, RoleKeys, delegations_in, roles_in, sign_targets
from keys.trustset import TrustSet
from tests.keys.makers import (
    ISSUER,
    NOW,
    PASS_KEY,
    PASS_KID,
    issuer_entry,
    signing_key,
    trust_list,
    trusted_key,
)

NEW = NewKey(purpose=Purpose.PASS, public_key=b"n" * 32, not_before=NOW)


# --- trust lists


def test_a_number_is_never_given_again() -> None:
    trust = trust_list()
    assert next_kid(trust, ISSUER) == 302
    gap = replace(
        trust, issuers={ISSUER: issuer_entry(kid_ranges=((0, 9), (300, 301), (400, 401)))}
    )
    assert next_kid(gap, ISSUER) == 400
    first = replace(trust, keys=())
    assert next_kid(first, ISSUER) == 256


def test_an_issuer_whose_numbers_are_used_up_needs_another_range() -> None:
    full = replace(trust_list(), issuers={ISSUER: issuer_entry(kid_ranges=((256, 301),))})
    with pytest.raises(Refused) as caught:
        next_kid(full, ISSUER)
    assert caught.value.code is Code.KIDS_USED_UP


def test_a_new_key_retires_the_one_before_and_no_other() -> None:
    newer = with_new_key(trust_list(), ISSUER, NEW, NOW)
    states = {key.kid: key.state for key in newer.keys}
    assert newer.version == 2
    assert states == {
        258: KeyState.RETIRED,
        300: KeyState.LIVE,
        301: KeyState.LIVE,
        302: KeyState.LIVE,
    }
    live = live_key(newer, ISSUER, Purpose.PASS)
    assert live is not None
    assert live.kid == 302
    assert find_key(newer, ISSUER, 258).not_after == NOW + 3600


def test_an_issuer_without_a_live_key_has_none() -> None:
    assert live_key(replace(trust_list(), keys=()), ISSUER, Purpose.PASS) is None


def test_a_burned_key_is_burned_once_unless_its_re_admission_changes() -> None:
    burned = with_burned(trust_list(), ISSUER, PASS_KID, None)
    assert find_key(burned, ISSUER, PASS_KID).state is KeyState.BURNED
    with pytest.raises(Refused) as caught:
        with_burned(burned, ISSUER, PASS_KID, None)
    assert caught.value.code is Code.ALREADY_BURNED
    back = with_burned(burned, ISSUER, PASS_KID, bytes(32))
    assert find_key(back, ISSUER, PASS_KID).readmit == bytes(32)


def test_an_unknown_key_cannot_be_burned() -> None:
    with pytest.raises(BadInput) as caught:
        with_burned(trust_list(), ISSUER, 999, None)
    assert caught.value.code is Code.UNKNOWN_KEY


def test_an_epoch_is_one_issuers() -> None:
    assert with_epoch(trust_list(), ISSUER, 7).issuers[ISSUER].epoch == 7


def test_a_neighbour_comes_and_goes_and_a_burned_key_of_its_stays_burned() -> None:
    entry = issuer_entry(kid_ranges=((1, 9),), status_map=((0, 2),))
    keys = tuple(trusted_key(issuer="ningbo", kid=kid) for kid in (1, 2))
    trust = with_issuer(trust_list(), "ningbo", entry, keys)
    assert len(trust.keys) == 5
    burned = with_burned(trust, "ningbo", 1, None)
    again = with_issuer(burned, "ningbo", entry, keys)
    assert find_key(again, "ningbo", 1).state is KeyState.BURNED
    # Nor does it come back by a card that no longer names it.
    silent = with_issuer(burned, "ningbo", entry, keys[1:])
    assert find_key(silent, "ningbo", 1).state is KeyState.BURNED
    gone = without_issuer(again, "ningbo")
    assert set(gone.issuers) == {ISSUER}
    assert {key.issuer for key in gone.keys} == {ISSUER}


def neighbours(count: int, kid: int = PASS_KID) -> TrustList:
    """Return our list with so many neighbours that all have a pass key of that number."""
    trust = trust_list()
    for number in range(count):
        name = f"n{number}"
        key = trusted_key(signing_key(name), issuer=name, kid=kid)
        trust = with_issuer(trust, name, issuer_entry(kid_ranges=((kid, kid),)), (key,))
    return trust


def test_a_neighbour_whose_passes_gates_would_not_try_is_told_so() -> None:
    assert len(keyring_of(neighbours(3)).by_kid[PASS_KID]) == 4
    with pytest.raises(Refused) as caught:
        neighbours(4)
    assert caught.value.code is Code.KID_CROWDED


def test_a_new_key_gets_a_number_that_gates_will_try() -> None:
    crowded = neighbours(4, kid=302)
    newer = with_new_key(crowded, ISSUER, NEW, NOW)
    added = live_key(newer, ISSUER, Purpose.PASS)
    assert added is not None
    assert added.kid == 303
    assert keyring_of(newer).by_kid[303] == (added,)


def test_offices_of_their_own_names_begin_at_numbers_of_their_own() -> None:
    assert kid_base("home") == 0
    bases = {kid_base(name) for name in ("hangzhou", "ningbo", "wenzhou", "jiaxing", "huzhou")}
    assert len(bases) == 5
    assert all(base % 256 == 0 and 0 <= base < 1 << 16 for base in bases)


# --- publications

SIGNERS = Signers(
    snapshot=signing_key("s"),
    timestamp=signing_key("t"),
    office=signing_key("o"),
    root=tuple(signing_key(f"r{n}") for n in range(3)),
    targets=tuple(signing_key(f"x{n}") for n in range(3)),
)
FIRST = first_files(
    {"trust-list": encode_trust_list(trust_list())}, encode_roster(()), SIGNERS, epoch=1, now=NOW
)
HELD = trust_of(FIRST.get)


def after(change: Change, signers: Signers = SIGNERS, now: int = NOW) -> tuple[Files, TrustSet]:
    files = next_files(HELD, change, signers, now=now)
    return files, trust_of((FIRST | files).get)


def test_a_new_repository_is_one_that_stations_take() -> None:
    assert HELD.trust_list() == trust_list()
    assert set(HELD.roles) == {TARGETS, OFFICE}
    assert roles_in(HELD.root)[ROOT].threshold == 2
    assert set(paths_of(HELD)) == set(FIRST)


def test_where_nothing_changed_only_the_timestamp_is_signed() -> None:
    files, held = after(Change(), now=NOW + 600)
    assert set(files) == {"timestamp.json"}
    assert held.iat == NOW + 600


def test_a_clock_that_went_back_makes_no_older_timestamp() -> None:
    assert after(Change(), now=NOW - 600)[1].iat == NOW


def test_what_is_signed_online_gets_a_new_date_at_half_of_its_life() -> None:
    files, _ = after(Change(), now=NOW + LIFE_S[SNAPSHOT] // 2 + DAY_S)
    assert set(files) == {
        "2.office.json",
        "2.snapshot.json",
        "timestamp.json",
        *(path for path in FIRST if path.endswith("station-roster")),
    }


def test_a_new_roster_is_signed_by_the_office_alone() -> None:
    online = replace(SIGNERS, root=(), targets=())
    files, held = after(Change(office_files={"station-roster": b"\x80 "}), online)
    assert held.files["station-roster"] == b"\x80 "
    assert "2.targets.json" not in files


def test_a_target_comes_and_goes() -> None:
    files = next_files(HELD, Change(files={"releases/1": b"x"}), SIGNERS, now=NOW)
    more = FIRST | files
    held = trust_of(more.get)
    assert "releases/1" in held.roles[TARGETS].signed.targets
    gone = more | next_files(held, Change(files={"releases/1": None}), SIGNERS, now=NOW)
    assert "releases/1" not in trust_of(gone.get).roles[TARGETS].signed.targets


def test_other_targets_keys_sign_the_targets_anew() -> None:
    keys = tuple(signing_key(f"y{n}") for n in range(3))
    roles = roles_in(HELD.root) | {
        TARGETS: RoleKeys(public_keys=tuple(key.public_key for key in keys), threshold=2)
    }
    files, held = after(Change(root_roles=roles), replace(SIGNERS, targets=keys))
    assert {"2.root.json", "2.targets.json", "2.snapshot.json"} <= set(files)
    assert roles_in(held.root) == roles


def test_other_root_keys_leave_the_targets_alone() -> None:
    keys = (*SIGNERS.root[1:], signing_key("r9"))
    roles = roles_in(HELD.root) | {
        ROOT: RoleKeys(public_keys=tuple(key.public_key for key in keys), threshold=2)
    }
    files, _ = after(Change(root_roles=roles), replace(SIGNERS, root=(*SIGNERS.root, keys[2])))
    assert set(files) == {"2.root.json", "timestamp.json"}


def test_another_snapshot_key_signs_the_snapshot_anew() -> None:
    key = signing_key("s2")
    roles = roles_in(HELD.root) | {SNAPSHOT: RoleKeys(public_keys=(key.public_key,), threshold=1)}
    files, _ = after(Change(root_roles=roles), replace(SIGNERS, snapshot=key))
    assert set(files) == {"2.root.json", "2.snapshot.json", "timestamp.json"}


def test_a_renewal_dates_root_and_targets_anew() -> None:
    files, held = after(Change(renew=True), now=NOW + 300 * DAY_S)
    assert {"2.root.json", "2.targets.json"} <= set(files)
    assert held.root.expires_at == NOW + 300 * DAY_S + LIFE_S[ROOT]


def test_a_new_epoch_is_the_roots() -> None:
    assert after(Change(epoch=2))[1].epoch == 2


def test_a_neighbours_role_is_taken_as_it_was_signed() -> None:
    key = signing_key("ningbo")
    role = sign_targets(7, {}, expires=NOW + DAY_S, signers=[key])
    keys = RoleKeys(public_keys=(key.public_key,), threshold=1)
    delegation = Delegation(name="issuer-ningbo", keys=keys, patterns=("issuers/ningbo/*",))
    change = Change(
        delegations=(*delegations_in(HELD.roles[TARGETS]), delegation),
        foreign={"issuer-ningbo": Foreign(role=role, files={})},
    )
    files, held = after(change)
    assert files["7.issuer-ningbo.json"] == role
    assert held.roles["issuer-ningbo"].version == 7


def test_a_repository_without_the_offices_role_gets_one() -> None:
    """The role was lost (a restored backup): its roster begins anew."""
    poor = replace(HELD, roles={TARGETS: HELD.roles[TARGETS]})
    files = next_files(poor, Change(), SIGNERS, now=NOW)
    assert "1.office.json" in files


def test_a_repository_without_a_timestamp_begins_at_one() -> None:
    poor = replace(HELD, timestamp=None, snapshot=None)
    files = next_files(poor, Change(), SIGNERS, now=NOW)
    assert {"1.snapshot.json", "timestamp.json"} <= set(files)


def test_an_old_list_of_the_pass_key_is_no_matter_here() -> None:
    assert HELD.keyring().by_kid[PASS_KID][0].public_key == PASS_KEY.public_key
