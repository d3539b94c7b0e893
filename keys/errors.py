"""Every way in which bytes can fail to be trusted, each with a fixed code.

Split by who must act: the holder (`RefusedCode`), the office or the network (`UntrustedData`), the
operator of a key file (`KeyFileError`). Codes are part of the product: logs, the command line and
the tests compare them, never texts.
"""

from __future__ import annotations


class KeysError(Exception):
    """Base of all errors of this package. `code` is fixed per class or given; `detail` names no
    person.
    """

    code = "keys_error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        super().__init__(detail or code or self.code)
        if code is not None:
            self.code = code


class MalformedBytes(KeysError):
    """An encoding is not in the one form that this project accepts (CBOR, Base45, digits,
    varints).
    """

    code = "malformed_bytes"


class RefusedCode(KeysError):
    """A shown code is not a pass that may be believed. Judged, logged and explained; never an
    accident.
    """

    code = "refused_code"


class NotAPass(RefusedCode):
    """The text is no Kakou carrier at all (a payment poster, a link): a quiet hint, no passage."""

    code = "not_a_pass"


class MalformedCode(RefusedCode):
    """The text claims to be a pass and is not well formed (wrong length, alphabet, range or
    encoding).
    """

    code = "malformed_code"


class UnknownKey(RefusedCode):
    """No trusted pass key has this number."""

    code = "unknown_key"


class WrongPurpose(RefusedCode):
    """The key is known, and may not sign passes."""

    code = "wrong_key_purpose"


class BurnedKey(RefusedCode):
    """The key was stolen: nothing it signed is believed, whatever its date."""

    code = "key_burned"


class KeyNotInForce(RefusedCode):
    """The key had not begun, or had already ended, when the pass says it was signed."""

    code = "key_not_in_force"


class BadSignature(RefusedCode):
    """The signature is not one by the named key over these bytes."""

    code = "bad_signature"


class IssuedInFuture(RefusedCode):
    """The pass claims to be issued later than now: the issuer's or this station's clock is
    wrong.
    """

    code = "issued_in_future"


class NotYetValid(RefusedCode):
    """The pass starts later than now."""

    code = "not_yet_valid"


class ExpiredPass(RefusedCode):
    """The pass has ended."""

    code = "expired"


class RotatingCodeMissing(RefusedCode):
    """A rotating pass was shown without its tail: a printed or copied token, not the live code."""

    code = "rotating_code_missing"


class RotatingCodeWrong(RefusedCode):
    """The tail of a rotating code does not lead to its anchor."""

    code = "rotating_code_wrong"


class RotatingCodeOutOfTime(RefusedCode):
    """The tail belongs to another time: a screenshot, or a phone whose clock is wrong."""

    code = "rotating_code_out_of_time"


class UntrustedData(KeysError):
    """A list, manifest, pack, certificate or receipt that must not be used. The office or the
    network must act.
    """

    code = "untrusted_data"


class KeyFileError(KeysError):
    """A key file is missing, readable by others, damaged or of the wrong purpose. The operator must
    act.
    """

    code = "key_file"
