"""What those who keep keys, policies and releases are told when the answer is no."""

from __future__ import annotations

from typing import Final

from issuer.errors import Code
from issuer.problems.problem import Problem

TRUST: Final = {
    Code.UNKNOWN_KEY: Problem(
        404,
        "没有这把密钥",
        "No such key",
        "请用 trust show 查看密钥编号。",
        "See the numbers of the keys with `trust show`.",
    ),
    Code.ALREADY_BURNED: Problem(
        409,
        "这把密钥已作废",
        "That key is burned already",
        "无需再次作废；如需重新接纳，请加 --readmit。",
        "Nothing to do; to re-admit its genuine passes, give --readmit.",
    ),
    Code.KIDS_USED_UP: Problem(
        409,
        "密钥编号已用完",
        "All key numbers of this issuer are used",
        "请在信任列表中为该机构增加编号段。",
        "Give the issuer another range of key numbers in the trust list.",
    ),
    Code.KID_CROWDED: Problem(
        409,
        "该密钥编号已有四个机构使用",
        "Four issuers use this key number already",
        "验码端对同一编号最多试四把密钥。请对方另立机构名重新初始化，使用别的编号段，再发名片。",
        "Gates try four keys of one number. Have that issuer begin with numbers of its own "
        "(`init` under a name of its own), and send a new card.",
    ),
    Code.PASSING_FAILED: Problem(
        502,
        "无法转发邻方名单",
        "A neighbour's lists could not be passed on",
        "请联系邻方；之前转发的名单继续有效。",
        "Ask the neighbour; what was passed on before stays published.",
    ),
    Code.BAD_CARD: Problem(
        400,
        "名片文件无法使用",
        "The card of that issuer cannot be used",
        "请向对方重新索取，并核对指纹。",
        "Ask that issuer for a new one (`trust card`), and compare the fingerprint by voice.",
    ),
    Code.PASSAGE_KEY_EXISTS: Problem(
        409,
        "这里已有通行记录密钥",
        "There is a passage key for that already",
        "更换请用 passages key rotate。",
        "To replace it: `passages key rotate`.",
    ),
    Code.UNKNOWN_PASSAGE_KEY: Problem(
        404,
        "没有这把通行记录密钥",
        "No such passage key is in force",
        "请用 passages key show 查看；新建用 passages key create。",
        "See `passages key show`; make one with `passages key create`.",
    ),
    Code.BAD_POLICY: Problem(
        400,
        "放行规则无法使用",
        "The policy cannot be used",
        "请按提示改正；各项说明见 docs/policies.md。",
        "Correct what is named; docs/policies.md says what each field may hold.",
    ),
    Code.UNKNOWN_POLICY: Problem(
        404,
        "没有这项放行规则",
        "No such policy",
        "请用 trust policy list 查看名称。",
        "`trust policy list` prints the names.",
    ),
    Code.BAD_RELEASE: Problem(
        400,
        "发布文件无法使用",
        "The release cannot be used",
        "请按提示检查名称和文件。",
        "Correct what is named: a release has a plain name and is one file.",
    ),
    Code.UNKNOWN_RELEASE: Problem(
        404,
        "没有这个发布文件",
        "No such release",
        "请用 trust release list 查看名称。",
        "`trust release list` prints the names.",
    ),
    Code.WRONG_RELEASE: Problem(
        409,
        "文件与已发布的不符",
        "The file is not the release that was signed",
        "请勿安装，重新下载后再核对。",
        "Do not install it: fetch it again, then check again.",
    ),
}
