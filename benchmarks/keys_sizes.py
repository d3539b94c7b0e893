"""Bytes and QR versions of one resident's pass, beside the forms that others would give it.

Every form says the same: key, kind, status, masked name, ID tail, from, until, and where to ask for
its status; all carry a 64-byte signature. Versions are at error correction M, digits and Base45 in
the mode that fits them.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Final

import segno

from benchmarks.measuring import table
from keys.claims import Claims, Site
from keys.dense import EPOCH, HOUR, write_digits
from keys.ed25519 import SigningKey
from keys.encoding import base45_encode, cbor_encode
from keys.envelope import seal_envelope
from keys.rotating import tail_for
from keys.token import mint

KEY: Final = SigningKey(bytes(32))
IAT: Final = EPOCH + 60 * 3_000_000
PLAIN: Final = Claims(258, 0, 0, IAT, IAT + 24 * HOUR, 3, 777_777, "王*明", "123X")
URI: Final = "https://status.hangzhou.example/lists/3"
Row = tuple[str, int, str]


def version(text: str) -> str:
    """Return the QR version of `text` and its modules a side, at level M."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return f"v{code.version} ({code.symbol_size(border=0)[0]})"


def ours() -> list[Row]:
    """Return the project's own carriers."""
    site = PLAIN._replace(site=Site(IAT, 7, 8, 18, 2))
    turning = PLAIN._replace(anchor=bytes(range(16)))
    rows: list[Row] = []
    for name, claims in (("1 resident", PLAIN), ("2 site", site)):
        minted = mint(KEY, claims)
        assert minted.carrier is not None
        assert minted.dense is not None
        rows.append((f"DENSE, profile {name}", len(minted.carrier), version(minted.dense)))
        rows.append((f"FULL, profile {name}", len(minted.cose), version(minted.full)))
    carrier = mint(KEY, turning).carrier or b""
    shown = write_digits(carrier, tail_for(turning, bytes(16), 0))
    return [*rows, ("DENSE, profile 3 rotating, as shown", len(carrier) + 18, version(shown))]


def said() -> dict[str, object]:
    """Return the claims under the names that JSON forms give them."""
    return {
        "iat": PLAIN.iat,
        "exp": PLAIN.exp,
        "status": {"status_list": {"idx": PLAIN.entry, "uri": URI}},
        "pass": [PLAIN.kind, PLAIN.status, PLAIN.name, PLAIN.id_tail],
    }


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def jws() -> str:
    """Return a JWS in compact form (RFC 7515, EdDSA)."""
    signed = f"{_b64(_compact({'alg': 'EdDSA', 'kid': '258'}))}.{_b64(_compact(said()))}"
    return f"{signed}.{_b64(KEY.sign(signed.encode()))}"


def paseto() -> str:
    """Return a PASETO of version 4, public: times are text there, and its footer names the key."""
    times = {"iat": "2025-09-14T08:00:00Z", "exp": "2025-09-15T08:00:00Z"}
    message, footer = _compact(said() | times), _compact({"kid": "258"})
    parts = (b"v4.public.", message, footer, b"")
    pieces = [len(part).to_bytes(8, "little") + part for part in parts]
    signature = KEY.sign(len(parts).to_bytes(8, "little") + b"".join(pieces))
    return f"v4.public.{_b64(message + signature)}.{_b64(footer)}"


def cwt_with_https() -> bytes:
    """Return our signed object with an https uri in place of `s:3`."""
    payload = {
        4: PLAIN.exp,
        6: PLAIN.iat,
        65535: {"status_list": {"idx": PLAIN.entry, "uri": URI}},
        -65537: [PLAIN.kind, PLAIN.status, PLAIN.name, PLAIN.id_tail],
    }
    return seal_envelope(KEY, kid=b"\x01\x02", typ=None, payload=cbor_encode(payload))


def dcc_shaped() -> tuple[bytes, bytes]:
    """Return (COSE bytes, zlib of them) of the shape of the EU's certificate: one vaccination."""
    dose = {"tg": "840539006", "vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215"}
    dose |= {
        "co": "XX",
        "dt": "2025-09-01",
        "is": "Ministry of Health",
        "ci": "URN:UVCI:01:XX:" + "A" * 26,
    }
    doses: dict[str, object] = {**dose, "dn": 2, "sd": 2}
    names = {"fn": "Musterfrau", "gn": "Erika", "fnt": "MUSTERFRAU", "gnt": "ERIKA"}
    certificate = {"ver": "1.3.0", "nam": names, "dob": "1964-08-12", "v": [doses]}
    payload = {1: "XX", 4: PLAIN.exp, 6: PLAIN.iat, -260: {1: certificate}}
    cose = seal_envelope(KEY, kid=bytes(8), typ=None, payload=cbor_encode(payload))
    return cose, zlib.compress(cose, 9)


def main() -> None:
    """Print the table."""
    rows = ours()
    cose = cwt_with_https()
    dcc, squeezed = dcc_shaped()
    rows += [
        ("CWT with an https uri, Base45", len(cose), version("KK1:" + base45_encode(cose))),
        ("JWS, EdDSA", len(jws()), version(jws())),
        ("PASETO v4.public", len(paseto()), version(paseto())),
        ("DCC-shaped, Base45", len(dcc), version("HC1:" + base45_encode(dcc))),
        ("DCC-shaped, zlib, Base45", len(squeezed), version("HC1:" + base45_encode(squeezed))),
    ]
    table("One pass in many forms", ("form", "bytes", "QR-M (modules)"), rows)


if __name__ == "__main__":
    main()
