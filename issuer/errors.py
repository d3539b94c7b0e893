"""Every way in which the office says no, split by who must act. Codes are permanent: scripts and
logs compare them.

Titles, next steps and HTTP statuses of the codes stand in one table: issuer/problems/table.py.
"""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """What is wrong, in one word."""

    # Who asked must change the request.
    BAD_ARGUMENTS = "bad_arguments"
    BAD_FORM = "bad_form"
    MALFORMED_JSON = "malformed_json"
    MALFORMED_REQUEST = "malformed_request"
    MALFORMED_BATCH = "malformed_batch"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    BAD_CLAIMS = "bad_claims"
    BAD_NAME = "bad_name"
    BAD_ANCHOR = "bad_anchor"
    BAD_TIME = "bad_time"
    UNKNOWN_PASS = "unknown_pass"  # noqa: S105 - the name of an error
    UNKNOWN_REASON = "unknown_reason"
    UNKNOWN_STATION = "unknown_station"
    UNKNOWN_CHECKPOINT = "unknown_checkpoint"
    UNKNOWN_OPERATOR = "unknown_operator"
    UNKNOWN_KEY = "unknown_key"
    BAD_CARD = "bad_card"
    ALREADY_BURNED = "already_burned"
    KIDS_USED_UP = "kids_used_up"
    KID_CROWDED = "kid_crowded"
    PASSING_FAILED = "passing_failed"
    UNKNOWN_PASSAGE_KEY = "unknown_passage_key"
    BAD_POLICY = "bad_policy"
    UNKNOWN_POLICY = "unknown_policy"
    BAD_RELEASE = "bad_release"
    UNKNOWN_RELEASE = "unknown_release"
    PURPOSE_MISSING = "purpose_missing"
    # The rules of the office say no.
    REASON_NOT_FOR_STATUS = "reason_not_for_status"
    WITHDRAWN_IS_FINAL = "withdrawn_is_final"
    FORM_USED = "form_used"
    ALREADY_SIGNED = "already_signed"
    NAME_TAKEN = "name_taken"
    PASSAGE_KEY_EXISTS = "passage_key_exists"
    WRONG_RELEASE = "wrong_release"
    CHECKPOINT_DIFFERS = "checkpoint_differs"
    LAST_ADMIN = "last_admin"
    LISTS_FULL = "lists_full"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - the name of an error
    # Who asked is not (yet) somebody who may.
    LOGIN_NEEDED = "login_needed"
    LOGIN_WRONG = "login_wrong"
    PASSWORD_MUST_CHANGE = "password_must_change"  # noqa: S105 - the name of an error
    NOT_ALLOWED = "not_allowed"
    CSRF_WRONG = "csrf_wrong"
    TOO_MANY_TRIES = "too_many_tries"
    # A station is not (or no longer) one of ours.
    UNKNOWN_CODE = "unknown_code"
    CODE_EXPIRED = "code_expired"
    CODE_USED = "code_used"
    CODE_LOCKED = "code_locked"
    WRONG_ROOT = "wrong_root"
    UNKNOWN_STATION_KEY = "unknown_station_key"
    BAD_SIGNATURE = "bad_signature"
    STATION_MISMATCH = "station_mismatch"
    # The operator of the machine must act.
    NOT_INITIALISED = "not_initialised"
    ALREADY_INITIALISED = "already_initialised"
    OFFLINE_INSIDE_DATA = "offline_inside_data"
    ROOT_KEY_IN_REACH = "root_key_in_reach"
    KEY_FILE = "key_file"
    NOT_ENOUGH_KEYS = "not_enough_keys"
    TRUST_DAMAGED = "trust_damaged"
    DRILL_FAILED = "drill_failed"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    BAD_SETTINGS = "bad_settings"
    SCHEMA_OUTDATED = "schema_outdated"
    DATABASE_FAULT = "database_fault"
    DISK_FULL = "disk_full"
    FOLDER_UNUSABLE = "folder_unusable"
    PORT_IN_USE = "port_in_use"
    AUDIT_BROKEN = "audit_broken"
    # Later, or elsewhere.
    DATABASE_BUSY = "database_busy"
    OVERLOADED = "overloaded"
    INTERNAL = "internal"


class IssuerError(Exception):
    """Base of all errors of the office. `detail` says more and names no person; retry_after_s only
    where waiting helps.
    """

    def __init__(self, code: Code, detail: str = "", *, retry_after_s: int | None = None) -> None:
        super().__init__(detail or code.value)
        self.code = code
        self.detail = detail
        self.retry_after_s = retry_after_s


class BadInput(IssuerError):
    """Who asked must change what was asked."""


class Refused(IssuerError):
    """The request is understood; a rule of the office forbids it."""


class Denied(IssuerError):
    """Who asked is not logged in, not allowed, or not a station of ours."""


class Fault(IssuerError):
    """The machine or its set-up is at fault: its operator must act."""


class Busy(IssuerError):
    """Nothing is wrong: ask again after `retry_after_s`."""
