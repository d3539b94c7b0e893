"""Reasons of rows that a guard made: decided by hand, registered, looked up, and notes to rows."""

from __future__ import annotations

from typing import Final

from keys.verdicts import Reason, Verdict
from scanner.decide.reason_rows import ReasonText, Side, row

OF_HAND: Final[dict[Reason, ReasonText]] = {
    Reason.HAND_CHECKED: row(
        Side.NOBODY,
        Verdict.ADMIT,
        ("已经人工核验", "请通过"),
        ("Checked by hand", "Please go through"),
    ),
    Reason.REGISTERED_BY_HAND: row(
        Side.NOBODY,
        Verdict.ADMIT,
        ("已经人工登记", "请通过"),
        ("Registered by hand", "Please go through"),
    ),
    Reason.LOOKED_UP: row(
        Side.NOBODY,
        Verdict.HAND_CHECK,
        ("按号码查到的状态，没有看到码", "请出示证件，由值守人员核对"),
        (
            "Status looked up by number, no code was seen",
            "Please show the guard an ID document",
        ),
    ),
    Reason.TAKEN_BACK: row(
        Side.NOBODY,
        Verdict.HAND_CHECK,
        ("这一条已撤回", "请重新扫码"),
        ("This passage was taken back", "Please scan again"),
    ),
    Reason.CAUSE_GIVEN: row(
        Side.NOBODY,
        Verdict.HAND_CHECK,
        ("已记下紧急放行的原因", "不用再做什么"),
        ("The cause of the opening is noted", "Nothing more to do"),
    ),
    Reason.INCIDENT: row(
        Side.NOBODY,
        Verdict.HAND_CHECK,
        ("已记下现场情况", "不用再做什么"),
        ("The incident is noted", "Nothing more to do"),
    ),
    Reason.SHIFT_BEGUN: row(
        Side.NOBODY,
        Verdict.HAND_CHECK,
        ("值守人员已上岗", "可以开始扫码"),
        ("A guard came on duty", "Scanning may begin"),
    ),
    Reason.SHIFT_ENDED: row(
        Side.NOBODY,
        Verdict.HAND_CHECK,
        ("值守人员已下岗", "请下一位上岗"),
        ("The guard went off duty", "The next guard, please"),
    ),
}
