"""What stations, and those who add them, are told when the answer is no."""

from __future__ import annotations

from typing import Final

from issuer.errors import Code
from issuer.problems.problem import Problem

_NEW_CODE_ZH: Final = "请在办公室为该终端重新生成注册码。"
_NEW_CODE_EN: Final = "Make a new code in the office: `station add NAME`."

STATIONS: Final = {
    Code.CHECKPOINT_DIFFERS: Problem(
        409,
        "终端或卡点信息不一致",
        "The station or checkpoint is registered otherwise",
        "终端不能换卡点，请使用新的终端名称。",
        "A station does not move: withdraw it and add one under a new name.",
    ),
    Code.UNKNOWN_STATION: Problem(
        404,
        "没有这个终端",
        "No such station",
        "请在终端列表中核对名称。",
        "Take a name from the list of stations (`station list`).",
    ),
    Code.UNKNOWN_CHECKPOINT: Problem(
        404,
        "没有这个卡点",
        "No such checkpoint",
        "请在终端列表中核对卡点名称。",
        "Take a checkpoint from the list of stations (`station list`).",
    ),
    Code.MALFORMED_REQUEST: Problem(
        400,
        "注册请求无法读取",
        "Not an enrolment request",
        "请更新终端软件后重试。",
        "Update the station's software, then enrol again.",
    ),
    Code.MALFORMED_BATCH: Problem(
        400,
        "批次无法读取",
        "Not a batch of passages",
        "终端会拆分批次并逐条重试。",
        "The station halves the batch until the bad row stands alone.",
    ),
    Code.UNKNOWN_CODE: Problem(
        403,
        "注册码不对",
        "This enrolment code is not known",
        "请核对注册码；五次错误后作废。",
        "Check the code; it dies after five wrong tries. " + _NEW_CODE_EN,
    ),
    Code.CODE_EXPIRED: Problem(
        403, "注册码已过期", "The enrolment code has expired", _NEW_CODE_ZH, _NEW_CODE_EN
    ),
    Code.CODE_USED: Problem(
        403,
        "注册码已被使用",
        "The enrolment code was used by another station",
        "若不是您操作的，请立即停用该终端。" + _NEW_CODE_ZH,
        "If that was not you, withdraw the station. " + _NEW_CODE_EN,
    ),
    Code.CODE_LOCKED: Problem(
        403,
        "注册码已锁定",
        "The enrolment code is locked after five wrong tries",
        _NEW_CODE_ZH,
        _NEW_CODE_EN,
    ),
    Code.WRONG_ROOT: Problem(
        403,
        "注册码属于另一个机构",
        "The code names another root",
        "请核对服务器地址是否属于本机构。",
        "Check the server's address: this office has another root than the code.",
    ),
    Code.UNKNOWN_STATION_KEY: Problem(
        403,
        "未注册的终端",
        "No station has this key",
        "请重新注册该终端。",
        "Enrol the station (again).",
    ),
    Code.BAD_SIGNATURE: Problem(
        403,
        "签名不对",
        "The signature does not stand",
        "请更新终端软件，仍不行则重新注册。",
        "Update the station; if that does not help, enrol it again.",
    ),
    Code.STATION_MISMATCH: Problem(
        403,
        "终端与密钥不符",
        "The key belongs to another station",
        "请重新注册该终端。",
        "Enrol the station again with a key of its own.",
    ),
}
