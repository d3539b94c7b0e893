"""What a guard is told of the station and of what was asked of it: faults of the log, devices of
the gate, actions that could not be done, rows that the office did not take.
"""

from __future__ import annotations

from typing import Final

from scanner.decide.notices import Notice, notice
from scanner.decide.reason_rows import Side

_STATION: Final = Side.STATION

LOG_FAULTS: Final[dict[str, Notice]] = {
    "disk_full": notice(
        _STATION,
        ("磁盘已满，记录存不下", "按纸质流程办理，通知维护；紧急放行照常可用"),
        ("The disk is full", "Use the paper procedure, call maintenance; emergency still opens"),
    ),
    "disk_unusable": notice(
        _STATION,
        ("磁盘读写出错，记录存不下", "按纸质流程办理，通知维护；紧急放行照常可用"),
        ("The disk cannot be used", "Use the paper procedure, call maintenance; emergency opens"),
    ),
    "log_damaged": notice(
        _STATION,
        ("本机记录文件已损坏", "按纸质流程办理，通知维护；文件请保留"),
        ("The log's file is damaged", "Use the paper procedure, call maintenance; keep the file"),
    ),
    "log_too_new": notice(
        _STATION,
        ("记录由更新的程序写成", "按纸质流程办理，请维护更新本机程序"),
        ("The log is a newer program's", "Use the paper procedure; maintenance updates this gate"),
    ),
}
LOG_FAULT_OTHER: Final = notice(
    _STATION,
    ("本机出了故障，记录存不下", "按纸质流程办理，通知维护；紧急放行照常可用"),
    ("This gate cannot keep its log", "Use the paper procedure, call maintenance"),
)

# Why this gate goes on in a new log: rows are stored, and somebody must look after the old one.
EARLIER_LOGS: Final[dict[str, Notice]] = {
    "log_damaged": notice(
        _STATION,
        ("原记录文件曾损坏，已换用新文件", "通知维护检查磁盘；旧文件请交办公室"),
        ("The log before this one was damaged", "Have the disk checked; the office takes the file"),
    ),
    "log_missing": notice(
        _STATION,
        ("原记录文件被人移走，已换用新文件", "通知办公室；此前来过的人需人工核验"),
        ("The log before this one was removed", "Tell the office; who passed before is not known"),
    ),
    "log_rolled_back": notice(
        _STATION,
        ("记录文件被换成旧的，已换用新文件", "通知办公室；此前来过的人需人工核验"),
        ("An older log had been put back", "Tell the office; who passed before is not known"),
    ),
    "log_left": notice(
        _STATION,
        ("本机重新注册过，旧记录文件仍在", "旧记录会自动上传，之后请交办公室"),
        ("A log from before the enrolment is kept", "Its rows are sent; the office takes the file"),
    ),
}

DEVICES: Final[dict[str, Notice]] = {
    "device_unplugged": notice(
        _STATION,
        ("没有接上", "请插好线；插上后自动恢复"),
        ("not connected", "Plug it in; it goes on by itself"),
    ),
    "device_silent": notice(
        _STATION,
        ("没有应答", "请检查电源和线"),
        ("does not answer", "Check its power and cable"),
    ),
    "device_garbled": notice(
        _STATION,
        ("数据读不懂", "请核对型号和接线"),
        ("sends what nobody can read", "Check its model and cable"),
    ),
}
DEVICE_OTHER: Final = notice(
    _STATION,
    ("有故障", "请通知维护"),
    ("faulty", "Call maintenance"),
)

GATE: Final[dict[str, Notice]] = {
    "fire": notice(
        Side.NOBODY,
        ("火警：通道一直开着", "请引导大家快走，不用出示码"),
        ("Fire alarm: the gate stands open", "Help everybody out quickly, no pass is needed"),
    ),
    "held_open": notice(
        Side.NOBODY,
        ("紧急放行：通道开着", "一分钟后自动关上；需要时再按一次"),
        ("Emergency: the gate stands open", "It closes after a minute; press again if needed"),
    ),
    "sensor_stuck": notice(
        _STATION,
        ("通行传感器一直被挡住", "请看看通道里有没有东西，擦净传感器"),
        ("The passage sensor stays covered", "Look for a thing in the way, wipe the sensor"),
    ),
}

