"""Reasons that lie in the station, its list, its clock, or in what it has seen before."""

from __future__ import annotations

from typing import Final

from keys.verdicts import Reason, Verdict
from scanner.decide.reason_rows import ReasonText, Side, row

OF_STATION: Final[dict[Reason, ReasonText]] = {
    Reason.LIST_LATE: row(
        Side.NETWORK,
        Verdict.ADMIT_WITH_NOTE,
        ("名单已 {age}未更新", "请通过；值守人员请检查网络"),
        ("List not updated for {age}", "Please go through; staff, check the network"),
    ),
    Reason.LIST_STALE: row(
        Side.NETWORK,
        Verdict.HAND_CHECK,
        ("名单已 {age}未更新", "请出示证件，由值守人员核对"),
        ("List not updated for {age}", "Please show the guard an ID document"),
    ),
    Reason.LIST_CLOSED: row(
        Side.NETWORK,
        Verdict.CANNOT_JUDGE,
        ("名单已 {age}未更新，本机停止判断", "请按人工流程办理；值守人员请恢复网络"),
        (
            "List not updated for {age}: this gate has stopped judging",
            "Staff: use the paper procedure and bring the network back",
        ),
    ),
    Reason.LIST_MISSING: row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机还没有名单", "请按人工流程办理；值守人员请联网同步一次"),
        ("This gate has no list yet", "Staff: use the paper procedure and synchronise once"),
    ),
    Reason.INDEX_BEYOND_LIST: row(
        Side.NETWORK,
        Verdict.CANNOT_JUDGE,
        ("这个码比本机的名单新", "请按人工流程办理；值守人员请更新名单"),
        (
            "This pass is newer than this gate's list",
            "Staff: use the paper procedure and update the list",
        ),
    ),
    Reason.TRUST_MISSING: row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机还没有登记，认不出任何码", "请按人工流程办理；值守人员请先登记本机"),
        ("This gate is not enrolled yet", "Staff: use the paper procedure and enrol this gate"),
    ),
    Reason.CLOCK_NOT_CONFIRMED: row(
        Side.STATION,
        Verdict.HAND_CHECK,
        ("本机时间未确认（重启后没有联网）", "请出示证件；值守人员请联网同步一次"),
        (
            "This gate's time is not confirmed (restarted, not yet online)",
            "Please show the guard an ID document; staff, synchronise once",
        ),
    ),
    Reason.CLOCK_ROLLED_BACK: row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机时钟往回走了", "请按人工流程办理；值守人员请校准时钟"),
        ("This gate's clock has gone back", "Staff: use the paper procedure and set the clock"),
    ),
    Reason.STATION_FAULT: row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机出了故障", "请按人工流程办理，并通知维护人员"),
        ("Something failed in this gate", "Staff: use the paper procedure and call maintenance"),
    ),
    Reason.SEEN_BEFORE: row(
        Side.HOLDER,
        Verdict.HAND_CHECK,
        ("同一个码不久前在这里用过", "请出示证件，由值守人员核对"),
        ("The same pass was used here a short while ago", "Please show the guard an ID document"),
    ),
    Reason.SEEN_ELSEWHERE: row(
        Side.HOLDER,
        Verdict.HAND_CHECK,
        ("同一个码刚在旁边通道用过", "请出示证件，由值守人员核对"),
        ("The same pass was just used on another lane", "Please show the guard an ID document"),
    ),
}
