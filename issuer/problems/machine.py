"""What the operator of the machine is told, and those who must wait."""

from __future__ import annotations

from typing import Final

from issuer.errors import Code
from issuer.problems.problem import Problem

_LOG_ZH: Final = "请机房管理员查看服务日志。"
_LOG_EN: Final = "The operator of the server reads its log."
MACHINE: Final = {
    Code.NOT_INITIALISED: Problem(
        503,
        "机构尚未建立",
        "There is no office here",
        "请先运行 init。",
        "Run `kakou-issuer init --offline DIR`, or name its folder with --data.",
    ),
    Code.ALREADY_INITIALISED: Problem(
        409,
        "机构已经建立",
        "There is an office here already",
        "请使用另一个数据目录。",
        "Use it, or name another folder with --data.",
    ),
    Code.OFFLINE_INSIDE_DATA: Problem(
        409,
        "根密钥不得放在数据目录内",
        "The root key must not be inside the data folder",
        "请换到单独的介质。",
        "Give --offline a folder on a medium of its own.",
    ),
    Code.ROOT_KEY_IN_REACH: Problem(
        503,
        "数据目录内发现根密钥",
        "A root key is in reach of the server",
        "请将根密钥移到离线介质后再启动。",
        "Move the named file to its offline medium, then start again.",
    ),
    Code.KEY_FILE: Problem(
        503,
        "密钥文件不可用",
        "A key file cannot be used",
        "请机房管理员按提示检查密钥文件；加密的密钥须给出口令文件。",
        "See what is named: missing, damaged, readable by others, of another purpose, or sealed: "
        "then name the file with its passphrase (--root-passphrase-file, --passphrase-file).",
    ),
    Code.NOT_ENOUGH_KEYS: Problem(
        503,
        "离线密钥不足",
        "Not enough offline keys",
        "请带齐三把离线密钥中的两把，可多次使用 --offline。",
        "Bring two of the three offline keys; --offline may be given once for each medium.",
    ),
    Code.TRUST_DAMAGED: Problem(
        503,
        "信任库文件不可用",
        "The trust repository cannot be used",
        "请从备份恢复数据目录下的 trust 文件夹。",
        "Restore the folder `trust` of the data folder from its backup or from published/trust.",
    ),
    Code.DRILL_FAILED: Problem(
        500,
        "演练结果不符合预期",
        "The drill did not end as it should",
        "请勿投入使用，并报告此问题。",
        "Do not rely on this version: report what is named.",
    ),
    Code.KEY_NOT_IN_FORCE: Problem(
        503,
        "签发密钥不在有效期",
        "The pass key is not in force at that time",
        "请检查签发时间，或更换密钥。",
        "Check --issued-at; a key that has ended must be replaced.",
    ),
    Code.BAD_SETTINGS: Problem(
        503,
        "设置有误",
        "A setting is wrong",
        "请改正 settings.toml。",
        "Correct settings.toml in the data folder.",
    ),
    Code.SCHEMA_OUTDATED: Problem(
        503,
        "数据库版本不符",
        "The database has other tables than this version needs",
        "请先备份，再运行 migrate。",
        "Back up the data folder, then run `kakou-issuer migrate`.",
    ),
    Code.DATABASE_FAULT: Problem(503, "数据库出错", "The database failed", _LOG_ZH, _LOG_EN),
    Code.DISK_FULL: Problem(
        507,
        "磁盘已满",
        "The disk is full",
        "请清理磁盘，未保存的内容会自动重传。",
        "Free space; stations send again by themselves what was not stored.",
    ),
    Code.FOLDER_UNUSABLE: Problem(
        503,
        "目录无法使用",
        "A folder cannot be used",
        "请检查目录权限。",
        "Check that the folder exists and may be written.",
    ),
    Code.PORT_IN_USE: Problem(
        503,
        "端口无法使用",
        "The port cannot be had",
        "请换一个端口。",
        "Stop what uses it, or take another with --port (below 1024 only root may).",
    ),
    Code.AUDIT_BROKEN: Problem(
        500,
        "审计记录被改动",
        "The audit was changed",
        "请立即停用并保全数据，通知监督人员。",
        "Keep a copy of the data folder as it is and tell whoever oversees this office.",
    ),
    Code.DATABASE_BUSY: Problem(
        503, "系统繁忙", "The database is busy", "请稍后重试。", "Try again in a moment."
    ),
    Code.OVERLOADED: Problem(
        503,
        "系统繁忙",
        "Too many requests at once",
        "请稍后重试。",
        "Wait as long as Retry-After says, then try again.",
    ),
    Code.INTERNAL: Problem(500, "服务器出错", "The server made a mistake", _LOG_ZH, _LOG_EN),
}
