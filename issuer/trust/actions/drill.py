"""The compromise drill: a scratch office whose pass key is stolen, burned and replaced, and a gate
that is asked at every step. Nothing of the real office is touched, and no real key is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from issuer.database.engine import Database
from issuer.people.office import Office, OfficeKeys
from issuer.settings import Folder, Settings
from issuer.tokens.actions.mint import mint_passes
from issuer.tokens.rules.passes import PassRequest
from issuer.trust.actions.burning import burn, genuine
from issuer.trust.actions.signers import Media
from issuer.trust.rules.trustlists import find_key
from issuer.trustfiles import read_trust
from keys import token
from keys.claims import LIST_ENTRIES, Claims, Kind
from keys.ed25519 import SigningKey
from keys.errors import RefusedCode
from keys.trustlist import Purpose
from keys.verify import check_time, open_code

YEAR_S = 365 * 86_400
BELIEVED = "believed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One question to the gate. answer: `believed` or the code of the refusal."""

    stage: str
    code: str
    answer: str
    expected: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchSettings(Settings):
    """Settings that lead to no other database than the scratch folder's own, whatever the
    environment says.
    """

    def database_address(self, folder: Folder) -> str:
        """Return the address of the database in `folder`."""
        return f"sqlite:///{folder.database_file.absolute()}"


def run_drill(real: Office, top: Path, *, by: str) -> list[Step]:
    """Make a scratch office in the empty folder `top`, with the clock and the chance of `real`, and
    return what its drill said.
    """
    # Alembic takes longer to import than most commands to run.
    from issuer.tokens.actions.ceremony import Ceremony, initialise  # noqa: PLC0415 - as said

    folder, offline = Folder(top / "data"), top / "offline"
    settings = ScratchSettings(
        issuer="drill",
        name_zh="演练",
        name_en="Drill",
        password_cost="interactive",  # noqa: S106 - Argon2id's limits, not a password
    )
    asked = Ceremony(
        folder=folder,
        offline=(offline,),
        settings=settings,
        passphrase=None,
        now=real.now,
        draw=real.draw,
    )
    initialise(asked)
    database = Database(settings.database_address(folder))
    scratch = replace(
        real,
        folder=folder,
        settings=settings,
        keys=OfficeKeys(folder.keys),
        database=database,
    )
    try:
        return drill(scratch, offline, by=by)
    finally:
        database.close()


def drill(office: Office, offline: Path, *, by: str) -> list[Step]:
    """Return what the gate said at every step. office: a scratch office, whose offline keys are in
    `offline`.
    """
    asked = [PassRequest(name="*", id_tail="", kind=Kind.PAPER) for _ in range(3)]
    passes = mint_passes(office, asked, by=by)
    stolen = office.keys.of(Purpose.PASS)
    begun = find_key(office.trust_list(), office.settings.issuer, stolen.kid).not_before
    # A key that began later signs nothing that is a year old: then the thief dates it as far back
    # as it goes.
    dated = max(office.now() - YEAR_S, begun + 59) // 60 * 60
    forged = _forgeries(stolen.key, passes[0].claims, dated)
    codes = {f"genuine pass {n}": item.full for n, item in enumerate(passes, 1)} | forged
    media = Media(folders=(offline,))
    gate = _gate(office)

    before = _ask("before the theft is known", codes, gate(), lambda _: BELIEVED)
    burn(office, stolen.kid, media=media, by=by)
    burned = _ask("key burned, one sync later", codes, gate(), lambda _: "key_burned")
    again = {"pass 1 minted anew": mint_passes(office, asked[:1], by=by)[0].full}
    anew = _ask("minted anew by the next key", again, gate(), lambda _: BELIEVED)
    burn(office, stolen.kid, media=media, by=by, readmit=genuine(office, stolen.kid))
    back = _ask(
        "genuine passes re-admitted, one sync later",
        codes | again,
        gate(),
        lambda name: "key_burned" if name.startswith("forgery") else BELIEVED,
    )
    return [*before, *burned, *anew, *back]


def _forgeries(key: SigningKey, genuine_claims: Claims, iat: int) -> dict[str, str]:
    """Return what a thief signs: dated back to `iat`, on the entry of a genuine pass and on one
    that was never given.
    """
    never = (genuine_claims.entry + LIST_ENTRIES // 2) % LIST_ENTRIES
    forged = genuine_claims._replace(iat=iat, exp=iat + 2 * YEAR_S // 3600 * 3600, name="thief")
    return {
        "forgery on a given entry": token.mint(key, forged).full,
        "forgery on an entry never given": token.mint(key, forged._replace(entry=never)).full,
    }


def _gate(office: Office) -> Callable[[], Callable[[str], str]]:
    def synced() -> Callable[[str], str]:
        keyring = read_trust(office.folder.published / "trust").keyring()

        def judge(text: str) -> str:
            try:
                check_time(open_code(text, keyring), office.now())
            except RefusedCode as refusal:
                return refusal.code
            return BELIEVED

        return judge

    return synced


def _ask(
    stage: str,
    codes: dict[str, str],
    judge: Callable[[str], str],
    expected: Callable[[str], str],
) -> list[Step]:
    return [
        Step(stage=stage, code=name, answer=judge(text), expected=expected(name))
        for name, text in codes.items()
    ]