ACTION_FAULTS: Final[dict[str, Notice]] = {
    "not_a_staff_pass": notice(
        Side.HOLDER,
        ("这不是工作人员的码", "请出示工作人员通行码"),
        ("This is not a staff pass", "Show a staff pass"),
    ),
    "shift_refused": notice(
        Side.HOLDER,
        ("这个码现在不能上岗", "请联系值班负责人"),
        ("This pass cannot begin a shift now", "Ask the supervisor on duty"),
    ),
    "too_late": notice(
        Side.NOBODY,
        ("超过 30 秒，不能撤销了", "请记为现场情况"),
        ("Too late to take back (30 s)", "Write it down as an incident"),
    ),
    "unknown_number": notice(
        Side.HOLDER,
        ("没有这个号码", "请核对号码，或做人工登记"),
        ("No pass has this number", "Check the number, or register by hand"),
    ),
    "nobody_there": notice(
        Side.NOBODY,
        ("还没有人扫码", "请先扫码，再量体温"),
        ("Nobody was scanned yet", "Scan the pass first, then measure"),
    ),
    "already_decided": notice(
        Side.NOBODY,
        ("这一条已经处理过", "不用再做什么"),
        ("This one is decided already", "Nothing more to do"),
    ),
    "unknown_passage": notice(
        Side.NOBODY,
        ("找不到这一条记录", "请重新扫码"),
        ("No such row is in the log", "Scan the pass again"),
    ),
    "not_a_hand_check": notice(
        Side.NOBODY,
        ("这一条不用人工核验", "不用再做什么"),
        ("This row asked for no hand check", "Nothing more to do"),
    ),
    "not_an_emergency": notice(
        Side.NOBODY,
        ("这一条不是紧急放行", "不用再做什么"),
        ("This row is no emergency", "Nothing more to do"),
    ),
    "party_too_large": notice(
        Side.HOLDER,
        ("这张码不够这么多人", "请其他人各自出示码"),
        ("The pass is for fewer people", "The others show codes of their own, please"),
    ),
    "text_too_long": notice(
        Side.NOBODY,
        ("写得太长了", "请写短一点"),
        ("Too long a text", "Fewer words, please"),
    ),
    "name_missing": notice(
        Side.NOBODY,
        ("还没有写姓名", "请写姓名或称呼"),
        ("The name is missing", "Write a name"),
    ),
}
ACTION_OTHER: Final = notice(
    _STATION,
    ("没有做成", "请再试一次；仍不行请记在纸上"),
    ("It was not done", "Try again; if it fails, write it on paper"),
)

ASIDE: Final[dict[str, Notice]] = {
    "malformed_row": notice(
        _STATION,
        ("后台读不懂这一条", "留在本机；请通知维护"),
        ("The office cannot read it", "It stays here; tell maintenance"),
    ),
    "conflict": notice(
        Side.ISSUER,
        ("后台已有同号的另一条", "两条都留作证据；请通知后台"),
        ("The office has another row of this id", "Both are kept; tell the office"),
    ),
    "damaged_here": notice(
        _STATION,
        ("这一条在本机已损坏", "请通知维护，检查磁盘"),
        ("It is damaged on this disk", "Tell maintenance: check the disk"),
    ),
    "not_named_by_receipt": notice(
        Side.ISSUER,
        ("后台的回执没有提到它", "留在本机；请通知后台"),
        ("The office's receipt leaves it out", "It stays here; tell the office"),
    ),
}
ASIDE_OTHER: Final = notice(
    Side.ISSUER,
    ("后台没有收下", "留在本机；请通知后台"),
    ("The office did not take it", "It stays here; tell the office"),
)


def log_notice(code: str) -> Notice:
    """Return why rows are not stored; the general case for a code not in the table."""
    return LOG_FAULTS.get(code, LOG_FAULT_OTHER)


def earlier_log_notice(code: str) -> Notice:
    """Return why this gate goes on in a new log."""
    return EARLIER_LOGS.get(code, EARLIER_LOGS["log_damaged"])


def device_notice(code: str) -> Notice:
    """Return what ails a device of the gate; the general case for a code not in the table."""
    return DEVICES.get(code, DEVICE_OTHER)


def action_notice(code: str) -> Notice:
    """Return why an action was not done: its own words, the log's, or the general case."""
    return ACTION_FAULTS.get(code) or LOG_FAULTS.get(code) or ACTION_OTHER


def aside_notice(code: str) -> Notice:
    """Return why the office did not take a row; the general case for a code not in the table."""
    return ASIDE.get(code, ASIDE_OTHER)
