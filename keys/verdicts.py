"""The words that a gate decides in: verdicts, reasons, directions, grades of the clock. They need
no library, so that a window can show them before anything else is loaded.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """What a gate decides. CANNOT_JUDGE: the machine, not the person, is at fault."""

    ADMIT = "admit"
    ADMIT_WITH_NOTE = "admit_with_note"
    HAND_CHECK = "hand_check"
    REFUSE = "refuse"
    CANNOT_JUDGE = "cannot_judge"


class Reason(StrEnum):
    """Why a gate decided so. Codes are permanent: they stand in logs for years; titles and next
    steps are elsewhere.
    """

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    ISSUED_IN_FUTURE = "issued_in_future"
    MALFORMED_CODE = "malformed_code"
    UNKNOWN_KEY = "unknown_key"
    WRONG_KEY_PURPOSE = "wrong_key_purpose"
    KEY_BURNED = "key_burned"
    KEY_NOT_IN_FORCE = "key_not_in_force"
    BAD_SIGNATURE = "bad_signature"
    ROTATING_CODE_MISSING = "rotating_code_missing"
    ROTATING_CODE_WRONG = "rotating_code_wrong"
    ROTATING_CODE_OUT_OF_TIME = "rotating_code_out_of_time"
    OUTSIDE_ZONE = "outside_zone"
    OUTSIDE_HOURS = "outside_hours"
    LIST_LATE = "list_late"
    LIST_STALE = "list_stale"
    LIST_CLOSED = "list_closed"
    LIST_MISSING = "list_missing"
    INDEX_BEYOND_LIST = "index_beyond_list"
    TRUST_MISSING = "trust_missing"
    CLOCK_NOT_CONFIRMED = "clock_not_confirmed"
    CLOCK_ROLLED_BACK = "clock_rolled_back"
    STATION_FAULT = "station_fault"
    SEEN_BEFORE = "seen_before"
    SEEN_ELSEWHERE = "seen_elsewhere"
    PLACE_CLOSED = "place_closed"
    PLACE_NEARLY_FULL = "place_nearly_full"
    PLACE_FULL = "place_full"
    DENIED_HERE = "denied_here"
    NOT_ON_LIST = "not_on_list"
    KIND_NOT_HERE = "kind_not_here"
    PARTY_TOO_LARGE = "party_too_large"
    TEMPERATURE_MISSING = "temperature_missing"
    TEMPERATURE_AGAIN = "temperature_again"
    TEMPERATURE_HIGH = "temperature_high"
    PASSED_ALREADY = "passed_already"
    QUOTA_USED = "quota_used"
    COMPANION_MISSING = "companion_missing"
    CONDITION_NOT_MET = "condition_not_met"
    RULE_NOT_JUDGED = "rule_not_judged"
    EMERGENCY = "emergency"
    FIRE_RELEASE = "fire_release"
    HAND_CHECKED = "hand_checked"
    REGISTERED_BY_HAND = "registered_by_hand"
    LOOKED_UP = "looked_up"
    TAKEN_BACK = "taken_back"
    CAUSE_GIVEN = "cause_given"
    INCIDENT = "incident"
    SHIFT_BEGUN = "shift_begun"
    SHIFT_ENDED = "shift_ended"


# Rows that say something of another row or of the shift: kept like all others, counted as nobody's
# passage. Such a row repeats the verdict of the row that it names, HAND_CHECK where it names none.
NOTE_REASONS: Final = frozenset(
    {
        Reason.TAKEN_BACK,
        Reason.CAUSE_GIVEN,
        Reason.INCIDENT,
        Reason.SHIFT_BEGUN,
        Reason.SHIFT_ENDED,
    }
)


class Direction(StrEnum):
    """Which way the person passes."""

    ENTRY = "entry"
    EXIT = "exit"


class ClockGrade(StrEnum):
    """How sure the station was of its time when it judged (formats.md 6)."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not_confirmed"
    ROLLED_BACK = "rolled_back"
