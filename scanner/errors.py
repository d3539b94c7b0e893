"""Everything that can go wrong at a station, split by who must act, each with a fixed code and a
next step.

Refused and too old are verdicts, not errors; what stands here is a machine, a network or an office
at fault.
"""

from __future__ import annotations

from typing import Final

_KEY_FILE: Final = "Restore the named file from its backup, or enrol this place into a new folder."
# What somebody can do about a code, where it is something else than for others of its class.
_NEXT_STEPS: Final = {
    "disk_unusable": "Mount or repair the disk, and see who owns the folder; then start again.",
    "identity_damaged": _KEY_FILE,
    "key_file_damaged": _KEY_FILE,
    "key_file_missing": _KEY_FILE,
    "key_file_purpose": _KEY_FILE,
    "key_file_exposed": "Take the file from other users (chmod 600), then start again.",
    "log_damaged": "Start the station: it goes on in a new log and saves what can be read.",
    "log_too_new": "Install the version that wrote it; an older one would spoil it.",
    "captive_portal": "A page of this network answers: log in to it, or take another network.",
    "too_slow": "The network is too slow to finish; scanning goes on, it is tried again.",
    "stick_unreadable": "See that it is mounted and readable, or copy what it holds onto another.",
    "odd_file": "A link or device lies where a file belongs: copy the folder onto it anew.",
}


class ScannerError(Exception):
    """Base of the station's errors. `next_step` says in one line what somebody can do about it."""

    code = "scanner_error"
    next_step = "Look into the station's journal."

    def __init__(self, detail: str = "", *, code: str | None = None, next_step: str | None = None):
        super().__init__(detail or code or self.code)
        if code is not None:
            self.code = code
        if next_step is None:
            next_step = _NEXT_STEPS.get(self.code)
        if next_step is not None:
            self.next_step = next_step


class StationFault(ScannerError):
    """Disk, database or key files of this station: its keeper must act."""

    code = "station_fault"
    next_step = "Free or repair the disk, then start again; nothing stored is lost."


class NotEnrolled(ScannerError):
    """The data folder belongs to no station yet."""

    code = "not_enrolled"
    next_step = "Ask the office for a code: kakou-scanner enrol CODE --issuer URL."


class EnrolmentRefused(ScannerError):
    """The office did not take the code, or the server is not the one that the code names."""

    code = "enrolment_refused"
    next_step = "Ask the office for a new code and try again."


class BadSetting(ScannerError):
    """A setting does not exist, or cannot have that value."""

    code = "bad_setting"
    next_step = "See `kakou-scanner settings` for what there is."


class WrongArguments(ScannerError):
    """The command line is not understood. `usage`: how it is written."""

    code = "bad_arguments"
    next_step = "Correct what is named; --help lists what there is."

    def __init__(self, detail: str, *, usage: str) -> None:
        super().__init__(detail)
        self.usage = usage


class ActionRefused(ScannerError):
    """What a guard asked for cannot be done: nothing was written down.

    Codes: `too_late`, `unknown_passage`, `not_a_hand_check`, `already_decided`, `nobody_there`,
    `not_an_emergency`, `not_a_staff_pass`, `shift_refused`, `unknown_number`, `text_too_long`,
    `name_missing`, `party_too_large`.
    """

    code = "action_refused"
    next_step = "Look at the screen and try again; nothing was written down."


class NetworkDown(ScannerError):
    """The issuer cannot be reached now; the station goes on and tries again."""

    code = "no_route"
    next_step = "Check cable and signal; scanning goes on, rows are sent later."


class IssuerTrouble(ScannerError):
    """The issuer answered, and not with what was asked for."""

    code = "issuer_error"
    next_step = "Scanning goes on; tell the office if it lasts."

    def __init__(
        self, detail: str = "", *, code: str | None = None, retry_after_s: float | None = None
    ):
        super().__init__(detail, code=code)
        self.retry_after_s = retry_after_s


class NotPublished(IssuerTrouble):
    """The issuer has no such file: how the row of roots ends, and no more than trouble
    elsewhere.
    """

    code = "not_published"


class StickFault(ScannerError):
    """A stick or folder to carry things on cannot be written; nothing of the station changed."""

    code = "stick_unwritable"
    next_step = "Take another stick, or free room on it, and do the same again."


class BatchRefused(ScannerError):
    """The issuer cannot take this batch as a whole; a smaller one may tell which row is at
    fault.
    """

    code = "batch_refused"
    next_step = "The station finds the row by itself and sets it aside."
