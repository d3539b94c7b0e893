"""Reasons that lie in the rules of the place, and openings that no rule holds up."""

from __future__ import annotations

from typing import Final

from keys.verdicts import Reason, Verdict
from scanner.decide.reason_rows import ReasonText, Side, row

OF_PLACE: Final[dict[Reason, ReasonText]] = {
    Reason.PLACE_CLOSED: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("这里现在不开放", "请在开放时间来；有急事请到侧窗口"),
        (
            "This place is closed now",
            "Come back in its opening hours; if urgent, go to the side window",
        ),
    ),
    Reason.PLACE_NEARLY_FULL: row(
        Side.PLACE,
        Verdict.ADMIT_WITH_NOTE,
        ("里面快满了", "请通过；值守人员请留意人数"),
        ("It is nearly full inside", "Please go through; staff, watch the count"),
    ),
    Reason.PLACE_FULL: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("里面已经满了", "请稍候，有人出来就能进；有急事请到侧窗口"),
        ("It is full inside", "Please wait until someone leaves; if urgent, go to the side window"),
    ),
    Reason.DENIED_HERE: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("这个码在这里暂不能用", "请到侧窗口：可以问原因，当场申请复核"),
        (
            "This pass cannot be used at this place",
            "Please go to the side window: ask why, and have it reviewed",
        ),
    ),
    Reason.NOT_ON_LIST: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("不在这里的登记名单上", "要从这里进，请到侧窗口登记"),
        ("Not on this place's list", "To enter here, please register at the side window"),
    ),
    Reason.KIND_NOT_HERE: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("这个门不用这一种码", "请看门口的说明，或到侧窗口"),
        (
            "This kind of pass is not for this gate",
            "See the notice at the gate, or go to the side window",
        ),
    ),
    Reason.PARTY_TOO_LARGE: row(
        Side.PLACE,
        Verdict.HAND_CHECK,
        ("同行的人数超过了这里的规定", "请和值守人员说一下有几位"),
        ("More people than one pass may bring in here", "Please tell the guard how many you are"),
    ),
    Reason.TEMPERATURE_MISSING: row(
        Side.PLACE,
        Verdict.HAND_CHECK,
        ("还没有量体温", "请到测温处量一下体温"),
        ("The temperature has not been taken", "Please have your temperature taken"),
    ),
    Reason.TEMPERATURE_AGAIN: row(
        Side.PLACE,
        Verdict.HAND_CHECK,
        ("体温偏高，需要再量一次", "请歇一分钟再量"),
        ("The temperature is a little high", "Please rest a minute, then it is taken again"),
    ),
    Reason.TEMPERATURE_HIGH: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("体温超过了这里的上限", "请到侧窗口休息，工作人员会帮您安排"),
        (
            "The temperature is above this place's limit",
            "Please rest at the side window; staff will help you",
        ),
    ),
    Reason.PASSED_ALREADY: row(
        Side.PLACE,
        Verdict.HAND_CHECK,
        ("这个码已经进来过，还没有出去", "请出示证件，由值守人员核对"),
        ("This pass came in already and has not left", "Please show the guard an ID document"),
    ),
    Reason.QUOTA_USED: row(
        Side.PLACE,
        Verdict.REFUSE,
        ("今天的次数已经用完", "请明天再来；有急事请到侧窗口"),
        (
            "Today's number of entries is used up",
            "Come back tomorrow; if urgent, go to the side window",
        ),
    ),
    Reason.COMPANION_MISSING: row(
        Side.PLACE,
        Verdict.HAND_CHECK,
        ("需要和陪同的人一起进", "请陪同的人先出示码"),
        ("This pass enters with a companion", "The companion's pass first, please"),
    ),
    Reason.CONDITION_NOT_MET: row(
        Side.PLACE,
        Verdict.HAND_CHECK,
        ("有一项本地规定需要人工看一下", "请出示证件，由值守人员核对"),
        ("A rule of this place needs a person to look", "Please show the guard an ID document"),
    ),
    Reason.RULE_NOT_JUDGED: row(
        Side.STATION,
        Verdict.HAND_CHECK,
        ("本机有一项规定算不出来", "请出示证件；值守人员请通知维护"),
        (
            "This gate could not work out one of its rules",
            "Please show the guard an ID document; staff, call maintenance",
        ),
    ),
    Reason.EMERGENCY: row(
        Side.NOBODY,
        Verdict.ADMIT,
        ("紧急放行", "请快通过"),
        ("Opened for an emergency", "Please go through quickly"),
    ),
    Reason.FIRE_RELEASE: row(
        Side.NOBODY,
        Verdict.ADMIT,
        ("消防放行", "请快通过"),
        ("Opened because of a fire alarm", "Please go through quickly"),
    ),
}
