"""CBOR, CWT claims and Base45 against the examples of their RFCs."""

from __future__ import annotations

from functools import partial
from typing import Final

from keys.encoding import base45_decode, base45_encode, cbor_decode, cbor_encode
from keys.envelope import open_envelope
from tests.conformance.sheet import Check

_TO_25 = "".join(f"{n:02x}" for n in range(1, 24)) + "18181819"
# RFC 8949 appendix A. What this project signs has integers, strings, arrays, maps and null, so of
# each example it is said whether it must be read; all others must be refused.
READ: Final = [
    "00",
    "01",
    "0a",
    "17",
    "1818",
    "1819",
    "1864",
    "1903e8",
    "1a000f4240",
    "1b000000e8d4a51000",
    "1bffffffffffffffff",
    "3bffffffffffffffff",
    "20",
    "29",
    "3863",
    "3903e7",
    "f6",
    "40",
    "4401020304",
    "60",
    "6161",
    "6449455446",
    "62225c",
    "62c3bc",
    "63e6b0b4",
    "64f0908591",
    "80",
    "83010203",
    "8301820203820405",
    "a0",
    "a201020304",
    "a26161016162820203",
    "826161a161626163",
    "a56161614161626142616361436164614461656145",
    "9819" + _TO_25,
]
REFUSED: Final = [
    "c249010000000000000000",
    "c349010000000000000000",
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "f93e00",
    "f97bff",
    "fa47c35000",
    "fa7f7fffff",
    "fb7e37e43c8800759c",
    "f90001",
    "f90400",
    "f9c400",
    "fbc010666666666666",
    "f97c00",
    "f97e00",
    "f9fc00",
    "fa7f800000",
    "fa7fc00000",
    "faff800000",
    "fb7ff0000000000000",
    "fb7ff8000000000000",
    "fbfff0000000000000",
    "f4",
    "f5",
    "f7",
    "f0",
    "f8ff",
    "c074323031332d30332d32315432303a30343a30305a",
    "c11a514b67b0",
    "c1fb41d452d9ec200000",
    "d74401020304",
    "d818456449455446",
    "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "9f01820203820405ff",
    "83018202039f0405ff",
    "83019f0203ff820405",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "bf6346756ef563416d7421ff",
    "9f" + _TO_25 + "ff",
]
# Section 4.2.1: the order of keys, and shortest forms.
ORDER: Final = {10: 0, 100: 1, -1: 2, "z": 3, "aa": 4}
ORDERED: Final = "a50a00186401200261 7a0362616104".replace(" ", "")
NOT_SHORTEST: Final = [
    "1800",
    "1817",
    "190000",
    "1900ff",
    "1a00000000",
    "1a0000ffff",
    "1b0000000000000000",
    "1b00000000ffffffff",
    "3800",
    "390000",
    "5800",
    "581700",
    "590000",
    "7800",
    "790000",
    "9800",
    "990000",
    "b800",
    "b90000",
    "a202000100",
    "a201000100",
    "0000",
    "a1",
    "8201",
    "62ff",
]


def rfc8949() -> Check:
    """Return the check of appendix A and of section 4.2.1."""
    check = Check(
        source="RFC 8949, appendix A and 4.2.1",
        what="deterministic forms of the types in use are read and come back; all others refused",
    )
    for text in READ:
        raw = bytes.fromhex(text)
        check.case(cbor_encode(cbor_decode(raw, max_bytes=100)) == raw, f"read {text}")
    for text in (*REFUSED, *NOT_SHORTEST):
        raw = bytes.fromhex(text)
        check.refuses(partial(cbor_decode, raw, max_bytes=100), f"refuse {text}")
    check.case(cbor_encode(ORDER).hex() == ORDERED, "order of keys")
    check.case(cbor_decode(bytes.fromhex(ORDERED), max_bytes=100) == ORDER, "order of keys, read")
    return check


# RFC 8392 appendix A.1 (claims) and A.3 (signed with ES256, another form than ours).
CWT_CLAIMS: Final = (
    "a70175636f61703a2f2f61732e6578616d706c652e636f6d02656572696b77037818636f61703a2f2f6c69676874"
    "2e6578616d706c652e636f6d041a5612aeb0051a5610d9f0061a5610d9f007420b71"
)
CWT_SIGNED: Final = (
    "d28443a10126a104524173796d6d657472696345434453413235365850"
    + CWT_CLAIMS
    + "58405427c1ff28d23fbad1f29c4c7c6a555e601d6fa29f9179bc3d7438bacaca5acd08c8d4d4f96131680c429a01"
    "f85951ecee743a52b9b63632c57209120e1c9e30"
)


def rfc8392() -> Check:
    """Return the check of the example claims; the example's ES256 envelope must be refused."""
    check = Check(
        source="RFC 8392, appendix A", what="claims of A.1 read and come back; A.3 (ES256) refused"
    )
    raw = bytes.fromhex(CWT_CLAIMS)
    claims = {
        1: "coap://as.example.com",
        2: "erikw",
        3: "coap://light.example.com",
        4: 1444064944,
        5: 1443944944,
        6: 1443944944,
        7: b"\x0bq",
    }
    check.case(cbor_decode(raw, max_bytes=200) == claims, "A.1 read")
    check.case(cbor_encode(claims) == raw, "A.1 written")
    signed = bytes.fromhex(CWT_SIGNED)
    check.refuses(
        lambda: open_envelope(signed, typ=None, max_bytes=500, keys_of=lambda _: ()), "A.3"
    )
    return check


def rfc9285() -> Check:
    """Return the check of the examples and of what section 6 tells decoders to refuse."""
    check = Check(
        source="RFC 9285", what="Base45: the examples both ways, and what must be refused"
    )
    for raw, text in (
        (b"AB", "BB8"),
        (b"Hello!!", "%69 VD92EX0"),
        (b"base-45", "UJCLQE7W581"),
        (b"ietf!", "QED8WEX0"),
        (b"", ""),
        (b"\xff\xff", "FGW"),
    ):
        check.case(base45_encode(raw) == text, f"{text} written")
        check.case(base45_decode(text) == raw, f"{text} read")
    for text in ("GGW", ":::", "::", "V5", "A", "AAAA", "bb8", "BB8\n", "BB_", "ÄB8", "BB8\x00"):
        check.refuses(partial(base45_decode, text), f"refuse {text!r}")
    return check


def all_checks() -> list[Check]:
    """Return every check of encodings."""
    return [rfc8949(), rfc8392(), rfc9285()]
