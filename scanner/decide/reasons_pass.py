"""Reasons that lie in the pass that was shown."""

from __future__ import annotations

from typing import Final

from keys.verdicts import Reason, Verdict
from scanner.decide.reason_rows import ReasonText, Side, row

OF_PASS: Final[dict[Reason, ReasonText]] = {
    Reason.GREEN: row(
        Side.NOBODY,
        Verdict.ADMIT,
        ("绿码", "请通过"),
        ("Green pass", "Please go through"),
    ),
    Reason.YELLOW: row(
        Side.HOLDER,
        Verdict.HAND_CHECK,
        ("黄码，需要人工看一下", "请出示证件，由值守人员核对"),
        ("Yellow pass: a person needs to look", "Please show the guard an ID document"),
    ),
    Reason.RED: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("红码", "请到侧窗口：可以问原因，当场申请复核"),
        ("Red pass", "Please go to the side window: ask why, and have it reviewed"),
    ),
    Reason.WITHDRAWN: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码已停用（挂失、补办或注销）", "请出示新码；没有新码，请到侧窗口补办"),
        (
            "This pass is no longer in use (lost, replaced or cancelled)",
            "Please show the new pass, or get one at the side window",
        ),
    ),
    Reason.EXPIRED: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码过了有效期", "请在手机上更新，或到侧窗口换新码"),
        ("This pass has run out", "Renew it on the phone, or get a new one at the side window"),
    ),
    Reason.NOT_YET_VALID: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码还没到开始时间", "请按码上的时间再来；有急事请到侧窗口"),
        ("This pass is not valid yet", "Come back at its time; if urgent, go to the side window"),
    ),
    Reason.ISSUED_IN_FUTURE: row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("签发时间比现在还晚，有一边的时钟不准", "请到侧窗口核对证件；值守人员请报告"),
        (
            "Issued later than now: one of the clocks is wrong",
            "Please have your ID checked at the side window; staff, report it",
        ),
    ),
    Reason.MALFORMED_CODE: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码不完整，读不出来", "请重新打开码，或把纸摊平再扫；还不行请到侧窗口"),
        (
            "This code is incomplete or damaged",
            "Open it again or flatten the paper; else go to the side window",
        ),
    ),
    Reason.UNKNOWN_KEY: row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("本机不认识发这个码的单位", "请到侧窗口核对证件；值守人员请更新本机"),
        (
            "This gate does not know who issued this code",
            "Please have your ID checked at the side window; staff, update this gate",
        ),
    ),
    Reason.WRONG_KEY_PURPOSE: row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("这个码不是按通行码签发的", "请到侧窗口核对证件，换一个新码"),
        (
            "This code was not issued as a pass",
            "Please have your ID checked at the side window and get a new pass",
        ),
    ),
    Reason.KEY_BURNED: row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("这一批码已全部作废，不是您的问题", "请到侧窗口核对证件，换一个新码"),
        (
            "This whole series of passes was cancelled; it is not about you",
            "Please have your ID checked at the side window and get a new pass",
        ),
    ),
    Reason.KEY_NOT_IN_FORCE: row(
        Side.ISSUER,
        Verdict.REFUSE,
        ("这个码的签发章不在有效期内", "请到侧窗口核对证件，换一个新码"),
        (
            "The issuer's seal on this code was not in force",
            "Please have your ID checked at the side window and get a new pass",
        ),
    ),
    Reason.BAD_SIGNATURE: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("无法证实这个码是真的", "请从官方页面重新打开；还不行请到侧窗口"),
        (
            "This code could not be confirmed as genuine",
            "Open it again from the official page, or go to the side window",
        ),
    ),
    Reason.ROTATING_CODE_MISSING: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这是不会变的画面，需要会变的码", "请打开码的页面再扫一次；还不行请到侧窗口"),
        (
            "This is a still picture; the live code is needed",
            "Open the code's page and scan again, or go to the side window",
        ),
    ),
    Reason.ROTATING_CODE_WRONG: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("码里会变的部分对不上", "请刷新码的页面再扫一次；还不行请到侧窗口"),
        (
            "The changing part of this code does not fit",
            "Refresh the code's page and scan again, or go to the side window",
        ),
    ),
    Reason.ROTATING_CODE_OUT_OF_TIME: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这是先前的码：可能是截图，或手机时间不准", "请把手机时间设为自动，刷新再扫；或到侧窗口"),
        (
            "A code of another moment: a screenshot, or the phone's clock is off",
            "Set the phone's time to automatic and scan again, or go to the side window",
        ),
    ),
    Reason.OUTSIDE_ZONE: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("这个码用于别的地点", "请看码上的地点；要从这里进，请到侧窗口登记"),
        (
            "This pass is for another place",
            "See the place on the pass; to enter here, register at the side window",
        ),
    ),
    Reason.OUTSIDE_HOURS: row(
        Side.HOLDER,
        Verdict.REFUSE,
        ("现在不在这个码的时段内", "请在码上的时段来；有急事请到侧窗口"),
        ("This pass is for other hours", "Come in its hours; if urgent, go to the side window"),
    ),
}
