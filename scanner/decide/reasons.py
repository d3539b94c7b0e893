"""Why a gate decided so, in words that everyone at the gate understands, and what to do next.

One row for every code that a passage can carry. The words never blame a person for what a machine
did, and every refusal names a place to go. docs/reasons.md is made from this table
(scanner/decide/reasons_page.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from keys.passages import Reason, Verdict
from scanner.decide.looks import LOOKS, Language, Wording


class Side(StrEnum):
    """On whose side the cause lies, and so who can put it right. Never shown as blame."""

    NOBODY = "nobody"
    HOLDER = "holder"
    ISSUER = "issuer"
    STATION = "station"
    NETWORK = "network"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonText:
    """One row of the table.

    usual: the verdict that the reason normally leads to; sign and sound are that verdict's. title
    may hold one `{age}`: how long the list has been without news.
    """

    side: Side
    usual: Verdict
    title: Wording
    next_step: Wording


UNKNOWN_AGE: Final = Wording(zh="很久", en="a long time")


def _row(side: Side, usual: Verdict, zh: tuple[str, str], en: tuple[str, str]) -> ReasonText:
    return ReasonText(
        side=side,
        usual=usual,
        title=Wording(zh=zh[0], en=en[0]),
        next_step=Wording(zh=zh[1], en=en[1]),
    )


REASONS: Final[dict[Reason, ReasonText]] = {
    Reason.GREEN: _row(
        Side.NOBODY,
        Verdict.ADMIT,
        ("绿码", "请通过"),
        ("Green pass", "Please go through"),
    ),
    Reason.YELLOW: _row(
        Side.HOLDER,
        Verdict.HAND_CHECK,
        ("黄码，需要人工看一下", "请出示证件，由值守人员核对"),
        ("Yellow pass: a person needs to look", "Please show the guard an ID document"),
    ),
    Reason.RED: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("红码", "请到侧窗口：可以问原因，当场申请复核"),
        ("Red pass", "Please go to the side window: ask why, and have it reviewed"),
    ),
    Reason.WITHDRAWN: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码已停用（挂失、补办或注销）", "请出示新码；没有新码，请到侧窗口补办"),
        (
            "This pass is no longer in use (lost, replaced or cancelled)",
            "Please show the new pass, or get one at the side window",
        ),
    ),
    Reason.EXPIRED: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码过了有效期", "请在手机上更新，或到侧窗口换新码"),
        ("This pass has run out", "Renew it on the phone, or get a new one at the side window"),
    ),
    Reason.NOT_YET_VALID: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码还没到开始时间", "请按码上的时间再来；有急事请到侧窗口"),
        ("This pass is not valid yet", "Come back at its time; if urgent, go to the side window"),
    ),
    Reason.ISSUED_IN_FUTURE: _row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("签发时间比现在还晚，有一边的时钟不准", "请到侧窗口核对证件；值守人员请报告"),
        (
            "Issued later than now: one of the clocks is wrong",
            "Please have your ID checked at the side window; staff, report it",
        ),
    ),
    Reason.MALFORMED_CODE: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码不完整，读不出来", "请重新打开码，或把纸摊平再扫；还不行请到侧窗口"),
        (
            "This code is incomplete or damaged",
            "Open it again or flatten the paper; else go to the side window",
        ),
    ),
    Reason.UNKNOWN_KEY: _row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("本机不认识发这个码的单位", "请到侧窗口核对证件；值守人员请更新本机"),
        (
            "This gate does not know who issued this code",
            "Please have your ID checked at the side window; staff, update this gate",
        ),
    ),
    Reason.WRONG_KEY_PURPOSE: _row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("这个码不是按通行码签发的", "请到侧窗口核对证件，换一个新码"),
        (
            "This code was not issued as a pass",
            "Please have your ID checked at the side window and get a new pass",
        ),
    ),
    Reason.KEY_BURNED: _row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("这一批码已全部作废，不是您的问题", "请到侧窗口核对证件，换一个新码"),
        (
            "This whole series of passes was cancelled; it is not about you",
            "Please have your ID checked at the side window and get a new pass",
        ),
    ),
    Reason.KEY_NOT_IN_FORCE: _row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("这个码的签发章不在有效期内", "请到侧窗口核对证件，换一个新码"),
        (
            "The issuer's seal on this code was not in force",
            "Please have your ID checked at the side window and get a new pass",
        ),
    ),
    Reason.BAD_SIGNATURE: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("无法证实这个码是真的", "请从官方页面重新打开；还不行请到侧窗口"),
        (
            "This code could not be confirmed as genuine",
            "Open it again from the official page, or go to the side window",
        ),
    ),
    Reason.ROTATING_CODE_MISSING: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这是不会变的画面，需要会变的码", "请打开码的页面再扫一次；还不行请到侧窗口"),
        (
            "This is a still picture; the live code is needed",
            "Open the code's page and scan again, or go to the side window",
        ),
    ),
    Reason.ROTATING_CODE_WRONG: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("码里会变的部分对不上", "请刷新码的页面再扫一次；还不行请到侧窗口"),
        (
            "The changing part of this code does not fit",
            "Refresh the code's page and scan again, or go to the side window",
        ),
    ),
    Reason.ROTATING_CODE_OUT_OF_TIME: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这是先前的码：可能是截图，或手机时间不准", "请把手机时间设为自动，刷新再扫；或到侧窗口"),
        (
            "A code of another moment: a screenshot, or the phone's clock is off",
            "Set the phone's time to automatic and scan again, or go to the side window",
        ),
    ),
    Reason.OUTSIDE_ZONE: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码用于别的地点", "请看码上的地点；要从这里进，请到侧窗口登记"),
        (
            "This pass is for another place",
            "See the place on the pass; to enter here, register at the side window",
        ),
    ),
    Reason.OUTSIDE_HOURS: _row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("现在不在这个码的时段内", "请在码上的时段来；有急事请到侧窗口"),
        ("This pass is for other hours", "Come in its hours; if urgent, go to the side window"),
    ),
    Reason.LIST_LATE: _row(
        Side.NETWORK,
        Verdict.ADMIT_WITH_NOTE,
        ("名单已 {age}未更新", "请通过；值守人员请检查网络"),
        ("List not updated for {age}", "Please go through; staff, check the network"),
    ),
    Reason.LIST_STALE: _row(
        Side.NETWORK,
        Verdict.HAND_CHECK,
        ("名单已 {age}未更新", "请出示证件，由值守人员核对"),
        ("List not updated for {age}", "Please show the guard an ID document"),
    ),
    Reason.LIST_CLOSED: _row(
        Side.NETWORK,
        Verdict.CANNOT_JUDGE,
        ("名单已 {age}未更新，本机停止判断", "请按人工流程办理；值守人员请恢复网络"),
        (
            "List not updated for {age}: this gate has stopped judging",
            "Staff: use the paper procedure and bring the network back",
        ),
    ),
    Reason.LIST_MISSING: _row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机还没有名单", "请按人工流程办理；值守人员请联网同步一次"),
        ("This gate has no list yet", "Staff: use the paper procedure and synchronise once"),
    ),
    Reason.INDEX_BEYOND_LIST: _row(
        Side.NETWORK,
        Verdict.CANNOT_JUDGE,
        ("这个码比本机的名单新", "请按人工流程办理；值守人员请更新名单"),
        (
            "This pass is newer than this gate's list",
            "Staff: use the paper procedure and update the list",
        ),
    ),
    Reason.TRUST_MISSING: _row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机还没有登记，认不出任何码", "请按人工流程办理；值守人员请先登记本机"),
        ("This gate is not enrolled yet", "Staff: use the paper procedure and enrol this gate"),
    ),
    Reason.CLOCK_NOT_CONFIRMED: _row(
        Side.STATION,
        Verdict.HAND_CHECK,
        ("本机时间未确认（重启后没有联网）", "请出示证件；值守人员请联网同步一次"),
        (
            "This gate's time is not confirmed (restarted, not yet online)",
            "Please show the guard an ID document; staff, synchronise once",
        ),
    ),
    Reason.CLOCK_ROLLED_BACK: _row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机时钟往回走了", "请按人工流程办理；值守人员请校准时钟"),
        ("This gate's clock has gone back", "Staff: use the paper procedure and set the clock"),
    ),
    Reason.STATION_FAULT: _row(
        Side.STATION,
        Verdict.CANNOT_JUDGE,
        ("本机出了故障", "请按人工流程办理，并通知维护人员"),
        ("Something failed in this gate", "Staff: use the paper procedure and call maintenance"),
    ),
    Reason.SEEN_BEFORE: _row(
        Side.HOLDER,
        Verdict.HAND_CHECK,
        ("同一个码不久前在这里用过", "请出示证件，由值守人员核对"),
        ("The same pass was used here a short while ago", "Please show the guard an ID document"),
    ),
    Reason.SEEN_ELSEWHERE: _row(
        Side.HOLDER,
        Verdict.HAND_CHECK,
        ("同一个码刚在旁边通道用过", "请出示证件，由值守人员核对"),
        ("The same pass was just used on another lane", "Please show the guard an ID document"),
    ),
}


def title_of(reason: Reason, language: Language, age: str | None = None) -> str:
    """Return why, in one line. age: how long the list has had no news; None if unknown."""
    title = REASONS[reason].title.of(language)
    if age is None and language is Language.ZH:
        # Chinese sets a space beside figures only.
        return title.replace(" {age}", UNKNOWN_AGE.zh)
    return title.replace("{age}", age or UNKNOWN_AGE.en)


def next_step_of(reason: Reason, verdict: Verdict, language: Language) -> str:
    """Return what to do next.

    A policy may give a reason another verdict than its usual one: then the verdict's own next
    step is returned, because "please go through" must never stand under a refusal.
    """
    row = REASONS[reason]
    step = row.next_step if row.usual is verdict else LOOKS[verdict].general_step
    return step.of(language)
