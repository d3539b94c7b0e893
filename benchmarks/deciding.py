"""A whole decision - text of a code to verdict, status looked up among 14 million - beside a bare
Ed25519 verification of the same message, and beside other people's libraries, which only verify and
read claims. Those run in `.venv-conformance` (`./go conformance` makes it too), round by round.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np
from nacl.signing import VerifyKey

from benchmarks.measuring import in_turn, table, verdict
from keys.claims import LIST_BITS, Claims, encode_payload
from keys.ed25519 import SigningKey
from keys.envelope import protected_header, signed_bytes
from keys.passages import ClockGrade, Verdict
from keys.token import MintedPass, mint
from keys.trustlist import Keyring, KeyState, Purpose, TrustedKey
from keys.verify import open_code
from scanner.decide.judge import Beliefs, Moment, Universe, judge
from scanner.decide.policy import Rules
from tests.conformance.cross import set_up

NOW = 1_780_000_020
LISTS = 14
KID = 258
PASSES = 100
ROUNDS = 60
NAMES = ("王*明", "欧*", "李**", "LI*MING")
DENSE_GOAL = 1.2
FULL_GOAL = 1.5


def _claims(number: int, generator: np.random.Generator) -> Claims:
    place = int(generator.integers(LISTS << LIST_BITS))
    return Claims(
        KID,
        number % 2,
        0,
        NOW - 60 * (60 + number),
        NOW - 60 * (60 + number) + 72 * 3600,
        place >> LIST_BITS,
        place & (1 << LIST_BITS) - 1,
        NAMES[number % len(NAMES)],
        "123X",
    )


def _each(texts: list[str], act: Callable[[str], object]) -> Callable[[], object]:
    """Return a call that acts on all texts."""

    def run() -> None:
        for text in texts:
            act(text)

    return run


def _messages(passes: list[tuple[MintedPass, Claims]]) -> list[tuple[bytes, bytes]]:
    """Return the signed message and the signature of each pass."""
    header = protected_header(KID.to_bytes(2, "big"))
    return [
        (signed_bytes(header, encode_payload(claims)), minted.cose[-64:])
        for minted, claims in passes
    ]


def _bare(key: SigningKey, pairs: list[tuple[bytes, bytes]]) -> Callable[[], object]:
    """Return a call that verifies the messages of all passes and does nothing else."""
    verify_key = VerifyKey(key.public_key)

    def run() -> None:
        for message, signature in pairs:
            verify_key.verify(message, signature)

    return run


@contextmanager
def _foreign(
    key: SigningKey, passes: list[tuple[MintedPass, Claims]]
) -> Iterator[Callable[[], Mapping[str, float]]]:
    """Give a call that lets the foreign libraries run once: CPU seconds by name."""
    asked = {
        "public": key.public_key.hex(),
        "seed": key.seed.hex(),
        "kid": KID.to_bytes(2, "big").hex(),
        "coses": [minted.cose.hex() for minted, _ in passes],
        "pairs": [[message.hex(), signed.hex()] for message, signed in _messages(passes)],
        "claims": [
            {"iss": "hangzhou", "iat": 1, "exp": 1 << 32, "sub": f"{c.list_number}/{c.entry}"}
            | {"name": c.name, "tail": c.id_tail, "kind": int(c.kind), "status": int(c.status)}
            for _, c in passes
        ],
    }
    script = Path(__file__).with_name("_foreign_deciding.py")
    child = subprocess.Popen(
        [set_up(), "-W", "ignore", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    to_child, from_child = child.stdin, child.stdout

    def once() -> Mapping[str, float]:
        to_child.write("\n")
        to_child.flush()
        seconds: dict[str, float] = json.loads(from_child.readline())
        return seconds

    with child:
        to_child.write(json.dumps(asked) + "\n")
        yield once
        to_child.close()


def _keyring(key: SigningKey) -> Keyring:
    trusted = TrustedKey(
        kid=KID,
        public_key=key.public_key,
        issuer="hangzhou",
        purpose=Purpose.PASS,
        not_before=0,
        not_after=1 << 32,
        state=KeyState.LIVE,
    )
    return Keyring({KID: (trusted,)})


def main() -> None:
    """Print the ratios."""
    generator = np.random.default_rng(1)
    key = SigningKey(bytes(range(32)))
    keyring = _keyring(key)
    packed = bytes(LISTS << LIST_BITS - 2)
    beliefs = Beliefs(keyring, {"hangzhou": Universe(packed, NOW - 60, 1)})
    rules, moment = Rules(), Moment(NOW, ClockGrade.CONFIRMED, NOW - 60, 12)
    passes = [
        (mint(key, claims), claims)
        for claims in (_claims(number, generator) for number in range(PASSES))
    ]
    texts = {
        "DENSE": [minted.dense for minted, _ in passes if minted.dense],
        "FULL": [minted.full for minted, _ in passes],
    }
    assert all(len(some) == PASSES for some in texts.values())

    def decide(text: str) -> None:
        judgement = judge(text, beliefs, rules, moment)
        assert judgement is not None
        assert judgement.verdict is Verdict.ADMIT

    bare = f"PyNaCl {version('pynacl')}: bare verify"
    calls: dict[str, Callable[[], object]] = {bare: _bare(key, _messages(passes))}
    for carrier, some in texts.items():
        calls[f"{carrier}: signature and claims"] = _each(some, lambda t: open_code(t, keyring))
        calls[f"{carrier}: whole decision"] = _each(some, decide)
    with _foreign(key, passes) as foreign:
        measured = in_turn(calls, rounds=ROUNDS, elsewhere=foreign)
    goals = {"DENSE: whole decision": DENSE_GOAL, "FULL: whole decision": FULL_GOAL}
    rows = []
    for name in measured.seconds:
        ratio = measured.ratio(name, bare)
        goal = verdict(ratio, goals[name]) if name in goals else ""
        rows.append((name, f"{measured.median(name) / PASSES * 1e6:.1f}", f"{ratio:.3f}", goal))
    table("Deciding", ("what", "us each", "x verify", "goal"), rows)
    print(f"  {PASSES} passes, {LISTS << LIST_BITS:,} entries, {ROUNDS} rounds in turn, CPU time.")


if __name__ == "__main__":
    main()
